"""Waits, conditions, exits and hours of a step: in a sequence that the clinic published."""

from datetime import timedelta
from typing import Any

import pytest

from core.domain.errors import InvalidInput
from core.flows.leads import calls, stages, visits
from core.flows.publishing import publish
from core.kinds import SEQUENCE, TEMPLATE
from core.messaging.tables import timed_actions
from core.sequences.tables import enrollments
from tests.conftest import TestApp
from tests.factories import submission
from tests.flows.dispatching import run_until
from tests.flows.sending.test_dispatch import write_in
from tests.flows.staffing import do, new_lead, one, rows, who

TEXT = {"kind": "text", "useful": "12h", "template": "lead_pick_a_time", "purpose": "transactional"}
STOPS = ["contact", "booking", "opt_out", "disqualified", "reaction", "new_form"]


def put_out(app: TestApp, steps: list[dict[str, Any]], key: str = "lead", **changes: Any) -> int:
    """Publish a sequence for new leads; its number."""
    body = {
        "title": "New lead",
        "starts_on": "submission",
        "consent": "marketing",
        "stops_on": STOPS,
        "steps": steps,
        **changes,
    }
    saved = do(app, publish.save_draft, who(app, "manager"), SEQUENCE, key, body, 0)
    number = do(app, publish.publish, who(app, "manager"), SEQUENCE, key, saved.revision, "Tried")
    assert isinstance(number, int)
    return number


def sent(app: TestApp) -> list[str]:
    """The steps that went out, in order."""
    found = rows(app, timed_actions, timed_actions.c.state == "sent", timed_actions.c.kind == "text")
    return [row.step for row in sorted(found, key=lambda row: row.settled_at) if row.step]


def test_a_wait_makes_everything_after_it_later(app: TestApp) -> None:
    put_out(
        app,
        [
            {**TEXT, "name": "first", "offset": "1m"},
            {"name": "pause", "kind": "wait", "offset": "3h"},
            {**TEXT, "name": "second", "offset": "5m"},
        ],
    )
    new_lead(app)
    run_until(app, timedelta(hours=3))
    assert sent(app) == ["first"]
    run_until(app, timedelta(minutes=6))
    assert sent(app) == ["first", "second"]


def test_who_does_not_meet_a_condition_leaves_there(app: TestApp) -> None:
    put_out(
        app,
        [
            {**TEXT, "name": "first", "offset": "1m"},
            {"name": "silent", "kind": "condition", "offset": "1h", "conditions": ["not_replied"]},
            {**TEXT, "name": "second", "offset": "2h"},
        ],
    )
    new_lead(app)
    run_until(app, timedelta(minutes=5))
    write_in(app, "What does it cost?")
    run_until(app, timedelta(hours=3))
    assert sent(app) == ["first"]
    enrollment = one(app, enrollments)
    assert (enrollment.state, enrollment.stop_reason) == ("finished", "left_at_gate")


def test_after_an_outage_a_gate_and_the_text_behind_it_come_due_together_and_nothing_slips_by(
    app: TestApp,
) -> None:
    put_out(
        app,
        [
            {"name": "silent", "kind": "condition", "offset": "1h", "conditions": ["not_replied"]},
            {**TEXT, "name": "second", "offset": "2h"},
        ],
    )
    new_lead(app)
    write_in(app, "What does it cost?")
    app.clock.moment += timedelta(hours=4)
    run_until(app, timedelta(minutes=5))
    assert sent(app) == []


def test_an_exit_leads_to_another_sequence(app: TestApp) -> None:
    put_out(
        app,
        [
            {**TEXT, "name": "first", "offset": "1m"},
            {"name": "on", "kind": "exit", "offset": "1h", "conditions": ["replied"], "then": "reengagement"},
            {**TEXT, "name": "never", "offset": "2h"},
        ],
    )
    new_lead(app)
    run_until(app, timedelta(minutes=5))
    write_in(app, "What does it cost?")
    run_until(app, timedelta(hours=3))
    assert "never" not in sent(app)
    assert {row.sequence for row in rows(app, enrollments)} == {"lead", "reengagement"}


def test_a_step_goes_within_its_own_hours(app: TestApp) -> None:
    """14:00 to 16:00 on the patient's own wall: New York's 10:00 waits four hours."""
    put_out(app, [{**TEXT, "name": "noon", "offset": "1m", "window": "14:00-16:00", "useful": "23h"}])
    new_lead(app)
    run_until(app, timedelta(hours=3))
    assert sent(app) == []
    held = one(app, timed_actions, timed_actions.c.step == "noon")
    assert held.reason == "window"
    run_until(app, timedelta(hours=1, minutes=5))
    assert sent(app) == ["noon"]


