"""Ten thousand open leads with forty thousand clocks: 20 forms a second beside them, breaches in time, the board read.

    python -m bench.clocks_10k [--open 10000] [--history 10000 1000000] [--seconds 30] [--late 200] [--database ADDRESS]

For each size of history (leads that are over, six ended clocks each, spread over two years):
- forms are accepted at 20 a second: the whole transaction, and the assignment within it;
- clocks run out at random moments of ten seconds, while the sweep looks twice a second as the scheduler does: how long
  after its due time each breach was written;
- the SLA monitor's reading: its clocks, their counts, the day's figures; and what is read to draw the policies' page.
At the end how much slower each is with the largest history than with the smallest. Milliseconds by the clock.
"""

import argparse
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from bench import stage
from bench.crowd import Crowd, numbers
from core.app import App
from core.db.migrate import migrate
from core.domain.roles import Actor
from core.flows.clocks import starting, sweeping
from core.flows.intake import accept_submission
from core.flows.leads import assigning
from core.leads.tables import leads
from core.reads import policies, sla_backlog, sla_clocks, sla_monitor
from core.sla.tables import sla_breaches
from core.sla.tables import sla_clocks as clocks
from core.staff.tables import staff
from tests.factories import actor, add_rules, add_staff, submission

RATE = 20  # forms a second
BATCH = 500
SWEEP_SECONDS = 0.5
LATE_SECONDS = 10
READS = 20
PHONES = 50_000
A_MONTH = timedelta(days=30)
TARGETS = (
    "first_contact",
    "first_conversation",
    "qualification",
    "consultation_scheduled",
    "assignment",
    "confirmation",
)
IDS = {"sqlite": "lower(hex(randomblob(16)))", "postgresql": "md5(random()::text || clock_timestamp()::text)"}
AGO = {
    "sqlite": "strftime('%Y-%m-%d %H:%M:%f', 'now', '-' || (1440 + abs(random()) % 1050000) || ' minutes') || '000'",
    "postgresql": "now() - make_interval(mins => 1440 + (random() * 1050000)::int)",
}
Figures = dict[str, float]


