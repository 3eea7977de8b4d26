"""The calls of notices that are in hand: some at once, and of one person two, so that somebody whose push services are
silent (or who named ten of their own) holds up nobody else.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field

from core.domain.ports import SendResult
from core.flows.sending.notifying import Job, Results

AT_ONCE, OF_ONE = 8, 2


@dataclass(eq=False)
class _InHand:
    """One notice: the targets that were not called yet, and what came of those that were."""

    job: Job
    waiting: list[str]
    results: dict[str, SendResult] = field(default_factory=dict)


class Calls:
    """`call` must not raise; it alone runs in other threads."""

    def __init__(self, call: Callable[[Job, str], SendResult]) -> None:
        self._call = call
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="notice")
        self._jobs: list[_InHand] = []
        self._running: dict[Future[SendResult], tuple[_InHand, str]] = {}

    def __len__(self) -> int:
        return len(self._jobs)

    @property
    def in_hand(self) -> list[str]:
        """By action."""
        return [one.job.action_id for one in self._jobs]

    def take(self, jobs: Iterable[Job]) -> None:
        """Begin these, the urgent before whatever waits."""
        self._jobs += (_InHand(job, list(job.targets)) for job in jobs)
        self._jobs.sort(key=lambda one: not one.job.notice.urgent)
        self._begin()

    def done(self, seconds: float) -> list[tuple[Job, Results]]:
        """Notices all of whose calls have ended. Waits for the first, while no call takes longer than `seconds`."""
        ended: list[_InHand] = []
        while self._running and not ended:
            finished, _ = wait(self._running, seconds, FIRST_COMPLETED)
            if not finished:
                break
            for future in finished:
                one, target = self._running.pop(future)
                one.results[target] = future.result()
            self._begin()
            ended = [one for one in self._jobs if len(one.results) == len(one.job.targets)]
        self._jobs = [one for one in self._jobs if one not in ended]
        return [(one.job, one.results) for one in ended]

    def finish(self) -> list[tuple[Job, Results]]:
        """Begin no more; what the calls that run come to. A notice that was not begun goes to the next scheduler."""
        for one in self._jobs:
            one.waiting.clear()
        for future, (one, target) in self._running.items():
            one.results[target] = future.result()
        begun: list[tuple[Job, Results]] = [(one.job, one.results) for one in self._jobs if one.results]
        self._jobs, self._running = [], {}
        self._pool.shutdown()
        return begun

    def _begin(self) -> None:
        for one in self._jobs:
            while one.waiting and len(self._running) < AT_ONCE and self._of(one.job.staff_id) < OF_ONE:
                target = one.waiting.pop(0)
                self._running[self._pool.submit(self._call, one.job, target)] = (one, target)

    def _of(self, staff_id: str) -> int:
        return sum(one.job.staff_id == staff_id for one, _ in self._running.values())
