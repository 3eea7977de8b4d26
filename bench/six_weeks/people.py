"""Who the patients are and what becomes of them: drawn from a seed, decided before the first text goes out."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

FIRST = (
    "Ana",
    "Ben",
    "Cleo",
    "Dana",
    "Eli",
    "Fay",
    "Gus",
    "Hana",
    "Ivo",
    "June",
    "Kai",
    "Lena",
    "Milo",
    "Nora",
)
LAST = (
    "Abbot",
    "Burke",
    "Castle",
    "Dunn",
    "Ennis",
    "Ford",
    "Grant",
    "Hale",
    "Ives",
    "Jarvis",
    "Keane",
    "Lowe",
)
# Area codes that lie in one zone each, and not the clinic's own: (code, state, zone).
PLACES = tuple(
    (code, state, f"America/{zone}")
    for zone, codes in {
        "New_York": "407FL 305FL 212NY 404GA 617MA 207ME 401RI 410MD 215PA 973NJ 203CT 919NC 804VA",
        "Chicago": "214TX 312IL 205AL 504LA 601MS 405OK 615TN 314MO 612MN",
        "Denver": "303CO 801UT",
        "Phoenix": "602AZ",
        "Los_Angeles": "206WA 213CA 503OR 702NV",
    }.items()
    for code, state in ((word[:3], word[3:]) for word in codes.split())
)
LINES = 100  # fictional numbers of an area code
GRID = timedelta(minutes=5)
FORMS = {"lead_capture": 45, "consultation_request": 35, "booking": 20}
# What a patient may write, and which causes that is for a sequence: nobody asks the product what it understood.
WORDS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "question": (("What does it cost?", "Is there parking?", "Do you have time on Tuesday?"), ("reply",)),
    "digit": (("1", "2", "3"), ("reply",)),
    "thanks": (("Thanks so much!", "Great, thank you"), ("reply",)),
    "tapback": (('Liked "Your visit is confirmed"', "Loved an image"), ()),
    "stop": (("STOP", "Stop", "UNSUBSCRIBE"), ("opt_out",)),
    "start": (("START",), ()),
    "danger": (("My face is swelling and I can't breathe",), ("reply", "reaction")),
}
# What may happen to a patient beside their first form, and how often of a thousand.
LATER = {
    "question": 240, "digit": 60, "thanks": 60, "tapback": 60, "stop": 40, "start": 15, "danger": 15,
    "missed_call": 180, "second_form": 90, "call_talked": 90, "call_voicemail": 120, "staff_text": 120,
    "pause": 70, "resume": 50, "book": 420, "move": 160, "move_closer": 70, "move_back": 60, "cancel": 70,
    "put_back": 35, "disqualify": 30, "come_back": 150, "namesake_form": 40, "merge": 40, "end_one": 20,
    "skip_step": 20, "reopen": 10, "walk_in": 40, "open_link": 260,
}  # fmt: skip


@dataclass
class Person:
    """A made-up patient, and what the story knows of them: their leads, the newest last, and their visits."""

    number: int
    first: str
    last: str
    phone: str
    state: str
    zone: str
    family: bool
    leads: list[str] = field(default_factory=list)
    visits: list[str] = field(default_factory=list)

    @property
    def email(self) -> str:
        return f"p{self.number}@example.com"


@dataclass(frozen=True)
class Planned:
    """Something that is to happen to somebody; `die` decides its details."""

    at: datetime
    who: int
    what: str
    die: float


def people(count: int, seed: int) -> list[Person]:
    """One in twenty shares the number of the one before."""
    die = random.Random(f"{seed}:people")
    found: list[Person] = []
    for number in range(count):
        family = bool(found) and not found[-1].family and die.random() < 0.05
        slot = number * len(PLACES) * LINES // max(count, 1) if not family else -1
        code, state, zone = PLACES[slot // LINES] if slot >= 0 else PLACES[0]
        phone = f"+1{code}55501{slot % LINES:02d}"
        one = Person(
            number, die.choice(FIRST), f"{die.choice(LAST)}{_letters(number)}", phone, state, zone, family
        )
        if family:
            one.phone, one.state, one.zone = found[-1].phone, found[-1].state, found[-1].zone
            found[-1].family = True
        found.append(one)
    return found


def _letters(number: int) -> str:
    """Nobody has another's last name."""
    return "".join("abcdefghij"[int(digit)] for digit in f"{number:04d}")


def diary(one: Person, begins: datetime, span: timedelta, seed: int) -> Iterator[Planned]:
    """Everything that is to happen to a patient, in no order."""
    die = random.Random(f"{seed}:{one.number}")
    entered = begins + GRID * int(die.random() * (span * 0.7 / GRID))
    yield Planned(entered, one.number, "form", die.random())
    left = begins + span - entered
    for what, often in LATER.items():
        if die.random() * 1000 < often:
            # Most of it happens in the days after the form, some of it at any hour until the end.
            share = die.random() ** 3
            at = entered + GRID * (1 + int(share * (left / GRID)))
            yield Planned(at, one.number, what, die.random())


def pick(options: tuple[str, ...], die: float) -> str:
    return options[int(die * len(options))]


def form_type(die: float) -> str:
    reached = die * sum(FORMS.values())
    for name, often in FORMS.items():
        reached -= often
        if reached < 0:
            return name
    return next(iter(FORMS))
