"""A hundred thousand patients in one sequence: enrolled, claimed from, stopped one by one, and ended at one stroke.

`python -m bench.enrolling [--patients 100000] [--postgres ADDRESS]`: enrolls them in `lead` by the product's own flow,
500 in a transaction; then the claim of 64 due rows and a whole step of the dispatcher with a thousand rows pending and
with all of them; a STOP; and the end of everybody by staff, until the last row is cancelled.

Where a machine has no time for as many people, `--pending 1000000` fills up with copies of their rows that belong to
nobody. CPU seconds are those of this process; on PostgreSQL the server's own are not among them.
"""

import argparse
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from statistics import median

from sqlalchemy import select, text

from bench import stage
from bench.crowd import Crowd, numbers
from core.adapters.fakes import FakeClock, FakeSms
from core.app import App
from core.db.migrate import migrate
from core.db.types import is_word
from core.domain.clock import SystemClock
from core.flows.conversation import receive_text
from core.flows.sending import dispatch as dispatching
from core.flows.sequences import ending, stopping
from core.flows.sequences.enrolling import Cause, Entrant, enroll
from core.messaging.actions import Lane, State
from core.messaging.store import dispatch
from core.messaging.tables import timed_actions
from core.sequences import store as sequences
from core.sequences.rules.definition import Anchor
from core.sequences.rules.group import Group
from core.shipped import shipped_plans
from tests.factories import actor, add_staff

BATCH = 500
FEW = 100  # people whose steps are about a thousand rows
CLAIMED = 64
ROOM = dispatching.Capacity(free=CLAIMED, slots=CLAIMED)
TRIES, STEPS = 5, 2  # the few have texts for no more steps
SOON = timedelta(minutes=2, seconds=10)  # the first two texts are due
OTHERWISE = ("id", "key", "lead_id", "enrollment_id", "due_at")  # what a copy has of its own, or not at all
LAST = "SELECT max(due_at) FROM timed_actions"
PHONES = 50_000  # made-up numbers: more people than these share them


