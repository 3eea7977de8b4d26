"""What a request to the page asks for, and the addresses that its links and forms lead to. Pure.

Everything that a person chose stands in the address, so that the page needs no script and 'back' works.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from urllib.parse import quote, urlencode

from core.domain.errors import InvalidInput
from core.flows.booking.links import PATH

LANGUAGES = ("en", "es")
LONGEST = 60
MOST_LATER = 12
NO_TIME = "This is not one of our times. Choose one below."


@dataclass(frozen=True)
class Asked:
    """`step`: '', 'change', 'cancel', 'services'. What was not chosen is ''. `later`: how often later days were asked
    for. `done`: what just happened."""

    code: str
    step: str = ""
    lang: str = ""
    service: str = ""
    where: str = ""
    provider: str = ""
    day: str = ""
    later: int = 0
    done: str = ""

    def path(self, step: str | None = None, **changes: str | int) -> str:
        """The address with these changes; what happened last is not carried on."""
        to = replace(self, **{"done": "", **changes})  # type: ignore[arg-type]
        query = {name: value for name, value in to.chosen().items() if value}
        under = self.step if step is None else step
        base = f"{PATH}{quote(self.code, safe='')}{f'/{under}' if under else ''}"
        return f"{base}?{urlencode(query)}" if query else base

    def chosen(self) -> dict[str, str | int]:
        return {
            "lang": self.lang,
            "service": self.service,
            "where": self.where,
            "with": self.provider,
            "later": self.later,
            "day": self.day,
            "done": self.done,
        }


def asked(code: str, step: str, query: Mapping[str, str]) -> Asked:
    """What is malformed counts as not asked for."""

    def word(name: str) -> str:
        return query.get(name, "").strip()[:LONGEST]

    later = word("later")
    return Asked(
        code=code,
        step=step,
        lang=word("lang") if word("lang") in LANGUAGES else "",
        service=word("service"),
        where=word("where"),
        provider=word("with"),
        day=_day(word("day")),
        later=min(int(later), MOST_LATER) if later.isascii() and later.isdecimal() else 0,
        done=word("done"),
    )


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return ""


def time_of(text: str) -> datetime:
    """The moment of a time's button. Raises InvalidInput(at)."""
    try:
        moment = datetime.fromisoformat(text.strip()[:LONGEST])
        return moment.astimezone(UTC) if moment.tzinfo else _refuse()
    except (ValueError, OverflowError):
        return _refuse()


def _refuse() -> datetime:
    raise InvalidInput.of("at", NO_TIME)
