"""What stands in the queue, beside it and on the board after a call that reached nobody. 10:00 on a Monday."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from console.lead_queue import view
from core.domain.errors import Denied
from core.domain.roles import Actor, Permission, closed_why
from core.flows.conversation import receive_text, staff_text
from core.flows.leads import calls, staff_action, staff_outcome
from core.flows.sending import pausing
from core.leads.tables import leads
from core.reads import (
    funnel,
    lead,
    lead_peek,
    lead_queue,
    now_block,
    on_shift,
    sla_backlog,
    sla_clocks,
    sla_monitor,
)
from core.reads.lead_rows import QueueRow
from core.reads.parts import hand_over, scopes
from core.reads.parts.periods import period
from core.reads.parts.scopes import Scope
from core.sla.rules import RESPONSES
from core.staff.tables import staff
from tests.conftest import TestApp
from tests.flows.dispatching import run_due
from tests.flows.sending.test_dispatch import PATIENT, write_in
from tests.flows.staffing import do, new_lead, one, who
from tests.reads.made_up import add_clock, add_lead, add_patient, staff_id

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def call(app: TestApp, lead_id: str, outcome: str, **named: Any) -> None:
    do(app, calls.log, app.reference, who(app, "frontdesk"), lead_id, outcome, **named)


def row(app: TestApp) -> QueueRow:
    with app.db.read() as session:
        (found,) = lead_queue.read(session, who(app, "frontdesk")).rows
    return found


def test_a_missed_call_leaves_the_lead_in_sight_with_its_next_try(app: TestApp) -> None:
    """'Call again 12:00 PM', not paused as if the patient had to answer, and counted among what is due."""
    lead_id = new_lead(app)
    call(app, lead_id, "no_answer")
    due = app.clock.now() + 2 * HOUR
    shown = row(app)
    assert (shown.due_at, shown.clock, shown.clock_state, shown.tries) == (due, "next_call", "running", 1)
    assert view.row(shown, app.reference)["clock"]["what"] == "call again"
    assert view.button(shown) == "call"
    with app.db.read() as session:
        assert now_block.read(session, who(app, "frontdesk")).dues == (due,)


def test_the_text_of_a_missed_call_is_offered_until_somebody_has_written(app: TestApp) -> None:
    """Whoever looks sees the same; one that was taken back is offered again, and after the next call too."""
    lead_id = new_lead(app)
    assert not view.missed_you(row(app))
    call(app, lead_id, "voicemail")
    assert view.missed_you(row(app))
    jordan = who(app, "jordan")
    action_id = do(app, staff_text.send_missed_you, app.reference, jordan, lead_id)
    assert not view.missed_you(row(app))
    do(app, staff_text.cancel_action, jordan, action_id)
    assert view.missed_you(row(app))
    do(app, staff_text.send_text, app.reference, jordan, lead_id, "We just called. When suits you?")
    assert not view.missed_you(row(app))
    app.clock.advance(MINUTE)
    call(app, lead_id, "no_answer")
    assert view.missed_you(row(app))
    call(app, lead_id, "talked")
    assert not view.missed_you(row(app))


def test_a_reply_stands_before_a_call_that_is_planned_for_later(app: TestApp) -> None:
    lead_id = new_lead(app)
    call(app, lead_id, "no_answer")
    write_in(app, "Sorry, I was driving")
    assert (row(app).clock, row(app).due_at) == ("next_reply", app.clock.now() + HOUR)


def test_when_the_plan_is_over_the_lead_stays_due_by_its_conversation(app: TestApp) -> None:
    """Five calls, nothing planned: it does not sink to those that wait for their patient."""
    lead_id = new_lead(app)
    for _ in range(5):
        call(app, lead_id, "no_answer")
        app.clock.advance(MINUTE)
    shown = row(app)
    assert (shown.clock, shown.tries, shown.task) == ("first_conversation", 5, None)


def owed(session: Session, who_: Actor) -> list[str]:
    """What the board shows of what people owe."""
    return [clock.target for clock in sla_clocks.clocks(session, who_) if clock.target in RESPONSES]


def test_before_anybody_tried_only_the_first_contact_counts(app: TestApp) -> None:
    """One clock on the board for one call that is to be made; after it the conversation's."""
    lead_id = new_lead(app)
    manager = who(app, "manager")
    with app.db.read() as session:
        assert owed(session, manager) == ["first_contact"]
        counted = sla_backlog.counts(session, manager, now=app.clock.now())
        assert sum(group.within for group in counted if group.kind == sla_backlog.FIRST) == 1
    call(app, lead_id, "voicemail")
    with app.db.read() as session:
        assert owed(session, manager) == ["first_conversation"]


