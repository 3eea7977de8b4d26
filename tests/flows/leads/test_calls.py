"""Calls: what each outcome starts and ends. It is 10:00 on a Monday in New York; Downtown closes at 8 PM."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete

from core.analytics.tables import conversion_events
from core.compliance.tables import phone_standing
from core.domain.errors import Denied, InvalidInput, NotFound
from core.flows.conversation import staff_text
from core.flows.leads import calls, wrong_numbers
from core.leads.tables import lead_calls, leads, tasks
from core.messaging.tables import sms_messages, timed_actions
from core.patients.tables import patients
from core.sla.tables import sla_clocks
from tests.conftest import TestApp
from tests.factories import submission
from tests.flows.dispatching import run_due, run_until
from tests.flows.sending.test_dispatch import PATIENT, write_in
from tests.flows.staffing import OWED, do, kinds, new_lead, one, rows, who

HOUR = timedelta(hours=1)
UNANSWERED = ["voicemail", "no_answer"]


def clock(app: TestApp, target: str) -> Any:
    return one(app, sla_clocks, sla_clocks.c.target == target)


def call(app: TestApp, lead_id: str, outcome: str, **named: object) -> calls.Logged:
    logged = do(app, calls.log, app.reference, who(app, "frontdesk"), lead_id, outcome, **named)
    assert isinstance(logged, calls.Logged)
    return logged


def planned(app: TestApp) -> set[str]:
    """Steps of the sequence that are still to come."""
    c = timed_actions.c
    return {row.step for row in rows(app, timed_actions, c.state == "planned", c.step.is_not(None))}


def open_tasks(app: TestApp) -> list[tuple[str, datetime]]:
    found = rows(app, tasks, tasks.c.done_at.is_(None))
    return sorted((row.kind, row.due_at) for row in found)


def from_before(app: TestApp) -> str:
    """A lead of the version that had no clock of the first conversation."""
    lead_id = new_lead(app)
    with app.db.write() as session:
        session.execute(delete(sla_clocks).where(sla_clocks.c.target == "first_conversation"))
    return lead_id


def no_answer(app: TestApp, lead_id: str) -> None:
    call(app, lead_id, "no_answer")


def text_by_hand(app: TestApp, lead_id: str) -> None:
    do(app, staff_text.send_text, app.reference, who(app, "frontdesk"), lead_id, "Hi Omar, Maya here.")
    run_until(app, timedelta(seconds=11))


@pytest.mark.parametrize("act", [no_answer, text_by_hand])
@pytest.mark.parametrize("attempted_before", [False, True])
def test_a_lead_from_before_waits_for_its_conversation_once_somebody_tries(
    app: TestApp, act: Callable[[TestApp, str], None], attempted_before: bool
) -> None:
    """Its clock is that of every other lead, from the form on; a call that reached nobody hides nobody any more."""
    lead_id = from_before(app)
    sent_at = app.clock.now()
    app.clock.advance(HOUR)
    if attempted_before:
        call(app, lead_id, "voicemail")
        with app.db.write() as session:
            session.execute(delete(sla_clocks).where(sla_clocks.c.target == "first_conversation"))
    act(app, lead_id)
    conversation = clock(app, "first_conversation")
    assert (conversation.state, conversation.policy) == ("running", "Hot lead")
    assert (conversation.started_at, conversation.due_at) == (sent_at, sent_at + timedelta(minutes=15))
    call(app, lead_id, "talked")
    assert clock(app, "first_conversation").state == "missed"


def test_a_lead_that_was_spoken_with_or_made_by_a_text_gets_no_such_clock(app: TestApp) -> None:
    """There is no first conversation to wait for; a patient's own text has the clock of its answer."""
    lead_id = from_before(app)
    call(app, lead_id, "talked")
    call(app, lead_id, "no_answer")
    write_in(app, "Hello, is this Luxe?", phone="+14075550199")
    other = one(app, leads, leads.c.id != lead_id).id
    call(app, other, "no_answer")
    assert rows(app, sla_clocks, sla_clocks.c.target == "first_conversation") == []


