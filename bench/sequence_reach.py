"""The numbers of the page Sequences with 100,000 people who entered one sequence in a year, eleven steps each.

    python -m bench.sequence_reach [--people 100000] [--postgres ADDRESS]

Told are milliseconds, median and slowest of several runs, of what the page asks for: the list of all sequences as it is
pushed, and the numbers beside the steps for 7 days, 30 days, a quarter and the whole year, from the steps themselves
and from the counts of the job; and how long the job takes. All are requests of one made-up patient: these reads do not
look at patients.
"""

import argparse
from collections.abc import Callable, Iterator
from datetime import time, timedelta
from random import Random
from time import perf_counter
from typing import Any

from sqlalchemy import insert, text

from bench import stage
from bench.queue_page import milliseconds
from core.app import App
from core.db.migrate import migrate
from core.db.sealing import sealed_rows
from core.domain.hours import at
from core.domain.roles import Actor, Role
from core.flows.analytics import counting_reach
from core.leads.tables import leads
from core.patients.tables import patients
from core.reads import sequences
from core.sequences.tables import enrollments

LOOKER = Actor("bench", "Bench", Role.MANAGER)
KEY, PATIENT = "lead", "p"
STEPS, BATCH, YEAR = 11, 10_000, timedelta(days=365)
UNDER_WAY = 0.03
SPANS = {"7 days": 7, "30 days": 30, "a quarter": 91, "a year": 365}
# How many steps each person reached stands in `moves`, which these reads do not look at.
STEPS_OF_ALL = """
INSERT INTO timed_actions (id, key, kind, lane, state, due_at, planned_for, purpose, audience, lead_id, enrollment_id,
    sequence, step, conditions, variables, attempts, reason, created_at)
SELECT e.id || '.' || s.n, e.id || '.' || s.n, 'text', 2,
    CASE WHEN s.n < e.moves + 10 THEN 'sent' WHEN e.state = 'active' THEN 'planned' ELSE 'cancelled' END,
    e.started_at, e.started_at, 'transactional', 'patient', e.lead_id, e.id, e.sequence, 'step-' || s.n, '[]', '{}', 1,
    CASE WHEN s.n < e.moves + 10 THEN 'due' ELSE coalesce(e.stop_reason, '') END, e.started_at
FROM enrollments e CROSS JOIN (WITH RECURSIVE s(n) AS (SELECT 10 UNION ALL SELECT n + 1 FROM s WHERE n < 20)
    SELECT n FROM s) s
"""


def people(app: App, count: int) -> Iterator[dict[str, Any]]:
    """Enrollments spread over the year; most stopped by a reply after some steps."""
    dice, now = Random(7), app.clock.now()
    for n in range(count):
        entered = now - YEAR * dice.random()
        active = dice.random() < UNDER_WAY
        yield {
            "id": f"e{n:07}",
            "lead_id": f"l{n:07}",
            "patient_id": PATIENT,
            "sequence": KEY,
            "version": 1 + n % 3,
            "occurrence": f"o{n}",
            "anchors": {},
            "moves": dice.randrange(STEPS + 1),
            "stops_on": ",reply,",
            "steps_aside": True,
            "state": "active" if active else "stopped",
            "started_at": entered,
            "ends_at": entered + timedelta(days=17),
            "stop_reason": None if active else dice.choice(("replied", "booked", "contacted")),
        }


def fill(app: App, count: int) -> None:
    rows = list(people(app, count))
    with app.db.write() as session:
        session.execute(insert(patients), sealed_rows(session, patients, [patient(app)]))
        for start in range(0, len(rows), BATCH):
            some = rows[start : start + BATCH]
            session.execute(insert(leads), [lead(row) for row in some])
            session.execute(insert(enrollments), some)
        session.execute(text(STEPS_OF_ALL))
    with app.db.write() as session:
        session.execute(text("ANALYZE"))


def patient(app: App) -> dict[str, Any]:
    now = app.clock.now()
    about = dict.fromkeys(("first_name", "last_name", "zone", "location", "status", "source"), "bench")
    return {"id": PATIENT, "created_at": now, "updated_at": now, "acquired_at": now, **about}


def lead(row: dict[str, Any]) -> dict[str, Any]:
    about = dict.fromkeys(("form_type", "temperature", "location", "source", "state"), "open")
    last = {"last_event_at": row["started_at"], "last_event_kind": "submitted", "last_event_by": "patient"}
    moments = dict.fromkeys(("created_at", "updated_at"), row["started_at"])
    return {"id": row["lead_id"], "patient_id": PATIENT, "priority": 3, **about, **last, **moments}


def measure(people_count: int, database_url: str = "") -> dict[str, tuple[float, float]]:
    with stage.home() as folder, stage.cleared(database_url):
        app = stage.app_in(stage.settings_env(folder, 1, LUXE_DATABASE_URL=database_url))
        migrate(app.db)
        fill(app, people_count)
        found = {"the list": milliseconds(lambda: listed(app))}
        for name, days in SPANS.items():
            found[f"{name}, uncounted"] = milliseconds(lambda days=days: reached(app, days))  # type: ignore[misc]
        print(f"counting all days {seconds(lambda: count_all(app)):.1f} s")
        print(f"counting again, nothing moved {seconds(lambda: count_all(app)):.2f} s")
        for name, days in SPANS.items():
            found[name] = milliseconds(lambda days=days: reached(app, days))  # type: ignore[misc]
    return found


def count_all(app: App) -> int:
    return counting_reach.count_reach(app, now=app.clock.now())


def listed(app: App) -> object:
    with app.db.read() as session:
        return sequences.read(session, LOOKER)


def reached(app: App, days: int) -> object:
    zone, now = app.reference.clinic.zone, app.clock.now()
    since = at(now.astimezone(zone).date() - timedelta(days=days), time.min, zone)
    with app.db.read() as session:
        return sequences.reach(session, LOOKER, KEY, since, zone=zone, now=now)


def seconds(act: Callable[[], object]) -> float:
    began = perf_counter()
    act()
    return perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--postgres", default="", help="address of a database, which is emptied")
    chosen = parser.parse_args()
    for name, (middle, slowest) in measure(chosen.people, chosen.postgres).items():
        print(f"{name:<24} {middle:8.1f} ms, slowest {slowest:8.1f} ms")


if __name__ == "__main__":
    main()
