"""A day in which 300 patients answer in every way, two people in the inbox, through the real processes.

    python -m bench.inbox_day [--patients 300] [--speed 120] [--database URL] [--seed 1]

Forms come in all morning, each patient answers once or twice in the day or at night with a text of the corpus, two
staff write, take back, leave half-written and note beside one another, often in the same thread; a manager takes up
alarms that rang for a while, and lets texts go on an hour after a breaker stopped them. Then it is counted
from outside, at the phones: no text twice, none in a wrong thread, no two automatic answers within ten minutes but for
safety and opt-out, nothing but one confirmation after an opt-out, one safety reply for each danger, no draft lost.
Exits with 1 where one of these is not so.
"""

import argparse
import json
import random
import sys
import threading
import time
import urllib.request
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from urllib.error import HTTPError

from bench import stage
from bench.staff_at_work import Colleague, Manager, Written
from core.app import App
from core.conversation.rules.reading import Did, Label
from tests.corpus import HALVES, Example, half
from tests.factories import add_staff

START = "2026-11-23T09:00:00-05:00"  # a Monday, as the doors open
KEY = "bench-key"
AREAS = ("407", "305", "786")
DAY = timedelta(hours=23)
FORMS_FOR = timedelta(hours=3)
APART = timedelta(minutes=10)
# What answers a patient's text by itself, told by words that no other text of ours has.
SAFETY, UNSUBSCRIBED = "988", "unsubscribed"
ANSWERS = (SAFETY, UNSUBSCRIBED, "for help call", "you will get texts from us again", "We are closed")
UNANSWERED = {Label.TAPBACK, Label.AUTO_REPLY}
AGAIN = {Label.OPT_IN, Label.YES}


@dataclass
class Patient:
    """One phone, and what it says when. `answers`: (moment, what is said)."""

    phone: str
    name: str
    asks_at: datetime
    answers: list[tuple[datetime, Example]] = field(default_factory=list)


def cast(count: int, dice: random.Random, opening: datetime) -> list[Patient]:
    """Patients whose answers together are of every label, opt-outs and dangers among them."""
    examples = [one for name in HALVES for one in half(name) if one.said is None]
    by_label: dict[Label, list[Example]] = defaultdict(list)
    for one in examples:
        by_label[one.label].append(one)
    labels = sorted(by_label)
    people = []
    for number in range(count):
        phone = f"+1{AREAS[number // 100]}5550{number % 100 + 100:03d}"
        asks = opening + dice.random() * FORMS_FOR
        person = Patient(phone, f"Pat{number:03d}", asks)
        for turn in range(dice.choice((1, 1, 2))):
            label = labels[(number + turn) % len(labels)]
            at = asks + timedelta(minutes=5) + dice.random() * (DAY - FORMS_FOR - timedelta(hours=1))
            person.answers.append((at, dice.choice(by_label[label])))
        person.answers.sort(key=lambda pair: pair[0])
        people.append(person)
    return people


def form(person: Patient) -> dict[str, Any]:
    """The form of one patient, with consent for everything."""
    contact = {"first_name": person.name, "last_name": "Vale", "phone": person.phone}
    agreed = {"sms_transactional": True, "sms_marketing": True, "version": "2026-10"}
    return {
        "source": "website",
        "form_type": "consultation_request",
        "external_id": f"day-{person.phone}",
        "contact": contact,
        "fields": {"treatment": "facial", "timeframe": "this_week"},
        "consent": agreed | {"text": "I agree to receive texts from Luxe Medical Spa LLC."},
    }


def post(url: str, document: Mapping[str, Any]) -> Any:
    """POST JSON to this machine. Raises HTTPError."""
    body, headers = json.dumps(document).encode(), {"Content-Type": "application/json"}
    with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=30) as answer:
        return json.load(answer)


def deeds(people: list[Patient]) -> Iterator[tuple[datetime, Patient, Example | None]]:
    """What patients do, in order of time; None is the form."""
    found: list[tuple[datetime, Patient, Example | None]] = [(one.asks_at, one, None) for one in people]
    found += [(at, one, said) for one in people for at, said in one.answers]
    yield from sorted(found, key=lambda deed: deed[0])


