"""What the audit trail costs: reads and transactions with its writing, beside the same without it, in one run.

    python -m bench.accountability [--patients 5000] [--rounds 40] [--database ADDRESS]

Both are measured by turns, a few of one and a few of the other, so that a busy machine is busy for both. Milliseconds
of one, on average: CPU of this process and of PostgreSQL's backends, which tell more on a shared machine, and by the
wall clock. Looks are written after each ten reads, as the console writes them each second, outside anybody's wait: that
is the last figure. It is the worst case: every look is somebody else's, so that nothing is gathered.
"""

import argparse
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count, cycle
from typing import Any

from sqlalchemy import select

from bench import stage
from core.app import App
from core.audit import store as audit
from core.domain.ids import new_id
from core.domain.roles import Actor, Role
from core.flows.access import acting
from core.flows.access.looking import Depth, Looks
from core.flows.intake import receive_form
from core.flows.leads import staff_action
from core.intake.draft import Delivery
from core.leads.tables import leads
from core.reads import lead, lead_queue
from core.staff.tables import staff

READS = 10  # between two writings
NOTHING: Callable[..., None] = lambda *_, **__: None  # noqa: E731


@dataclass
class Taken:
    """Milliseconds of all rounds: what somebody waits for, in CPU and by the clock; CPU of what comes after."""

    cpu: float = 0.0
    clock: float = 0.0
    after: float = 0.0
    times: int = 0


@contextmanager
def silent() -> Iterator[None]:
    """Nobody is told of anything: every line of the trail goes through these two."""
    note_all, note = audit.note_all, Looks.note
    audit.note_all, Looks.note = NOTHING, NOTHING  # type: ignore[method-assign]
    try:
        yield
    finally:
        audit.note_all, Looks.note = note_all, note  # type: ignore[method-assign]


@dataclass(frozen=True)
class Work:
    """`one` is done `times` in a round, then `after` once: work of the trail that nobody waits for."""

    one: Callable[[], object]
    times: int
    after: Callable[[], object] = lambda: None


class Bench:
    def __init__(self, app: App) -> None:
        self._app = app
        self._looks = Looks(app)
        with app.db.read() as session:
            every = session.execute(select(leads.c.id, leads.c.state).order_by(leads.c.id)).all()
            manager = session.execute(select(staff.c.id).where(staff.c.username == "manager")).scalar_one()
        self._ids = cycle([row.id for row in every])
        self._open = cycle([row.id for row in every if row.state == "open"])
        self._somebody = Actor(manager, "Bench", Role.MANAGER)
        self._numbers = count(1)
        # A person of their own for each look: the same patient seen again would be gathered.
        self._people = (new_id(app.clock.now()) for _ in count())

    def work(self) -> dict[str, Work]:
        flush = self._flush
        return {
            "a lead's page is read": Work(self.open_lead, READS, flush),
            "a search is read, 20 hits": Work(self.search, READS, flush),
            "a form is accepted": Work(self.accept, 5),
            "staff take a lead and give it back": Work(self.take, 5),
        }

    def _flush(self) -> None:
        self._looks.flush(now=self._app.clock.now())

    def open_lead(self) -> None:
        lead_id = next(self._ids)
        with self._app.db.read() as session:
            lead.read(session, self._somebody, lead_id)
        self._looks.note(
            next(self._people), [lead_id], Depth.OPENED, "203.0.113.9 lead", self._app.clock.now()
        )

    def search(self) -> None:
        with self._app.db.read() as session:
            found = lead_queue.search(session, self._somebody, "maria").rows[:20]
        ids = [row.id for row in found]
        self._looks.note(next(self._people), ids, Depth.FOUND, "203.0.113.9 search", self._app.clock.now())

    def accept(self) -> None:
        number = next(self._numbers)
        form = {
            "source": "website",
            "form_type": "lead_capture",
            "external_id": f"bench-{number}",
            "contact": {"first_name": "Ana", "phone": f"407-555-{number % 10_000:04d}"},
        }
        delivery = Delivery(json.dumps(form).encode(), "application/json")
        receive_form.take_in(self._app, "generic", delivery, now=self._app.clock.now())

    def take(self) -> None:
        """The story and its line in one transaction, as the console's `act` does."""
        lead_id, person, now = next(self._open), self._somebody, self._app.clock.now()
        for name, story in (("take", self._take), ("give back", self._give_back)):
            with self._app.db.write() as session:
                story(session, person, lead_id)
                acting.note(session, person, name, lead_id, origin="203.0.113.9 lead", now=now)

    def _take(self, session: Any, person: Actor, lead_id: str) -> None:
        owner = session.execute(select(leads.c.owner_id).where(leads.c.id == lead_id)).scalar_one()
        staff_action.take(session, person, lead_id, now=self._app.clock.now(), seen_owner=owner)

    def _give_back(self, session: Any, person: Actor, lead_id: str) -> None:
        staff_action.give_back(session, person, lead_id, None, now=self._app.clock.now())


def one_round(app: App, work: Work, taken: Taken) -> None:
    cpu, began = cpu_of(app), time.perf_counter()
    for _ in range(work.times):
        work.one()
    taken.clock += (time.perf_counter() - began) * 1000
    waited = cpu_of(app)
    work.after()
    taken.cpu += (waited - cpu) * 1000
    taken.after += (cpu_of(app) - waited) * 1000
    taken.times += work.times


def cpu_of(app: App) -> float:
    """Seconds so far of everybody who works for this."""
    return time.process_time() + stage.server_cpu(app)


def compare(app: App, work: Work, rounds: int) -> tuple[Taken, Taken]:
    """(with the trail, without it)."""
    told, untold = Taken(), Taken()
    one_round(app, work, Taken())
    for _ in range(rounds):
        one_round(app, work, told)
        with silent():
            one_round(app, work, untold)
    return told, untold


def line(name: str, told: Taken, untold: Taken) -> str:
    return "; ".join(
        [
            f"{name}: CPU {_ratio(told.cpu / told.times, untold.cpu / untold.times)}",
            f"by the clock {_ratio(told.clock / told.times, untold.clock / untold.times)}",
            f"written afterwards, CPU {(told.after - untold.after) / told.times:.2f} ms",
        ]
    )


def _ratio(with_: float, without: float) -> str:
    return f"{with_:.2f} ms, without {without:.2f} ({(with_ / without - 1) * 100:+.1f} %)"


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--patients", type=int, default=5_000)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--database", default="")
    options = parser.parse_args()
    with stage.home() as folder, stage.cleared(options.database):
        env = stage.settings_env(folder, stage.free_port(), LUXE_DATABASE_URL=options.database)
        stage.history(env, options.patients)
        app = stage.app_in(env)
        for name, work in Bench(app).work().items():
            print(line(name, *compare(app, work, options.rounds)), flush=True)
        app.db.engine.dispose()


if __name__ == "__main__":
    main()
