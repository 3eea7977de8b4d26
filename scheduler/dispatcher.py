"""The loop that hands texts over: claim, call from a pool of threads, settle with the next claim."""

import queue
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import structlog
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

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
MIN_SLEEP = 0.005
STOP_PATIENCE = 20.0  # longer than a call may take
# While calls are out, results arrive one by one: a moment's wait writes several of them with one commit.
GATHER_SECONDS = 0.004


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
        self._in_flight: set[str] = set()  # action ids whose call is out
        self._lost_touch = False  # a commit may have happened whose answer we never got
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._stopped_at = 0.0
        self._watcher = ChangeWatcher(app.db, self._wake.set, channel=DUE, interval=SQLITE_POLL)

    def stop(self) -> None:
        """Claim no more; `run` returns when what is in flight has been written down."""
        self._stopped_at = time.monotonic()
        self._stopping.set()
        self._wake.set()

    def wake(self) -> None:
        self._wake.set()

    def run(self) -> None:
        """Work until stopped."""
        self._watcher.start()
        try:
            while not self._finished():
                self._turn()
        finally:
            self._watcher.stop()
            self._pool.shutdown(wait=True)

    def _finished(self) -> bool:
        """Stopped, and everything is written down, or waiting for the database has no more sense.

        What stays unwritten is `sending` in the database: the next scheduler looks it up at the provider.
        """
        if not self._stopping.is_set():
            return False
        if not self._in_flight and not self._unwritten:
            return True
        return time.monotonic() - self._stopped_at > STOP_PATIENCE

    def _turn(self) -> None:
        self._wake.clear()
        if len(self._in_flight) > 1:
            time.sleep(GATHER_SECONDS)
        self._collect()
        try:
            self._look_after_lost_claims()
            idle_seconds = self._seconds_until_work()
            if idle_seconds > 0:
                self._wake.wait(idle_seconds)
            else:
                self._step_or_one_by_one()
        except SQLAlchemyError as error:
            log.warning("database_unreachable", error=type(error).__name__)
            self._lost_touch = True
            time.sleep(PAUSE_AFTER_ERROR)

    def _look_after_lost_claims(self) -> None:
        """A claim whose commit was made but never confirmed is in nobody's hands: it is looked up like an orphan."""
        if self._lost_touch:
            ours = self._in_flight | {result.job.text.action_id for result in self._unwritten}
            dispatch.take_over(self._app, self._owner, now=self._app.clock.now(), except_for=ours)
            self._lost_touch = False

    def _step_or_one_by_one(self) -> None:
        try:
            self._step()
        except IntegrityError as error:
            log.warning("result_refused", error=type(error).__name__, results=len(self._unwritten))
            self._write_one_by_one()

    def _write_one_by_one(self) -> None:
        """One result that the database refuses must not hold up all the others: it goes to a person instead."""
        while self._unwritten:
            result, now = self._unwritten[0], self._app.clock.now()
            try:
                dispatch.step(self._app, self._owner, [result], dispatch.Capacity(0, self._slots), now=now)
            except IntegrityError:
                log.exception("result_for_a_person", action_id=result.job.text.action_id)
                dispatch.give_to_a_person(self._app, result, now=now)
            self._unwritten.pop(0)

    def _step(self) -> None:
        """One transaction: results in, claims out."""
        step = dispatch.step(
            self._app, self._owner, self._unwritten, self._capacity(), now=self._app.clock.now()
        )
        self._unwritten = []
        self._bucket.take(len(step.jobs))
        for job in step.jobs:
            self._in_flight.add(job.text.action_id)
            self._pool.submit(self._call, job)

    def _capacity(self) -> dispatch.Capacity:
        free = self._slots - len(self._in_flight)
        if self._stopping.is_set() or not self._lease.held():
            free = 0
        return dispatch.Capacity(free, self._slots, self._bucket.available(time.monotonic()))

    def _collect(self) -> None:
        while True:
            try:
                finished = self._done.get_nowait()
            except queue.Empty:
                return
            self._unwritten.append(finished)
            self._in_flight.discard(finished.job.text.action_id)

    def _call(self, job: dispatch.Job) -> None:
        try:
            result = self._app.sms.send(job.text)
        except Exception as error:
            # An adapter must not raise. If it does, the text may have gone out: look it up, never just repeat it.
            log.exception("send_raised", action_id=job.text.action_id)
            result = SendResult(Outcome.UNKNOWN, detail=type(error).__name__)
        self._done.put(dispatch.Finished(job, result))
        self._wake.set()

    def _seconds_until_work(self) -> float:
        """0 when a transaction is worth it now; else how long to sleep unless woken."""
        if self._unwritten:
            return 0
        capacity = self._capacity()
        if capacity.free == 0:
            return LONGEST_SLEEP
        if capacity.tokens is not None and capacity.tokens < 1:
            return max(MIN_SLEEP, self._bucket.seconds_until_one())
        now = self._app.clock.now()
        work_at = dispatch.work_at(self._app, len(self._in_flight), self._slots, now=now)
        return min(real_seconds_until(self._app.clock, work_at, now), LONGEST_SLEEP)
