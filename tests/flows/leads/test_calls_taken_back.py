"""A call is taken back within ten seconds with all that it changed, and corrected within a day."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from core.analytics.tables import conversion_events
from core.compliance.tables import phone_standing
from core.db.prepared import UpdateOne
from core.db.types import blind
from core.domain.errors import InvalidInput, LostRace
from core.domain.ports import Outcome, SendResult
from core.flows.conversation import staff_text
from core.flows.leads import calls, staff_outcome, stages
from core.flows.sending import dispatch
from core.leads.tables import lead_calls, leads, tasks
from core.messaging.tables import timed_actions
from core.patients.tables import patients
from core.sequences.tables import enrollments
from core.sla.tables import sla_clocks
from tests.conftest import TestApp
from tests.factories import submission
from tests.flows.dispatching import OWNER, ROOM, run_due, run_until
from tests.flows.leads.test_calls import call, clock, open_tasks, planned
from tests.flows.sending.test_dispatch import PATIENT, write_in
from tests.flows.staffing import do, kinds, new_lead, one, rows, who

SECOND = timedelta(seconds=1)
OUTCOMES = ("talked", "voicemail", "no_answer", "wrong_number")


def everything(app: TestApp) -> dict[str, Any]:
    """What a call can change, without the lines of the timeline."""
    a = timed_actions.c
    lead, patient = one(app, leads), one(app, patients)
    return {
        "lead": (lead.attempted_at, lead.contacted_at, lead.call_only, lead.wrong_number_at, lead.state),
        "patient": (patient.status, patient.last_contact_at),
        "clocks": {
            (row.target, row.state, row.due_at, row.ended_at, row.response_seconds)
            for row in rows(app, sla_clocks)
            if row.state != "void"
        },
        "steps": {(row.step, row.state) for row in rows(app, timed_actions, a.step.is_not(None))},
        "enrollment": one(app, enrollments).state,
        "tasks": [(row.kind, row.due_at) for row in rows(app, tasks, tasks.c.done_at.is_(None))],
        "barred": [row.unreachable_at for row in rows(app, phone_standing)],
        "events": sorted(row.event_type for row in rows(app, conversion_events)),
    }


def undo(app: TestApp, call_id: str) -> None:
    do(app, calls.undo, app.reference, who(app, "frontdesk"), call_id)


def correct(app: TestApp, call_id: str, outcome: str, **named: Any) -> calls.Logged:
    logged = do(app, calls.correct, app.reference, who(app, "manager"), call_id, outcome, **named)
    assert isinstance(logged, calls.Logged)
    return logged


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_a_call_taken_back_leaves_everything_as_it_was(app: TestApp, outcome: str) -> None:
    """Clock, tasks, steps, marks, figures and the number's bar; the timeline keeps both lines."""
    lead_id = new_lead(app)
    app.clock.advance(timedelta(seconds=30))
    before = everything(app)
    logged = call(app, lead_id, outcome, confirmed=True)
    assert everything(app) != before
    app.clock.advance(8 * SECOND)
    undo(app, logged.call_id)
    assert everything(app) == before
    assert [kind for kind in kinds(app, lead_id) if kind.startswith("call")] == ["called", "call_undone"]


def test_a_step_that_became_due_meanwhile_goes_after_all(app: TestApp) -> None:
    """'Talked' at 1:58 is taken back at 2:03: the text of minute two leaves three seconds late."""
    lead_id = new_lead(app)
    run_until(app, timedelta(seconds=118))
    logged = call(app, lead_id, "talked")
    run_until(app, 5 * SECOND)
    assert len(app.sms.bodies_to(PATIENT)) == 1
    undo(app, logged.call_id)
    run_due(app)
    assert len(app.sms.bodies_to(PATIENT)) == 2