@pytest.mark.parametrize("outcome", UNANSWERED)
def test_a_call_that_reached_nobody_is_an_attempt_and_no_conversation(app: TestApp, outcome: str) -> None:
    """Only the clock of the first attempt ends; figures count an attempt, nobody is said to be reached."""
    lead_id = new_lead(app)
    app.clock.advance(timedelta(seconds=90))
    call(app, lead_id, outcome)
    first, conversation = clock(app, "first_contact"), clock(app, "first_conversation")
    assert (first.state, first.response_seconds) == ("met", 90)
    assert conversation.state == "running"
    lead = one(app, leads)
    assert (lead.attempted_at, lead.contacted_at) == (app.clock.now(), None)
    assert one(app, patients).status == "new"
    assert {row.event_type for row in rows(app, conversion_events)} == {"form_submitted", "attempted"}


@pytest.mark.parametrize("outcome", UNANSWERED)
def test_after_a_missed_call_the_sequence_goes_on(app: TestApp, outcome: str) -> None:
    """Texts still go; the sequence's own call tasks give way to the call plan."""
    lead_id = new_lead(app)
    steps = planned(app)
    app.clock.advance(timedelta(seconds=30))
    call(app, lead_id, outcome)
    assert planned(app) == steps
    run_until(app, 3 * HOUR)
    assert len(app.sms.bodies_to(PATIENT)) == 3  # the daily limit
    assert {row.kind for row in rows(app, tasks)} == {"next_call"}


def test_talking_ends_every_clock_and_stops_the_sequence(app: TestApp) -> None:
    lead_id = new_lead(app)
    app.clock.advance(timedelta(seconds=90))
    call(app, lead_id, "talked", note="Prefers mornings")
    assert {row.state for row in rows(app, sla_clocks, OWED)} == {"met"}
    lead = one(app, leads)
    assert lead.attempted_at == lead.contacted_at == app.clock.now()
    assert lead.last_event_note == "Prefers mornings"
    assert one(app, patients).status == "contacted"
    assert planned(app) == set()


def test_the_next_tries_follow_the_plan_in_opening_hours_and_then_end(app: TestApp) -> None:
    """In two hours, tomorrow at ten, tomorrow late, in three days; after the fifth call a person decides."""
    lead_id = new_lead(app)
    expected = [
        datetime(2026, 11, 23, 17, 0, tzinfo=UTC),  # 12:00 PM in New York
        datetime(2026, 11, 24, 15, 0, tzinfo=UTC),  # Tuesday 10:00 AM
        datetime(2026, 11, 25, 22, 0, tzinfo=UTC),  # Wednesday 5:00 PM
        datetime(2026, 11, 28, 17, 30, tzinfo=UTC),  # Saturday 12:30 PM
    ]
    for number, moment in enumerate(expected, start=1):
        assert call(app, lead_id, "no_answer") == calls.Logged(_last(app), number, moment)
        assert open_tasks(app) == [("next_call", moment)]
        app.clock.moment = moment
    assert call(app, lead_id, "voicemail") == calls.Logged(_last(app), 5, None)
    assert open_tasks(app) == []


def _last(app: TestApp) -> str:
    return str(max(rows(app, lead_calls), key=lambda row: row.at).id)


def test_a_call_in_the_evening_is_tried_again_when_the_clinic_opens(app: TestApp) -> None:
    """Two hours after 7 PM it is closed: Tuesday, 8 AM."""
    lead_id = new_lead(app)
    app.clock.moment = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)
    assert call(app, lead_id, "no_answer").next_at == datetime(2026, 11, 24, 13, 0, tzinfo=UTC)


