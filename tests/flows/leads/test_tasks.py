"""Call-backs and reminders of one's own: due at their time, told to their owner, gone with their cause."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from core.domain.errors import Denied, InvalidInput, LostRace
from core.flows.leads import calls, staff_action, staff_outcome, tasks
from core.leads.tables import leads
from core.leads.tables import tasks as tasks_table
from core.messaging.tables import timed_actions
from core.reads import lead_queue
from tests.conftest import TestApp
from tests.flows.dispatching import run_until
from tests.flows.sending.test_dispatch import write_in
from tests.flows.staffing import do, kinds, new_lead, one, rows, who

HOUR = timedelta(hours=1)


def add(app: TestApp, lead_id: str, after: timedelta, kind: str = "call_back", words: str = "") -> str:
    due_at = app.clock.now() + after
    return str(do(app, tasks.add, who(app, "frontdesk"), lead_id, kind, due_at, words))


def talk(app: TestApp, lead_id: str) -> None:
    do(app, calls.log, app.reference, who(app, "frontdesk"), lead_id, "talked")


def row(app: TestApp) -> Any:
    with app.db.read() as session:
        return lead_queue.read(session, who(app, "frontdesk")).rows[0]


def told(app: TestApp) -> list[str]:
    """Alerts about call-backs and reminders."""
    return [
        text.body for text, _, _ in app.sms.accepted if "Call back" in text.body or "Reminder" in text.body
    ]


def test_call_me_at_two_is_due_at_two_and_its_owner_is_told(app: TestApp) -> None:
    """The alert names the lead by its reference; what was written stays in the console."""
    lead_id = new_lead(app)
    talk(app, lead_id)
    add(app, lead_id, 4 * HOUR, words="Ask Omar about the deposit")
    due = app.clock.now() + 4 * HOUR
    assert (row(app).due_at, row(app).clock, row(app).task.words) == (
        due,
        "call_back",
        "Ask Omar about the deposit",
    )
    run_until(app, 4 * HOUR - timedelta(seconds=1))
    assert told(app) == []
    run_until(app, timedelta(seconds=2))
    assert len(told(app)) == 1
    assert "A-1001, due 2:00 PM: Call back." in told(app)[0]
    assert "Omar" not in told(app)[0]


def test_words_of_a_task_are_kept_encrypted(app: TestApp) -> None:
    lead_id = new_lead(app)
    add(app, lead_id, HOUR, "reminder", "Omar Reyes asked about peels")
    with app.db.engine.connect() as connection:
        raw = connection.exec_driver_sql("SELECT words, title FROM tasks").one()
    assert b"Omar" not in bytes(raw[0])
    assert raw[1] == "Reminder"


def test_a_task_that_was_moved_tells_at_its_new_time_only(app: TestApp) -> None:
    lead_id = new_lead(app)
    talk(app, lead_id)
    task_id = add(app, lead_id, HOUR)
    moved = app.clock.now() + 3 * HOUR
    do(app, tasks.change, who(app, "manager"), task_id, moved, "after lunch")
    run_until(app, 2 * HOUR)
    assert told(app) == []
    do(app, tasks.change, who(app, "manager"), task_id, moved + HOUR)
    do(app, tasks.change, who(app, "manager"), task_id, moved)
    run_until(app, HOUR + timedelta(seconds=1))
    assert len(told(app)) == 1


def test_a_move_is_taken_back_to_its_time_and_words_though_that_time_has_passed(app: TestApp) -> None:
    """Whoever pressed the wrong day has the old one back; it tells once, at its own time, or is simply overdue."""
    lead_id = new_lead(app)
    talk(app, lead_id)
    task_id = add(app, lead_id, HOUR, words="Ask about the deposit")
    was = do(app, tasks.change, who(app, "frontdesk"), task_id, app.clock.now() + 5 * HOUR, "tomorrow")
    do(app, tasks.change_back, who(app, "frontdesk"), task_id, was.due_at, was.words)
    assert (row(app).due_at, row(app).task.words) == (was.due_at, "Ask about the deposit")
    run_until(app, 6 * HOUR)
    assert len(told(app)) == 1
    late = do(app, tasks.change, who(app, "frontdesk"), task_id, app.clock.now() + HOUR)
    do(app, tasks.change_back, who(app, "frontdesk"), task_id, late.due_at, late.words or "")
    run_until(app, 2 * HOUR)
    assert row(app).due_at == was.due_at
    assert len(told(app)) == 1


@pytest.mark.parametrize("end", [tasks.cancel, tasks.finish])
def test_a_task_that_is_over_tells_nobody_and_can_be_opened_again(app: TestApp, end: Any) -> None:
    lead_id = new_lead(app)
    task_id = add(app, lead_id, HOUR)
    do(app, end, who(app, "frontdesk"), task_id)
    with pytest.raises(LostRace, match="Maya Torres has done this already"):
        do(app, tasks.cancel, who(app, "manager"), task_id)
    run_until(app, timedelta(minutes=30))
    do(app, tasks.reopen, who(app, "frontdesk"), task_id)
    run_until(app, HOUR)
    assert len(told(app)) == 1


def test_talking_keeps_what_was_promised_for_later(app: TestApp) -> None:
    """A call-back that is due is done by the call; one for tomorrow, and reminders, stay."""
    lead_id = new_lead(app)
    now_due = add(app, lead_id, timedelta(minutes=10))
    tomorrow = add(app, lead_id, timedelta(days=1))
    note = add(app, lead_id, timedelta(minutes=5), "reminder")
    talk(app, lead_id)
    open_ids = {task.id for task in rows(app, tasks_table, tasks_table.c.done_at.is_(None))}
    assert open_ids == {tomorrow, note}
    assert now_due not in open_ids


def test_a_lead_that_leads_nowhere_leaves_nothing_to_do_and_undoing_that_brings_it_back(app: TestApp) -> None:
    lead_id, maya = new_lead(app), who(app, "frontdesk")
    add(app, lead_id, HOUR)
    do(app, staff_outcome.disqualify, maya, lead_id, "price")
    assert rows(app, tasks_table, tasks_table.c.done_at.is_(None)) == []
    app.clock.advance(timedelta(seconds=5))
    do(app, staff_outcome.reopen, app.reference, maya, lead_id)
    run_until(app, HOUR)
    assert len(told(app)) == 1


def test_a_stop_between_a_disqualification_and_its_undo_stands(app: TestApp) -> None:
    """Nothing to the number is planned again."""
    lead_id, maya = new_lead(app), who(app, "frontdesk")
    do(app, staff_outcome.disqualify, maya, lead_id, "price")
    app.clock.advance(timedelta(seconds=2))
    write_in(app, "STOP")
    app.clock.advance(timedelta(seconds=2))
    do(app, staff_outcome.reopen, app.reference, maya, lead_id)
    c = timed_actions.c
    assert rows(app, timed_actions, c.step.is_not(None), c.state == "planned", c.kind == "text") == []


def test_a_task_follows_its_leads_owner(app: TestApp) -> None:
    lead_id, jordan = new_lead(app), who(app, "jordan")
    add(app, lead_id, HOUR)
    do(app, staff_action.take, jordan, lead_id, seen_owner=one(app, leads).owner_id)
    assert one(app, tasks_table).owner_id == jordan.staff_id


def test_a_snoozed_lead_is_not_called_for(app: TestApp) -> None:
    """The alert waits until the lead is back."""
    lead_id, maya = new_lead(app), who(app, "frontdesk")
    add(app, lead_id, HOUR)
    do(app, staff_outcome.snooze, maya, lead_id, app.clock.now() + 3 * HOUR)
    run_until(app, 2 * HOUR)
    assert told(app) == []
    run_until(app, HOUR + timedelta(seconds=5))
    assert len(told(app)) == 1


def test_a_lead_can_be_snoozed_until_any_moment_of_the_season(app: TestApp) -> None:
    """'After January 3': brought back on that day."""
    lead_id = new_lead(app)
    until = datetime.fromisoformat("2027-01-04T09:00:00-05:00")
    do(app, staff_outcome.snooze, who(app, "frontdesk"), lead_id, until)
    assert one(app, leads).snoozed_until == until


@pytest.mark.parametrize(
    ("kind", "after", "words", "field"),
    [
        ("rebook", HOUR, "", "kind"),
        ("reminder", -HOUR, "", "due_at"),
        ("reminder", timedelta(days=500), "", "due_at"),
        ("reminder", HOUR, "x" * 201, "words"),
    ],
)
def test_a_task_that_can_not_be_meant_is_refused_by_its_field(
    app: TestApp, kind: str, after: timedelta, words: str, field: str
) -> None:
    lead_id = new_lead(app)
    with pytest.raises(InvalidInput) as refused:
        add(app, lead_id, after, kind, words)
    assert refused.value.errors[0].field == field


def test_setting_and_cancelling_stand_in_the_timeline(app: TestApp) -> None:
    lead_id = new_lead(app)
    task_id = add(app, lead_id, HOUR)
    do(app, tasks.cancel, who(app, "frontdesk"), task_id)
    assert kinds(app, lead_id)[-2:] == ["task_set", "task_cancelled"]


def test_only_who_works_leads_sets_tasks(app: TestApp) -> None:
    lead_id = new_lead(app)
    with pytest.raises(Denied):
        do(app, tasks.add, who(app, "provider"), lead_id, "reminder", app.clock.now() + HOUR)
