"""Who the patients are and what becomes of them: drawn from a seed, decided before the first text goes out."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from bench.simulated.people import Person

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


@dataclass(frozen=True)
class Planned:
    """Something that is to happen to somebody; `die` decides its details."""

    at: datetime
    who: int
    what: str
    die: float


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