def test_when_the_next_try_is_due_its_owner_is_told(app: TestApp) -> None:
    """Without the patient's name; a try that was made early tells nobody."""
    lead_id = new_lead(app)
    call(app, lead_id, "no_answer")
    run_until(app, 2 * HOUR + timedelta(seconds=1))
    assert len(told(app)) == 1
    assert "Omar" not in told(app)[0]
    call(app, lead_id, "no_answer")
    app.clock.advance(HOUR)
    call(app, lead_id, "talked")
    run_until(app, timedelta(days=2))
    assert len(told(app)) == 1


def told(app: TestApp) -> list[str]:
    """Alerts to staff that it is time to call again."""
    return [text.body for text, _, _ in app.sms.accepted if "Call again" in text.body]


def test_a_reply_starts_the_count_of_missed_calls_anew(app: TestApp) -> None:
    lead_id = new_lead(app)
    call(app, lead_id, "no_answer")
    app.clock.advance(HOUR)
    write_in(app, "Sorry, try me later")
    assert call(app, lead_id, "no_answer").tries == 1


def test_a_missed_call_does_not_answer_what_the_patient_wrote(app: TestApp) -> None:
    """The reply clock runs on until a person writes back or they talk."""
    lead_id = new_lead(app)
    write_in(app, "Can you call?")
    call(app, lead_id, "no_answer")
    assert clock(app, "next_reply").state == "running"
    call(app, lead_id, "talked")
    assert clock(app, "next_reply").state == "met"


def test_texts_both_ways_are_a_conversation(app: TestApp) -> None:
    """A text of one's own is an attempt and pauses the sequence; the answer makes it a conversation and ends it."""
    lead_id, maya = new_lead(app), who(app, "frontdesk")
    do(app, staff_text.send_text, app.reference, maya, lead_id, "Hi Omar, Maya here.")
    app.clock.advance(timedelta(seconds=11))
    run_due(app)
    lead = one(app, leads)
    assert (lead.attempted_at, lead.contacted_at) == (app.clock.now(), None)
    assert planned(app)
    assert lead.paused_until > app.clock.now()
    assert clock(app, "first_conversation").state == "running"
    app.clock.advance(timedelta(minutes=2))
    write_in(app, "Hi Maya, yes")
    assert planned(app) == set()
    assert one(app, leads).paused_until is None
    assert one(app, leads).contacted_at == app.clock.now()
    ended = clock(app, "first_conversation")
    assert (ended.state, ended.ended_by) == ("met", maya.staff_id)
    assert clock(app, "next_reply").state == "running"


def test_answering_somebody_who_wrote_is_a_conversation(app: TestApp) -> None:
    """They answered an automatic text, a person wrote back."""
    lead_id = new_lead(app)
    write_in(app, "Yes please")
    assert one(app, leads).contacted_at is None
    do(app, staff_text.send_text, app.reference, who(app, "frontdesk"), lead_id, "Great, Maya here")
    app.clock.advance(timedelta(seconds=11))
    run_due(app)
    assert one(app, leads).contacted_at == app.clock.now()
    assert {row.state for row in rows(app, sla_clocks, OWED)} == {"met"}


def test_the_missed_you_text_is_part_of_the_attempt(app: TestApp) -> None:
    """It goes by one click and by hand, and neither the sequence nor the next try ends by it."""
    lead_id, maya = new_lead(app), who(app, "frontdesk")
    call(app, lead_id, "voicemail")
    steps, tries = planned(app), open_tasks(app)
    do(app, staff_text.send_missed_you, app.reference, maya, lead_id)
    app.clock.advance(timedelta(seconds=11))
    run_due(app)
    assert app.sms.bodies_to(PATIENT)[-1] == (
        "Hi Omar, it's Maya at Luxe. I just tried to call you. When is a good time to try again?"
    )
    assert one(app, sms_messages, sms_messages.c.origin == "staff").staff_id == maya.staff_id
    assert (planned(app), open_tasks(app)) == (steps, tries)


