"""From a form's POST to the provider reading the text, with 100,000 patients and 100,000 pending actions.

Alone (one form at a time), at 50 forms a second, and while 6,000 bulk texts drain; through the real gateway and
scheduler as processes of their own, on SQLite and, with `--database ADDRESS`, on PostgreSQL. Also: start-up times and
memory of both. `--patients N` for a smaller history.
"""

import argparse
import http.client
import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta

from bench import stage
from bench.crowd import numbers
from core.app import App
from core.messaging.actions import Lane, NewAction, Purpose
from core.messaging.store import planning as messaging

PATIENTS = 100_000
PENDING = 100_000
ALONE = 100
RATE = 50
SECONDS = 20
BULK = 6_000
BESIDE_BULK = 50
LATENCY_MS = 60
KEY = "bench-key"
# Canadian area codes: the made-up history uses those of the United States, so these people are new.
CODES = (
    204,
    226,
    236,
    249,
    250,
    289,
    306,
    343,
    365,
    403,
    416,
    418,
    431,
    437,
    438,
    450,
    506,
    514,
    519,
    548,
    579,
    581,
    587,
    604,
)


@dataclass(frozen=True)
class Stage:
    """A running gateway and scheduler."""

    app: App
    port: int
    provider: int
    pids: dict[str, int]
    started_seconds: dict[str, float]


def phone(number: int) -> str:
    """A made-up number that nobody in the history has."""
    return f"+1{CODES[number // 100]}55501{number % 100:02d}"


def form(number: int) -> bytes:
    """A consultation request with both consents."""
    document = {
        "source": "website",
        "form_type": "consultation_request",
        "external_id": f"bench-{number}",
        "contact": {
            "first_name": "Pat",
            "last_name": f"Bench{number}",
            "phone": phone(number),
            "email": f"pat{number}@example.com",
        },
        "fields": {"treatment": "botox", "timeframe": "this_week"},
        "consent": {
            "sms_transactional": True,
            "sms_marketing": True,
            "text": "I agree to texts.",
            "version": "1",
        },
        "utm": {"utm_source": "google", "utm_campaign": "bench"},
    }
    return json.dumps(document).encode()


def post(port: int, number: int) -> float:
    """Send one form; when its POST began, in seconds since 1970."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    body = form(number)
    began = time.time()
    connection.request("POST", f"/webhooks/forms/generic/{KEY}", body, {"Content-Type": "application/json"})
    status = connection.getresponse().status
    connection.close()
    if status != 201:
        raise RuntimeError(f"form {number} was answered with {status}")
    return began


def fill(app: App) -> None:
    """Pending actions far in the future, as an import of a large campaign would leave them."""
    now = app.clock.now()
    for start in range(0, PENDING, 5000):
        actions = [
            NewAction(
                key=f"pending:{n}",
                kind="text",
                due_at=now + timedelta(days=20, seconds=n),
                purpose=Purpose.MARKETING,
                lane=Lane(n % 3),
                template="lead_reviews",
            )
            for n in range(start, start + 5000)
        ]
        with app.db.write() as session:
            messaging.plan_many(session, actions, now)


@contextmanager
def running(database_url: str, patients: int) -> Iterator[Stage]:
    """History, pending actions, and the two processes."""
    with ExitStack() as stack:
        folder = stack.enter_context(stage.home())
        provider = stage.free_port()
        env = stage.settings_env(folder, provider, LUXE_DATABASE_URL=database_url)
        env["LUXE_FORM_KEYS"] = json.dumps({"generic": {"key": KEY}})
        stage.history(env, patients)
        app = stage.app_in(env)
        fill(app)
        started = stack.enter_context(stage.clinic(env, LATENCY_MS, folder / "log"))
        pids = {name: pid for name, (pid, _) in started.items()}
        seconds = {name: took for name, (_, took) in started.items()}
        yield Stage(app, int(env["LUXE_GATEWAY_PORT"]), provider, pids, seconds)


def latencies(began: dict[int, float], provider: int) -> list[float]:
    """Milliseconds from each POST to the provider reading that patient's text."""
    wanted = {phone(number): at for number, at in began.items()}

    def arrived() -> dict[str, float]:
        return {to: at for at, to in reversed(stage.received(provider)) if to in wanted}

    stage.wait_until("every text", lambda: len(arrived()) == len(wanted), 60)
    return [(at - wanted[to]) * 1000 for to, at in arrived().items()]


def alone(where: Stage) -> list[float]:
    """One form at a time."""
    began = {}
    for number in range(ALONE):
        began[number] = post(where.port, number)
        time.sleep(0.15)
    return latencies(began, where.provider)


def at_rate(where: Stage) -> list[float]:
    """RATE forms a second, each sent when its time has come whether or not earlier ones were answered."""
    forms = range(ALONE, ALONE + RATE * SECONDS)
    start = time.time() + 0.5

    def send(number: int) -> tuple[int, float]:
        time.sleep(max(0.0, start + (number - ALONE) / RATE - time.time()))
        return number, post(where.port, number)

    with ThreadPoolExecutor(RATE) as pool:
        began = dict(pool.map(send, forms))
    return latencies(began, where.provider)


def beside_bulk(where: Stage) -> list[float]:
    """Forms ten times a second while a burst of bulk texts drains."""
    now = where.app.clock.now()
    burst = [
        NewAction(f"bulk:{n}", "text", now, Purpose.MANUAL, phone=to, body=f"Hello {n}")
        for n, to in enumerate(numbers(BULK))
    ]
    with where.app.db.write() as session:
        messaging.plan_many(session, burst, now)
    bulk = {action.phone for action in burst}
    began = {}
    for number in range(ALONE + RATE * SECONDS, ALONE + RATE * SECONDS + BESIDE_BULK):
        began[number] = post(where.port, number)
        time.sleep(0.1)
    left = BULK - sum(1 for _, to in stage.received(where.provider) if to in bulk)
    print(f"the burst was still draining when the last form came: {left > 0}", flush=True)
    return latencies(began, where.provider)


def measure(database_url: str = "", patients: int = PATIENTS) -> dict[str, float]:
    """The figures of one database."""
    with running(database_url, patients) as where:
        post(where.port, 2300)  # the very first one loads what is loaded once
        stage.wait_until_calm(where.pids.values())
        one, many, beside = alone(where), at_rate(where), beside_bulk(where)
        memory = {f"{name}_mb": stage.rss_mb(pid) for name, pid in where.pids.items()}
    return {
        "alone_p50_ms": stage.percentile(one, 0.5),
        "alone_p99_ms": stage.percentile(one, 0.99),
        f"at_{RATE}_a_second_p50_ms": stage.percentile(many, 0.5),
        f"at_{RATE}_a_second_p99_ms": stage.percentile(many, 0.99),
        "beside_bulk_p50_ms": stage.percentile(beside, 0.5),
        "beside_bulk_p99_ms": stage.percentile(beside, 0.99),
        **memory,
        **{f"{name}_start_s": seconds for name, seconds in where.started_seconds.items()},
    }


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", default="")
    parser.add_argument("--patients", type=int, default=PATIENTS)
    options = parser.parse_args()
    figures = measure(options.database, options.patients)
    print(
        "PostgreSQL" if options.database else "SQLite",
        {name: round(value, 1) for name, value in figures.items()},
    )


if __name__ == "__main__":
    main()
