"""What the model found: each as the shortest story that shows it."""

from dataclasses import replace
from datetime import timedelta

from core.adapters.fakes import FakeClock
from core.adapters.twilio import TIMEOUT_SECONDS
from core.domain.ports import Outcome, SendResult
from core.flows.sending import dispatch, reconciling, rescuing
from core.messaging.actions import NewAction, Purpose
from core.messaging.rules import send_hold_drop
from core.messaging.store import planning as messaging
from scheduler.clock_watch import ClockWatch
from tests.conftest import TestApp
from tests.flows.dispatching import ROOM, hand_over, run_due
from tests.model.machine import NUMBERS, SlowList

GRACE = timedelta(seconds=send_hold_drop.GRACE_SECONDS)


def beside(app: TestApp, world: FakeClock) -> tuple[TestApp, SlowList]:
    """The product with a clock of its own, and a provider that lives in `world` and loses every answer."""
    sms = SlowList(world)
    sms.answer = lambda _text: SendResult(Outcome.UNKNOWN, sid="lost")
    return replace(app, sms=sms), sms


def plan_text(app: TestApp) -> None:
    """A text that is due now."""
    now = app.clock.now()
    action = NewAction("one", "text", now, Purpose.MANUAL, phone=NUMBERS[0], body="Hello")
    with app.db.write() as session:
        messaging.plan(session, action, now)


def pass_time(span: timedelta, *clocks: FakeClock) -> None:
    for clock in clocks:
        clock.advance(span)


def test_a_clock_that_runs_ahead_of_the_providers_hides_no_text(app: TestApp) -> None:
    """An hour ahead, what the provider took seems to be from before the claim."""
    world = FakeClock()
    app.clock.moment = world.moment + timedelta(hours=1)
    app, sms = beside(app, world)
    plan_text(app)
    run_due(app)
    pass_time(GRACE, world, app.clock)
    reconciling.look_up(app, now=app.clock.now())
    run_due(app)
    assert len(sms.accepted) == 1


def test_a_clock_that_is_set_forward_does_not_end_the_grace_period(app: TestApp) -> None:
    """A second after the answer was lost the clock is set right, an hour on: the list does not show the text yet."""
    world = FakeClock()
    app.clock.moment = world.moment - timedelta(hours=1)
    app, sms = beside(app, world)
    watch = ClockWatch(app.clock)
    plan_text(app)
    run_due(app)
    watch.was_set(app.clock.now(), 0)
    pass_time(timedelta(seconds=1), world)
    app.clock.moment = world.moment
    assert watch.was_set(app.clock.now(), 1)
    reconciling.wait_anew(app, now=app.clock.now())
    reconciling.look_up(app, now=app.clock.now())
    run_due(app)
    assert len(sms.accepted) == 1


def test_a_call_that_is_out_when_its_scheduler_is_cut_off_has_time_to_arrive(app: TestApp) -> None:
    """It may be taken as late as the call may last, and only then does the list begin to lag."""
    world = FakeClock()
    app.clock.moment = world.moment
    app, sms = beside(app, world)
    plan_text(app)
    step = dispatch.step(app, "cut-off", [], ROOM, now=app.clock.now())
    rescuing.take_over(app, "cut-off", now=app.clock.now())
    nearly = timedelta(seconds=TIMEOUT_SECONDS - 1)
    pass_time(nearly, world, app.clock)
    hand_over(app, step)
    pass_time(GRACE - nearly, world, app.clock)
    reconciling.look_up(app, now=app.clock.now())
    run_due(app)
    assert len(sms.accepted) == 1