def test_a_wrong_number_asks_first(app: TestApp) -> None:
    """Nothing is closed until somebody confirms; the question says what it closes."""
    lead_id = new_lead(app)
    before = kinds(app, lead_id)
    with pytest.raises(InvalidInput, match=r"Confirm that \(407\) 555-0155 is a wrong number"):
        call(app, lead_id, "wrong_number")
    reach = do(app, _asked, who(app, "frontdesk"), lead_id)
    assert (reach.phone, reach.leads) == ("(407) 555-0155", ("A-1001",))
    assert reach.texts > 5
    assert kinds(app, lead_id) == before


def _asked(session: object, actor: object, lead_id: str, *, now: object) -> wrong_numbers.Reach:
    return wrong_numbers.what_it_closes(session, actor, lead_id)  # type: ignore[arg-type]


def test_a_wrong_number_is_no_attempt_and_asks_for_the_right_one(app: TestApp) -> None:
    """No more texts go there, and the lead stays due: correct the number or email."""
    lead_id = new_lead(app)
    call(app, lead_id, "wrong_number", confirmed=True)
    before = len(app.sms.bodies_to(PATIENT))
    assert open_tasks(app) == [("correct_number", app.clock.now())]
    lead = one(app, leads)
    assert (lead.call_only, lead.attempted_at, lead.wrong_number_at) == (True, None, app.clock.now())
    assert clock(app, "first_contact").state == "running"
    run_until(app, timedelta(days=15))
    assert len(app.sms.bodies_to(PATIENT)) == before
    assert one(app, phone_standing).unreachable_at is not None


def test_a_wrong_number_is_wrong_for_every_lead_that_gave_it(app: TestApp) -> None:
    """And for no other: a third person's texts go on."""
    first = new_lead(app)
    second = new_lead(app, submission(external_id="form-2", email="omar2@example.com"))
    third = new_lead(
        app, submission(external_id="form-3", phone="+14075550156", email="ana@example.com", first_name="Ana")
    )
    call(app, first, "wrong_number", confirmed=True)
    found = {row.id: row.call_only for row in rows(app, leads)}
    assert found == {first: True, second: True, third: False}
    assert {task.lead_id for task in rows(app, tasks, tasks.c.kind == "correct_number")} == {first, second}
    texts = {
        row.phone
        for row in rows(app, timed_actions, timed_actions.c.state == "planned")
        if row.kind == "text"
    }
    assert texts >= {"+14075550156"}
    assert PATIENT not in texts


def test_a_call_after_the_due_time_leaves_the_target_missed(app: TestApp) -> None:
    lead_id = new_lead(app)
    run_until(app, timedelta(minutes=6))
    call(app, lead_id, "no_answer")
    missed = clock(app, "first_contact")
    assert (missed.state, missed.response_seconds) == ("missed", 360)


def test_a_call_finishes_the_call_task(app: TestApp) -> None:
    lead_id, maya = new_lead(app), who(app, "frontdesk")
    run_until(app, timedelta(minutes=11))
    assert one(app, tasks).done_at is None
    call(app, lead_id, "voicemail")
    assert one(app, tasks, tasks.c.kind == "call").done_by == maya.staff_id


def test_an_unknown_outcome_is_refused_and_nothing_is_kept(app: TestApp) -> None:
    lead_id = new_lead(app)
    before = kinds(app, lead_id)
    with pytest.raises(InvalidInput, match="Choose one of"):
        call(app, lead_id, "shouted")
    assert kinds(app, lead_id) == before


@pytest.mark.parametrize("username", ["provider", "marketing"])
def test_only_who_works_leads_logs_calls(app: TestApp, username: str) -> None:
    lead_id = new_lead(app)
    with pytest.raises(Denied, match="open to: Front desk"):
        do(app, calls.log, app.reference, who(app, username), lead_id, "talked")
    with pytest.raises(NotFound):
        call(app, "0197b0c0-0000-7000-8000-000000000000", "talked")
