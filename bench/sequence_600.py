"""The fourteen-day sequence at 600 times speed, through the real processes, on both databases at once.

Starts gateway, scheduler and simulator for each database with the same made-up clock, sends the same form to each,
waits until fourteen product days have passed (34 minutes of real time), and compares what the phones got.
Exits with 1 when the two differ, a text came at night, or more than three came in 24 hours.
"""

import argparse
import json
import sys
import time
import urllib.request
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bench import stage

START = "2026-11-23T09:00:00-05:00"
DAYS = 14.3
PHONE = "+14075550155"
ZONE = ZoneInfo("America/New_York")
FORM = {
    "source": "website",
    "form_type": "consultation_request",
    "external_id": "sequence-1",
    "contact": {"first_name": "Omar", "last_name": "Reyes", "phone": PHONE, "email": "omar@example.com"},
    "fields": {"treatment": "botox", "timeframe": "this_week"},
    "consent": {
        "sms_transactional": True,
        "sms_marketing": True,
        "text": "I agree to receive texts from Luxe Medical Spa LLC at the number provided.",
        "version": "2026-10",
    },
}


@dataclass(frozen=True)
class Side:
    """One database under test."""

    name: str
    gateway: str
    simulator: str
    key: str


def start(stack: ExitStack, name: str, database_url: str, origin: float, speed: float) -> Side:
    """Start the processes of one side."""
    folder = stack.enter_context(stage.home())
    ports = {"LUXE_SIMULATOR_PORT": str(stage.free_port())}
    env = stage.settings_env(folder, int(ports["LUXE_SIMULATOR_PORT"]), LUXE_DATABASE_URL=database_url)
    env |= {"LUXE_CLOCK": f"{START}@{speed}", "LUXE_CLOCK_ORIGIN": str(origin)}
    env["LUXE_FORM_KEYS"] = json.dumps({"generic": {"key": "bench-key"}})
    stage.luxe(env, "migrate")
    stage.luxe(env, "seed")
    for process in ("simulator", "gateway", "scheduler"):
        stack.enter_context(stage.process(process, env=env, log=folder / f"{process}.log"))
    side = Side(
        name,
        f"http://127.0.0.1:{env['LUXE_GATEWAY_PORT']}",
        f"http://127.0.0.1:{env['LUXE_SIMULATOR_PORT']}",
        "bench-key",
    )
    stage.wait_until(f"{name}: gateway", lambda: stage.answers(f"{side.gateway}/healthz"))
    return side


def submit(side: Side) -> None:
    """Send the form."""
    body = json.dumps(FORM).encode()
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(f"{side.gateway}/webhooks/forms/generic/{side.key}", body, headers)
    with urllib.request.urlopen(request, timeout=20) as answer:
        assert answer.status == 201, answer.status


def texts(side: Side) -> list[tuple[datetime, str]]:
    """(product time, words) of every text that the patient's phone got."""
    with urllib.request.urlopen(f"{side.simulator}/control/messages", timeout=20) as answer:
        document = json.load(answer)
    rows = document["messages"] if isinstance(document, dict) else document
    return [(datetime.fromisoformat(row["clock_at"]), row["body"]) for row in rows if row["to"] == PHONE]


def problems(side: Side, got: list[tuple[datetime, str]]) -> list[str]:
    """What quiet hours or the cap would not have allowed. The first text answers the form and may come at any hour."""
    found = [f"{side.name}: at night, {at}" for at, _ in got[1:] if not 8 <= at.astimezone(ZONE).hour < 21]
    for at, _ in got:
        if sum(at - timedelta(hours=24) < other <= at for other, _ in got) > 3:
            found.append(f"{side.name}: more than three in the 24 hours before {at}")
    return found


def main() -> int:
    """Run, print what was sent when, and compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--postgres", default="", help="address of an empty database")
    parser.add_argument("--speed", type=float, default=600)
    options = parser.parse_args()
    databases = {"SQLite": ""} | ({"PostgreSQL": options.postgres} if options.postgres else {})
    origin = time.time() + 40
    with ExitStack() as stack:
        sides = [start(stack, name, url, origin, options.speed) for name, url in databases.items()]
        time.sleep(max(0.0, origin - time.time()))
        for side in sides:
            submit(side)
        time.sleep(DAYS * 86400 / options.speed)
        results = {side.name: texts(side) for side in sides}
        wrong = [problem for side in sides for problem in problems(side, results[side.name])]
    for name, got in results.items():
        print(f"{name}: {len(got)} texts")
        for at, words in got:
            print(f"  {at.astimezone(ZONE):%a %b %d %H:%M}  {words[:60]}")
    sequences = [[words.split(" by ")[0][:40] for _, words in got] for got in results.values()]
    if any(sequence != sequences[0] for sequence in sequences):
        wrong.append("the databases differ")
    print("\n".join(wrong) or "no text at night, never more than three in 24 hours, both alike")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