def test_a_sequence_goes_on_after_what_does_not_stop_it(app: TestApp) -> None:
    """This clinic's sequence is not ended by a reply."""
    put_out(app, [{**TEXT, "name": f"hour-{n}", "offset": f"{n}h"} for n in (1, 2)])
    lead_id = new_lead(app)
    write_in(app, "What does it cost?")
    run_until(app, timedelta(hours=1, minutes=5))
    assert sent(app) == ["hour-1"]
    do(app, calls.log, app.reference, who(app, "frontdesk"), lead_id, "talked")
    run_until(app, timedelta(hours=2))
    assert sent(app) == ["hour-1"]


@pytest.mark.parametrize("cause", ["cancelled", "checkout"])
def test_a_sequence_may_end_with_a_visit_that_is_called_off_or_over(app: TestApp, cause: str) -> None:
    """As it says itself, though no booking ends it."""
    steps = [{**TEXT, "name": f"hour-{n}", "offset": f"{n}h", "useful": "2d"} for n in (1, 3)]
    put_out(app, steps, stops_on=[cause])
    lead_id, desk = new_lead(app), who(app, "frontdesk")
    visit_id = do(app, visits.book, app.reference, desk, lead_id, app.clock.now() + timedelta(hours=9))
    run_until(app, timedelta(hours=2))
    if cause == "cancelled":
        do(app, visits.cancel, app.reference, desk, visit_id, "time")
    else:
        do(app, stages.mark_stage, desk, lead_id, "treated")
    run_until(app, timedelta(days=2))
    assert [name for name in sent(app) if name.startswith("hour-")] == ["hour-1"]


@pytest.mark.parametrize("how", ["talked", "booked"])
def test_who_speaks_with_us_about_one_request_is_not_chased_for_another(app: TestApp, how: str) -> None:
    """Staff may have either of them on the screen; a call that is taken back is taken back for both."""
    put_out(app, [{**TEXT, "name": f"hour-{n}", "offset": f"{n}h"} for n in (1, 2)])
    older, desk = new_lead(app), who(app, "frontdesk")
    new_lead(app, submission(external_id="f2"))
    run_until(app, timedelta(hours=1, minutes=5))
    if how == "talked":
        undone = do(app, calls.log, app.reference, desk, older, "talked")
        do(app, calls.undo, app.reference, desk, undone.call_id)
        assert [row.step for row in rows(app, timed_actions, timed_actions.c.state == "planned")].count(
            "hour-2"
        ) == 1
        do(app, calls.log, app.reference, desk, older, "talked")
    else:
        do(app, visits.book, app.reference, desk, older, app.clock.now() + timedelta(days=9))
    run_until(app, timedelta(hours=3))
    assert "hour-2" not in sent(app)


def test_whoever_is_under_way_stays_on_the_version_they_began(app: TestApp) -> None:
    first = put_out(app, [{**TEXT, "name": "old", "offset": "1h"}])
    new_lead(app)
    body = {
        "title": "New lead",
        "starts_on": "submission",
        "stops_on": STOPS,
        "steps": [{**TEXT, "name": "new", "offset": "1h"}],
    }
    saved = do(app, publish.save_draft, who(app, "manager"), SEQUENCE, "lead", body, 0)
    second = do(app, publish.publish, who(app, "manager"), SEQUENCE, "lead", saved.revision, "Other step")
    new_lead(app, submission(external_id="f2", phone="+14075550157", email="two@example.com"))
    run_until(app, timedelta(hours=2))
    assert sorted(sent(app)) == ["new", "old"]
    assert [row.version for row in sorted(rows(app, enrollments), key=lambda row: row.started_at)] == [
        first,
        second,
    ]


def test_a_sequence_that_was_retired_begins_for_nobody(app: TestApp) -> None:
    do(app, publish.retire, who(app, "manager"), SEQUENCE, "lead", "We call only")
    new_lead(app)
    assert rows(app, enrollments) == []


def test_once_in_a_life_is_once(app: TestApp) -> None:
    put_out(app, [{**TEXT, "name": "first", "offset": "1m"}], reentry="once")
    new_lead(app)
    run_until(app, timedelta(minutes=5))
    new_lead(app, submission(external_id="f2"))
    run_until(app, timedelta(minutes=5))
    assert sent(app) == ["first"]


