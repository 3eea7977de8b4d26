"""Free times of a month for 30 providers, beside a short and a long history of appointments.

    python -m bench.free_times [--history 1000 100000] [--postgres ADDRESS]

The month is always as full; what grows is what lies before it and after it. Each figure is the median of warm rounds,
in milliseconds of one core's time and of the wall.
"""

import argparse
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from random import Random
from statistics import median
from typing import Any

from sqlalchemy import insert

from bench import stage
from core import free_times
from core.app import App
from core.booking.tables import reservations
from core.db.migrate import migrate
from core.domain.hours import A_DAY
from core.domain.ids import new_id
from core.free_times import Wish
from core.staff.tables import staff

PROVIDERS, MONTH = 30, timedelta(days=31)
ROUNDS, BATCH = 25, 5000
MINUTE = timedelta(minutes=1)
WEEK = {str(day): ["09:00-13:00", "14:00-18:00"] for day in range(6)}


@contextmanager
def clinic(url: str) -> Iterator[App]:
    """An empty product whose 30 providers give facials."""
    with stage.home() as folder, stage.cleared(url):
        app = stage.app_in(stage.settings_env(folder, stage.free_port(), LUXE_DATABASE_URL=url))
        migrate(app.db)
        with app.db.write() as session:
            session.execute(insert(staff), [provider(number, app.clock.now()) for number in range(PROVIDERS)])
        yield app


def provider(number: int, now: datetime) -> dict[str, Any]:
    """Somebody who gives facials downtown."""
    return {
        "id": f"provider-{number}", "username": f"provider{number}", "name": f"Person {number}", "role": "provider",
        "password_hash": "!", "skills": ["skin"], "hours": WEEK, "alert_channels": [], "created_at": now,
        "location": "downtown",
    }  # fmt: skip


def fill(app: App, first: datetime, days: int, share: float) -> int:
    """Visits of 50 minutes on the hour on `share` of everybody's hours; how many."""
    dice, rows = Random(days), []
    for day in range(days):
        for number in range(PROVIDERS):
            rows += [
                _reservation(f"staff:provider-{number}", first + day * A_DAY + hour * 60 * MINUTE, first)
                for hour in range(9)
                if dice.random() < share
            ]
    with app.db.engine.begin() as connection:
        for start in range(0, len(rows), BATCH):
            connection.execute(insert(reservations), rows[start : start + BATCH])
    return len(rows)


def _reservation(resource: str, at: datetime, now: datetime) -> dict[str, Any]:
    return {
        "id": new_id(now), "resource": resource, "starts_at": at, "ends_at": at + 60 * MINUTE, "owner_kind": "visit",
        "owner_id": "bench",
    }  # fmt: skip


def measure(app: App, now: datetime) -> tuple[float, float, int]:
    """Milliseconds of CPU and of the wall for a month with anyone, and how many times are free."""
    wish = Wish(app.reference.bookable.services["hydrafacial"], "downtown")
    cpu, wall, found = [], [], 0
    for _ in range(ROUNDS):
        cpu_began, began = time.process_time(), time.perf_counter()
        with app.db.read() as session:
            found = len(free_times.read(session, app.reference, now, now + MONTH, now).free(wish))
        cpu.append(time.process_time() - cpu_began)
        wall.append(time.perf_counter() - began)
    return 1000 * median(cpu), 1000 * median(wall), found


def run(url: str, history: int) -> tuple[float, float]:
    """One history on an empty database."""
    with clinic(url) as app:
        now = app.clock.now().replace(hour=14, minute=0, second=0, microsecond=0)
        fill(app, now, 31, 0.6)
        days = max(1, int(history / (PROVIDERS * 9 * 0.8)))
        before = fill(app, now - (days + 2) * A_DAY, days, 0.8)
        cpu, wall, found = measure(app, now)
        kind = "SQLite" if app.db.is_sqlite else "PostgreSQL"
        print(
            f"{kind}, {before:,} before the month: {cpu:.1f} ms of CPU, {wall:.1f} ms; {found:,} times free"
        )
        return cpu, wall


def main() -> None:
    """Print each history's figures, and the longest against the shortest."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--history", type=int, nargs="+", default=[1000, 100_000])
    parser.add_argument("--postgres", default="")
    options = parser.parse_args()
    for url in ["", options.postgres] if options.postgres else [""]:
        found = [run(url, history) for history in options.history]
        print(
            f"longest against shortest: {found[-1][0] / found[0][0]:.2f} of CPU, {found[-1][1] / found[0][1]:.2f}"
        )


if __name__ == "__main__":
    main()
