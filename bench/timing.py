"""On time, in step and at rest: lateness at 50 a second, pacing at 100 a second, CPU and memory of an idle scheduler.

`python -m bench.timing [--postgres ADDRESS] [--pending 10000 1000000]`: each with that many rows planned for later.
"""

import argparse
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from subprocess import Popen

from bench import stage
from bench.crowd import Crowd, numbers
from core.app import App
from core.db.migrate import migrate
from core.messaging.actions import NewAction, Purpose
from core.messaging.store import planning as messaging

LATENCY_MS = 60
RATE, SECONDS = 50, 20
PACE, PACED = 100, 1500
IDLE_SECONDS = 30
BATCH = 5000


@dataclass
class Scene:
    """A database with `pending` rows for later, a provider and a scheduler."""

    app: App
    crowd: Crowd
    port: int
    scheduler: "Popen[bytes]"


@contextmanager
def scene(database_url: str, pending: int, rate: int = 0) -> Iterator[Scene]:
    """Everything running; `rate` is the sender's pace, which the provider enforces."""
    port = stage.free_port()
    with stage.home() as folder, stage.cleared(database_url):
        env = stage.settings_env(
            folder, port, LUXE_SLOTS="64", LUXE_DATABASE_URL=database_url, LUXE_SENDER_RATE=str(rate)
        )
        app = stage.app_in(env)
        migrate(app.db)
        fill(app, pending)
        crowd = Crowd(app)
        crowd.meet(numbers(max(RATE * SECONDS, PACED)))
        log: Path = folder / "log"
        with (
            stage.process("bench.provider", str(port), str(LATENCY_MS), str(rate), env={}, log=log),
            stage.process("scheduler", env=env, log=log) as scheduler,
        ):
            time.sleep(5)
            yield Scene(app, crowd, port, scheduler)


def fill(app: App, pending: int) -> None:
    """Rows that are due in a month and later."""
    first = app.clock.now() + timedelta(days=30)
    for start in range(0, pending, BATCH):
        batch = [
            NewAction(f"later:{n}", "text", first + timedelta(seconds=n), Purpose.MARKETING)
            for n in range(start, min(pending, start + BATCH))
        ]
        with app.db.write() as session:
            messaging.plan_many(session, batch, app.clock.now())


def lateness(database_url: str, pending: int) -> tuple[float, float]:
    """p50 and p99 of arrival at the provider minus due time, in ms."""
    with scene(database_url, pending) as on:
        phones = numbers(RATE * SECONDS)
        first = on.app.clock.now() + timedelta(seconds=5)
        due = [first + timedelta(seconds=n / RATE) for n in range(len(phones))]
        on.crowd.plan(
            [(at, phone, f"Hello {n}") for n, (at, phone) in enumerate(zip(due, phones, strict=True))]
        )
        stage.wait_until("the last text", lambda: stage.count(on.port) >= len(phones), 60)
        wanted = {phone: at.timestamp() for phone, at in zip(phones, due, strict=True)}
        late = [(at - wanted[to]) * 1000 for at, to in stage.received(on.port)]
    return stage.percentile(late, 0.5), stage.percentile(late, 0.99)


def pacing(database_url: str) -> tuple[float, int]:
    """Share of the allowed pace that was used, and how many calls the provider refused with 429."""
    with scene(database_url, 0, PACE) as on:
        due = on.app.clock.now() + timedelta(seconds=3)
        on.crowd.plan([(due, phone, f"Hello {n}") for n, phone in enumerate(numbers(PACED))])
        stage.wait_until("the last text", lambda: stage.count(on.port) >= PACED, 60)
        arrivals = sorted(at for at, _ in stage.received(on.port))
        refused = int(stage.get(on.port, "refused"))
    return (len(arrivals) - 1) / (arrivals[-1] - arrivals[0]) / PACE, refused


def idle(database_url: str, pending: int) -> dict[str, float]:
    """CPU in percent of a core, of the scheduler and of its database sessions, and memory at both ends in MB."""
    with scene(database_url, pending) as on:
        time.sleep(5)
        before = stage.cpu_seconds(on.scheduler.pid), stage.server_cpu(on.app), stage.rss_mb(on.scheduler.pid)
        time.sleep(IDLE_SECONDS)
        spent = stage.cpu_seconds(on.scheduler.pid) - before[0]
        served = stage.server_cpu(on.app) - before[1]
        return {
            "cpu_percent": spent / IDLE_SECONDS * 100,
            "server_cpu_percent": served / IDLE_SECONDS * 100,
            "mb_before": before[2],
            "mb_after": stage.rss_mb(on.scheduler.pid),
        }


def main() -> None:
    """Print the figures for SQLite and, where an address is given, for PostgreSQL."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--postgres", default="")
    parser.add_argument("--pending", type=int, nargs="*", default=[10_000, 1_000_000])
    parser.add_argument("--only", choices=["lateness", "pacing", "idle"], default="")
    options = parser.parse_args()
    for name, url in (("SQLite", ""), ("PostgreSQL", options.postgres)):
        if not url and name != "SQLite":
            continue
        if options.only in ("", "lateness"):
            for pending in options.pending:
                p50, p99 = lateness(url, pending)
                print(
                    f"{name} lateness with {pending} pending: p50 {p50:.1f} ms, p99 {p99:.1f} ms", flush=True
                )
        if options.only in ("", "pacing"):
            share, refused = pacing(url)
            print(f"{name} pacing: {share:.3f} of {PACE} a second, {refused} refused", flush=True)
        if options.only in ("", "idle"):
            figures = idle(url, max(options.pending))
            print(name, "idle", {key: round(value, 2) for key, value in figures.items()}, flush=True)


if __name__ == "__main__":
    main()