def test_a_wrong_number_is_not_offered_to_be_called(app: TestApp) -> None:
    lead_id = new_lead(app)
    call(app, lead_id, "wrong_number", confirmed=True)
    shown = view.row(row(app), app.reference)
    assert (shown["wrongNumber"], shown["button"]) == (True, "open")
    assert shown["clock"]["what"] == "correct the number or email"


def test_attempts_and_conversations_are_figures_of_their_own(app: TestApp) -> None:
    """Two were tried, one was spoken to: funnel 2 attempted, 1 answered, talked with 1; board 2 contacts, 1 talk."""
    now = app.clock.now()
    with app.db.write() as session:
        patient = add_patient(session, now)
        for minutes, talked in ((2, True), (4, False)):
            start = now - HOUR
            moment = start + minutes * MINUTE
            lead_id = add_lead(
                session, patient, start, attempted_at=moment, contacted_at=moment if talked else None
            )
            add_clock(session, lead_id, start, start + 10 * MINUTE, state="met", ended_at=moment)
            ended = {"state": "met", "ended_at": moment} if talked else {"breached_at": now - 30 * MINUTE}
            add_clock(session, lead_id, start, start + 30 * MINUTE, target="first_conversation", **ended)
        zone = app.settings.zone
        found = funnel.read(session, who(app, "manager"), period("7", zone, now), Scope(), zone)
        day = sla_monitor.today(session, who(app, "manager"), app.reference, now)[0]
    counted = dict(zip(scopes.STAGES, found.stages, strict=True))
    assert (counted["attempted"], counted["replied"], found.talked) == (2, 1, 1)
    assert (day.contacts, day.median, day.on_time, day.due) == (2, 180.0, 2, 2)
    assert (day.talks, day.talk_median, day.talk_on_time, day.talk_due) == (1, 120.0, 1, 2)


def test_what_a_person_wrote_is_not_called_automatic(app: TestApp) -> None:
    """In its ten seconds it stands as theirs; the next automatic text is the next automatic text."""
    lead_id, maya = new_lead(app), who(app, "frontdesk")
    with app.db.read() as session:
        before = lead_peek.read(session, maya, lead_id)
    do(app, staff_text.send_text, app.reference, maya, lead_id, "Hi Omar, Maya here")
    with app.db.read() as session:
        peek = lead_peek.read(session, maya, lead_id)
        shown = list(view.peek_rows(app, session, lead_id, app.clock.now()))
    assert peek.next_text_at == before.next_text_at == app.clock.now() + 2 * MINUTE
    assert [(text.body, text.staff) for text in peek.waiting] == [("Hi Omar, Maya here", "Maya Torres")]
    assert (shown[-1]["id"], shown[-1]["by"], shown[-1]["held"]) == (
        f"w:{peek.waiting[0].id}",
        "Maya Torres",
        "",
    )
    do(app, pausing.pause, who(app, "manager"), "wrong wording")
    with app.db.read() as session:
        held = list(view.peek_rows(app, session, lead_id, app.clock.now()))[-1]
    assert held["held"] == "All sending is paused."


