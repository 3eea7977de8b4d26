"""Dates and moments as forms write them. Pure.

A birth date is a day on a calendar: of a moment (as JavaScript prints one) the day is taken as it is written. Numbers
alone are read as in the United States, month first, unless dots or their sizes say otherwise.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime

from core.domain.names import fold
from core.intake import text

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("jan", "january", "ene", "enero"),
            ("feb", "february", "febrero"),
            ("mar", "march", "marzo"),
            ("apr", "april", "abr", "abril"),
            ("may", "mayo"),
            ("jun", "june", "junio"),
            ("jul", "july", "julio"),
            ("aug", "august", "ago", "agosto"),
            ("sep", "sept", "september", "septiembre", "setiembre"),
            ("oct", "october", "octubre"),
            ("nov", "november", "noviembre"),
            ("dec", "december", "dic", "diciembre"),
        ),
        start=1,
    )
    for name in names
}
YEAR_FIRST = re.compile(r"^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[t ].*)?$")
NUMBERS = re.compile(r"^(\d{1,2})([-/. ])(\d{1,2})\2(\d{4}|\d{2})(?: .*)?$")
RUN = re.compile(r"^\d{8}$")
MONTH_FIRST = re.compile(r"\b([a-z]{3,10})\.?[ -]+(\d{1,2})(?:st|nd|rd|th)?,?[ -]+'?(\d{4}|\d{2})\b")
DAY_FIRST = re.compile(
    r"\b(\d{1,2})(?:st|nd|rd|th)?\.?[ -]+(?:de |of )?([a-z]{3,10})\.?,?[ -]+(?:de |del )?'?(\d{4}|\d{2})\b"
)
CENTURY = 100


def day_of(value: object, today: date) -> date | None:
    """The day that somebody wrote, None where there is no such day; a year of two digits is the last one that was."""
    if isinstance(value, Mapping):
        value = " ".join(text.line(value.get(part)) for part in ("month", "day", "year"))
    written = fold(text.line(value))
    for year, month, day in _readings(written):
        found = _day(_whole_year(year, month, day, today), month, day)
        if found:
            return found
    return None


def moment_of(value: object) -> datetime | None:
    """An aware moment in UTC; None for what is none, has no offset, or lies outside the calendar."""
    try:
        moment = datetime.fromisoformat(text.line(value))
        return moment.astimezone(UTC) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None


def is_empty(value: object) -> bool:
    """Whether a moment is what some languages write for none: the first day of their calendar."""
    return text.line(value)[:10] in ("", "0001-01-01", "0000-00-00", "1970-01-01")


def _readings(written: str) -> Iterator[tuple[str, int, int]]:
    """(year, month, day) in the order in which to believe them."""
    if found := YEAR_FIRST.match(written):
        yield found[1], int(found[2]), int(found[3])
    if found := NUMBERS.match(written):
        one, other, year = int(found[1]), int(found[3]), found[4]
        us, european = (year, one, other), (year, other, one)
        yield from (european, us) if found[2] == "." else (us, european)
    if RUN.match(written):
        if written[:2] in ("19", "20"):
            yield written[:4], int(written[4:6]), int(written[6:])
        yield written[4:], int(written[:2]), int(written[2:4])
    if found := MONTH_FIRST.search(written):
        yield found[3], MONTHS.get(found[1], 0), int(found[2])
    if found := DAY_FIRST.search(written):
        yield found[3], MONTHS.get(found[2], 0), int(found[1])


def _whole_year(year: str, month: int, day: int, today: date) -> int:
    if len(year) > 2:
        return int(year)
    this_century = today.year - today.year % CENTURY + int(year)
    is_past = (this_century, month, day) <= (today.year, today.month, today.day)
    return this_century if is_past else this_century - CENTURY


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
