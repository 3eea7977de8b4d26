"""The leaderboard's and the speed screen's reads over 10,000 leads with 40,000 clocks, and over a long history.

    python -m bench.leaderboard [--history 10000 1000000] [--postgres ADDRESS]

The period always holds 10,000 leads; what grows is what lies before it. Both reads are asked as a manager, warm.
"""

import argparse
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from random import Random
from statistics import median
from typing import Any

from sqlalchemy import Table, insert, select

from bench import stage
from core.app import App
from core.assignment.tables import assignments
from core.db.migrate import migrate
from core.domain.ids import new_id
from core.domain.roles import Actor, Role
from core.leads.tables import leads
from core.messaging.tables import sms_messages
from core.reads import leaderboard, speed
from core.reads.parts.periods import period
from core.reads.parts.scopes import Scope
from core.sla.tables import sla_clocks
from core.staff.tables import staff
from tests.factories import put
from tests.reads.made_up import add_patient

LOOKER = Actor("bench", "Bench", Role.MANAGER)
WITHIN = 10_000  # leads of the period
PEOPLE = 30
BATCH = 5000
REPEATS = 15
TARGETS = ("first_contact", "first_conversation", "next_reply", "qualification")
MINUTE = timedelta(minutes=1)
Rows = dict[Table, list[dict[str, Any]]]


@contextmanager
def database(url: str) -> Iterator[tuple[App, str]]:
    """An empty product with a team, and its one patient."""
    with stage.home() as folder, stage.cleared(url):
        app = stage.app_in(stage.settings_env(folder, stage.free_port(), LUXE_DATABASE_URL=url))
        migrate(app.db)
        with app.db.write() as session:
            now = app.clock.now()
            session.execute(insert(staff), [_member(number, now) for number in range(PEOPLE)])
            patient = add_patient(session, now)
        yield app, patient


def _member(number: int, now: datetime) -> dict[str, Any]:
    return {
        "id": f"staff-{number}", "username": f"staff{number}", "name": f"Person {number}", "role": "frontdesk",
        "password_hash": "!", "skills": [], "hours": {}, "alert_channels": [], "created_at": now,
        "location": "downtown",
    }  # fmt: skip


def fill(app: App, patient: str, many: int, first: datetime, last: datetime) -> None:
    """`many` leads evenly from `first` to `last`: nine of ten contacted, one of four late, a third booked."""
    dice, step = Random(many), (last - first) / many
    for start in range(0, many, BATCH):
        rows: Rows = {leads: [], sla_clocks: [], assignments: []}
        for number in range(start, min(many, start + BATCH)):
            _lead(rows, patient, first + number * step, dice)
        with app.db.engine.begin() as connection:
            for table, its in rows.items():
                connection.execute(insert(table), its)


def confirm(app: App, patient: str) -> None:
    """A confirmation for each lead, within seconds."""
    dice = Random(2)
    with app.db.write() as session:
        for lead_id, at in session.execute(select(leads.c.id, leads.c.created_at)).all():
            row = {
                "id": new_id(at), "lead_id": lead_id, "patient_id": patient, "direction": "outbound", "segments": 1,
                "purpose": "confirmation", "created_at": at, "sent_at": at + timedelta(seconds=dice.expovariate(2)),
                "media_count": 0, "status": "delivered", "status_rank": 10, "origin": "automatic",
                "message_body": "Hello", "phone": "+15125550100", "phone_index": "bench",
            }  # fmt: skip
            put(session, sms_messages, **row)