def play(app: App, env: dict[str, str], people: list[Patient]) -> None:
    """Do what patients do when its time has come by the product's clock."""
    gateway, simulator = (f"http://127.0.0.1:{env[f'LUXE_{name}_PORT']}" for name in ("GATEWAY", "SIMULATOR"))
    for at, person, said in deeds(people):
        while app.clock.now() < at:
            time.sleep(0.02)
        try:
            if said is None:
                post(f"{gateway}/webhooks/forms/generic/{KEY}", form(person))
            else:
                post(f"{simulator}/control/reply", {"phone": person.phone, "body": said.text})
        except HTTPError as refused:
            raise SystemExit(f"refused: {refused.read().decode()}") from refused


@dataclass(frozen=True)
class Got:
    """One text at a phone."""

    at: datetime
    body: str
    action_id: str


def at_phones(env: dict[str, str]) -> dict[str, list[Got]]:
    """What each phone got, in order."""
    address = f"http://127.0.0.1:{env['LUXE_SIMULATOR_PORT']}/control/messages?direction=outbound"
    with urllib.request.urlopen(address, timeout=30) as answer:
        rows = json.load(answer)["messages"]
    found: dict[str, list[Got]] = defaultdict(list)
    for row in rows:
        got = Got(datetime.fromisoformat(row["clock_at"]), row["body"], row["action_id"])
        found[row["to"]].append(got)
    return found


def faults(people: list[Patient], phones: dict[str, list[Got]], written: list[Written]) -> Iterator[str]:
    """What went wrong, a sentence each."""
    twice = Counter(got.action_id for texts in phones.values() for got in texts)
    yield from (f"sent {count} times: {key}" for key, count in twice.items() if count > 1)
    for person in people:
        texts = phones.get(person.phone, [])
        yield from _answers_too_close(person, texts)
        yield from _after_opt_out(person, texts)
        yield from _dangers(person, texts)
        yield from _answered_machines(person, texts)
    yield from _staff_texts(phones, written)


def _answers(texts: list[Got]) -> list[Got]:
    return [got for got in texts if any(words in got.body for words in ANSWERS)]


def _answers_too_close(person: Patient, texts: list[Got]) -> Iterator[str]:
    answers = [got for got in _answers(texts) if SAFETY not in got.body and UNSUBSCRIBED not in got.body]
    for one, other in pairwise(answers):
        if other.at - one.at < APART:
            yield f"{person.phone}: two automatic answers within {other.at - one.at}"


def _after_opt_out(person: Patient, texts: list[Got]) -> Iterator[str]:
    """Nobody here asks to be texted again, save where the second answer says so: START, or 'yes'."""
    outs = [at for at, said in person.answers if said.label is Label.OPT_OUT]
    if not outs or any(said.label in AGAIN and at > outs[0] for at, said in person.answers):
        return
    # What was handed over in the second of the STOP itself may cross it on its way.
    later = [got for got in texts if got.at > outs[0] + timedelta(minutes=5)]
    plain = [got for got in later if UNSUBSCRIBED not in got.body and SAFETY not in got.body]
    yield from (f"{person.phone}: texted after the opt-out: {got.body[:60]!r}" for got in plain)
    if sum(UNSUBSCRIBED in got.body for got in texts) > len(outs):
        yield f"{person.phone}: more confirmations than opt-outs"


def _dangers(person: Patient, texts: list[Got]) -> Iterator[str]:
    """One safety reply to each, save that what is said within one episode is answered once."""
    dangers = sum(Did.SAFETY_REPLY in said.reading.did for _, said in person.answers)
    replies = sum(SAFETY in got.body for got in texts)
    if replies > dangers or (dangers and not replies):
        yield f"{person.phone}: {replies} safety replies to {dangers} dangers"


def _answered_machines(person: Patient, texts: list[Got]) -> Iterator[str]:
    if all(said.label in UNANSWERED for _, said in person.answers) and _answers(texts):
        yield f"{person.phone}: a machine was answered: {_answers(texts)[0].body[:60]!r}"


