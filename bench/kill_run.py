"""SIGKILL at random while forms come in: none accepted may be lost, no text may be sent twice.

Gateway, scheduler, console and simulator run as processes; one of them, drawn by a seeded die, is killed every
few seconds and started again at once. The sender repeats a form whose answer was lost, as real ones do.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import func, select

from bench import stage
from core.app import App
from core.intake.tables import form_submissions
from core.leads.tables import leads
from core.messaging.tables import timed_actions

KEY = "kill-key"
CODES = (205, 212, 213, 214, 303, 305, 312, 404, 407, 415)
KILLED = {"gateway": 3, "scheduler": 4, "console": 1, "simulator": 1}
GIVE_UP_SECONDS = 45
PAUSE_SECONDS = 0.1


@dataclass
class Fleet:
    """The processes under fire."""

    env: dict[str, str]
    folder: Path
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    kills: Counter[str] = field(default_factory=Counter)

    def start(self, name: str) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            command = [sys.executable, "-m", name]
            environment = {**os.environ, **self.env}
            self.running[name] = subprocess.Popen(
                command, env=environment, cwd=stage.ROOT, stdout=log, stderr=log
            )

    def kill(self, name: str) -> None:
        self.running[name].kill()
        self.running[name].wait()
        self.kills[name] += 1
        self.start(name)
        self.wait_for(name)

    def wait_for(self, name: str) -> None:
        """Processes that start take seconds on a busy machine; kills must leave time for some work in between."""
        ports = {
            "gateway": ("LUXE_GATEWAY_PORT", "healthz"),
            "simulator": ("LUXE_SIMULATOR_PORT", "control/stats"),
        }
        if name in ports:
            variable, path = ports[name]
            stage.wait_until(name, lambda: stage.answers(f"http://127.0.0.1:{self.env[variable]}/{path}"), 60)

    def stop(self) -> None:
        for process in self.running.values():
            process.terminate()
        for process in self.running.values():
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()


def form(number: int) -> bytes:
    """A made-up submission with a number of its own."""
    phone = f"+1{CODES[number // 100]}55501{number % 100:02d}"
    document = {
        "source": "website",
        "form_type": "lead_capture",
        "external_id": f"kill-{number}",
        "contact": {"first_name": "Pat", "last_name": f"Number{number}", "phone": phone},
        "fields": {"treatment": "hydrafacial"},
        "consent": {
            "sms_transactional": True,
            "sms_marketing": False,
            "text": "I agree to texts.",
            "version": "1",
        },
    }
    return json.dumps(document).encode()


def send(url: str, number: int) -> str:
    """Send until it is answered; the submission's id. Raises TimeoutError."""
    until = time.monotonic() + GIVE_UP_SECONDS
    last = ""
    while time.monotonic() < until:
        request = urllib.request.Request(url, form(number), {"Content-Type": "application/json"})
        try:
            time.sleep(PAUSE_SECONDS)
            with urllib.request.urlopen(request, timeout=10) as answer:
                return str(json.load(answer)["submission_id"])
        except urllib.error.HTTPError as error:
            if error.code < 500:
                raise
            last = error.read().decode()
            time.sleep(0.1)
        except (OSError, ValueError) as error:
            last = repr(error)
            time.sleep(0.1)
    raise TimeoutError(f"form {number} was never accepted: {last}")


def fire(fleet: Fleet, die: random.Random, stopping: threading.Event) -> None:
    """Kill one after another until told to stop."""
    names = [name for name, weight in KILLED.items() for _ in range(weight) if name in fleet.running]
    while not stopping.wait(die.uniform(0.3, 2.0)):
        fleet.kill(die.choice(names))


def settle_down(app: App) -> int:
    """Wait until nothing is due, in flight or unknown; how many rows still are when patience ends."""
    pending = 0
    for _ in range(600):
        with app.db.read() as session:
            begun = (timed_actions.c.due_at <= app.clock.now()) | (timed_actions.c.attempts > 0)
            due = (timed_actions.c.state == "planned") & begun
            open_ = due | timed_actions.c.state.in_(("sending", "unknown"))
            pending = int(
                session.execute(select(func.count()).where(open_).select_from(timed_actions)).scalar_one()
            )
        if pending == 0:
            return 0
        time.sleep(0.2)
    return pending


def verdict(app: App, accepted: dict[int, str], provider: str) -> dict[str, int]:
    """Count what must be zero: lost, doubled, missing."""
    with urllib.request.urlopen(f"{provider}/control/messages", timeout=30) as answer:
        document = json.load(answer)
    rows = document["messages"] if isinstance(document, dict) else document
    sent = Counter((row["to"], row["body"]) for row in rows if row["direction"].startswith("outbound"))
    with app.db.read() as session:
        stored = set(session.execute(select(form_submissions.c.id)).scalars())
        with_lead = set(session.execute(select(leads.c.submission_id)).scalars())
    confirmed = {to for to, body in sent if "We got your request" in body}
    return {
        "accepted": len(accepted),
        "lost": len(set(accepted.values()) - (stored & with_lead)),
        "texts_at_provider": sum(sent.values()),
        "sent_twice": sum(count - 1 for count in sent.values()),
        "without_confirmation": len(accepted) - len(confirmed),
    }


def run(forms: int, seed: int, database_url: str = "", *, console: bool = True) -> dict[str, int]:
    """One run; the verdict, with the number of kills."""
    die = random.Random(seed)
    with ExitStack() as stack:
        folder = stack.enter_context(stage.home())
        env = stage.settings_env(folder, stage.free_port(), LUXE_DATABASE_URL=database_url)
        env["LUXE_FORM_KEYS"] = json.dumps({"generic": {"key": KEY}})
        stage.luxe(env, "migrate")
        stage.luxe(env, "seed")
        app = stage.app_in(env)
        fleet = Fleet(env, folder)
        stack.callback(fleet.stop)
        for name in KILLED:
            if name != "console" or console:
                fleet.start(name)
        gateway = f"http://127.0.0.1:{env['LUXE_GATEWAY_PORT']}"
        fleet.wait_for("gateway")
        stopping = threading.Event()
        killer = threading.Thread(target=fire, args=(fleet, die, stopping))
        killer.start()
        try:
            accepted = {n: send(f"{gateway}/webhooks/forms/generic/{KEY}", n) for n in range(forms)}
        finally:
            stopping.set()
            killer.join()
        unsettled = settle_down(app)
        result = verdict(app, accepted, f"http://127.0.0.1:{env['LUXE_SIMULATOR_PORT']}")
    return {**result, "unsettled": unsettled, "kills": sum(fleet.kills.values()), **fleet.kills}


def main() -> int:
    """Run and print; exit 1 when anything was lost, doubled or left over."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--forms", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", default="")
    options = parser.parse_args()
    result = run(options.forms, options.seed, options.database)
    print("PostgreSQL" if options.database else "SQLite", result)
    return int(any(result[name] for name in ("lost", "sent_twice", "without_confirmation", "unsettled")))


if __name__ == "__main__":
    sys.exit(main())
