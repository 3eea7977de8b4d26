"""Crashes, races and odd hours: what must hold when things go wrong at the worst moment."""

from collections.abc import Iterable

from core.messaging import store as messaging
from core.messaging.actions import Lane, NewAction, Purpose
from scheduler.dispatcher import Dispatcher
from scheduler.pacing import TokenBucket
from tests.conftest import TestApp
from tests.flows.dispatching import OWNER

PATIENT = "+14075550155"


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
