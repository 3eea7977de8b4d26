"""Calls to the provider: one event loop in a thread of its own, so many at once, urgent ones first."""

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence

import structlog
import uvloop

from core.domain.ports import Outcome, SendResult, SmsProvider
from core.flows.sending.dispatch import RESERVED_SHARE, Finished, Job
from core.messaging.actions import Lane

log = structlog.get_logger(__name__)
# From claim to call. Frozen longer than this, the row may be in other hands by now: then the call is not made.
STALE_SECONDS = 1.5


def machine_seconds() -> float:
    """Seconds that go on while the machine sleeps, where the system counts them."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


class Sender:
    """At most `slots` bulk calls at once, and a quarter as many again that only urgent and instant texts may use."""

    def __init__(self, sms: SmsProvider, slots: int, on_finished: Callable[[Finished], None]) -> None:
        """`on_finished` is called from the sender's thread, once for every job."""
        self._sms = sms
        self._slots = slots
        self._limit = slots + slots // RESERVED_SHARE
        self._on_finished = on_finished
        self._first: deque[tuple[Job, float]] = deque()
        self._bulk: deque[tuple[Job, float]] = deque()
        self._running: set[asyncio.Task[None]] = set()
        self._running_bulk = 0
        self.answer_seconds = 0.0  # how long the provider takes of late
        self._loop = uvloop.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="sender")

    def start(self) -> None:
        self._thread.start()

    def submit(self, jobs: Sequence[Job], claimed_at: float) -> None:
        """Hand these over as slots become free. `claimed_at`: machine_seconds() before their claim began."""
        if jobs:
            self._loop.call_soon_threadsafe(self._enqueue, jobs, claimed_at)

    def stop(self) -> None:
        """Leave calls that are out to the provider's own time-out, and end the thread."""
        asyncio.run_coroutine_threadsafe(self._drain(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _drain(self) -> None:
        while self._running:
            await asyncio.wait(self._running)
        await self._sms.aclose()

    def _enqueue(self, jobs: Sequence[Job], claimed_at: float) -> None:
        for job in jobs:
            (self._bulk if job.lane is Lane.BULK else self._first).append((job, claimed_at))
        self._start_what_fits()

    def _start_what_fits(self) -> None:
        while self._first and len(self._running) < self._limit:
            self._begin(*self._first.popleft())
        while self._bulk and self._running_bulk < self._slots and len(self._running) < self._limit:
            self._running_bulk += 1
            self._begin(*self._bulk.popleft())

    def _begin(self, job: Job, claimed_at: float) -> None:
        task = self._loop.create_task(self._call(job, claimed_at))
        self._running.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._start_what_fits()

    async def _call(self, job: Job, claimed_at: float) -> None:
        result = SendResult(Outcome.UNKNOWN, detail="cancelled")
        try:
            result = await self._hand_over(job, claimed_at)
        finally:
            if job.lane is Lane.BULK:
                self._running_bulk -= 1
            self._on_finished(Finished(job, result))

    async def _hand_over(self, job: Job, claimed_at: float) -> SendResult:
        if machine_seconds() - claimed_at > STALE_SECONDS:
            return SendResult(Outcome.RETRY, detail="not called in time")
        began = self._loop.time()
        try:
            return await self._sms.send(job.text)
        except Exception as error:
            # An adapter must not raise. If it does, the text may have gone out: look it up, never just repeat it.
            log.exception("send_raised", action_id=job.text.action_id)
            return SendResult(Outcome.UNKNOWN, detail=type(error).__name__)
        finally:
            self.answer_seconds += (self._loop.time() - began - self.answer_seconds) / 32
