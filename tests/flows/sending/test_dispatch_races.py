"""Crashes, races and odd hours: what must hold when things go wrong at the worst moment."""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import Mock

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError, StatementError

from core.compliance.tables import consents
from core.domain.ports import Outcome, OutgoingText, SendResult
from core.flows.conversation import receive_text
from core.flows.sending import delivery_status, dispatch, reconciling, rescuing
from core.intake.submission import Origin
from core.leads.store import leads
from core.messaging.actions import Lane, NewAction, Purpose
from core.messaging.rules import send_hold_drop
from core.messaging.store import planning as messaging
from core.messaging.store import texts
from core.messaging.tables import sms_messages, timed_actions
from core.patients.store import profiles as patients
from scheduler.dispatcher import Dispatcher
from scheduler.pacing import TokenBucket
from tests.conftest import TestApp
from tests.factories import submission
from tests.flows.dispatching import OWNER, ROOM, Held, hand_over, run_due, run_until, take_in

PATIENT = "+14075550155"


def state_of(app: TestApp, action_id: str) -> tuple[str, str]:
    """State and reason of an action."""
    with app.db.read() as session:
        row = session.execute(
            select(timed_actions.c.state, timed_actions.c.reason).where(timed_actions.c.id == action_id)
        ).one()
    return row.state, row.reason


def wait_until(true: Callable[[], bool], seconds: float = 20) -> None:
    """Let other threads work until it is so."""
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, "it never happened"
        time.sleep(0.01)


def plan_text(app: TestApp, key: str, body: str = "Hello", *, purpose: Purpose = Purpose.MANUAL) -> str:
    """A text to the patient's number that is due now, in the bulk lane."""
    action = NewAction(
        key=key, kind="text", due_at=app.clock.now(), purpose=purpose, lane=Lane.BULK, phone=PATIENT, body=body
    )  # fmt: skip
    with app.db.write() as session:
        return messaging.plan(session, action, app.clock.now())


def test_a_slow_sender_gets_to_its_bulk_texts_and_then_rests(app: TestApp) -> None:
    plan_text(app, "one")
    plan_text(app, "two")
    bucket = TokenBucket(0.01)
    dispatcher = Dispatcher(app, OWNER, Held(), bucket)
    worker = threading.Thread(target=dispatcher.run)
    worker.start()
    wait_until(lambda: bool(app.sms.accepted))
    assert bucket.seconds_until(1, time.monotonic()) > 1
    dispatcher.stop()
    worker.join()
    assert app.sms.bodies_to(PATIENT) == ["Hello"]


def test_the_retry_of_the_last_text_of_the_day_is_not_held_back_by_itself(app: TestApp) -> None:
    """Its first try counts as a text of its own, not as another one under the daily cap."""
    tries: list[str] = []

    def busy_at_the_third(text: OutgoingText) -> SendResult | None:
        if text.to == PATIENT:
            tries.append(text.action_id)
        return SendResult(Outcome.RETRY, code=20429) if len(tries) == 3 and text.to == PATIENT else None

    app.sms.answer = busy_at_the_third
    take_in(app, submission())
    run_until(app, timedelta(minutes=8))
    assert len(app.sms.bodies_to(PATIENT)) == 3
    assert run_due(app) == 0


def test_a_stop_is_not_confirmed_hours_later(app: TestApp) -> None:
    """compliance.md A2: within five minutes; after an outage it could come at night."""
    take_in(app, submission())
    run_due(app)
    receive_text.receive(app, {"MessageSid": "SMin1", "From": PATIENT, "Body": "STOP"}, now=app.clock.now())
    app.clock.advance(timedelta(hours=3))
    run_due(app)
    assert len(app.sms.bodies_to(PATIENT)) == 1


