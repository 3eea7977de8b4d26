"""Nobody acts, at 60 times speed, through the real processes: who is told in which minute, and what a call ends.

Starts gateway, scheduler and simulator with a made-up clock and four colleagues, sends two forms, logs a call for the
second one at minute 3, and waits for 33 product minutes. Prints what reached whose phone in which minute. Exits with 1
where an alert went to another number, in another minute, twice, or after the call. --postgres: another database.
"""

import argparse
import json
import sys
import time
import urllib.request
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from bench import stage
from core.domain.roles import Actor, Role
from core.flows.leads import calls
from core.leads.tables import leads
from core.shipped import read_toml
from core.staff.tables import staff

START = "2026-11-23T10:00:00-05:00"
SPEED = 60
WAITED = 31
STAFF: Sequence[tuple[str, ...]] = (
    ("maya", "Maya Torres", "frontdesk", "coordinator", "512-555-0171", "--leads"),
    ("jordan", "Jordan Blake", "frontdesk", "coordinator", "512-555-0172", "--leads"),
    ("lea", "Lea Novak", "frontdesk", "team_lead", "512-555-0174"),
    ("elena", "Elena Ruiz", "manager", "manager", "512-555-0173"),
)
OPTIONS = ("--name", "--role", "--title", "--phone")
OWNERS, LEA, ELENA = ("+15125550171", "+15125550172"), "+15125550174", "+15125550173"
LEFT, CALLED = "+14075550155", "+14075550156"
BOOKING = read_toml("clinic.toml")["links"]["booking"]


@dataclass(frozen=True)
class Got:
    """A text that reached a phone, so many product minutes after the forms."""

    minute: float
    to: str
    body: str


def submit(gateway: str, phone: str, name: str) -> None:
    form = {
        "source": "website",
        "form_type": "consultation_request",
        "external_id": f"escalation-{phone}",
        "contact": {"first_name": name, "last_name": "Reyes", "phone": phone, "email": f"{name}@example.com".lower()},
        "fields": {"treatment": "botox", "timeframe": "this_week"},
        "consent": {"sms_transactional": True, "sms_marketing": True, "text": "I agree.", "version": "1"},
    }  # fmt: skip
    headers = {"Content-Type": "application/json"}
    address = f"{gateway}/webhooks/forms/generic/bench-key"
    request = urllib.request.Request(address, json.dumps(form).encode(), headers)
    with urllib.request.urlopen(request, timeout=20) as answer:
        assert answer.status == 201, answer.status


def texts(simulator: str, since: datetime) -> list[Got]:
    with urllib.request.urlopen(f"{simulator}/control/messages", timeout=20) as answer:
        document = json.load(answer)
    rows = document["messages"] if isinstance(document, dict) else document
    return sorted(
        (
            Got(
                (datetime.fromisoformat(row["clock_at"]) - since).total_seconds() / 60, row["to"], row["body"]
            )
            for row in rows
        ),
        key=lambda got: got.minute,
    )


def log_call(env: dict[str, str], phone: str) -> None:
    """Maya calls; nobody picks up. That is contact: somebody has tried."""
    app = stage.app_in(env)
    with app.db.write() as session:
        maya = session.execute(select(staff.c.id).where(staff.c.username == "maya")).scalar_one()
        found = session.execute(select(leads.c.id, leads.c.phone)).all()
        lead_id = next(row.id for row in found if row.phone == phone)
        actor = Actor(maya, "Maya Torres", Role.FRONT_DESK)
        calls.log(session, app.reference, actor, lead_id, "no_answer", now=app.clock.now())
    app.db.engine.dispose()


def problems(got: Sequence[Got]) -> list[str]:
    """What did not come as the levels say. A second of the machine is a minute here, and the first text of processes
    that have just started takes a few."""
    left, called = _refs(got)
    expected = (
        ("level 0", OWNERS, f"New lead {left}", 0.0),
        ("level 1", (LEA,), f"acknowledged lead {left}", 5.0),
        ("level 2", (ELENA,), f"called or texted lead {left}", 15.0),
        ("level 3", (LEFT,), f"sorry for the wait: we have not called you yet. Pick a time: {BOOKING}", 30.0),
    )
    found = [problem for one in expected if (problem := _differs(got, *one))]
    after = [one for one in got if one.minute > 3.5 and (called in one.body or one.to == CALLED)]
    if sum(one.to == ELENA for one in got) > 1:
        found.append("the manager heard of one cause twice")
    found += [
        f"after the call at minute 3: {one.to} {one.body[:60]}"
        for one in after
        if "acknowledged lead" in one.body or "called or texted" in one.body or "sorry" in one.body
    ]
    return found


def _refs(got: Sequence[Got]) -> tuple[str, str]:
    """The references of the two leads, in the order in which their forms came."""
    told = sorted({word.strip(",.:") for one in got for word in one.body.split() if word.startswith("A-1")})
    return told[0], told[1]


def _differs(got: Sequence[Got], what: str, to: Sequence[str], words: str, minute: float) -> str:
    such = [one for one in got if words in one.body]
    if len(such) != 1:
        return f"{what}: '{words}' came {len(such)} times"
    one = such[0]
    if one.to not in to:
        return f"{what} reached {one.to}"
    late = 0.9 if minute else 4.0
    return "" if minute - 0.1 <= one.minute <= minute + late else f"{what} came in minute {one.minute:.1f}"


def _added(one: tuple[str, ...]) -> tuple[str, ...]:
    username, *about = one
    named = [word for option, value in zip(OPTIONS, about, strict=False) for word in (option, value)]
    return ("staff", "add", username, *named, *about[len(OPTIONS) :])


def run(stack: ExitStack, database_url: str) -> list[Got]:
    folder = stack.enter_context(stage.home())
    env = stage.settings_env(folder, stage.free_port(), LUXE_DATABASE_URL=database_url)
    env |= {"LUXE_FORM_KEYS": json.dumps({"generic": {"key": "bench-key"}}), "LUXE_ALERT_GATHER": "0"}
    for command in (("migrate",), ("seed",), *map(_added, STAFF)):
        stage.luxe(env, *command)
    env |= {"LUXE_CLOCK": f"{START}@{SPEED}", "LUXE_CLOCK_ORIGIN": str(time.time())}
    for process in ("simulator", "gateway", "scheduler"):
        stack.enter_context(stage.process(process, env=env, log=folder / f"{process}.log"))
    gateway, simulator = (f"http://127.0.0.1:{env[f'LUXE_{name}_PORT']}" for name in ("GATEWAY", "SIMULATOR"))
    stage.wait_until("gateway", lambda: stage.answers(f"{gateway}/healthz"))
    stage.wait_until("scheduler", lambda: stage.answers(f"{gateway}/readyz"))
    since = stage.app_in(env).clock.now()
    submit(gateway, LEFT, "Omar")
    submit(gateway, CALLED, "Dana")
    time.sleep(3 * 60 / SPEED)
    log_call(env, CALLED)
    time.sleep((WAITED - 3) * 60 / SPEED)
    return texts(simulator, since)


def main() -> int:
    """Run it, print what came, and say whether that was right."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--postgres", default="", help="address of an empty database")
    options = parser.parse_args()
    with ExitStack() as stack:
        got = run(stack, options.postgres)
    for one in got:
        print(f"{one.minute:5.1f}  {one.to}  {one.body[:90]}")
    wrong = problems(got)
    print("\n".join(wrong) or "each level in its minute, to its people, once; nothing after the call")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