def test_a_picture_is_told_as_a_picture(app: TestApp) -> None:
    lead_id = new_lead(app)
    urls = {f"MediaUrl{i}": f"https://api.example.com/{i}" for i in range(2)}
    sent = {"MessageSid": "MMin1", "From": PATIENT, "Body": "", "NumMedia": "2", **urls}
    app.clock.advance(MINUTE)
    receive_text.receive(app, sent, now=app.clock.now())
    with app.db.read() as session:
        shown = list(view.peek_rows(app, session, lead_id, app.clock.now()))[-1]
    assert (shown["body"], [picture["words"] for picture in shown["pictures"]]) == (
        "",
        ["Picture on its way"] * 2,
    )


def test_whoever_takes_a_lead_has_seen_it(app: TestApp) -> None:
    lead_id = new_lead(app)
    do(app, staff_action.take, who(app, "manager"), lead_id, seen_owner=one(app, leads).owner_id)
    with app.db.read() as session:
        assert all(clock.seen for clock in sla_clocks.clocks(session, who(app, "manager")))


def test_the_hand_over_list_says_who_is_there_and_how_much_they_carry(app: TestApp) -> None:
    """Jordan, off until noon, comes last; whoever has the lead is left out; a full load is marked."""
    now = app.clock.now()
    with app.db.write() as session:
        patient = add_patient(session, now)
        maya = staff_id(session, "frontdesk")
        mine = add_lead(session, patient, now, owner_id=maya)
        for _ in range(8):
            add_lead(session, patient, now, owner_id=staff_id(session, "manager"))
        session.execute(
            update(staff).where(staff.c.username == "jordan").values(hours={"0": ["12:00-20:00"]})
        )
        everybody = hand_over.read(session, who(app, "frontdesk"), app.reference, now)
        others = hand_over.read(session, who(app, "frontdesk"), app.reference, now, mine)
    assert [(one.name, one.load, one.full, one.on_now) for one in everybody] == [
        ("Maya Torres", 1, False, True),
        ("Elena Ruiz", 8, True, True),
        ("Jordan Blake", 0, False, False),
    ]
    assert [one.name for one in others] == ["Elena Ruiz", "Jordan Blake"]
    assert everybody[0].until == now + 12 * HOUR
    assert everybody[2].back_at == now + 2 * HOUR


def test_a_full_load_is_marked_on_the_board(app: TestApp) -> None:
    now = app.clock.now()
    with app.db.write() as session:
        patient = add_patient(session, now)
        for _ in range(8):
            add_lead(session, patient, now, owner_id=staff_id(session, "manager"))
        found = on_shift.read(session, who(app, "manager"), app.reference, now)
    assert {one.name: one.full for one in found} == {
        "Elena Ruiz": True,
        "Maya Torres": False,
        "Jordan Blake": False,
    }


def test_what_is_closed_to_a_provider_says_why_and_to_whom_it_is_open(app: TestApp) -> None:
    nina = who(app, "provider")
    words = "Your role can't work leads. It is open to: Front desk, Manager, Admin."
    assert closed_why(nina, Permission.WORK_LEADS) == words
    assert closed_why(who(app, "frontdesk"), Permission.WORK_LEADS) == ""
    with pytest.raises(Denied, match="open to: Front desk"):
        do(app, calls.log, app.reference, nina, new_lead(app), "talked")


def test_the_page_of_a_lead_lists_its_calls_and_until_when_each_can_be_corrected(app: TestApp) -> None:
    lead_id = new_lead(app)
    call(app, lead_id, "voicemail")
    with app.db.read() as session:
        (shown,) = lead.read(session, who(app, "frontdesk"), lead_id).calls
    assert (shown.outcome, shown.by, shown.correctable_until) == (
        "voicemail",
        "Maya Torres",
        app.clock.now() + 24 * HOUR,
    )


def test_a_snoozed_lead_with_a_call_planned_is_back_when_its_snooze_says(app: TestApp) -> None:
    lead_id = new_lead(app)
    call(app, lead_id, "no_answer")
    until = app.clock.now() + 5 * HOUR
    do(app, staff_outcome.snooze, who(app, "frontdesk"), lead_id, until)
    run_due(app)
    assert row(app).snoozed_until == until
    with app.db.read() as session:
        assert now_block.read(session, who(app, "frontdesk")).dues == ()