@pytest.mark.parametrize(
    ("steps", "field", "says"),
    [
        pytest.param(steps, field, says, id=name)
        for name, (steps, field, says) in {
            "nothing before the form": (
                [{**TEXT, "name": "a", "offset": "-1h"}],
                "steps.0.offset",
                "Nothing can go before the form",
            ),
            "two steps with one name": (
                [{**TEXT, "name": "a", "offset": "1h"}, {**TEXT, "name": "a", "offset": "2h"}],
                "steps.1.name",
                "Two steps are named a",
            ),
            "a step after its exit": (
                [{"name": "out", "kind": "exit", "offset": "1h"}, {**TEXT, "name": "a", "offset": "2h"}],
                "steps.1.offset",
                "Everybody has left at out",
            ),
            "a window outside what the law leaves": (
                [{**TEXT, "name": "a", "offset": "1h", "window": "22:00-23:00", "useful": "2d"}],
                "steps.0.window",
                "never open for it",
            ),
            "a window that never opens": (
                [{**TEXT, "name": "a", "offset": "1h", "window": "18:00-09:00"}],
                "steps.0.window",
                "never open",
            ),
            "of no use any more before its window": (
                [{**TEXT, "name": "a", "offset": "1h", "window": "10:00-12:00", "useful": "2h"}],
                "steps.0.useful",
                "Most people would never get it",
            ),
            "a template for another purpose": (
                [{**TEXT, "name": "a", "offset": "1h", "template": "lead_offer", "purpose": "transactional"}],
                "steps.0.purpose",
                "goes as marketing",
            ),
            "an answer": (
                [{**TEXT, "name": "a", "offset": "1h", "template": "help"}],
                "steps.0.template",
                "answers what",
            ),
            "a text to staff": (
                [{**TEXT, "name": "a", "offset": "1h", "template": "staff_reply"}],
                "steps.0.template",
                "class staff",
            ),
            "a template that is gone": (
                [{**TEXT, "name": "a", "offset": "1h", "template": "gone"}],
                "steps.0.template",
                "no template gone",
            ),
            "a loop": (
                [{"name": "a", "kind": "exit", "offset": "1h", "then": "lead"}],
                "steps",
                "A loop: lead leads to lead",
            ),
            "a call without words": (
                [{"name": "a", "kind": "call_task", "offset": "1h", "useful": "1h"}],
                "steps.0.title",
                "what is to be",
            ),
            "no step": ([], "steps", "one step at least"),
        }.items()
    ],
)
def test_what_could_never_do_any_good_is_refused_in_words_at_its_place(
    app: TestApp, steps: list[dict[str, Any]], field: str, says: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        put_out(app, steps)
    found = {error.field: error.message for error in refused.value.errors}
    assert says in found[field]


def test_a_reminder_that_would_still_go_after_the_visit_has_begun_is_refused(app: TestApp) -> None:
    step = {
        **TEXT,
        "name": "a",
        "anchor": "visit",
        "offset": "-1h",
        "useful": "2h",
        "template": "visit_reminder",
    }
    with pytest.raises(InvalidInput, match="after the visit has begun"):
        put_out(app, [step], "pre_treatment", starts_on="booking", consent="transactional")


def test_two_sequences_never_wait_for_every_other_form(app: TestApp) -> None:
    """Which of them somebody enters would be chance; a form that one of them names is nobody else's either."""
    steps = [{**TEXT, "name": "a", "offset": "1h"}]
    with pytest.raises(InvalidInput, match="'New lead' starts with every other form already") as refused:
        put_out(app, steps, "other")
    assert [error.field for error in refused.value.errors] == ["forms"]
    put_out(app, steps, "third", forms=["photo_upload"], title="Quiz")
    with pytest.raises(InvalidInput, match="The form photo_upload starts 'Quiz' already"):
        put_out(app, steps, "fourth", forms=["photo_upload"])


def test_a_text_that_advertises_does_not_fit_a_sequence_about_a_visit(app: TestApp) -> None:
    with pytest.raises(InvalidInput, match="advertises"):
        put_out(
            app,
            [{**TEXT, "name": "a", "template": "lead_offer", "purpose": "marketing"}],
            consent="transactional",
        )


def test_a_template_that_a_sequence_sends_is_not_retired(app: TestApp) -> None:

    with pytest.raises(InvalidInput, match="step hours-24 of the sequence 'Before a visit'"):
        do(app, publish.retire, who(app, "manager"), TEMPLATE, "visit_reminder", "Not wanted")