def _staff_texts(phones: dict[str, list[Got]], written: list[Written]) -> Iterator[str]:
    """Each text that staff wrote carries a token of its own."""
    for one in written:
        places = [phone for phone, texts in phones.items() for got in texts if one.token in got.body]
        if one.taken_back and places:
            yield f"{one.token} was taken back and went out"
        if not one.taken_back and len(places) > 1:
            yield f"{one.token} arrived {len(places)} times"
        if places and places[0] != one.phone:
            yield f"{one.token} arrived at {places[0]} and was for {one.phone}"


def silent(phones: dict[str, list[Got]], written: list[Written]) -> int:
    """Texts of staff that never went out: the person had opted out meanwhile, or it was night."""
    bodies = [got.body for texts in phones.values() for got in texts]
    kept = [one for one in written if not one.taken_back]
    return sum(all(one.token not in body for body in bodies) for one in kept)


def start(stack: ExitStack, options: argparse.Namespace) -> tuple[App, dict[str, str]]:
    """An empty clinic with its staff, and the processes that a day needs."""
    folder = stack.enter_context(stage.home())
    stack.enter_context(stage.cleared(options.database))
    env = stage.settings_env(folder, stage.free_port(), LUXE_DATABASE_URL=options.database)
    env |= {"LUXE_CLOCK": f"{START}@{options.speed}", "LUXE_CLOCK_ORIGIN": str(time.time() + 30)}
    env["LUXE_FORM_KEYS"] = json.dumps({"generic": {"key": KEY}})
    stage.luxe(env, "migrate")
    stage.luxe(env, "seed")
    app = stage.app_in(env)
    with app.db.write() as session:
        add_staff(session, app.clock.now() - timedelta(days=30))
    for process in ("simulator", "gateway", "scheduler"):
        stack.enter_context(stage.process(process, env=env, log=folder / f"{process}.log"))
    ready = f"http://127.0.0.1:{env['LUXE_GATEWAY_PORT']}/healthz"
    stage.wait_until("gateway", lambda: stage.answers(ready))
    return app, env


def one_day(app: App, env: dict[str, str], people: list[Patient]) -> tuple[list[Colleague], Manager]:
    """Patients, two colleagues and a manager, from the opening to the next; those who worked."""
    over = threading.Event()
    staff = [Colleague(app, name, over) for name in ("frontdesk", "jordan")]
    manager = Manager(app, over)
    for one in (*staff, manager):
        one.start()
    play(app, env, people)
    while app.clock.now() < datetime.fromisoformat(START) + DAY:
        time.sleep(0.1)
    over.set()
    for one in (*staff, manager):
        one.join()
    time.sleep(5)  # what was handed over last is on its way
    return staff, manager


def figures(people: list[Patient], phones: dict[str, list[Got]], staff: list[Colleague]) -> str:
    said = Counter(example.label.value for person in people for _, example in person.answers)
    written = [text for one in staff for text in one.written]
    return (
        f"{len(people)} patients, {sum(said.values())} answers: {dict(sorted(said.items()))}\n"
        f"texts at phones: {sum(map(len, phones.values()))}; by staff {len(written)}, taken back "
        f"{sum(one.taken_back for one in written)}, held by night or opt-out {silent(phones, written)}; "
        f"drafts left half-written {sum(len(one.left) for one in staff)}; not sent since somebody was "
        f"faster {sum(one.faster for one in staff)}, since the number is closed {sum(one.refused for one in staff)}"
    )


def main() -> int:
    """Play the day, count, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--patients", type=int, default=300)
    parser.add_argument("--speed", type=float, default=120)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", default="", help="address of an empty PostgreSQL database")
    options = parser.parse_args()
    people = cast(options.patients, random.Random(options.seed), datetime.fromisoformat(START))
    with ExitStack() as stack:
        app, env = start(stack, options)
        staff, manager = one_day(app, env, people)
        phones = at_phones(env)
        written = [text for one in staff for text in one.written]
        wrong = [*faults(people, phones, written), *(fault for one in staff for fault in one.faults())]
    print(figures(people, phones, staff))
    print(f"alarms taken up by the manager {manager.taken_up}, breakers let go on {manager.let_go_on}")
    print("\n".join(wrong) or "no double answer, no lost draft, no wrong thread")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
