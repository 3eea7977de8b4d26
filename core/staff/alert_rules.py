"""Whom an alert goes to, so that it never goes to nobody. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from core.domain.hours import WeeklyHours, parse_window

AWAY = frozenset({"off_duty", "break"})


@dataclass(frozen=True)
class Colleague:
    """An active member of staff as an alert sees them. `hours`: weekday ("0" Monday) -> windows."""

    id: str
    name: str
    role: str
    status: str
    hours: Mapping[str, Sequence[str]]
    phone: str | None
    alert_channels: Sequence[str]

    @property
    def can_be_told(self) -> bool:
        return bool(self.phone) and "sms" in self.alert_channels

    def is_here(self, zone: ZoneInfo, now: datetime) -> bool:
        """On shift by their weekly hours, on the wall of `zone`, and neither off duty nor on a break."""
        windows = {int(day): tuple(parse_window(text) for text in spans) for day, spans in self.hours.items()}
        return self.status not in AWAY and WeeklyHours(zone, windows, frozenset()).is_open(now)


def one_alert(
    people: Iterable[Colleague], owner_id: str | None, zone: ZoneInfo, now: datetime
) -> list[Colleague]:
    """Whom an ordinary alert of a lead goes to: its owner, else the managers, else whoever can do something.

    Who is here comes before who is not: a manager on shift hears of what the owner, who went home, would read too late.
    At night nobody is here, and it is the owner's again.
    """
    able = [person for person in people if person.can_be_told]
    tiers: tuple[Callable[[Colleague], bool], ...] = (
        lambda person: person.id == owner_id and person.is_here(zone, now),
        lambda person: person.role == "manager" and person.is_here(zone, now),
        lambda person: person.id == owner_id,
        lambda person: person.role == "frontdesk" and person.is_here(zone, now),
        lambda person: person.role == "manager",
        lambda person: person.role in ("frontdesk", "admin"),
    )
    found = ([person for person in able if fits(person)] for fits in tiers)
    return next((tier for tier in found if tier), [])


def of_level(
    people: Iterable[Colleague], tell: Iterable[str], owner_id: str | None, zone: ZoneInfo, now: datetime
) -> list[Colleague]:
    """Everybody whom a level of an alarm names; everybody who can be told where it names nobody who can."""
    able = [person for person in people if person.can_be_told]
    named = frozenset(tell)
    told = [
        person
        for person in able
        if (person.id == owner_id and "owner" in named)
        or person.role in named
        or (f"{person.role} on shift" in named and person.is_here(zone, now))
    ]
    return told or able
