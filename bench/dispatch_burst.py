"""5,000 texts due at one moment: our scheduler against its own HTTP client in a bare loop, in turn, in one run.

Both make the same number of calls at once. The bare loop only sends; ours also claims, decides by consent, hours and
cap, writes intents, results, timeline and counters, and encrypts what it writes. `python -m bench.dispatch_burst
[--slots 64 200] [--postgres ADDRESS]`.
"""

import argparse
import asyncio
import json
import time
from datetime import timedelta
from pathlib import Path
from statistics import median

import uvloop

from bench import stage
from bench.crowd import Crowd, numbers
from core.adapters.twilio import TwilioSms
from core.app import App
from core.db.migrate import migrate
from core.domain.ports import OutgoingText
from core.messaging.actions import Lane

TEXTS = 5000
LATENCY_MS = 60
ROUNDS = 3
AHEAD_SECONDS = 6
SETTLES_SECONDS = 4  # what a scheduler does once, after its start, is no cost of a text


def ours(crowd: Crowd, app: App, port: int, run: int) -> float:
    """Texts a second from the due moment to the last arrival."""
    due = app.clock.now() + timedelta(seconds=AHEAD_SECONDS)
    crowd.plan([(due, phone, f"Hello {n}") for n, phone in enumerate(numbers(TEXTS))], Lane.BULK, f"r{run}")
    return _rate(port, due.timestamp())


def _rate(port: int, started: float) -> float:
    stage.wait_until("the last text", lambda: stage.count(port) >= TEXTS, 120)
    arrivals = [at for at, _ in stage.received(port)]
    stage.forget(port)
    return TEXTS / (max(arrivals) - started)


def bare(app: App, port: int, slots: int) -> float:
    """The same calls, and nothing else."""
    return uvloop.run(_bare(app, port, slots))


async def _bare(app: App, port: int, slots: int) -> float:
    sms = TwilioSms(app.settings)
    texts = iter([OutgoingText(f"id-{n}", 1, phone, f"Hello {n}") for n, phone in enumerate(numbers(TEXTS))])

    async def worker() -> None:
        for text in texts:
            await sms.send(text)

    started = time.time()
    await asyncio.gather(*(worker() for _ in range(slots)))
    await sms.aclose()
    return await asyncio.to_thread(_rate, port, started)


def measure(slots: int, database_url: str = "", rounds: int = ROUNDS) -> dict[str, float]:
    """Medians over the rounds; ratios are taken round by round."""
    port = stage.free_port()
    with stage.home() as folder, stage.cleared(database_url):
        env = stage.settings_env(folder, port, LUXE_SLOTS=str(slots), LUXE_DATABASE_URL=database_url)
        app = stage.app_in(env)
        migrate(app.db)
        crowd = Crowd(app)
        crowd.meet(numbers(TEXTS))
        log = folder / "log"
        with (
            stage.process("bench.provider", str(port), str(LATENCY_MS), env={}, log=log),
            stage.process("scheduler", env=env, log=log) as scheduler,
        ):
            stage.wait_until("the scheduler", lambda: b"scheduler_started" in log.read_bytes())
            time.sleep(SETTLES_SECONDS)
            results = []
            for run in range(rounds):
                cpu = stage.cpu_seconds(scheduler.pid)
                server = stage.server_cpu(app)
                rate = ours(crowd, app, port, run)
                time.sleep(0.5)
                spent = stage.cpu_seconds(scheduler.pid) - cpu
                served = stage.server_cpu(app) - server
                results.append((rate, bare(app, port, slots), spent / TEXTS * 1000, served / TEXTS * 1000))
            print(Path(log).read_text()[-600:] if not results else "", end="")
    bound = slots / LATENCY_MS * 1000
    return {
        "slots": slots,
        "ours_per_second": median(r[0] for r in results),
        "bare_per_second": median(r[1] for r in results),
        "of_bare": median(r[0] / r[1] for r in results),
        "of_bound": median(r[0] for r in results) / bound,
        "cpu_ms_per_text": median(r[2] for r in results),
        "server_cpu_ms_per_text": median(r[3] for r in results),
    }


def main() -> None:
    """Print the figures for SQLite and, where an address is given, for PostgreSQL."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--slots", type=int, nargs="*", default=[64, 200])
    parser.add_argument("--postgres", default="")
    parser.add_argument("--only-postgres", action="store_true")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args()
    for url in ["", options.postgres][options.only_postgres : 1 + bool(options.postgres)]:
        for slots in options.slots:
            figures = measure(slots, url, options.rounds)
            name = "PostgreSQL" if url else "SQLite"
            print(name, json.dumps({key: round(value, 3) for key, value in figures.items()}), flush=True)


if __name__ == "__main__":
    main()
