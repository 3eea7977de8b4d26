"""The thread of notices to staff: claim what is due, push it or post it, write down what came of it.

Apart from texts and emails: however long a push service or a chat tool takes, nothing else waits for it.
"""

import threading
from datetime import datetime

import structlog

from core.app import App
from core.db.lease import Lease
from core.db.trouble import DATABASE_TROUBLE, trouble
from core.domain.ports import Outcome, SendResult
from core.flows.sending import notifying
from core.flows.sending.notifying import Job, Results
from scheduler.handing_out import Calls
from scheduler.waiting import seconds_to_wait

log = structlog.get_logger(__name__)
LOOK_SECONDS = 1.0
PAUSE_AFTER_ERROR = 1.0
MOST_IN_HAND = 64  # notices: claiming goes on while somebody's push services are silent


class Notifier:
    """One scheduler's notices. `owner` names it in every claim."""

    def __init__(self, app: App, owner: str, lease: Lease) -> None:
        self._app = app
        self._owner = owner
        self._lease = lease
        self._stopping = threading.Event()
        self._unwritten: list[tuple[Job, Results]] = []  # survives a failed commit
        self._lost_touch = False  # a commit may have happened whose answer we never got
        self._calls = Calls(self._call)

    def stop(self) -> None:
        """Claim no more; `run` returns when what is in hand has been written down."""
        self._stopping.set()

    def run(self) -> None:
        """Work until stopped."""
        pause = 0.0
        while not self._stopping.wait(pause):
            pause = self._turn_or_pause()
        self._unwritten += self._calls.finish()
        try:
            self._write_down()
            notifying.take_over(self._app, self._owner, now=self._now())  # what was not begun
        except DATABASE_TROUBLE as error:
            log.warning("database_refuses_notice", why=trouble(error), error=type(error).__name__)

    def _turn_or_pause(self) -> float:
        try:
            return self.turn()
        except DATABASE_TROUBLE as error:
            log.warning("database_refuses_notice", why=trouble(error), error=type(error).__name__)
        except Exception as error:
            # Without the traceback: its text may carry where somebody is told.
            log.warning("notices_given_up", error=type(error).__name__)
        self._lost_touch = True
        return PAUSE_AFTER_ERROR

    def turn(self) -> float:
        """Take up what is due, and write down what has ended; how many seconds to wait for the next look."""
        if not self._lease.held():
            return LOOK_SECONDS
        self._write_down()
        pause = self._take_up()
        if not self._calls:
            return pause
        self._unwritten += self._calls.done(LOOK_SECONDS)
        self._write_down()
        return 0.0

    def _take_up(self) -> float:
        """At most a batch, while there is room for it; how many seconds to wait where nothing is in hand."""
        self._look_after_lost_claims()
        if len(self._calls) > MOST_IN_HAND - notifying.BATCH:
            return 0.0
        found = notifying.claim(self._app, self._owner, now=self._now())
        self._calls.take(found.jobs)
        return self._idle(found)

    def _write_down(self) -> None:
        """Each by itself: one that can't be written goes again alone, and takes no other's result along."""
        while self._unwritten:
            job, results = self._unwritten[0]
            try:
                notifying.settle(self._app, job, results, now=self._now())
            except DATABASE_TROUBLE:
                raise
            except Exception as error:
                log.warning("notice_given_up", action_id=job.action_id, error=type(error).__name__)
                self._lost_touch = True
            self._unwritten.pop(0)

    def _look_after_lost_claims(self) -> None:
        """A claim whose commit was never confirmed is in nobody's hands, nor is what was given up."""
        if self._lost_touch:
            notifying.take_over(self._app, self._owner, now=self._now(), except_for=self._calls.in_hand)
            self._lost_touch = False

    def _idle(self, found: notifying.Turn) -> float:
        return 0.0 if found.handled else seconds_to_wait(self._app, found.next_due, LOOK_SECONDS)

    def _call(self, job: Job, target: str) -> SendResult:
        try:
            return notifying.call(self._app, job, target)
        except Exception as error:
            log.warning("notice_send_raised", action_id=job.action_id, error=type(error).__name__)
            return SendResult(Outcome.RETRY, detail=type(error).__name__[:40])

    def _now(self) -> datetime:
        return self._app.clock.now()
