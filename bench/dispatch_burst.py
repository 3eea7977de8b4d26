"""2,000 texts due at one moment: our scheduler against the official client in a bare loop, in turn, in one run.

Both use the same number of concurrent calls and the same pooled transport of the official client. The bare loop
only sends; ours also claims, decides, writes intents, results, timeline and statuses.
"""

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from statistics import median

from requests.adapters import HTTPAdapter
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from bench import stage
from core.app import App
from core.db.migrate import migrate
from core.messaging import store as messaging
from core.messaging.actions import Lane, NewAction, Purpose

TEXTS = 2000
SLOTS = 32
LATENCY_MS = 60
ROUNDS = 3
BULK_SHARE_FREE = (
    4 / 3
)  # bulk texts leave one slot in four free: give ours as many working slots as the bare loop has


def phones(count: int) -> list[str]:
    """Made-up numbers: the 100 fictional lines of several area codes."""
    codes = (
        205,
        212,
        213,
        214,
        303,
        305,
        312,
        404,
        407,
        415,
        512,
        602,
        612,
        617,
        702,
        713,
        720,
        786,
        818,
        917,
        972,
    )
    return [f"+1{code}55501{line:02d}" for code in codes for line in range(100)][:count]


def ours(app: App, port: int, run: int) -> float:
    """Texts a second from the due moment to the last arrival."""
    now = app.clock.now()
    due = now + timedelta(seconds=4)
    actions = [
        NewAction(
            key=f"bench:{run}:{n}",
            kind="text",
            due_at=due,
            purpose=Purpose.MANUAL,
            lane=Lane.INSTANT,
            phone=phone,
            body=f"Hello {n}",
        )
        for n, phone in enumerate(phones(TEXTS))
    ]
    with app.db.write() as session:
        messaging.plan_all(session, actions, now)
    return _rate(port, due.timestamp())


def _rate(port: int, started: float) -> float:
    stage.wait_until("the last text", lambda: len(stage.received(port)) >= TEXTS, 40)
    arrivals = [at for at, _ in stage.received(port)]
    stage.forget(port)
    return TEXTS / (max(arrivals) - started)


def bare(app: App, port: int) -> float:
    """The same texts through the official client alone, its own transport given a pool of the same width."""
    transport = TwilioHttpClient(timeout=10)
    transport.session.mount("http://", HTTPAdapter(pool_maxsize=SLOTS, pool_block=True))
    client = Client(app.settings.account_sid, app.settings.auth_token, http_client=transport)
    client.api.base_url = app.settings.twilio_api
    create = client.messages.create

    def send(phone: str) -> None:
        create(
            to=phone,
            from_=app.settings.sender,
            body="Hello",
            status_callback=f"{app.settings.public}/twilio/status",
        )

    started = time.time()
    with ThreadPoolExecutor(SLOTS) as pool:
        list(pool.map(send, phones(TEXTS)))
    return _rate(port, started)


def measure(database_url: str = "") -> dict[str, float]:
    """Median rates of both and the median of the ratios, run by run."""
    port = stage.free_port()
    with stage.home() as folder:
        env = stage.settings_env(folder, port, LUXE_SLOTS=str(SLOTS), LUXE_DATABASE_URL=database_url)
        app = stage.app_in(env)
        migrate(app.db)
        log = folder / "log"
        with (
            stage.process("bench.provider", str(port), str(LATENCY_MS), env={}, log=log),
            stage.process("scheduler", env=env, log=log) as scheduler,
        ):
            time.sleep(4)
            cpu_before = stage.cpu_seconds(scheduler.pid)
            rates = [(ours(app, port, run), bare(app, port)) for run in range(ROUNDS)]
            cpu = (stage.cpu_seconds(scheduler.pid) - cpu_before) / (TEXTS * ROUNDS) * 1000
    return {
        "ours_per_second": median(r[0] for r in rates),
        "bare_per_second": median(r[1] for r in rates),
        "ratio": median(r[0] / r[1] for r in rates),
        "bound_per_second": SLOTS / LATENCY_MS * 1000,
        "cpu_ms_per_text": cpu,
    }


def main() -> None:
    """Print the figures for SQLite, and for the PostgreSQL address given as the first argument."""
    for url in ["", *sys.argv[1:2]]:
        figures = measure(url)
        print(("PostgreSQL" if url else "SQLite"), {name: round(value, 2) for name, value in figures.items()})


if __name__ == "__main__":
    main()