class Bench:
    """One database. `say` prints a figure as soon as it is there."""

    def __init__(self, app: App, clock: FakeClock) -> None:
        self.app, self.clock = app, clock
        self.entrants: list[Entrant] = []

    def meet(self, people: int) -> None:
        """Patients with both consents and an open lead; those beyond PHONES are second ones on a number."""
        while len(self.entrants) < people:
            place, met = divmod(len(self.entrants), PHONES)
            crowd = Crowd(self.app, place)
            phones = numbers(min(PHONES - met, people - len(self.entrants)), skip=met)
            for start in range(0, len(phones), BATCH):
                crowd.meet(phones[start : start + BATCH])
            self.entrants += [Entrant(*crowd.known(phone), phone) for phone in phones]

    def enroll(self, from_: int, to: int) -> tuple[float, float]:
        """Rows a second and rows a second of CPU, commits included."""
        plan, now = shipped_plans()["lead"], self.clock.now()
        began, cpu, rows = time.monotonic(), time.process_time(), 0
        for start in range(from_, to, BATCH):
            with self.app.db.write() as session:
                for entrant in self.entrants[start : min(start + BATCH, to)]:
                    cause = Cause(entrant.lead_id, {Anchor.SUBMISSION: now}, owed_since=now)
                    assert enroll(session, plan, entrant, cause, now=now)
                    rows += len(plan.planned())
        return rows / (time.monotonic() - began), rows / (time.process_time() - cpu)

    def fill(self, pending: int) -> None:
        """So many rows in all are planned, those that are missing as copies of nobody's."""
        with self.app.db.write() as session:
            there = int(
                session.execute(
                    text("SELECT count(*) FROM timed_actions WHERE state = 'planned'")
                ).scalar_one()
            )
        copied = [name for name in timed_actions.c.keys() if name not in OTHERWISE]  # noqa: SIM118
        new_id = (
            "lower(hex(randomblob(16)))" if self.app.db.is_sqlite else "CAST(gen_random_uuid() AS varchar)"
        )
        for n in range((pending - there + there - 1) // there if pending > there else 0):
            values = f"{new_id}, key || '#{n}', NULL, NULL, ({LAST}), {', '.join(map(_quoted, copied))}"
            into = ", ".join(map(_quoted, (*OTHERWISE, *copied)))
            some = min(there, pending - there * (n + 1))
            whole = f"INSERT INTO timed_actions ({into}) SELECT {values} FROM timed_actions"
            with self.app.db.write() as session:
                session.execute(
                    text(f"{whole} WHERE enrollment_id IS NOT NULL AND state = 'planned' LIMIT {some}")
                )

    def claim(self) -> float:
        """Milliseconds for 64 due rows, read and locked, and given back."""
        return median(_timed(self._claim_once) for _ in range(TRIES))

    def _claim_once(self) -> None:
        with self.app.db.write() as session:
            found = dispatch.due(session, Lane.BULK, CLAIMED, self.clock.now())
            assert len(found) == CLAIMED

    def step(self) -> float:
        """Milliseconds for a whole step: claim, decide, write the intents."""
        return median(_timed(self._step_once) for _ in range(STEPS))

    def _step_once(self) -> None:
        assert dispatching.step(self.app, "bench", [], ROOM, now=self.clock.now()).handled

    def stop_one(self) -> list[float]:
        """Milliseconds for the STOP of some, from the webhook to the commit: the first of a process learns more."""
        return [_timed(lambda n=n: self._stop(n)) for n in range(TRIES)]  # type: ignore[misc]

    def by_number(self) -> float:
        """Milliseconds to find the planned texts of one number without knowing whose it is."""
        index = self.app.db.blind("phone", self.entrants[-TRIES - 1].phone)
        a = timed_actions.c
        planned = select(a.id).where(
            a.phone_index == index, is_word(a.state, State.PLANNED), a.audience == "patient"
        )
        with self.app.db.read() as session:
            return median(_timed(lambda: session.execute(planned).all()) for _ in range(TRIES))

    def _stop(self, n: int) -> None:
        params = {"MessageSid": f"SMstop{n}", "From": self.entrants[-1 - n].phone, "Body": "STOP"}
        receive_text.receive(self.app, params, now=self.clock.now())

    def end_statement(self) -> float:
        """Seconds of the one statement that ends everybody, taken back."""
        with self.app.db.write() as session:
            began = time.perf_counter()
            sequences.begin_ending(session, Group("lead"), None, stopping.ENDED, self.clock.now(), "bench")
            seconds = time.perf_counter() - began
            session.rollback()
        return seconds

    def end_all(self) -> tuple[int, float, float, float]:
        """(people, seconds of the one statement with the first 500, seconds until the last, longest transaction)."""
        now = self.clock.now()
        with self.app.db.read() as session:
            manager = actor(session, "manager")
        began = time.monotonic()
        with self.app.db.write() as session:
            people = ending.end_group(session, manager, Group("lead"), "Measured", now=now)
        at_once = time.monotonic() - began
        longest = at_once
        while True:
            start = time.monotonic()
            with self.app.db.write() as session:
                some = ending.cancel_some(session, now)
            longest = max(longest, time.monotonic() - start)
            if some < ending.AT_ONCE:
                return people, at_once, time.monotonic() - began, longest


def _quoted(name: str) -> str:
    return f'"{name}"'


def _timed(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1000


def memory() -> int:
    """Megabytes of this process."""
    words = Path("/proc/self/status").read_text().split()
    return int(words[words.index("VmRSS:") + 1]) // 1024


def measure(people: int, pending: int, database_url: str = "") -> None:
    """Everything, in the order in which it would disturb the rest least."""
    with _bench(database_url) as bench:
        bench.meet(FEW)
        bench.enroll(0, FEW)
        bench.clock.advance(SOON)
        say("claim of 64 and a step with a thousand pending", bench.claim(), bench.step(), "ms")
        bench.clock.moment -= SOON
        bench.meet(people)
        say("memory before", memory(), "MB")
        marks = sorted({FEW, *(mark for mark in (10_000, 50_000) if mark < people), people})
        for from_, to in pairwise(marks):
            say(
                f"enrolled to {to:,}: rows a second, a second of CPU, memory",
                *bench.enroll(from_, to),
                memory(),
                "MB",
            )
        bench.fill(pending)
        _settle_down(bench.app)
        bench.clock.advance(SOON)
        say("claim of 64 and a step with all of them pending", bench.claim(), bench.step(), "ms")
        say("texts of a number, found by that alone", bench.by_number(), "ms")
        say("STOP, one after another", *bench.stop_one(), "ms")
        say("the statement that ends them", f"{bench.end_statement():.2f}", "s")
        say("all ended: people, first commit, the last row, longest transaction", *bench.end_all(), "s")


def say(what: str, *figures: float | str) -> None:
    shown = ", ".join(f"{one:,.1f}" if isinstance(one, float) else str(one) for one in figures)
    print(f"  {what}: {shown}", flush=True)


def _settle_down(app: App) -> None:
    """What a server does by itself in time: know how many rows there are, and have written down what is new."""
    with app.db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for command in ("ANALYZE",) if app.db.is_sqlite else ("VACUUM ANALYZE", "CHECKPOINT"):
            connection.execute(text(command))


@contextmanager
def _bench(database_url: str) -> Iterator[Bench]:
    with stage.home() as folder, stage.cleared(database_url):
        app = stage.app_in(stage.settings_env(folder, 1, LUXE_DATABASE_URL=database_url))
        migrate(app.db)
        clock = FakeClock(_noon(SystemClock().now()))
        app = replace(app, clock=clock, sms=FakeSms(clock))
        with app.db.write() as session:
            add_staff(session, clock.now())
        yield Bench(app, clock)
        app.db.engine.dispose()


def _noon(now: datetime) -> datetime:
    """Texts may go: `Crowd` puts everybody where it is midday at that hour."""
    return now.replace(hour=16, minute=0, second=0, microsecond=0)


def main() -> None:
    """Print the figures for SQLite and, where an address is given, for PostgreSQL."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--patients", type=int, default=100_000)
    parser.add_argument("--pending", type=int, default=0, help="rows to fill up to")
    parser.add_argument("--postgres", default="")
    parser.add_argument("--only-postgres", action="store_true")
    options = parser.parse_args()
    for name, url in (("SQLite", ""), ("PostgreSQL", options.postgres)):
        if url or (name == "SQLite" and not options.only_postgres):
            print(f"{name}, {options.patients:,} patients", flush=True)
            measure(options.patients, options.pending, url)


if __name__ == "__main__":
    main()