def test_a_call_task_that_gave_way_is_asked_for_again(app: TestApp) -> None:
    """'No answer' at 9:58 into the plan lets 'First call' drop at 10:00; taken back at 10:03 it is asked for."""
    lead_id = new_lead(app)
    run_until(app, timedelta(minutes=9, seconds=58))
    logged = call(app, lead_id, "no_answer")
    run_until(app, 5 * SECOND)
    undo(app, logged.call_id)
    run_due(app)
    assert [kind for kind, _ in open_tasks(app)] == ["call"]


def stop(app: TestApp, _lead_id: str) -> None:
    write_in(app, "STOP")


def reply(app: TestApp, _lead_id: str) -> None:
    write_in(app, "Yes please")


def newer_form(app: TestApp, _lead_id: str) -> None:
    new_lead(app, submission(external_id="form-2"))


def disqualify(app: TestApp, lead_id: str) -> None:
    do(app, staff_outcome.disqualify, who(app, "manager"), lead_id, "price")


def book(app: TestApp, lead_id: str) -> None:
    do(app, stages.mark_stage, who(app, "manager"), lead_id, "booked")


def talk(app: TestApp, lead_id: str) -> None:
    do(app, calls.log, app.reference, who(app, "manager"), lead_id, "talked")


@pytest.mark.parametrize("between", [stop, reply, newer_form, disqualify, book, talk])
@pytest.mark.parametrize("outcome", ["talked", "wrong_number"])
def test_what_something_else_has_stopped_since_stays_stopped(
    app: TestApp, outcome: str, between: Callable[[TestApp, str], None]
) -> None:
    """A STOP, an answer, a newer form, a decision of a colleague: none of them is undone with the call."""
    lead_id = new_lead(app)
    app.clock.advance(30 * SECOND)
    logged = call(app, lead_id, outcome, confirmed=True)
    app.clock.advance(3 * SECOND)
    between(app, lead_id)
    app.clock.advance(3 * SECOND)
    undo(app, logged.call_id)
    steps = rows(app, timed_actions, timed_actions.c.lead_id == lead_id, timed_actions.c.step.is_not(None))
    assert {row.state for row in steps if row.sequence == "lead" and row.step != "minute-0"} == {"cancelled"}


def test_a_stop_in_between_keeps_the_number_closed(app: TestApp) -> None:
    """'Wrong number' taken back opens what it closed; the patient's own STOP stands."""
    lead_id = new_lead(app)
    logged = call(app, lead_id, "wrong_number", confirmed=True)
    app.clock.advance(2 * SECOND)
    write_in(app, "STOP")
    app.clock.advance(2 * SECOND)
    undo(app, logged.call_id)
    standing = one(app, phone_standing)
    assert (standing.unreachable_at, standing.opted_out_at is None) == (None, False)
    assert one(app, leads).call_only is True


def test_a_number_that_the_carrier_refuses_stays_barred(app: TestApp) -> None:
    """It was unreachable before anybody called: taking the call back proves nothing."""
    lead_id = new_lead(app)
    with app.db.write() as session:
        session.execute(phone_standing.update().values(unreachable_at=app.clock.now()))
        session.execute(leads.update().values(call_only=True))
    app.clock.advance(SECOND)
    before = one(app, phone_standing).unreachable_at
    logged = call(app, lead_id, "wrong_number", confirmed=True)
    undo(app, logged.call_id)
    assert (one(app, phone_standing).unreachable_at, one(app, leads).call_only) == (before, True)
    assert one(app, leads).wrong_number_at is None


def test_two_who_said_wrong_number_are_not_overruled_by_one(app: TestApp) -> None:
    """The first call is corrected, the second still says so; when that one is corrected too, the number is open."""
    lead_id = new_lead(app)
    first = call(app, lead_id, "wrong_number", confirmed=True)
    app.clock.advance(SECOND)
    second = call(app, lead_id, "wrong_number", confirmed=True)
    app.clock.advance(SECOND)
    correct(app, first.call_id, "no_answer")
    assert one(app, phone_standing).unreachable_at is not None
    assert one(app, leads).wrong_number_at is not None
    app.clock.advance(SECOND)
    correct(app, second.call_id, "no_answer")
    assert one(app, phone_standing).unreachable_at is None
    assert (one(app, leads).call_only, one(app, leads).wrong_number_at) == (False, None)


