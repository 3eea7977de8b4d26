"""The thread of webhooks out: claim what is due, call, write down what came of it.

Apart from texts, emails and notices: however long a receiver takes, nothing else waits for it.
"""

from collections import Counter
from collections.abc import Collection
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from core.app import App
from core.db.lease import Lease
from core.domain.ports import SendResult
from core.flows.webhooks import delivering
from core.flows.webhooks.delivering import Job, Turn
from scheduler.turns import LOOK_SECONDS, Turns
from scheduler.waiting import seconds_to_wait

AT_ONCE = 8


class WebhookCaller(Turns[Job, SendResult]):
    """One scheduler's webhooks."""

    what = "webhook"

    def __init__(self, app: App, owner: str, lease: Lease) -> None:
        super().__init__(app, owner, lease)
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="webhook")
        self._calls: dict[Future[SendResult], Job] = {}

    def work(self) -> float:
        self._hear()
        self.write_down()
        self.look_after_lost_claims([job.action_id for job in self._calls.values()])
        found = self._take_up()
        if not self._calls:
            return 0.0 if found.handled else seconds_to_wait(self._app, found.next_due, LOOK_SECONDS)
        wait(self._calls, LOOK_SECONDS, FIRST_COMPLETED)
        self._hear()
        self.write_down()
        return 0.0

    def finish(self) -> None:
        self._pool.shutdown()
        self._hear()
        self.write_down()

    def _take_up(self) -> Turn:
        room = AT_ONCE - len(self._calls)
        if room <= 0:
            return Turn()
        in_hand = Counter(job.endpoint_id for job in self._calls.values())
        found = delivering.claim(self._app, self._owner, room, in_hand, now=self.now())
        for job in found.jobs:
            self._calls[self._pool.submit(self._call, job)] = job
        return found

    def _hear(self) -> None:
        ended = [future for future in self._calls if future.done()]
        self._unwritten += [(self._calls.pop(future), future.result()) for future in ended]

    def settle(self, job: Job, result: SendResult) -> None:
        delivering.settle(self._app, job, result, now=self.now())

    def take_over(self, except_for: Collection[str]) -> None:
        delivering.take_over(self._app, self._owner, now=self.now(), except_for=except_for)

    def _call(self, job: Job) -> SendResult:
        try:
            return delivering.call(self._app, job)
        except Exception as error:
            return self.raised(job, error)
