"""The loop that hands texts over: claim, call from a pool of threads, settle with the next claim."""

import queue
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import structlog
from sqlalchemy.exc import SQLAlchemyError

from core.app import App
from core.db.engine import DUE
from core.db.lease import Lease
from core.db.watch import ChangeWatcher
from core.domain.clock import real_seconds_until
from core.domain.ports import Outcome, SendResult
from core.flows import dispatch
from scheduler.pacing import TokenBucket

log = structlog.get_logger(__name__)
LONGEST_SLEEP = 5.0
SQLITE_POLL = 0.015
PAUSE_AFTER_ERROR = 0.5


class Dispatcher:
    """One scheduler's sending. `owner` names it in every claim; `slots` calls run at once."""

    def __init__(self, app: App, owner: str, lease: Lease, bucket: TokenBucket) -> None:
        self._app = app
        self._owner = owner
        self._lease = lease
        self._bucket = bucket
        self._slots = app.settings.slots
        self._pool = ThreadPoolExecutor(self._slots, thread_name_prefix="send")
        self._done: queue.SimpleQueue[dispatch.Finished] = queue.SimpleQueue()
        self._unwritten: list[dispatch.Finished] = []  # survives a failed commit: a result is never lost
        self._in_flight = 0
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._watcher = ChangeWatcher(app.db, self._wake.set, channel=DUE, interval=SQLITE_POLL)

    def stop(self) -> None:
        """Claim no more; `run` returns when what is in flight has been written down."""
        self._stopping.set()
        self._wake.set()

    def wake(self) -> None:
        self._wake.set()

    def run(self) -> None:
        """Work until stopped."""
        self._watcher.start()
        try:
            while not (self._stopping.is_set() and self._idle()):
                self._turn()
        finally:
            self._watcher.stop()
            self._pool.shutdown(wait=True)

    def _idle(self) -> bool:
        return self._in_flight == 0 and not self._unwritten

    def _turn(self) -> None:
        self._wake.clear()
        try:
            busy = self._step()
            if not busy:
                self._wake.wait(self._sleep_seconds())
        except SQLAlchemyError as error:
            log.warning("database_unreachable", error=type(error).__name__)
            time.sleep(PAUSE_AFTER_ERROR)

    def _step(self) -> bool:
        """One transaction; whether anything was done, so that another look is worth it."""
        self._collect()
        capacity = self._capacity()
        step = dispatch.step(self._app, self._owner, self._unwritten, capacity, now=self._app.clock.now())
        wrote, self._unwritten = len(self._unwritten), []
        self._bucket.take(len(step.jobs))
        for job in step.jobs:
            self._in_flight += 1
            self._pool.submit(self._call, job)
        return bool(wrote or step.handled)

    def _capacity(self) -> dispatch.Capacity:
        free = self._slots - self._in_flight
        if self._stopping.is_set() or not self._lease.held():
            free = 0
        tokens = self._bucket.available(time.monotonic())
        return dispatch.Capacity(free if tokens is None else min(free, tokens), self._slots)

    def _collect(self) -> None:
        while True:
            try:
                self._unwritten.append(self._done.get_nowait())
            except queue.Empty:
                return
            self._in_flight -= 1

    def _call(self, job: dispatch.Job) -> None:
        try:
            result = self._app.sms.send(job.text)
        except Exception as error:
            # An adapter must not raise. If it does, the text may have gone out: look it up, never just repeat it.
            log.exception("send_raised", action_id=job.text.action_id)
            result = SendResult(Outcome.UNKNOWN, detail=type(error).__name__)
        self._done.put(dispatch.Finished(job, result))
        self._wake.set()

    def _sleep_seconds(self) -> float:
        now = self._app.clock.now()
        seconds = real_seconds_until(self._app.clock, dispatch.wake_at(self._app, now=now), now)
        if seconds == 0:  # due, but without a slot or a token: the next result or token wakes us
            seconds = max(0.005, self._bucket.seconds_until_one()) if self._bucket.rate else LONGEST_SLEEP
        return min(seconds, LONGEST_SLEEP)