def test_a_lead_that_got_another_number_keeps_it_when_the_call_is_corrected(app: TestApp) -> None:
    """'Wrong number' at ten, the right one entered at five past, the call corrected at eleven: the old one opens."""
    lead_id = new_lead(app)
    logged = call(app, lead_id, "wrong_number", confirmed=True)
    old = one(app, leads).phone_index
    app.clock.advance(timedelta(minutes=5))
    right = "+14075550188"
    with app.db.write() as session:
        values = {"phone": right, "phone_index": blind(session, "phone", right), "wrong_number_at": None}
        UpdateOne(leads).run(session, lead_id, **values)
    app.clock.advance(timedelta(hours=1))
    correct(app, logged.call_id, "no_answer")
    assert one(app, phone_standing, phone_standing.c.phone_index == old).unreachable_at is None
    assert one(app, leads).call_only is True  # whoever entered the number decides about texts to it


def test_a_text_that_was_on_its_way_is_neither_lost_nor_sent_twice(app: TestApp) -> None:
    """Claimed before 'talked', refused for now after it: taken back, it goes once."""
    lead_id = new_lead(app)
    run_until(app, timedelta(seconds=119))
    app.clock.advance(SECOND)
    step = dispatch.step(app, OWNER, [], ROOM, now=app.clock.now())
    assert len(step.jobs) == 1
    logged = call(app, lead_id, "talked")
    refused = dispatch.Finished(step.jobs[0], SendResult(Outcome.RETRY))
    dispatch.step(app, OWNER, [refused], ROOM, now=app.clock.now())
    run_until(app, 5 * SECOND)
    assert len(app.sms.bodies_to(PATIENT)) == 1
    undo(app, logged.call_id)
    run_until(app, 30 * SECOND)
    assert len(app.sms.bodies_to(PATIENT)) == 2


def test_a_text_that_was_accepted_meanwhile_is_not_sent_again(app: TestApp) -> None:
    lead_id = new_lead(app)
    run_until(app, timedelta(seconds=119))
    app.clock.advance(SECOND)
    step = dispatch.step(app, OWNER, [], ROOM, now=app.clock.now())
    logged = call(app, lead_id, "talked")
    undo(app, logged.call_id)
    taken = [dispatch.Finished(job, app.sms.take(job.text)) for job in step.jobs]
    dispatch.step(app, OWNER, taken, ROOM, now=app.clock.now())
    run_until(app, timedelta(minutes=2))
    assert len(app.sms.bodies_to(PATIENT)) == 2


def test_a_text_in_its_ten_seconds_survives_a_mistaken_wrong_number(app: TestApp) -> None:
    lead_id, maya = new_lead(app), who(app, "frontdesk")
    do(app, staff_text.send_text, app.reference, maya, lead_id, "Maya here")
    app.clock.advance(2 * SECOND)
    logged = call(app, lead_id, "wrong_number", confirmed=True)
    app.clock.advance(2 * SECOND)
    undo(app, logged.call_id)
    run_until(app, 10 * SECOND)
    assert app.sms.bodies_to(PATIENT).count("Maya here") == 1


def test_a_colleagues_call_in_between_still_counts(app: TestApp) -> None:
    """Maya's call is taken back; Elena's, four seconds later, is now the first contact."""
    lead_id = new_lead(app)
    app.clock.advance(60 * SECOND)
    logged = call(app, lead_id, "no_answer")
    app.clock.advance(4 * SECOND)
    elena = who(app, "manager")
    do(app, calls.log, app.reference, elena, lead_id, "no_answer")
    app.clock.advance(2 * SECOND)
    undo(app, logged.call_id)
    first = clock(app, "first_contact")
    assert (first.state, first.response_seconds, first.ended_by) == ("met", 64, elena.staff_id)
    assert len(open_tasks(app)) == 1


