"""Holidays by law, computed for any year: the day itself, and the weekday on which it is observed."""

from dataclasses import dataclass
from datetime import date
from functools import cache

OBSERVED = " (observed)"


@dataclass(frozen=True)
class LegalHolidays:
    """Days that can be asked with `in`: the federal holidays, with those of one `state`, or the named ones `only`."""

    state: str = ""
    only: frozenset[str] = frozenset()

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and day in _of_year(day.year, self.state, self.only)


@cache
def _of_year(year: int, state: str, only: frozenset[str]) -> frozenset[date]:
    return frozenset(day for day, name in names_of_year(year, state).items() if not only or name in only)


def names_of_year(year: int, state: str = "") -> dict[date, str]:
    """The holidays of a year by their days. One that is observed on another day stands twice, under one name."""
    # Imported at the first question: it brings every country's calendar with it, which is 15 MB and 80 ms.
    from holidays import country_holidays

    found = country_holidays("US", subdiv=state or None, years=year, observed=True, language="en_US")
    return {day: name.removesuffix(OBSERVED) for day, name in found.items() if day.year == year}
