"""Drive the dispatcher by hand: one call a step, time as the test says."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.flows.clocks import sweeping
from core.flows.intake.accept_submission import Accepted, accept
from core.flows.sending import dispatch, reconciling
from core.intake.submission import Submission
from core.leads.tables import leads
from core.messaging.store import doubts
from core.sla.tables import sla_clocks
from tests.conftest import TestApp

C = sla_clocks.c
ROOM = dispatch.Capacity(free=64, slots=64)
OWNER = "test-scheduler"
LONGEST = timedelta(days=1)  # between two looks, where nothing is due


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


def _next_by_time_alone(session: Session, now: datetime) -> datetime | None:
    """When a clock is overdue, a snooze or a pause over: what the sweep finds."""
    late = C.state.in_(("running", "paused")) & C.breached_at.is_(None)
    found = (
        select(func.min(C.due_at)).where(late, C.due_at > now),
        select(func.min(C.pause_ends_at)).where(C.state == "paused", C.pause_ends_at > now),
        select(func.min(leads.c.snoozed_until)).where(leads.c.snoozed_until > now),
    )
    moments = [session.execute(one).scalar() for one in found]
    return min((moment + timedelta(milliseconds=1) for moment in moments if moment), default=None)


def run_until(app: TestApp, span: timedelta, *, limit: int = 400) -> None:
    """Let time pass, stopping at each due moment as the scheduler would."""
    end = app.clock.now() + span
    for _ in range(limit):
        run_due(app)
        sweeping.sweep(app, now=app.clock.now())
        reconciling.look_up(app, now=app.clock.now())
        _, due = work_off(app)
        with app.db.read() as session:
            known = (due, doubts.next_doubt(session), _next_by_time_alone(session, app.clock.now()))
        moment = min(filter(None, (*known, app.clock.now() + LONGEST)))
        if moment > end:
            app.clock.moment = end
            return
        app.clock.moment = max(moment, app.clock.now() + timedelta(milliseconds=1))
    raise AssertionError("time did not pass")