def test_after_ten_seconds_a_call_is_corrected_instead(app: TestApp) -> None:
    lead_id = new_lead(app)
    logged = call(app, lead_id, "talked")
    app.clock.advance(20 * SECOND)
    before = everything(app)
    with pytest.raises(InvalidInput, match="Correct it instead"):
        undo(app, logged.call_id)
    assert everything(app) == before


def test_a_call_corrected_to_no_answer_lets_the_follow_up_go_on(app: TestApp) -> None:
    """Logged as talked at 10:01, corrected an hour later: what is still to come comes, what has passed does not."""
    lead_id = new_lead(app)
    app.clock.advance(60 * SECOND)
    logged = call(app, lead_id, "talked")
    called_at = app.clock.now()
    app.clock.advance(timedelta(hours=1))
    again = correct(app, logged.call_id, "no_answer")
    assert (again.tries, again.next_at) == (1, called_at + timedelta(hours=2))
    lead = one(app, leads)
    assert (lead.attempted_at, lead.contacted_at) == (called_at, None)
    assert (clock(app, "first_contact").state, clock(app, "first_conversation").state) == ("met", "running")
    assert one(app, patients).status == "new"
    assert planned(app) == {"hour-2", "hour-4", "day-1", "day-3", "day-7", "day-14"}


def test_a_call_corrected_to_talked_counts_from_when_it_was_made(app: TestApp) -> None:
    """The conversation was on time although the correction comes late; the planned call is off."""
    lead_id = new_lead(app)
    app.clock.advance(60 * SECOND)
    logged = call(app, lead_id, "no_answer")
    called_at = app.clock.now()
    run_until(app, timedelta(hours=1))
    assert clock(app, "first_conversation").breached_at is not None
    correct(app, logged.call_id, "talked")
    ended = clock(app, "first_conversation")
    assert (ended.state, ended.ended_at, ended.breached_at) == ("met", called_at, None)
    assert one(app, leads).contacted_at == called_at
    assert (open_tasks(app), planned(app)) == ([], set())


def test_a_correction_says_who_changed_what_and_when(app: TestApp) -> None:
    lead_id = new_lead(app)
    logged = call(app, lead_id, "voicemail")
    app.clock.advance(timedelta(hours=3))
    correct(app, logged.call_id, "wrong_number", confirmed=True)
    kept = one(app, lead_calls)
    assert (kept.outcome, kept.corrected_by) == ("wrong_number", who(app, "manager").staff_id)
    assert kinds(app, lead_id)[-1] == "call_corrected"
    assert one(app, leads).attempted_at is None
    assert clock(app, "first_contact").state == "running"


def test_a_correction_needs_another_outcome_and_a_wrong_number_is_confirmed_here_too(app: TestApp) -> None:
    lead_id = new_lead(app)
    logged = call(app, lead_id, "voicemail")
    with pytest.raises(InvalidInput, match="logged as 'left a voicemail' already"):
        correct(app, logged.call_id, "voicemail")
    with pytest.raises(InvalidInput, match="Confirm that"):
        correct(app, logged.call_id, "wrong_number")


def test_after_a_day_a_call_stays_as_it_is(app: TestApp) -> None:
    lead_id = new_lead(app)
    logged = call(app, lead_id, "voicemail")
    app.clock.advance(timedelta(hours=24, seconds=1))
    with pytest.raises(InvalidInput, match="Maya logged this call more than a day ago"):
        correct(app, logged.call_id, "talked")


def test_of_two_who_take_a_call_back_at_once_one_learns_that_it_is_done(app: TestApp) -> None:
    """The database decides; nothing is revived twice."""
    lead_id = new_lead(app)
    before = everything(app)
    logged = call(app, lead_id, "no_answer")
    ready, won, lost = threading.Barrier(2), [], []

    def click(flow: Callable[[], None]) -> None:
        ready.wait()
        try:
            flow()
            won.append(flow)
        except LostRace:
            lost.append(flow)

    threads = [threading.Thread(target=click, args=(lambda: undo(app, logged.call_id),)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(won), len(lost)) == (1, 1)
    assert everything(app) == before
