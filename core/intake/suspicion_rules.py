"""Whether a form of our own page looks as if no person had sent it. Pure; the limits are the clinic's settings.

Nobody is turned away by this: what looks suspicious waits for a person, who sends it on. One sign proves nothing (a
browser without scripts, a form that fills itself in), so a form is held for missing signs only where as many are
missing as the setting says; too many from one place, or in the same words, hold it by themselves.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import timedelta

from core.domain.names import fold

WORD = re.compile(r"\w+")
TRAP, LINK = "trap", "link"  # the box that nobody sees; a link that was typed faster than anybody can
HURRIED = timedelta(seconds=2.5)
MOST_USES = 5  # a page that was opened once is sent again after each correction
SHORTEST_WORDS = 12  # 'Botox please' is said by many


@dataclass(frozen=True)
class Page:
    """What the page tells. `age`: real time from its making to its sending, None without our seal; `key`: what no other
    rendering has; `touched`: its script saw a hand, which a browser without scripts can't tell; `robot`: what gives a
    program away (TRAP, LINK), or ''.
    """

    age: timedelta | None = None
    key: str = ""
    touched: bool = False
    robot: str = ""


@dataclass(frozen=True)
class Knocks:
    """What came before this form: of its page, its number, its network, its words; new numbers of all within an hour.

    `is_new`: no form had its number before.
    """

    of_page: int = 0
    of_number_hour: int = 0
    of_number_day: int = 0
    of_network: int = 0
    of_words: int = 0
    new_numbers: int = 0
    is_new: bool = False


@dataclass(frozen=True)
class Allowed:
    """So many pass; 0 is no limit. `signs`: as many missing ones hold a form."""

    number_hour: int
    number_day: int
    new_numbers: int
    network: int
    words: int
    signs: int


@dataclass(frozen=True)
class Reason:
    """Why a form is held: a code, and the figure that belongs to it."""

    code: str
    figure: float = 0


def reasons(page: Page, knocks: Knocks, allowed: Allowed) -> tuple[Reason, ...]:
    """Why this form waits for a person; empty where it is taken in."""
    missing = tuple(_missing_signs(page, knocks))
    proved = (*([Reason(page.robot)] if page.robot else []), *_crowd(knocks, allowed))
    too_few = bool(allowed.signs) and len(missing) >= allowed.signs
    return (*proved, *missing) if proved or too_few else ()


def is_full(knocks: Knocks, allowed: Allowed) -> bool:
    """Whether this number was entered so often that it gets no further text: somebody else may be typing it in."""
    return _reached(knocks.of_number_hour, allowed.number_hour) or _reached(
        knocks.of_number_day, allowed.number_day
    )


def _missing_signs(page: Page, knocks: Knocks) -> Iterator[Reason]:
    if page.age is None:
        yield Reason("no_page")
    elif page.age < HURRIED:
        yield Reason("hurried", round(max(page.age.total_seconds(), 0), 1))
    elif knocks.of_page >= MOST_USES:
        yield Reason("page_reused", knocks.of_page + 1)
    if not page.touched:
        yield Reason("untouched")


def _crowd(knocks: Knocks, allowed: Allowed) -> Iterator[Reason]:
    if _reached(knocks.of_network, allowed.network):
        yield Reason("network", knocks.of_network + 1)
    if _reached(knocks.of_words, allowed.words):
        yield Reason("words", knocks.of_words + 1)
    if knocks.is_new and _reached(knocks.new_numbers, allowed.new_numbers):
        yield Reason("new_numbers", knocks.new_numbers + 1)


def _reached(figure: int, limit: int) -> bool:
    return 0 < limit <= figure


def free_words(notes: str, name: str) -> str:
    """What somebody wrote in their own words, as it is compared; '' where that is too little to tell anything by."""
    found = WORD.findall(fold(notes)) or WORD.findall(fold(name)) * (len(name.split()) > 3)
    said = " ".join(found)
    return said if len(said) >= SHORTEST_WORDS else ""


def written(why: Iterable[Reason]) -> str:
    """Reasons as they are kept with the form."""
    return json.dumps([asdict(reason) for reason in why])


def read_reasons(kept: str) -> tuple[Reason, ...]:
    """The other way round."""
    return tuple(Reason(**one) for one in json.loads(kept or "[]"))
