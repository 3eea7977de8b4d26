"""Six days of free times as the widget draws them, where and with whom there are some. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.booking.store_holds import Hold
from core.domain.hours import WeeklyHours
from core.free_times import Slot, Times, Wish
from core.reference import Reference
from gateway.embed import words
from gateway.embed.asked import Asked
from gateway.hosted.closed_days import name_of

DAYS, LOOKED_AT, SHOWN = 6, 21, 4
A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Choice:
    """One of several: a location, a provider. `note`: its first free time."""

    label: str
    note: str
    link: str
    chosen: bool


@dataclass(frozen=True)
class Time:
    """One time to tap. `value` is what is sent; '' for the one that is held."""

    label: str
    who: str
    value: str
    held: bool = False
    first: bool = False


@dataclass(frozen=True)
class Day:
    """A column. `more`: how many further times, `link` shows them; no times at all is a full day."""

    title: str
    under: str
    times: tuple[Time, ...]
    more: int = 0
    more_words: str = ""
    link: str = ""


def open_days(hours: WeeklyHours, first: date) -> list[date]:
    """The first DAYS days from then on that have opening hours."""
    days = [first + n * A_DAY for n in range(LOOKED_AT)]
    return [day for day in days if hours.on(day)][:DAYS]


def closed_between(hours: WeeklyHours, days: Sequence[date], language: str) -> str:
    """A usual day among them on which it is closed: 'Closed Thu, Nov 26, Thanksgiving Day'."""
    for n in range((days[-1] - days[0]).days if days else 0):
        day = days[0] + n * A_DAY
        if hours.windows.get(day.weekday()) and not hours.on(day):
            name = name_of(day) if language == "en" else ""
            said = words.short_day(day, language) + (f", {name}" if name else "")
            return words.words_in(language)["closed"].format(day=said)
    return ""


def columns(
    asked: Asked,
    slots: Sequence[Slot],
    days: Sequence[date],
    names: Mapping[str, str],
    zone: ZoneInfo,
    held: Hold | None,
    now: datetime,
    last_few: int,
) -> list[Day]:
    """A day each. The first free time of all is marked where the days begin today."""
    by_day: dict[date, list[Slot]] = {day: [] for day in days}
    for slot in slots:
        day = slot.starts_at.astimezone(zone).date()
        if day in by_day and not (held and held.starts_at == slot.starts_at):
            by_day[day].append(slot)
    first = slots[0] if slots and asked.first is None else None
    today = now.astimezone(zone).date()
    return [
        _day(asked, day, found, names, zone, held, first, today, last_few) for day, found in by_day.items()
    ]


def _day(
    asked: Asked,
    day: date,
    slots: list[Slot],
    names: Mapping[str, str],
    zone: ZoneInfo,
    held: Hold | None,
    first: Slot | None,
    today: date,
    last_few: int,
) -> Day:
    said = words.words_in(asked.language)
    shown = slots if asked.opened == day else spread(slots, SHOWN)
    times = [_time(slot, names, zone, said, first) for slot in shown]
    if held and held.starts_at.astimezone(zone).date() == day:
        times = [
            *times,
            Time(words.clock(held.starts_at, zone), names.get(held.provider_id, ""), "", held=True),
        ]
        moments = {one.value: slot.starts_at for one, slot in zip(times, shown, strict=False)}
        times.sort(key=lambda one: moments.get(one.value, held.starts_at))
    under = words.day_month(day, asked.language)
    if 0 < len(slots) <= last_few:
        under += ", " + said["last"].format(n=len(slots))
    title = said["today"] if day == today else words.day_name(day, asked.language, short=True)
    more = len(slots) - len(shown)
    name = words.short_day(day, asked.language)
    return Day(
        title.capitalize(),
        under,
        tuple(times),
        more,
        said["more_of"].format(n=more, day=name) if more else "",
        asked.link(open=day.isoformat()) if more else "",
    )


def _time(
    slot: Slot, names: Mapping[str, str], zone: ZoneInfo, said: Mapping[str, str], first: Slot | None
) -> Time:
    who, is_first = names.get(slot.provider_id, ""), slot is first
    value = f"{slot.starts_at.astimezone(UTC).isoformat()}|{slot.provider_id}"
    label = f"{said['first']}, {who}" if is_first else who
    return Time(words.clock(slot.starts_at, zone), label, value, first=is_first)


def spread(slots: Sequence[Slot], most: int) -> list[Slot]:
    """A few of a day's, over all of it: the first one, and others that no visit before them reaches into."""
    if len(slots) <= most:
        return list(slots)
    last = len(slots) - 1
    return [slots[round(n * last / (most - 1))] for n in range(most)]


def places(
    reference: Reference, asked: Asked, firsts: Mapping[str, Slot | None], now: datetime
) -> list[Choice]:
    """Each location with its first free time, whoever gives it."""
    said = words.words_in(asked.language)
    found = []
    for slug, where in reference.clinic.locations.items():
        first = firsts[slug]
        note = _soon(first, where.hours.zone, now, asked.language) if first else said["none_soon"]
        link = asked.link(location=slug, provider="")
        found.append(Choice(where.name, note, link, slug == asked.location))
    return found


def people(times: Times, asked: Asked, slots: Iterable[Slot], wish: Wish, now: datetime) -> list[Choice]:
    """Anyone, and each who gives it there, with the first free time of each."""
    said = words.words_in(asked.language)
    zone = times.reference.clinic.hours(asked.location).zone
    firsts: dict[str, Slot] = {}
    for slot in slots:
        firsts.setdefault(slot.provider_id, slot)
        firsts.setdefault("", slot)
    able = [(one.id, short_name(one.name)) for one in times.able(Wish(wish.service, wish.location))]
    return [
        Choice(
            name,
            _soon(firsts[id_], zone, now, asked.language) if id_ in firsts else said["none_soon"],
            asked.link(provider=id_),
            id_ == asked.provider,
        )
        for id_, name in [("", said["anyone"]), *able]
    ]


def short_name(name: str) -> str:
    """`Tess H.`"""
    first, _, last = name.partition(" ")
    return f"{first} {last[0]}." if last else first


def _soon(slot: Slot, zone: ZoneInfo, now: datetime, language: str) -> str:
    return words.soon(slot.starts_at, zone, now.astimezone(zone).date(), language)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


__all__ = [
    "Choice",
    "Day",
    "Time",
    "closed_between",
    "columns",
    "midnight",
    "open_days",
    "people",
    "places",
]
