"""Schedulers that are killed now and then: between the claim and the call, during it, or before the result is written.

The real steps of the dispatcher in one process, with the test's clock: what dies is what a scheduler had in its hand.
Its successor takes over as the real one does, and asks the provider before anything is sent again.
"""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bench.simulated.provider import Provider, without_links
from core.app import App
from core.domain.ports import Outcome, SendResult
from core.flows.clocks import sweeping
from core.flows.sending import dispatch, reconciling, rescuing
from core.flows.sequences import ending, waking
from core.messaging.store import doubts

ROOM = dispatch.Capacity(free=64, slots=64)
NOTICED_AFTER = (timedelta(seconds=2), timedelta(seconds=40), timedelta(minutes=11))
ROUNDS = 200
FATES = ("before the call", "during the call", "before the result is written")
BUSY = SendResult(Outcome.RETRY, code=20429)


@dataclass(frozen=True)
class Trouble:
    """`names` of schedulers take turns. `kills`: how many of a hundred moments with texts to send end in a death;
    `busy`: of how many in a hundred texts the provider says 'not now'."""

    names: Sequence[str] = ("A",)
    kills: float = 2.0
    busy: float = 1.0


@dataclass
class Schedulers:
    """`later` asks for something at a moment."""

    app: App
    provider: Provider
    trouble: Trouble
    seed: int
    later: Callable[[datetime, Callable[[], None]], None]
    lives: Counter[str] = field(default_factory=Counter)
    seen: Counter[str] = field(default_factory=Counter)
    turn: int = 0
    in_doubt: bool = False
    last_hour: datetime | None = None

    def work(self) -> datetime | None:
        """Everything that is due now; when the next thing is."""
        self.turn += 1
        self._hourly()
        finished: list[dispatch.Finished] = []
        for _ in range(ROUNDS):
            step = dispatch.step(self.app, self._owner(), finished, ROOM, now=self._now)
            finished = self._hand_over(step)
            if not finished and not step.handled:
                return self._next(step.next_due)
        raise AssertionError("the dispatcher found due work without end")

    @property
    def _now(self) -> datetime:
        return self.app.clock.now()

    def _owner(self) -> str:
        name = self.trouble.names[self.turn % len(self.trouble.names)]
        return f"{name}-{self.lives[name]}"

    def _hand_over(self, step: dispatch.Step) -> list[dispatch.Finished]:
        jobs = sorted(step.jobs, key=lambda job: (job.text.to, without_links(job.text.body)))
        fate = self._fate(jobs)
        if fate:
            return self._die(jobs, fate)
        return [self._call(job) for job in jobs]

    def _chance(self, *of: object) -> float:
        """The same in every run with this seed, whatever happened before."""
        return random.Random(f"{self.seed}:{':'.join(map(str, of))}").random() * 100

    def _fate(self, jobs: list[dispatch.Job]) -> str:
        if (
            not jobs
            or self._chance("fate", self._now, jobs[0].text.to, jobs[0].text.attempt) >= self.trouble.kills
        ):
            return ""
        return FATES[int(self._chance("which", self._now) * len(FATES) / 100)]

    def _call(self, job: dispatch.Job) -> dispatch.Finished:
        text = job.text
        if self._chance("busy", self._now, text.to, without_links(text.body)) < self.trouble.busy:
            self.seen["the provider was busy"] += 1
            return dispatch.Finished(job, BUSY)
        return dispatch.Finished(job, self.provider.take(text))

    def _die(self, jobs: list[dispatch.Job], fate: str) -> list[dispatch.Finished]:
        """What was taken was taken; nobody learns of it. Another one notices later."""
        self.seen[f"killed {fate}"] += 1
        called = {FATES[0]: 0, FATES[1]: (len(jobs) + 1) // 2, FATES[2]: len(jobs)}[fate]
        for job in jobs[:called]:
            self.provider.take(job.text)
        dead = self._owner()
        self.lives[self.trouble.names[self.turn % len(self.trouble.names)]] += 1
        notice = NOTICED_AFTER[int(self._chance("noticed", self._now) * len(NOTICED_AFTER) / 100)]
        self.later(self._now + notice, lambda: self._take_over(dead))
        return []

    def _take_over(self, dead: str) -> None:
        self.seen["texts taken over"] += rescuing.take_over(self.app, dead, now=self._now)
        self.in_doubt = True

    def _hourly(self) -> None:
        if self.in_doubt:
            reconciling.look_up(self.app, now=self._now)
        hour = self._now.replace(minute=0, second=0, microsecond=0)
        if hour == self.last_hour:
            return
        self.last_hour = hour
        sweeping.sweep(self.app, now=self._now)
        sweeping.finish_sequences(self.app, now=self._now)
        waking.wake_quiet(self.app, now=self._now)
        ending.cancel_the_rest(self.app, now=self._now)

    def _next(self, due: datetime | None) -> datetime | None:
        if not self.in_doubt:
            return due
        with self.app.db.read() as session:
            doubt = doubts.next_doubt(session)
        self.in_doubt = doubt is not None
        return min((moment for moment in (due, doubt) if moment), default=None)