def test_a_form_that_reaches_us_late_is_not_confirmed_at_night(app: TestApp) -> None:
    """Any hour is allowed within ten minutes of sending the form, not of its arrival; what it promises is ahead."""
    app.clock.moment = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)  # 07:00 in Florida, sent the evening before
    take_in(app, submission(submitted_at=app.clock.now() - timedelta(hours=9)))
    run_due(app)
    assert app.sms.bodies_to(PATIENT) == []
    run_until(app, timedelta(hours=1))
    assert "will call you by 8:05 AM" in app.sms.bodies_to(PATIENT)[0]


def test_a_step_in_flight_when_its_sequence_was_replaced_is_not_tried_again(app: TestApp) -> None:
    busy = [True]
    app.sms.answer = lambda text: (
        SendResult(Outcome.RETRY, code=20429) if busy[0] and text.to == PATIENT else None
    )
    take_in(app, submission())
    step = dispatch.step(app, OWNER, [], ROOM, now=app.clock.now())
    take_in(app, submission(external_id="again"))
    finished = hand_over(app, step)
    dispatch.step(app, OWNER, finished, dispatch.Capacity(0, 64), now=app.clock.now())
    busy[0] = False
    run_until(app, timedelta(minutes=1))
    assert len(app.sms.bodies_to(PATIENT)) == 1


def test_one_text_without_wording_does_not_hold_up_the_others(app: TestApp) -> None:
    """A template can be gone after an update while texts that name it are still planned."""
    action = NewAction(
        key="old", kind="text", due_at=app.clock.now() - timedelta(minutes=1), purpose=Purpose.MANUAL,
        phone=PATIENT, template="a_template_of_last_year",
    )  # fmt: skip
    with app.db.write() as session:
        action_id = messaging.plan(session, action, app.clock.now())
    plan_text(app, "fine", "The other one")
    run_due(app)
    assert app.sms.bodies_to(PATIENT) == ["The other one"]
    assert state_of(app, action_id) == ("dropped", "no_wording")


def to_patient(app: TestApp) -> list[tuple[OutgoingText, str, datetime]]:
    """What the provider accepted for the patient: (text, sid, when), in order."""
    return [entry for entry in app.sms.accepted if entry[0].to == PATIENT]


def test_a_late_callback_of_an_earlier_attempt_stops_the_next_one(app: TestApp) -> None:
    """The list did not show the first try in time; the second was put off: the callback proves that it arrived."""
    answers = {1: SendResult(Outcome.UNKNOWN, sid="lost"), 2: SendResult(Outcome.RETRY, code=20429)}
    app.sms.answer = lambda text: answers.get(text.attempt)
    action_id = plan_text(app, "one")
    run_due(app)
    app.clock.advance(timedelta(seconds=send_hold_drop.GRACE_SECONDS))
    _, sid, _ = to_patient(app)[0]
    hidden, app.sms.accepted = app.sms.accepted, []
    reconciling.look_up(app, now=app.clock.now())
    run_due(app)
    app.sms.accepted = hidden
    status = {"MessageSid": sid, "MessageStatus": "delivered"}
    assert delivery_status.record(app, action_id, "1", status, now=app.clock.now())
    run_until(app, timedelta(minutes=5))
    assert len(to_patient(app)) == 1
    assert state_of(app, action_id) == ("sent", "adopted")


def test_a_look_up_finds_what_an_earlier_attempt_sent(app: TestApp) -> None:
    """The list may lag behind for longer than one try: a text of the first one is still ours at the second."""
    app.sms.answer = lambda text: (
        SendResult(Outcome.UNKNOWN, sid="lost") if text.attempt == 1 else SendResult(Outcome.UNKNOWN)
    )
    plan_text(app, "one")
    run_due(app)
    app.clock.advance(timedelta(seconds=send_hold_drop.GRACE_SECONDS))
    hidden, app.sms.accepted = app.sms.accepted, []
    reconciling.look_up(app, now=app.clock.now())
    run_due(app)
    app.sms.accepted = hidden
    app.sms.answer = lambda _text: None
    run_until(app, timedelta(minutes=5))
    assert len(to_patient(app)) == 1


