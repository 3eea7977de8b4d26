"""A scheduler with nothing to do must still hear of what becomes due without a word to it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import select

from core.domain.ports import Outcome, SendResult
from core.flows.sending import reconciling
from core.messaging.actions import Lane, NewAction, Purpose
from core.messaging.rules import send_hold_drop
from core.messaging.store import planning as messaging
from core.messaging.tables import timed_actions
from scheduler import dispatcher
from scheduler.pacing import TokenBucket
from tests.conftest import TestApp
from tests.faults.test_storage import until
from tests.flows.dispatching import OWNER, Held

pytestmark = pytest.mark.faults
FEW_SECONDS = 5.0
A_MOMENT = 0.5  # until the last word of the first text has been heard, so that nothing is left to hear


@contextmanager
def sending(app: TestApp) -> Iterator[None]:
    """A dispatcher that looks around often; it is stopped with everything written down."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dispatcher, "LONGEST_SLEEP", 0.1)
        working = dispatcher.Dispatcher(app, OWNER, Held(), TokenBucket(0))
        worker = threading.Thread(target=working.run)
        worker.start()
        try:
            yield
        finally:
            working.stop()
            worker.join()


def plan_text(app: TestApp, key: str, wait: timedelta) -> str:
    due_at = app.clock.now() + wait
    action = NewAction(key, "text", due_at, Purpose.MANUAL, Lane.INSTANT, phone="+14075550155", body=key)
    with app.db.write() as session:
        return messaging.plan(session, action, app.clock.now())


def is_in(app: TestApp, action_id: str, state: str) -> bool:
    with app.db.read() as session:
        found = select(timed_actions.c.state).where(timed_actions.c.id == action_id)
        return bool(session.execute(found).scalar_one() == state)


def test_a_text_that_the_look_up_did_not_find_is_sent_again_by_an_idle_scheduler(app: TestApp) -> None:
    app.sms.answer = lambda _text: SendResult(Outcome.UNKNOWN)
    with sending(app):
        action_id = plan_text(app, "one", timedelta(0))
        until(lambda: is_in(app, action_id, "unknown"), "the answer was not written down")
        app.sms.answer = lambda _text: None
        app.clock.advance(timedelta(seconds=send_hold_drop.GRACE_SECONDS))
        reconciling.look_up(app, now=app.clock.now())
        until(lambda: is_in(app, action_id, "sent"), "it was not sent again", FEW_SECONDS)


def test_a_text_planned_for_some_minutes_later_is_sent_by_a_scheduler_that_slept_since(app: TestApp) -> None:
    """The next due time that it remembers is from before the text was planned."""
    with sending(app):
        first = plan_text(app, "first", timedelta(0))
        until(lambda: is_in(app, first, "sent"), "the first was not sent")
        threading.Event().wait(A_MOMENT)
        second = plan_text(app, "second", timedelta(minutes=3))
        app.clock.advance(timedelta(minutes=3))
        until(lambda: is_in(app, second, "sent"), "the second was forgotten", FEW_SECONDS)