def _lead(rows: Rows, patient: str, at: datetime, dice: Random) -> None:
    lead_id, who = new_id(at), f"staff-{dice.randrange(PEOPLE)}"
    tried = at + dice.expovariate(1 / 4) * MINUTE if dice.random() < 0.9 else None
    due = at + 5 * MINUTE
    rows[leads].append(
        {
            "id": lead_id, "patient_id": patient, "created_at": at, "updated_at": at, "state": "open",
            "form_type": "lead_capture", "treatment": "botox", "temperature": dice.choice(("hot", "warm", "cold")),
            "priority": 3, "location": dice.choice(("downtown", "westlake")), "source": "website", "owner_id": who,
            "assigned_at": at, "viewed_at": at + MINUTE, "attempted_at": tried,
            "booked_at": tried if tried and dice.random() < 0.3 else None, "value_cents": 100_000,
            "last_event_at": at, "last_event_kind": "submitted", "last_event_by": "patient",
        }
    )  # fmt: skip
    rows[assignments].append(
        {"id": new_id(at), "lead_id": lead_id, "staff_id": who, "at": at, "rule": "By turn", "trace": TRACE}
    )
    for target in TARGETS:
        state = "void" if tried is None else "met" if tried <= due else "missed"
        late = due if state != "met" else None
        rows[sla_clocks].append(
            {
                "id": new_id(at), "lead_id": lead_id, "target": target, "round": 1, "policy": "Any lead",
                "target_seconds": 300, "started_at": at, "due_at": due, "state": state,
                "ended_at": tried or due + timedelta(days=2), "ended_by": who if tried else None, "breached_at": late,
            }
        )  # fmt: skip


# As long as those of a clinic with thirty people.
TRACE = [
    {"staff_id": f"staff-{n}", "name": f"Person {n}", "chosen": n == 0, "why": "2 open leads, Person 0 has 1"}
    for n in range(PEOPLE)
]


def timed(work: Callable[[], object]) -> tuple[float, float, float]:
    """Milliseconds of several runs after one that warms up: median, slowest, and of this process's CPU the median."""
    work()
    wall, cpu = [], []
    for _ in range(REPEATS):
        began, used = time.perf_counter(), time.process_time()
        work()
        cpu.append((time.process_time() - used) * 1000)
        wall.append((time.perf_counter() - began) * 1000)
    return median(wall), max(wall), median(cpu)


def measure(app: App) -> dict[str, tuple[float, float, float]]:
    """What `timed` gives of each read."""
    now = app.clock.now()
    its = period("30", app.settings.zone, now)

    def ask(read: Any) -> Any:
        with app.db.read() as session:
            return read(session, LOOKER, app.reference, its, Scope(), False)

    board = ask(leaderboard.read)
    assert board.everyone.leads == WITHIN, board.everyone.leads
    return {name: timed(partial(ask, read)) for name, read in READS.items()}


READS = {"leaderboard": leaderboard.read, "speed": speed.read}


def run(url: str, histories: list[int]) -> None:
    """One database, its history growing."""
    with database(url) as (app, patient):
        now = app.clock.now()
        first = period("30", app.settings.zone, now).start
        fill(app, patient, WITHIN, first, now)
        confirm(app, patient)
        before, there = first, 0
        for history in histories:
            began = time.monotonic()
            more = max(0, history - there)
            if more:
                start = before - timedelta(days=365 * more / max(histories))
                fill(app, patient, more, start, before)
                before, there = start, history
            _settle(app)
            made = time.monotonic() - began
            for name, (middle, slowest, cpu) in measure(app).items():
                print(
                    f"{app.db.engine.dialect.name}, {WITHIN:,} leads in the period, {there:,} before it: {name} "
                    f"median {middle:.0f} ms, slowest {slowest:.0f} ms, CPU {cpu:.0f} ms  (made in {made:.0f} s)",
                    flush=True,
                )


def _settle(app: App) -> None:
    """What a database knows of its tables by itself after a night."""
    with app.db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")


def main() -> None:
    """Print the figures for SQLite and, where an address is given, for PostgreSQL."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--history", type=int, nargs="+", default=[10_000, 1_000_000])
    parser.add_argument("--postgres", default="")
    options = parser.parse_args()
    os.environ.setdefault("TZ", "UTC")
    for url in filter(None, ("sqlite", options.postgres)):
        run("" if url == "sqlite" else url, options.history)


if __name__ == "__main__":
    main()