def test_an_acceptance_that_comes_after_a_take_over_is_believed(app: TestApp) -> None:
    """A scheduler that was cut off, not dead, knows that its text was taken; the list may not show it yet."""
    action_id = plan_text(app, "one")
    step = dispatch.step(app, "cut-off", [], ROOM, now=app.clock.now())
    finished = hand_over(app, step)
    rescuing.take_over(app, "cut-off", now=app.clock.now())
    dispatch.step(app, "cut-off", finished, dispatch.Capacity(0, 64), now=app.clock.now())
    assert state_of(app, action_id) == ("sent", "adopted")
    hidden, app.sms.accepted = app.sms.accepted, []
    run_until(app, timedelta(minutes=5))
    assert len(hidden) == 1
    assert app.sms.accepted == []


def test_of_two_equal_texts_to_one_number_the_one_in_doubt_takes_the_older(app: TestApp) -> None:
    """The newer one's answer may be on its way back: taking its place would make it look lost."""
    first = plan_text(app, "one")
    app.sms.answer = lambda _text: SendResult(Outcome.UNKNOWN, sid="lost")
    run_due(app)
    app.sms.answer = lambda _text: None
    app.clock.advance(timedelta(seconds=send_hold_drop.GRACE_SECONDS))
    second = plan_text(app, "two")
    step = dispatch.step(app, OWNER, [], ROOM, now=app.clock.now())
    finished = hand_over(app, step)
    reconciling.look_up(app, now=app.clock.now())
    dispatch.step(app, OWNER, finished, ROOM, now=app.clock.now())
    assert state_of(app, first) == ("sent", "adopted")
    assert state_of(app, second) == ("sent", "accepted")


def test_a_callback_of_a_text_that_another_row_adopted_is_no_error(app: TestApp) -> None:
    plan_text(app, "one")
    second = plan_text(app, "two")
    app.sms.answer = lambda text: SendResult(
        Outcome.UNKNOWN, sid="lost" if text.action_id == second else None
    )
    run_due(app)
    app.clock.advance(timedelta(seconds=send_hold_drop.GRACE_SECONDS))
    reconciling.look_up(app, now=app.clock.now())
    _, sid, _ = to_patient(app)[0]
    status = {"MessageSid": sid, "MessageStatus": "delivered"}
    assert delivery_status.record(app, second, "1", status, now=app.clock.now())
    assert len(to_patient(app)) == 1


def test_two_callbacks_at_one_moment_leave_the_later_status(app: TestApp) -> None:
    """`delivered` was read before `sent` was written: it is still news."""
    action_id = plan_text(app, "one")
    run_due(app)
    with app.db.write() as session:
        seen = texts.of_actions(session, [action_id])[0]
        assert texts.report(session, seen, "sent", None, app.clock.now())
        assert texts.report(session, seen, "delivered", None, app.clock.now())
        assert not texts.report(session, seen, "failed", None, app.clock.now())


