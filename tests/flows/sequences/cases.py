"""Made-up people in made-up sequences, by seed: what a dry run and the engine are both asked about."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from core.domain.phone import read_phone
from core.flows.sequences.dry_run import Person
from core.flows.sequences.pieces import Event
from core.sequences.rules.definition import CONDITIONS, Anchor, Sequence
from core.sequences.rules.reading import parse_sequence

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NEW_YORK = ZoneInfo("America/New_York")
# Changes of the clock, holidays and what surrounds them, and two usual weeks.
DAYS = (
    date(2026, 3, 6), date(2026, 3, 7), date(2026, 7, 2), date(2026, 9, 14), date(2026, 10, 30), date(2026, 10, 31),
    date(2026, 11, 23), date(2026, 11, 25), date(2026, 11, 26), date(2026, 12, 23), date(2027, 1, 16),
    date(2027, 3, 13),
)  # fmt: skip
# States with rules of their own, codes in two zones, a territory that is called only.
AREAS = (
    "407", "512", "915", "212", "310", "207", "205", "401", "801", "504", "219", "808", "502", "423", "601", "787",
)  # fmt: skip
ZIPS = ("", "", "", "32801", "78701", "10001", "04101", "46402", "90001")
TEMPLATES = {
    "confirmation": ("lead_confirmation",),
    "transactional": ("lead_pick_a_time", "lead_question", "lead_what_to_expect", "visit_reminder"),
    "marketing": ("lead_offer", "lead_reviews", "lead_still_here"),
}
OFFSETS = ("0m", "1m", "2m", "10m", "30m", "1h", "2h", "5h", "14h", "1d", "26h", "2d", "3d")
BEFORE = ("-72h", "-48h", "-24h", "-4h", "-1h", "0m")
USEFUL = ("30m", "2h", "8h", "14h", "20h", "36h", "3d")
WINDOWS = ("", "", "", "10:00-18:00", "12:00-13:00", "06:00-09:00")
STOPS = ("reply", "contact", "booking", "opt_out")
FORMS = {
    "a": "medical_intake",
    "b": "photo_upload",
}  # each begins one of the made-up sequences that start on a form


@dataclass(frozen=True)
class Begins:
    """Somebody enters a sequence by a moment."""

    at: datetime
    plan: Sequence
    anchors: Mapping[Anchor, datetime]


@dataclass(frozen=True)
class Case:
    """One person. `bodies`: the sequences that are published for them, by key."""

    person: Person
    bodies: Mapping[str, Mapping[str, Any]]
    begins: tuple[Begins, ...]
    events: tuple[Event, ...]


def case(seed: int, shipped: Mapping[str, Sequence]) -> Case:
    """The same for the same seed."""
    dice = Random(seed)
    at = _moment(dice)
    bodies = {f"made-{one}-{seed}": _body(dice, one, f"made-b-{seed}" if one == "a" else "") for one in FORMS}
    made = {key: parse_sequence(key, 1, body) for key, body in bodies.items()}
    first = dice.choice([*shipped.values(), *made.values(), made[f"made-a-{seed}"], made[f"made-a-{seed}"]])
    plans = [first]
    if dice.random() < 0.4:
        plans.append(_another(dice, first, [*shipped.values(), *made.values()]))
    begins = [
        _begins(dice, plan, at + n * dice.choice([0, 1, 3, 20, 50]) * HOUR) for n, plan in enumerate(plans)
    ]
    events = _events(dice, at)
    if first.starts_on is Anchor.BOOKING:  # nobody can book a second visit before the first
        events = tuple(event for event in events if event.what != "booking")
    return Case(_person(dice, seed), bodies, tuple(begins), events)


def _another(dice: Random, first: Sequence, every: list[Sequence]) -> Sequence:
    """No second request, nor a second booking: one at a time is what a patient has."""
    same = {Anchor.SUBMISSION, Anchor.BOOKING}
    return dice.choice([one for one in every if one.key != first.key and one.starts_on not in same])


def _moment(dice: Random) -> datetime:
    wall = time(dice.randrange(24), dice.choice([0, 1, 17, 30, 45, 59]))
    return datetime.combine(dice.choice(DAYS), wall, NEW_YORK).astimezone(UTC)


def _begins(dice: Random, plan: Sequence, at: datetime) -> Begins:
    anchors = {plan.starts_on: at}
    if plan.starts_on is Anchor.BOOKING:
        anchors[Anchor.VISIT] = at + dice.choice([20, 40, 75, 100, 150]) * HOUR
    return Begins(at, plan, anchors)


def _person(dice: Random, seed: int) -> Person:
    phone = read_phone(f"{AREAS[seed % len(AREAS)]}555{100 + seed // len(AREAS) % 100:04}")
    consent = dice.choice(
        [("transactional", "marketing")] * 5 + [("transactional",)] * 2 + [("marketing",), ()]
    )
    return Person(phone, dice.choice(ZIPS), dice.choice(["", "en", "es"]), frozenset(consent))


def _events(dice: Random, at: datetime) -> tuple[Event, ...]:
    whats = dice.sample(["reply", "contact", "booking", "opt_out"], dice.choice([0, 0, 1, 1, 2]))
    return tuple(
        Event(at + dice.choice([1, 7, 61, 200, 1000, 1600, 3000, 5000]) * HOUR / 60, what) for what in whats
    )


def _body(dice: Random, which: str, then: str) -> dict[str, Any]:
    starts_on = dice.choice(["submission", "missed_call", "missed_call", "booking", "checkout", "last_reply"])
    steps = [_step(dice, f"s{n}", starts_on, then) for n in range(dice.randint(2, 7))]
    return {
        "title": "Made up",
        "starts_on": starts_on,
        "forms": [FORMS[which]] if starts_on == "submission" else [],
        "consent": "marketing",
        "steps_aside": dice.random() < 0.5,
        "reentry": "each",
        "stops_on": dice.sample(STOPS, dice.randint(0, 4)),
        "steps": steps,
    }


def _step(dice: Random, name: str, starts_on: str, then: str) -> dict[str, Any]:
    kind = dice.choice(["text"] * 7 + ["call_task"] * 2 + ["wait", "condition", "exit"])
    to_visit = starts_on == "booking" and kind != "wait" and dice.random() < 0.6
    step: dict[str, Any] = {
        "name": name,
        "kind": kind,
        "anchor": "visit" if to_visit else starts_on,
        "offset": dice.choice(BEFORE if to_visit else OFFSETS[1:] if kind == "wait" else OFFSETS),
        "useful": dice.choice(USEFUL),
        "conditions": dice.sample(sorted(CONDITIONS), dice.choice([0, 0, 0, 1])),
    }
    if kind == "text":
        purpose = dice.choice(["confirmation", "transactional", "transactional", "marketing", "marketing"])
        lane, window = dice.choice(["bulk", "bulk", "instant"]), dice.choice(WINDOWS)
        step |= {
            "purpose": purpose,
            "template": dice.choice(TEMPLATES[purpose]),
            "lane": lane,
            "window": window,
        }
    if kind in ("condition", "exit"):
        step["conditions"] = [dice.choice(sorted(CONDITIONS))]
    if kind == "exit":
        step["then"] = dice.choice(["", then])
    return step | ({"title": "Call"} if kind == "call_task" else {})
