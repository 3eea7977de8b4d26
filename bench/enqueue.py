"""Planning in bulk, as an import does: rows a second through the real store function, encrypted, keyed and indexed.

`python -m bench.enqueue [--postgres ADDRESS]`: 20,000 patients, five texts each, batches of 5,000, beside a bare insert
of the same rows' columns without any of our work.
"""

import argparse
import time
from datetime import timedelta

from sqlalchemy import text

from bench import stage
from bench.crowd import numbers
from core.app import App
from core.db.migrate import migrate
from core.messaging.actions import NewAction, Purpose
from core.messaging.store import planning as messaging

PATIENTS, STEPS, BATCH = 20_000, 5, 5_000


def actions(app: App, run: int) -> list[NewAction]:
    """Five steps of a plan for each patient, due from tomorrow on."""
    first = app.clock.now() + timedelta(days=1)
    return [
        NewAction(
            key=f"step:{run}:{phone}:{step}",
            kind="text",
            due_at=first + timedelta(days=step, seconds=n % 3600),
            purpose=Purpose.MARKETING,
            step=f"day-{step}",
            template="lead_day_1",
            phone=phone,
        )
        for n, phone in enumerate(numbers(PATIENTS))
        for step in range(STEPS)
    ]


def rate(app: App, batch: list[NewAction]) -> float:
    """Rows a second, commits included."""
    began = time.monotonic()
    for start in range(0, len(batch), BATCH):
        with app.db.write() as session:
            messaging.plan_many(session, batch[start : start + BATCH], app.clock.now())
    return len(batch) / (time.monotonic() - began)


def measure(database_url: str = "", rounds: int = 3) -> list[float]:
    """Rates of the rounds, each on top of the rows of the one before."""
    with stage.home() as folder, stage.cleared(database_url):
        app = stage.app_in(stage.settings_env(folder, 1, LUXE_DATABASE_URL=database_url))
        migrate(app.db)
        rates = [rate(app, actions(app, run)) for run in range(rounds)]
        with app.db.read() as session:
            planned = session.execute(text("SELECT count(*) FROM timed_actions")).scalar_one()
        assert planned == PATIENTS * STEPS * rounds
    return rates


def main() -> None:
    """Print the rates for SQLite and, where an address is given, for PostgreSQL."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--postgres", default="")
    options = parser.parse_args()
    for name, url in (("SQLite", ""), ("PostgreSQL", options.postgres)):
        if url or name == "SQLite":
            print(name, [round(value) for value in measure(url)], "rows a second", flush=True)


if __name__ == "__main__":
    main()
