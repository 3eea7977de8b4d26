"""The thread of notices to staff: claim what is due, push it or post it, write down what came of it.

Apart from texts and emails: however long a push service or a chat tool takes, nothing else waits for it.
"""

from collections.abc import Collection

from core.app import App
from core.db.lease import Lease
from core.domain.ports import SendResult
from core.flows.sending import notifying
from core.flows.sending.notifying import Job, Results
from scheduler.handing_out import Calls
from scheduler.turns import LOOK_SECONDS, Turns
from scheduler.waiting import seconds_to_wait

MOST_IN_HAND = 64  # notices: claiming goes on while somebody's push services are silent


class Notifier(Turns[Job, Results]):
    """One scheduler's notices."""

    what = "notice"

    def __init__(self, app: App, owner: str, lease: Lease) -> None:
        super().__init__(app, owner, lease)
        self._calls = Calls(self._call)

    def work(self) -> float:
        self.write_down()
        pause = self._take_up()
        if not self._calls:
            return pause
        self._unwritten += self._calls.done(LOOK_SECONDS)
        self.write_down()
        return 0.0

    def finish(self) -> None:
        self._unwritten += self._calls.finish()
        self.write_down()
        self.take_over(())  # what was not begun

    def _take_up(self) -> float:
        """At most a batch, while there is room for it; how many seconds to wait where nothing is in hand."""
        self.look_after_lost_claims(self._calls.in_hand)
        if len(self._calls) > MOST_IN_HAND - notifying.BATCH:
            return 0.0
        found = notifying.claim(self._app, self._owner, now=self.now())
        self._calls.take(found.jobs)
        return 0.0 if found.handled else seconds_to_wait(self._app, found.next_due, LOOK_SECONDS)

    def settle(self, job: Job, result: Results) -> None:
        notifying.settle(self._app, job, result, now=self.now())

    def take_over(self, except_for: Collection[str]) -> None:
        notifying.take_over(self._app, self._owner, now=self.now(), except_for=except_for)

    def _call(self, job: Job, target: str) -> SendResult:
        try:
            return notifying.call(self._app, job, target)
        except Exception as error:
            return self.raised(job, error)
