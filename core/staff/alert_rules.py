"""Whom an alert goes to, so that it never goes to nobody. Pure.

`here` are the ids of those who are at work now (`core.flows.staff.presence.at_work`).
"""

from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from core.domain.hours import WeeklyHours, parse_window

SMS, EMAIL, PUSH, CHAT = "sms", "email", "push", "chat"
WAYS = (SMS, EMAIL, PUSH, CHAT)  # where nothing is chosen any more, in this order


@dataclass(frozen=True)
class Colleague:
    """An active member of staff as an alert sees them. `quiet_hours`: windows in which nothing routine is told.

    `urgent_channels`: their ways for what is urgent, empty where that is the same. `has_browser`: one of theirs
    shows alerts.
    """

    id: str
    name: str
    role: str
    phone: str | None
    alert_channels: Sequence[str]
    title: str = ""
    location: str = ""
    urgent_only: bool = False
    quiet_hours: Sequence[str] = ()
    email: str | None = None
    urgent_channels: Sequence[str] = ()
    chat_address: str | None = None
    has_browser: bool = False

    @property
    def can_be_told(self) -> bool:
        return bool(way(self))


def _able(person: Colleague) -> dict[str, bool]:
    """Which ways lead to them at all."""
    return {
        SMS: bool(person.phone),
        EMAIL: bool(person.email),
        PUSH: person.has_browser,
        CHAT: bool(person.chat_address),
    }


def is_able(person: Colleague, by: str) -> bool:
    """Whether this way leads to them."""
    return _able(person).get(by, False)


def with_push(person: Colleague) -> tuple[list[str], list[str]]:
    """Their ways, and those for what is urgent, once a browser of theirs shows alerts: it comes first for what is
    routine. What is urgent goes as before: nobody sees a screen that they have left."""
    if PUSH in person.alert_channels:
        return list(person.alert_channels), list(person.urgent_channels)
    return [PUSH, *person.alert_channels], list(person.urgent_channels or person.alert_channels)


def ways(person: Colleague, *, urgent: bool = False) -> tuple[str, ...]:
    """By which ways a person can be told, in the order of their choice; after these, what they chose for the rest."""
    both = [person.urgent_channels, person.alert_channels]
    able = _able(person)
    chosen = (one for channels in (both if urgent else reversed(both)) for one in channels)
    return tuple(dict.fromkeys(one for one in chosen if able.get(one)))


def way(person: Colleague, *, urgent: bool = False) -> str:
    """The first of them; '' for nobody's."""
    return next(iter(ways(person, urgent=urgent)), "")


def next_way(person: Colleague, tried: Iterable[str], *, urgent: bool = False) -> str:
    """By which way to tell them where those that were `tried` failed, '' where none is left.

    One that they did not choose comes last: an alert that reaches nobody is worse than one by the wrong way.
    """
    gone, able = frozenset(tried), _able(person)
    any_way = (one for one in WAYS if able[one])
    return next((one for one in (*ways(person, urgent=urgent), *any_way) if one not in gone), "")


def quiet_until(person: Colleague, zone: ZoneInfo, now: datetime) -> datetime:
    """When a routine alert may reach them: `now`, or the end of their own quiet time, on the wall of `zone`."""
    windows = tuple(parse_window(text, over_midnight=True) for text in person.quiet_hours)
    if not windows:
        return now
    quiet = WeeklyHours(zone, dict.fromkeys(range(7), windows), frozenset())
    if not quiet.is_open(now):
        return now
    return next((closes for opens, closes in quiet.spans_from(now) if opens <= now), now)


def for_routine(people: Sequence[Colleague]) -> list[Colleague]:
    """Without who wants to hear of urgent matters only; all of them where nobody else is left."""
    return [one for one in people if not one.urgent_only] or list(people)


def of_escalation(
    people: Iterable[Colleague], tell: Iterable[str], but: Container[str | None], here: Container[str]
) -> list[Colleague]:
    """Whom a level of a lead that nobody reached out to is told to: who is named and here, else the managers who are,
    else who is named, else the managers, else whoever can do something. `but`: who hears of it otherwise, its owner and
    the backup; `here`: the ids of those who are at work.
    """
    able = [person for person in people if person.can_be_told and person.id not in but]
    named = frozenset(tell)
    tiers: tuple[Callable[[Colleague], bool], ...] = (
        lambda person: bool(named & {person.role, person.title}) and person.id in here,
        lambda person: person.role == "manager" and person.id in here,
        lambda person: bool(named & {person.role, person.title}),
        lambda person: person.role == "manager",
        lambda person: person.role in ("frontdesk", "admin"),
    )
    found = ([person for person in able if fits(person)] for fits in tiers)
    return next((tier for tier in found if tier), [])


def one_alert(people: Iterable[Colleague], owner_id: str | None, here: Container[str]) -> list[Colleague]:
    """Whom an ordinary alert of a lead goes to: its owner, else the managers, else whoever can do something.

    Who is here comes before who is not: a manager on shift hears of what the owner, who went home, would read too late.
    At night nobody is here, and it is the owner's again.
    """
    able = for_routine([person for person in people if person.can_be_told])
    tiers: tuple[Callable[[Colleague], bool], ...] = (
        lambda person: person.id == owner_id and person.id in here,
        lambda person: person.role == "manager" and person.id in here,
        lambda person: person.id == owner_id,
        lambda person: person.role == "frontdesk" and person.id in here,
        lambda person: person.role == "manager",
        lambda person: person.role in ("frontdesk", "admin"),
    )
    found = ([person for person in able if fits(person)] for fits in tiers)
    return next((tier for tier in found if tier), [])


def of_level(
    people: Iterable[Colleague], tell: Iterable[str], owner_id: str | None, here: Container[str]
) -> list[Colleague]:
    """Everybody whom a level of an alarm names, by role or title; where it names nobody who can be told, everybody.

    Of a role on shift, at an hour at which nobody is, all of them: somebody's phone must ring at night too.
    """
    able = [person for person in people if person.can_be_told]
    named, manned = frozenset(tell), {person.role for person in able if person.id in here}
    told = [
        person
        for person in able
        if (person.id == owner_id and "owner" in named)
        or not named.isdisjoint({person.role, person.title})
        or (f"{person.role} on shift" in named and (person.id in here or person.role not in manned))
    ]
    return told or able
