"""Made-up patients of a simulated clinic: names, numbers, and where they live."""

import random
from dataclasses import dataclass, field

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


def people(count: int, seed: int, families: float = 0.05) -> list[Person]:
    """So large a part of them shares the number of the one before."""
    die = random.Random(f"{seed}:people")
    found: list[Person] = []
    for number in range(count):
        family = bool(found) and not found[-1].family and die.random() < families
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
