"""What the thank-you page says. Pure: a promise is computed from opening hours, never invented."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from core.clinic import Clinic
from core.domain.hours import WeeklyHours, Window
from core.domain.phone import show_phone
from core.flows.sending.promising import is_ahead
from core.reads.thanks import Promise
from gateway.hosted.closed_days import name_of

SHOWN_FOR = timedelta(hours=24)
CHANGED_FOR = timedelta(minutes=15)  # so long the page leads back to what was filled in
JUST_SENT = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
WORDS = {"en": (DAYS, "to"), "es": (("lun", "mar", "mié", "jue", "vie", "sáb", "dom"), "a")}
OF_DAY = {"en": ("all day", "to", "midnight"), "es": ("todo el día", "a", "medianoche")}


@dataclass(frozen=True)
class Thanks:
    """`closed_until` is '' while the clinic is open; `closed` says why it is not: 'today for Labor Day', 'right now'.

    `when` ends the sentence 'Jordan will call ...', `usually` says how soon: ', usually within 15 minutes', or ''.
    `change_until`: '2:23 PM', as long as what was filled in may be shown again; then ''.
    """

    first_name: str
    who: str
    number_end: str
    when: str
    usually: str
    change_until: str
    closed: str
    closed_until: str
    place: str
    hours: tuple[str, ...]
    phone: str


def thanks(promise: Promise | None, clinic: Clinic, now: datetime) -> Thanks:
    """For a promise that is unknown or old: thanks without a name."""
    known = promise if promise and now - promise.sent_at < SHOWN_FOR else None
    location = clinic.location(known.location if known else clinic.default_location)
    opens = location.hours.next_open(now)
    closed = opens is not None and opens != now
    zone = location.hours.zone
    today = now.astimezone(zone).date()
    return Thanks(
        first_name=known.first_name if known else "",
        who=(known.staff_name.split()[0] if known and known.staff_name else "One of us"),
        number_end=known.phone[-4:] if known else "",
        when=_by(known.due_at, now, zone) if known else "",
        usually=_usually(known, now) if known and not closed else "",
        change_until=_change_until(known, now, zone) if known else "",
        closed=_why_closed(location.hours, today),
        closed_until=_from(opens, now, zone) if closed and opens else "",
        place=f"{clinic.name}, {location.name}",
        hours=(*hours_lines(location.hours), *closed_lines(location.hours, today)),
        phone=show_phone(clinic.phone),
    )


def hours_lines(hours: WeeklyHours, language: str = "en") -> tuple[str, ...]:
    """'Mon to Fri 8 AM to 8 PM', 'lun a vie 8 AM a 8 PM', one line for each run of equal days."""
    names, to = WORDS.get(language, WORDS["en"])
    days = [(day, tuple(hours.windows.get(day, ()))) for day in range(7)]
    runs = [(windows, [day for day, _ in run]) for windows, run in groupby(days, key=lambda entry: entry[1])]
    return tuple(
        f"{names[run[0]]}{f' {to} {names[run[-1]]}' if len(run) > 1 else ''} "
        f"{', '.join(_window(window, language) for window in windows)}"
        for windows, run in runs
        if windows
    )


def closed_lines(hours: WeeklyHours, today: date) -> tuple[str, ...]:
    """'Thu, Nov 26 closed, Thanksgiving Day', one for each closed day of the week that begins today."""
    days = (today + timedelta(days=ahead) for ahead in range(7))
    return tuple(
        f"{DAYS[day.weekday()]}, {day:%b} {day.day} closed{f', {name}' if (name := name_of(day)) else ''}"
        for day in days
        if hours.windows.get(day.weekday()) and not hours.on(day)
    )


def _why_closed(hours: WeeklyHours, today: date) -> str:
    if not hours.windows.get(today.weekday()) or hours.on(today):
        return "right now"
    name = name_of(today)
    return f"today for {name}" if name else "today"


def _window(window: Window, language: str = "en") -> str:
    whole, to, midnight = OF_DAY.get(language, OF_DAY["en"])
    if window[0] == window[1]:
        return whole
    return f"{_short(window[0])} {to} {_short(window[1]) if window[1] != time.min else midnight}"


def _short(wall: time) -> str:
    minutes = f":{wall:%M}" if wall.minute else ""
    return f"{wall.hour % 12 or 12}{minutes} {'AM' if wall.hour < 12 else 'PM'}"


def _clock(moment: datetime) -> str:
    return f"{moment.hour % 12 or 12}:{moment:%M} {'AM' if moment.hour < 12 else 'PM'}"


def _by(due_at: datetime, now: datetime, zone: ZoneInfo) -> str:
    if not is_ahead(due_at, now):
        return "as soon as possible"
    local = due_at.astimezone(zone)
    return f"by {_clock(local)} {_day(local.date(), now.astimezone(zone).date())}"


def _usually(promise: Promise, now: datetime) -> str:
    """The target of this lead, said while all of it lies ahead and the clinic stays open until then."""
    in_one_go = promise.due_at == promise.started_at + promise.within
    if not in_one_go or not is_ahead(promise.due_at, now) or now - promise.started_at > JUST_SENT:
        return ""
    if promise.within == HOUR:
        return ", usually within an hour"
    return f", usually within {int(promise.within.total_seconds()) // 60} minutes"


def _change_until(promise: Promise, now: datetime, zone: ZoneInfo) -> str:
    until = promise.sent_at + CHANGED_FOR
    return _clock(until.astimezone(zone)) if now < until else ""


def _from(opens: datetime, now: datetime, zone: ZoneInfo) -> str:
    local = opens.astimezone(zone)
    return f"{_day(local.date(), now.astimezone(zone).date())} from {_clock(local)}"


def _day(day: date, today: date) -> str:
    away = (day - today).days
    return {0: "today", 1: "tomorrow"}.get(away) or f"on {day:%A}"
