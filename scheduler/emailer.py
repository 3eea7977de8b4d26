"""The thread that hands emails over: claim one, call the mail server, write down what came of it.

Apart from the texts' dispatcher in everything: however long a mail server takes, no text waits for it.
"""

import threading
from datetime import datetime

import structlog

from core.app import App
from core.db.lease import Lease
from core.db.trouble import DATABASE_TROUBLE, trouble
from core.domain.ports import Outcome, SendResult
from core.flows.sending import emailing
from core.flows.sending.emailing import Job
from scheduler.sender import STALE_SECONDS, machine_seconds
from scheduler.waiting import seconds_to_wait

log = structlog.get_logger(__name__)
LOOK_SECONDS = 2.0
PAUSE_AFTER_ERROR = 1.0


class Emailer:
    """One scheduler's emails. `owner` names it in every claim."""

    def __init__(self, app: App, owner: str, lease: Lease) -> None:
        self._app = app
        self._owner = owner
        self._lease = lease
        self._stopping = threading.Event()
        self._unwritten: tuple[Job, SendResult] | None = None  # survives a failed commit
        self._lost_touch = False  # a commit may have happened whose answer we never got

    def stop(self) -> None:
        """Claim no more; `run` returns when the email in hand has been written down."""
        self._stopping.set()

    def run(self) -> None:
        """Work until stopped."""
        pause = 0.0
        while not self._stopping.wait(pause):
            pause = self._turn_or_pause()
        self._app.email.close()

    def _turn_or_pause(self) -> float:
        try:
            return self.turn()
        except DATABASE_TROUBLE as error:
            log.warning("database_refuses_email", why=trouble(error), error=type(error).__name__)
            self._lost_touch = True
        except Exception as error:
            # Without the traceback: its text may carry what an email says.
            log.warning("email_set_aside", error=type(error).__name__)
            self._give_up()
        return PAUSE_AFTER_ERROR

    def turn(self) -> float:
        """One email at most; how many seconds to wait for the next look."""
        if not self._lease.held():
            return LOOK_SECONDS
        if self._unwritten is None:
            self._look_after_lost_claims()
            claimed_at = machine_seconds()
            found = emailing.claim(self._app, self._owner, now=self._now())
            if found.job is None:
                return self._idle(found)
            self._unwritten = found.job, self._hand_over(found.job, claimed_at)
        job, result = self._unwritten
        emailing.settle(self._app, job, result, now=self._now())
        self._unwritten = None
        rate = self._app.settings.email_rate
        return 1 / rate if rate else 0.0

    def _look_after_lost_claims(self) -> None:
        """A claim whose commit was never confirmed is in nobody's hands: here we hold none."""
        if self._lost_touch:
            emailing.take_over(self._app, self._owner, now=self._now())
            self._lost_touch = False

    def _idle(self, found: emailing.Turn) -> float:
        if found.handled:
            return 0.0
        self._app.email.close()
        return seconds_to_wait(self._app, found.next_due, LOOK_SECONDS)

    def _hand_over(self, job: Job, claimed_at: float) -> SendResult:
        if machine_seconds() - claimed_at > STALE_SECONDS:
            return SendResult(Outcome.RETRY, detail="not called in time")
        try:
            return self._app.email.send(job.email)
        except Exception as error:
            # An adapter must not raise. If it does, the email may have gone out.
            log.warning("email_send_raised", action_id=job.email.action_id, error=type(error).__name__)
            return SendResult(Outcome.UNKNOWN, detail=type(error).__name__)

    def _give_up(self) -> None:
        """What can't be written down goes to a person; what can't be taken up is set aside."""
        try:
            if self._unwritten is None:
                emailing.set_aside(self._app, now=self._now())
            self._unwritten, self._lost_touch = None, True
        except Exception as error:
            log.warning("email_not_set_aside", error=type(error).__name__)

    def _now(self) -> datetime:
        return self._app.clock.now()
