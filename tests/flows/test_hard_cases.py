"""Crashes, races and odd hours: what must hold when things go wrong at the worst moment."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from core.domain.ports import Outcome, OutgoingText, SendResult
from core.flows import dispatch, reply
from core.messaging import store as messaging
from core.messaging.actions import Lane, NewAction, Purpose
from core.messaging.tables import timed_actions
from scheduler.dispatcher import Dispatcher
from scheduler.pacing import TokenBucket
from tests.conftest import TestApp
from tests.factories import submission
from tests.flows.dispatching import OWNER, ROOM, run_due, run_until, take_in

PATIENT = "+14075550155"


def state_of(app: TestApp, action_id: str) -> tuple[str, str]:
    """State and reason of an action."""
    with app.db.read() as session:
        row = session.execute(
            select(timed_actions.c.state, timed_actions.c.reason).where(timed_actions.c.id == action_id)
        ).one()
    return row.state, row.reason


class Held:
    """A lease that nobody contests."""

    def acquire(self) -> bool:
        return True

    def held(self) -> bool:
        return True

    def dead(self, owners: Iterable[str]) -> list[str]:
        return list(owners)

    def release(self) -> None:
        """Nothing to give back."""


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
    dispatcher._turn()
    assert bucket.seconds_until_one() > 1
    dispatcher.stop()
    dispatcher.run()
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
    reply.receive(app, {"MessageSid": "SMin1", "From": PATIENT, "Body": "STOP"}, now=app.clock.now())
    app.clock.advance(timedelta(hours=3))
    run_due(app)
    assert len(app.sms.bodies_to(PATIENT)) == 1


def test_a_form_that_reaches_us_late_is_not_confirmed_at_night(app: TestApp) -> None:
    """Any hour is allowed within ten minutes of sending the form, not of its arrival; nor a promise long past."""
    app.clock.moment = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)  # 07:00 in Florida, sent the evening before
    take_in(app, submission(submitted_at=app.clock.now() - timedelta(hours=9)))
    run_due(app)
    assert app.sms.bodies_to(PATIENT) == []
    run_until(app, timedelta(hours=1))
    assert "will call you soon" in app.sms.bodies_to(PATIENT)[0]


def test_a_step_in_flight_when_its_sequence_was_replaced_is_not_tried_again(app: TestApp) -> None:
    busy = [True]
    app.sms.answer = lambda text: (
        SendResult(Outcome.RETRY, code=20429) if busy[0] and text.to == PATIENT else None
    )
    take_in(app, submission())
    step = dispatch.step(app, OWNER, [], ROOM, now=app.clock.now())
    take_in(app, submission(external_id="again"))
    finished = [dispatch.Finished(job, app.sms.send(job.text)) for job in step.jobs]
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
