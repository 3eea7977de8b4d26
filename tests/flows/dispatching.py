"""Drive the dispatcher by hand: one call a step, time as the test says."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from core.flows.clocks import sweeping
from core.flows.intake.accept_submission import Accepted, accept
from core.flows.sending import dispatch, reconciling
from core.intake.submission import Submission
from core.messaging.store import doubts
from tests.conftest import TestApp

ROOM = dispatch.Capacity(free=64, slots=64)
OWNER = "test-scheduler"
LONGEST = timedelta(hours=1)  # between two looks, where nothing is due


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


def take_in(app: TestApp, form: Submission) -> Accepted:
    """A form is accepted now."""
    with app.db.write() as session:
        return accept(session, app.reference, app.settings, form, raw_payload_id=None, now=app.clock.now())


def hand_over(app: TestApp, step: dispatch.Step) -> list[dispatch.Finished]:
    """Call the provider for everything that a step claimed; what came back."""
    return [dispatch.Finished(job, app.sms.take(job.text)) for job in step.jobs]


def run_due(app: TestApp) -> int:
    """Send everything that is due now; how many texts were handed over."""
    sent, _ = work_off(app)
    return sent


def work_off(app: TestApp, *, rounds: int = 20) -> tuple[int, datetime | None]:
    """Send everything that is due now; how many texts were handed over, and when the next thing is due."""
    sent = 0
    finished: list[dispatch.Finished] = []
    for _ in range(rounds):
        step = dispatch.step(app, OWNER, finished, ROOM, now=app.clock.now())
        finished = hand_over(app, step)
        sent += len(finished)
        if not finished and not step.handled:
            return sent, step.next_due
    raise AssertionError("the dispatcher found due work without end")


def run_until(app: TestApp, span: timedelta, *, limit: int = 400) -> None:
    """Let time pass, stopping at each due moment as the scheduler would."""
    end = app.clock.now() + span
    for _ in range(limit):
        run_due(app)
        sweeping.sweep(app, now=app.clock.now())
        reconciling.look_up(app, now=app.clock.now())
        _, due = work_off(app)
        with app.db.read() as session:
            doubt = doubts.next_doubt(session)
        moment = min(filter(None, (due or app.clock.now() + LONGEST, doubt)))
        if moment > end:
            app.clock.moment = end
            return
        app.clock.moment = max(moment, app.clock.now() + timedelta(milliseconds=1))
    raise AssertionError("time did not pass")
