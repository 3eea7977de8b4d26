"""The thread of webhooks out: claim what is due, call, write down what came of it.

Apart from texts, emails and notices: however long a receiver takes, nothing else waits for it.
"""

import threading
from collections import Counter
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import datetime

import structlog

from core.app import App
from core.db.lease import Lease
from core.db.trouble import DATABASE_TROUBLE, trouble
from core.domain.ports import Outcome, SendResult
from core.flows.webhooks import delivering
from core.flows.webhooks.delivering import Job, Turn
from scheduler.waiting import seconds_to_wait

log = structlog.get_logger(__name__)
AT_ONCE = 8
LOOK_SECONDS = 1.0
PAUSE_AFTER_ERROR = 1.0


class WebhookCaller:
    """One scheduler's webhooks. `owner` names it in every claim."""

    def __init__(self, app: App, owner: str, lease: Lease) -> None:
        self._app = app
        self._owner = owner
        self._lease = lease
        self._stopping = threading.Event()
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="webhook")
        self._calls: dict[Future[SendResult], Job] = {}
        self._unwritten: list[tuple[Job, SendResult]] = []  # survives a failed commit
        self._lost_touch = False  # a commit may have happened whose answer we never got

    def stop(self) -> None:
        """Claim no more; `run` returns when what is in hand has been written down."""
        self._stopping.set()

    def run(self) -> None:
        """Work until stopped."""
        pause = 0.0
        while not self._stopping.wait(pause):
            pause = self._turn_or_pause()
        self._pool.shutdown()
        self._hear()
        try:
            self._write_down()
        except DATABASE_TROUBLE as error:
            log.warning("database_refuses_webhook", why=trouble(error), error=type(error).__name__)

    def _turn_or_pause(self) -> float:
        try:
            return self.turn()
        except DATABASE_TROUBLE as error:
            log.warning("database_refuses_webhook", why=trouble(error), error=type(error).__name__)
        except Exception as error:
            # Without the traceback: its text may carry where somebody is told.
            log.warning("webhooks_given_up", error=type(error).__name__)
        self._lost_touch = True
        return PAUSE_AFTER_ERROR

    def turn(self) -> float:
        """Write down what has ended and take up what is due; how many seconds to wait for the next look."""
        if not self._lease.held():
            return LOOK_SECONDS
        self._hear()
        self._write_down()
        self._look_after_lost_claims()
        found = self._take_up()
        if not self._calls:
            return self._idle(found)
        wait(self._calls, LOOK_SECONDS, FIRST_COMPLETED)
        self._hear()
        self._write_down()
        return 0.0

    def _take_up(self) -> Turn:
        room = AT_ONCE - len(self._calls)
        if room <= 0:
            return Turn()
        in_hand = Counter(job.endpoint_id for job in self._calls.values())
        found = delivering.claim(self._app, self._owner, room, in_hand, now=self._now())
        for job in found.jobs:
            self._calls[self._pool.submit(self._call, job)] = job
        return found

    def _hear(self) -> None:
        ended = [future for future in self._calls if future.done()]
        self._unwritten += [(self._calls.pop(future), future.result()) for future in ended]

    def _write_down(self) -> None:
        """Each by itself: one that can't be written goes again alone, and takes no other's result along."""
        while self._unwritten:
            job, result = self._unwritten[0]
            try:
                delivering.settle(self._app, job, result, now=self._now())
            except DATABASE_TROUBLE:
                raise
            except Exception as error:
                log.warning("webhook_given_up", action_id=job.action_id, error=type(error).__name__)
                self._lost_touch = True
            self._unwritten.pop(0)

    def _look_after_lost_claims(self) -> None:
        """A claim whose commit was never confirmed is in nobody's hands, nor is what was given up."""
        if self._lost_touch:
            in_hand = [job.action_id for job in self._calls.values()]
            delivering.take_over(self._app, self._owner, now=self._now(), except_for=in_hand)
            self._lost_touch = False

    def _idle(self, found: Turn) -> float:
        return 0.0 if found.handled else seconds_to_wait(self._app, found.next_due, LOOK_SECONDS)

    def _call(self, job: Job) -> SendResult:
        try:
            return delivering.call(self._app, job)
        except Exception as error:
            # An adapter must not raise. If it does, the receiver may have been told: it knows the event by its id.
            log.warning("webhook_send_raised", action_id=job.action_id, error=type(error).__name__)
            return SendResult(Outcome.RETRY, detail=type(error).__name__[:40])

    def _now(self) -> datetime:
        return self._app.clock.now()