class Bench:
    """One database, filled as it goes on."""

    def __init__(self, app: App, dice: random.Random) -> None:
        self._app, self._dice = app, dice
        self._sent = 0
        self._history = 0
        migrate(app.db)
        with app.db.write() as session:
            now = app.clock.now()
            add_staff(session, now)
            add_rules(session, now)
            session.execute(update(staff).values(capacity=1_000_000))
        with app.db.read() as session:
            self._manager: Actor = actor(session, "manager")

    def open_leads(self, wanted: int) -> None:
        """Each with its four clocks of people, half of them with somebody's attempt behind them."""
        phones = numbers(min(wanted, PHONES))
        crowd = Crowd(self._app)
        for start in range(0, len(phones), BATCH):
            crowd.meet(phones[start : start + BATCH])
        now = self._app.clock.now()
        facts = {"temperature": "warm", "form_type": "lead_capture", "location": "downtown"}
        with self._app.db.write() as session:
            owner = self._manager.staff_id
            session.execute(update(leads).values(owner_id=owner, assigned_at=now))
            for phone in phones:
                sent_at = now - timedelta(minutes=self._dice.uniform(0, 23 * 60))
                reference, lead_id = self._app.reference, crowd.known(phone)[0]
                starting.of_new_lead(
                    session, reference, lead_id, facts, sent_at=sent_at, owned=True, texts=False, now=now
                )
        sweeping.sweep(self._app, now=now)

    def history(self, wanted: int) -> None:
        """Leads that are over, copies of the open ones, with clocks that have ended."""
        kind = "sqlite" if self._app.db.is_sqlite else "postgresql"
        columns = ", ".join(
            f'"{c.name}"'
            for c in leads.c
            if c.name not in ("number", "id", "state", "created_at", "owner_id")
        )
        more = wanted - self._history
        with self._app.db.write() as session:
            copied = "SELECT count(*) FROM leads WHERE state = 'open'"
            many = int(session.execute(text(copied)).scalar_one())
            copies = f"SELECT leads.* FROM leads, {_times(kind, more // many + 1)} WHERE leads.state = 'open'"
            made = (
                f"INSERT INTO leads (id, state, created_at, {columns}) SELECT {IDS[kind]}, 'closed', {AGO[kind]},"
                f" {columns} FROM ({copies} LIMIT {more}) AS one"
            )
            session.execute(text(made))
            session.execute(text(self._clocks(kind)))
            session.execute(text("ANALYZE"))
        self._history = wanted

    def _clocks(self, kind: str) -> str:
        targets = " UNION ALL ".join(f"SELECT '{target}' AS target" for target in TARGETS)
        return (
            "INSERT INTO sla_clocks (id, lead_id, target, round, policy, target_seconds, started_at, due_at, state,"
            f" ended_at, response_seconds) SELECT {IDS[kind]}, leads.id, t.target, 1, 'Any lead', 600,"
            " leads.created_at, leads.created_at, 'met', leads.created_at, 240"
            f" FROM leads CROSS JOIN ({targets}) AS t WHERE leads.state = 'closed'"
            " AND NOT EXISTS (SELECT 1 FROM sla_clocks AS known WHERE known.lead_id = leads.id)"
        )

    def measure(self, seconds: float, late: int) -> Figures:
        """All figures at the present size, milliseconds."""
        return {**self._forms(seconds), **self._breaches(late), **self._reads()}

    def _forms(self, seconds: float) -> Figures:
        accepted: list[tuple[float, float]] = []
        within: list[float] = []
        began = time.monotonic()
        with timed(assigning, "assign", within):
            for number in range(int(seconds * RATE)):
                time.sleep(max(0.0, began + number / RATE - time.monotonic()))
                accepted.append(self._accept())
        whole, busy = zip(*accepted, strict=True)
        return {
            "a form's transaction, CPU, median": median(busy),
            "a form's transaction, median": median(whole),
            "a form's transaction, p99": stage.percentile(whole, 0.99),
            "assignment within it, median": median(within),
            "assignment within it, p99": stage.percentile(within, 0.99),
        }

    def _accept(self) -> tuple[float, float]:
        """Milliseconds of one form's transaction: by the clock, and of this thread's CPU."""
        app, now = self._app, self._app.clock.now()
        self._sent += 1
        (phone,) = numbers(1, skip=PHONES + self._sent)
        form = submission(
            external_id=f"bench-{self._sent}",
            phone=phone,
            email=f"p{self._sent}@example.com",
            submitted_at=now,
        )
        began, cpu = time.perf_counter(), time.thread_time()
        with app.db.write() as session:
            accept_submission.accept(session, app.reference, app.settings, form, raw_payload_id=None, now=now)
        return (time.perf_counter() - began) * 1000, (time.thread_time() - cpu) * 1000

    def _breaches(self, late: int) -> Figures:
        """How long after its due time a breach was written, looked for as the scheduler does."""
        since = self._app.clock.now()
        self._run_out(late, since)
        over = threading.Event()
        sweeping_now = threading.Thread(target=self._sweep_until, args=(over,))
        sweeping_now.start()
        time.sleep(LATE_SECONDS + 2)
        over.set()
        sweeping_now.join()
        with self._app.db.read() as session:
            found = session.execute(
                select(sla_breaches.c.at, sla_breaches.c.noted_at).where(sla_breaches.c.at > since)
            ).all()
        behind = [(noted - at).total_seconds() * 1000 for at, noted in found]
        return {
            "breaches written": len(behind),
            "a breach after its minute, median": median(behind),
            "a breach after its minute, at worst": max(behind),
        }

    def _run_out(self, late: int, now: datetime) -> None:
        with self._app.db.write() as session:
            running = select(clocks.c.id).where(clocks.c.state == "running", clocks.c.due_at > now)
            for clock_id in session.execute(running.order_by(clocks.c.id).limit(late)).scalars().all():
                due = now + timedelta(seconds=1 + self._dice.uniform(0, LATE_SECONDS))
                session.execute(update(clocks).where(clocks.c.id == clock_id).values(due_at=due))

    def _sweep_until(self, over: threading.Event) -> None:
        while not over.wait(SWEEP_SECONDS):
            sweeping.sweep(self._app, now=self._app.clock.now())

    def _reads(self) -> Figures:
        now, who = self._app.clock.now(), self._manager
        return {
            **self._read("the board's clocks", lambda session: sla_clocks.clocks(session, who)),
            **self._read("their counts", lambda session: sla_backlog.counts(session, who, now=now)),
            **self._read(
                "the day's figures", lambda session: sla_monitor.today(session, who, self._app.reference, now)
            ),
            **self._read(
                "how policies were kept", lambda session: policies.kept(session, who, now - A_MONTH)
            ),
        }

    def _read(self, name: str, read: Callable[[Session], Any]) -> Figures:
        """By the clock, and this process's CPU, which tells more on a busy machine."""
        spent, busy = [], []
        for _ in range(READS):
            began, cpu = time.perf_counter(), time.process_time()
            with self._app.db.read() as session:
                read(session)
            spent.append((time.perf_counter() - began) * 1000)
            busy.append((time.process_time() - cpu) * 1000)
        return {name: median(spent), f"{name}, CPU": median(busy)}


def _times(kind: str, many: int) -> str:
    """A table of so many rows."""
    if kind == "postgresql":
        return f"generate_series(1, {many}) AS times"
    counted = f"SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < {many}"
    return f"(WITH RECURSIVE t(n) AS ({counted}) SELECT n FROM t) AS times"


@contextmanager
def timed(module: Any, name: str, spent: list[float]) -> Iterator[None]:
    """Every call of a function of `module`, in milliseconds."""
    real = getattr(module, name)

    def measured(*arguments: Any, **named: Any) -> Any:
        began = time.perf_counter()
        try:
            return real(*arguments, **named)
        finally:
            spent.append((time.perf_counter() - began) * 1000)

    setattr(module, name, measured)
    try:
        yield
    finally:
        setattr(module, name, real)


def run(app: App, options: argparse.Namespace) -> None:
    bench = Bench(app, random.Random(7))
    bench.open_leads(options.open)
    found: dict[int, Figures] = {}
    for size in sorted(options.history):
        bench.history(size)
        found[size] = bench.measure(options.seconds, options.late)
        print(f"{options.open:,} open leads, {size:,} leads of history", flush=True)
        for name, value in found[size].items():
            print(f"  {name}: {value:.1f}", flush=True)
    smallest, largest = min(found), max(found)
    for name in found[smallest] if smallest != largest else ():
        ratio = found[largest][name] / max(found[smallest][name], 0.1)
        print(f"{name}, {largest:,} against {smallest:,}: {ratio:.2f}", flush=True)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--open", type=int, default=10_000)
    parser.add_argument("--history", type=int, nargs="+", default=[10_000])
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--late", type=int, default=200)
    parser.add_argument("--database", default="")
    options = parser.parse_args()
    with stage.home() as folder, stage.cleared(options.database):
        env = stage.settings_env(folder, stage.free_port(), LUXE_DATABASE_URL=options.database)
        app = stage.app_in(env)
        run(app, options)
        app.db.engine.dispose()


if __name__ == "__main__":
    main()