def test_an_answer_while_its_text_is_settled_does_not_deadlock(
    app: TestApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Phones answer by themselves within milliseconds; on PostgreSQL one of the two would be thrown away."""
    take_in(app, submission())
    step = dispatch.step(app, OWNER, [], ROOM, now=app.clock.now())
    finished = hand_over(app, step)
    params = {"MessageSid": "SMin1", "From": PATIENT, "Body": "STOP"}
    heard: list[receive_text.Received] = []
    answering = threading.Thread(
        target=lambda: heard.append(receive_text.receive(app, params, now=app.clock.now()))
    )
    first, both = leads.show_texts_sent, patients.count_texts_out

    def answer_now(*args: object) -> None:
        if not answering.ident:
            answering.start()
            answering.join(0.5)  # long enough to take its first lock and wait for ours

    def after(done: Callable[..., None]) -> Callable[..., None]:
        def then_answer(*args: Any) -> None:
            done(*args)
            answer_now()

        return then_answer

    monkeypatch.setattr(leads, "show_texts_sent", after(first))
    monkeypatch.setattr(patients, "count_texts_out", after(both))
    dispatch.step(app, OWNER, finished, dispatch.Capacity(0, 64), now=app.clock.now())
    answering.join()
    assert [one.reading and one.reading.label for one in heard] == ["opt_out"]


def test_two_schedulers_share_one_daily_cap(app: TestApp) -> None:
    """Each sees only what the other has committed: the number itself must decide who goes first."""
    take_in(app, submission())
    run_until(app, timedelta(minutes=3))
    for key in ("one", "two"):
        plan_text(app, key, key, purpose=Purpose.TRANSACTIONAL)
    due = [threading.Barrier(2, timeout=2)]
    jobs: list[dispatch.Job] = []
    original = texts.recent_automated

    def at_the_same_time(*args: Any) -> Any:
        seen = original(*args)
        with suppress(threading.BrokenBarrierError):
            due[0].wait()
        return seen

    def claim(owner: str) -> None:
        capacity = dispatch.Capacity(2, 4)  # one bulk text for each
        jobs.extend(dispatch.step(app, owner, [], capacity, now=app.clock.now()).jobs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(texts, "recent_automated", at_the_same_time)
        both = [threading.Thread(target=claim, args=(owner,)) for owner in ("a", "b")]
        for thread in both:
            thread.start()
        for thread in both:
            thread.join()
    assert len(jobs) == 1


def test_results_survive_a_database_that_fails_while_they_are_written_one_by_one(
    app: TestApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    action_id = plan_text(app, "one")
    dispatcher = Dispatcher(app, OWNER, Held(), TokenBucket(0))
    step = dispatch.step(app, OWNER, [], ROOM, now=app.clock.now())
    dispatcher._unwritten = hand_over(app, step)
    with monkeypatch.context() as patch:
        patch.setattr(dispatch, "step", Mock(side_effect=OperationalError("", None, Exception())))
        with suppress(OperationalError):
            dispatcher._write_one_by_one()
    dispatcher._write_one_by_one()
    assert state_of(app, action_id) == ("sent", "accepted")
    assert dispatcher._unwritten == []


def test_an_error_of_the_database_does_not_repeat_what_a_patient_wrote(app: TestApp) -> None:
    naive = {"id": "1", "message_body": "my rash is back", "created_at": datetime(2026, 1, 1)}  # noqa: DTZ001
    with pytest.raises(StatementError) as refused, app.db.write() as session:
        session.execute(sms_messages.insert(), [naive])
    assert "rash" not in str(refused.value)


def test_the_page_of_a_form_is_kept_without_what_its_address_carries(app: TestApp) -> None:
    page = "https://luxe.example.com/consult?email=omar@example.com&phone=4075550155#omar"
    take_in(app, submission(origin=Origin(page_url=page)))
    with app.db.read() as session:
        kept = set(session.execute(select(consents.c.page_url)).scalars())
    assert kept == {"https://luxe.example.com/consult"}


def test_a_name_is_never_told_to_a_number_that_is_not_its_owners(app: TestApp) -> None:
    """A family shares one email address: the form with another number must not greet with the first one's name.

    A number that a known patient gives for the first time may be mistyped: who owns it learns no name either.
    """
    take_in(app, submission())
    take_in(app, submission(external_id="2", first_name="Lena", phone="+14075550156"))
    take_in(app, submission(external_id="3", phone="+14075550157"))
    run_due(app)
    assert app.sms.bodies_to("+14075550156")[0].startswith("Hi Lena, it's Luxe Medical Spa.")
    assert app.sms.bodies_to("+14075550157")[0].startswith("Hi there, it's Luxe Medical Spa.")


def test_an_outage_of_some_minutes_costs_no_text(app: TestApp) -> None:
    """A refusal for now is certainly not sent: it is tried again for as long as the text still helps."""
    back_at = app.clock.now() + timedelta(minutes=30)
    app.sms.answer = lambda _text: (
        SendResult(Outcome.RETRY, detail="no connection") if app.clock.now() < back_at else None
    )
    take_in(app, submission())
    run_until(app, timedelta(hours=1))
    assert app.sms.bodies_to(PATIENT)[0].startswith("Hi Omar")
