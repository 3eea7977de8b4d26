"""The loop that hands texts over: one transaction writes results and claims, the sender calls, results come back."""

import queue
import threading
import time
from datetime import datetime

import structlog

from core.app import App
from core.db.engine import DUE
from core.db.lease import Lease
from core.db.trouble import DATABASE_TROUBLE, trouble
from core.db.watch import ChangeWatcher
from core.domain.clock import real_seconds_until
from core.domain.ports import Outcome, SendResult
from core.flows.sending import dispatch, rescuing
from core.messaging.actions import Lane
from scheduler.pacing import TokenBucket
from scheduler.sender import Sender, machine_seconds

log = structlog.get_logger(__name__)
LONGEST_SLEEP = 5.0
PAUSE_AFTER_ERROR = 0.5
LOOK_FOR_LOST_SECONDS = 30.0
STOP_PATIENCE = 20.0  # longer than a call may take
# Results arrive one by one: this long they wait for company, so that one commit writes many.
GATHER_SECONDS = 0.03
LONGEST_HEAD_START = 0.006
LONGEST_QUEUE_SECONDS = 0.5  # what is claimed ahead is decided by then


class Dispatcher:
    """One scheduler's sending. `owner` names it in every claim; `slots` bulk calls run at once."""

    def __init__(self, app: App, owner: str, lease: Lease, bucket: TokenBucket) -> None:
        self._app = app
        self._owner = owner
        self._lease = lease
        self._bucket = bucket
        self._slots = app.settings.slots
        self._enough = max(1, self._slots // 2)
        self._sender = Sender(app.sms, self._slots, self._take)
        self._done: queue.SimpleQueue[dispatch.Finished] = queue.SimpleQueue()
        self._unwritten: list[dispatch.Finished] = []  # survives a failed commit: a result is never lost
        self._write_by = 0.0  # monotonic: when the oldest unwritten result is to be written down
        self._in_hand: set[str] = set()  # action ids that are claimed and not finished
        self._plan = dispatch.Step([], handled=0, more=True, next_due=None)
        self._looked_at = time.monotonic()
        self._lost_touch = False  # a commit may have happened whose answer we never got
        self._wake = threading.Event()
        self._planned_at = 0.0
        self._head_start = 0.0  # seconds that a claim takes: it begins so much before its text is due
        self._news = threading.Event()
        self._stopping = threading.Event()
        self._stopped_at = 0.0
        self._watcher = ChangeWatcher(app.db, self.wake, channel=DUE)

    def stop(self) -> None:
        """Claim no more; `run` returns when what is in hand has been written down."""
        self._stopped_at = time.monotonic()
        self._stopping.set()
        self._wake.set()

    def wake(self) -> None:
        """Something may be due that was not known to be."""
        self._news.set()
        self._wake.set()

    def run(self) -> None:
        """Work until stopped."""
        self._sender.start()
        self._watcher.start()
        try:
            while not self._finished():
                self._turn()
        finally:
            self._watcher.stop()
            self._sender.stop()

    def _finished(self) -> bool:
        """Stopped, and everything is written down, or waiting for the database has no more sense.

        What stays unwritten is `sending` in the database: the next scheduler looks it up at the provider.
        """
        if not self._stopping.is_set():
            return False
        if not self._in_hand and not self._unwritten:
            return True
        return time.monotonic() - self._stopped_at > STOP_PATIENCE

    def _turn(self) -> None:
        self._wake.clear()
        self._collect()
        try:
            self._look_after_lost_claims()
            idle_seconds = self._seconds_until_step()
            if idle_seconds > 0:
                self._wake.wait(idle_seconds)
            else:
                self._step_or_one_by_one()
        except DATABASE_TROUBLE as error:
            # Without the traceback: its text may carry what a patient wrote.
            log.warning("database_refuses", why=trouble(error), error=type(error).__name__)
            self._lost_touch = True
            time.sleep(PAUSE_AFTER_ERROR)

    def _take(self, finished: dispatch.Finished) -> None:
        """From the sender's thread. Waking up for every single result would cost more than writing it."""
        self._done.put(finished)
        if self._done.qsize() in (1, self._enough):
            self._wake.set()

    def _collect(self) -> None:
        while not self._done.empty():
            finished = self._done.get()
            if not self._unwritten:
                self._write_by = time.monotonic() + GATHER_SECONDS
            self._unwritten.append(finished)
            self._in_hand.discard(finished.job.text.action_id)
            self._mind_the_pace(finished.result)

    def _mind_the_pace(self, result: SendResult) -> None:
        if result.slow_down:
            self._bucket.back_off(result.retry_after, time.monotonic())
        elif result.outcome is Outcome.ACCEPTED:
            self._bucket.went_well()

    def _seconds_until_step(self) -> float:
        """0 when a transaction is worth it now; else how long to sleep unless woken."""
        moment = time.monotonic()
        if moment - self._planned_at > LONGEST_SLEEP and self._may_claim():
            return 0
        if self._news.is_set() or len(self._unwritten) >= self._enough:
            return 0
        waits = [LONGEST_SLEEP]
        if self._unwritten:
            waits.append(self._write_by - moment)
        if self._may_claim():
            waits.append(self._seconds_until_claim(moment))
        return min(waits)

    def _seconds_until_claim(self, moment: float) -> float:
        paced = self._bucket.seconds_until(self._enough, moment)
        if self._plan.more:
            room = dispatch.room_for(Lane.BULK, self._free(), self._slots)
            return paced if room >= self._enough else LONGEST_SLEEP  # the next results wake us
        if self._plan.next_due is None:
            return LONGEST_SLEEP
        until = real_seconds_until(self._app.clock, self._plan.next_due, self._app.clock.now())
        return max(paced, until - self._head_start)

    def _is_due(self) -> bool:
        return self._news.is_set() or (self._may_claim() and self._seconds_until_claim(time.monotonic()) <= 0)

    def _may_claim(self) -> bool:
        return not self._stopping.is_set() and self._lease.held()

    def _capacity(self) -> dispatch.Capacity:
        if not self._may_claim():
            return dispatch.Capacity(0, 0)
        return dispatch.Capacity(self._free(), self._slots, self._bucket.available(time.monotonic()))

    def _free(self) -> int:
        """How many may be claimed now. Some beyond the slots, so that none waits for the next transaction: 60 ms of
        work at a quick provider, and never more than one that answers slowly takes up in half a second."""
        quick = self._slots * LONGEST_QUEUE_SECONDS / max(self._sender.answer_seconds, 0.001)
        ahead = max(1, min(self._enough * 2, int(quick)))
        return self._slots + ahead + self._slots // dispatch.RESERVED_SHARE - len(self._in_hand)

    def _look_after_lost_claims(self) -> None:
        """A claim whose commit was made but never confirmed is in nobody's hands: it is looked up like an orphan."""
        if self._lost_touch or time.monotonic() - self._looked_at > LOOK_FOR_LOST_SECONDS:
            self._looked_at = time.monotonic()
            ours = self._in_hand | {result.job.text.action_id for result in self._unwritten}
            rescuing.take_over(self._app, self._owner, now=self._app.clock.now(), except_for=ours)
            self._lost_touch = False
            self._news.set()

    def _step_or_one_by_one(self) -> None:
        try:
            self._step()
        except DATABASE_TROUBLE:
            raise
        except Exception as error:
            log.warning("row_refused", error=type(error).__name__, results=len(self._unwritten))
            self._write_one_by_one()
            rescuing.set_aside_damaged(self._app, now=self._app.clock.now())
            self._news.set()

    def _step(self) -> None:
        """One transaction: results in, claims out. What is due this moment does not wait for a few results."""
        claim_first = self._results_can_wait() and not self._plan.more and self._is_due()
        results = [] if claim_first else self._unwritten
        self._news.clear()
        self._planned_at = time.monotonic()
        claimed_at = machine_seconds()
        now = self._moment_of_claim() if claim_first else self._app.clock.now()
        self._plan = dispatch.step(self._app, self._owner, results, self._capacity(), now=now)
        self._unwritten = self._unwritten[len(results) :]
        self._bucket.take(len(self._plan.jobs))
        self._in_hand.update(job.text.action_id for job in self._plan.jobs)
        if claim_first and self._plan.jobs:
            self._arrive_in_time(now, machine_seconds() - claimed_at)
        self._sender.submit(self._plan.jobs, claimed_at)

    def _results_can_wait(self) -> bool:
        overdue = self._unwritten and time.monotonic() > self._write_by + GATHER_SECONDS
        return len(self._unwritten) < self._enough and not overdue

    def _moment_of_claim(self) -> datetime:
        """Now; or the due time that will have come when the claim is made."""
        now, due = self._app.clock.now(), self._plan.next_due
        if due is None or real_seconds_until(self._app.clock, due, now) > self._head_start:
            return now
        return max(now, due)

    def _arrive_in_time(self, decided_for: datetime, took: float) -> None:
        """Learn how long a claim takes, and wait out what is left of the head start: no text leaves early."""
        self._head_start += (min(took, LONGEST_HEAD_START) - self._head_start) / 8
        left = real_seconds_until(self._app.clock, decided_for, self._app.clock.now())
        time.sleep(
            min(left, LONGEST_HEAD_START)
        )  # a clock that is set back now must not hold up what is claimed

    def _write_one_by_one(self) -> None:
        """One result that the database refuses must not hold up all the others: it goes to a person instead."""
        while self._unwritten:
            result, now = self._unwritten[0], self._app.clock.now()
            try:
                dispatch.step(self._app, self._owner, [result], dispatch.Capacity(0, 0), now=now)
            except DATABASE_TROUBLE:
                raise
            except Exception as error:
                text = result.job.text
                log.warning("result_for_a_person", action_id=text.action_id, error=type(error).__name__)
                rescuing.give_to_a_person(self._app, result, now=now)
            self._unwritten.pop(0)
