"""Moments and opening hours as texts print them, on the clinic's wall, in English and Spanish."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from core.domain.hours import NEVER, WeeklyHours

# Plain letters: an accent in 'sabado' would double what the text costs.
SPANISH_DAYS = ("lunes", "martes", "miercoles", "jueves", "viernes", "sabado", "domingo")
SPANISH_MONTHS = (
    "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre",
    "diciembre",
)  # fmt: skip
NEVER_WORDS = {"en": "never (no open hours)", "es": "nunca (sin horas de apertura)"}
A_WEEK = timedelta(days=6)


def clock_words(local: datetime, *, short: bool = False) -> str:
    """`2:08 PM`; `short`: `8 AM` for a whole hour. In the hour that the wall shows twice when clocks go back it says
    which: `1:10 AM EST`."""
    minutes = f":{local:%M}" if local.minute or not short else ""
    which = f" {local:%Z}" if shows_twice(local) else ""
    return f"{local.hour % 12 or 12}{minutes} {'AM' if local.hour < 12 else 'PM'}{which}"


def shows_twice(local: datetime) -> bool:
    """Whether the wall shows this time a second time that night."""
    first, second = (local.replace(fold=turn).utcoffset() for turn in (0, 1))
    return first is not None and second is not None and first > second


def due_words(due_at: datetime, zone: ZoneInfo, now: datetime, language: str = "en") -> str:
    """`2:08 PM` today, else `Mon 10:00 AM`; in Spanish `las 2:08 PM`, `el lun a las 10:00 AM`. Of NEVER it says so."""
    if due_at >= NEVER:
        return NEVER_WORDS.get(language, NEVER_WORDS["en"])
    local, today = due_at.astimezone(zone), now.astimezone(zone).date()
    if language == "es":
        clock = _at(local)
        return clock if local.date() == today else f"el {SPANISH_DAYS[local.weekday()][:3]} a {clock}"
    clock = clock_words(local)
    return clock if local.date() == today else f"{local:%a} {clock}"


def _at(local: datetime) -> str:
    """`la 1:08 PM`, `las 2:08 PM`."""
    return f"{'la' if local.hour % 12 == 1 else 'las'} {clock_words(local)}"


def day_words(at: datetime, zone: ZoneInfo, language: str = "en") -> str:
    """`Tue Dec 1`, `el mar 1 dic`: a text may be read a day later, so the day has its date."""
    local = at.astimezone(zone)
    if language == "es":
        return f"el {SPANISH_DAYS[local.weekday()][:3]} {local.day} {SPANISH_MONTHS[local.month - 1][:3]}"
    return f"{local:%a %b} {local.day}"


def time_words(at: datetime, zone: ZoneInfo, language: str = "en") -> str:
    """`2:30 PM`, `a las 2:30 PM`."""
    local = at.astimezone(zone)
    return f"a {_at(local)}" if language == "es" else clock_words(local)


def day_and_time_words(at: datetime, zone: ZoneInfo, language: str = "en") -> str:
    """`Tue Dec 1, 2:30 PM`, `el mar 1 dic a las 2:30 PM`."""
    between = " " if language == "es" else ", "
    return f"{day_words(at, zone, language)}{between}{time_words(at, zone, language)}"


def near_words(at: datetime, zone: ZoneInfo, now: datetime, language: str = "en") -> str:
    """`today 3:30 PM`, `hoy a las 3:30 PM`; on any other day as `day_and_time_words`. Only for what is read at once: a
    text that may be read after midnight never says 'today'."""
    if at.astimezone(zone).date() != now.astimezone(zone).date():
        return day_and_time_words(at, zone, language)
    return f"{'hoy' if language == 'es' else 'today'} {time_words(at, zone, language)}"


def until_words(at: datetime, zone: ZoneInfo, language: str = "en") -> str:
    """`2:44 PM`, `las 2:44 PM`: what follows 'until'."""
    local = at.astimezone(zone)
    return _at(local) if language == "es" else clock_words(local)


def opening_words(opens: datetime, zone: ZoneInfo, now: datetime, language: str = "en") -> str:
    """`Tuesday at 8:00 AM`, `el martes a las 8:00 AM`, on the wall of `zone`; with the date where a week lies between.

    Never 'today' or 'tomorrow': a text may be read after midnight.
    """
    local, today = opens.astimezone(zone), now.astimezone(zone).date()
    far = local.date() - today > A_WEEK
    if language == "es":
        of = f" {local.day} de {SPANISH_MONTHS[local.month - 1]}" if far else ""
        return f"el {SPANISH_DAYS[local.weekday()]}{of} a {_at(local)}"
    of = f", {local:%b} {local.day}," if far else ""
    return f"{local:%A}{of} at {clock_words(local)}"


def hours_today(hours: WeeklyHours, now: datetime, language: str = "en") -> str:
    """`8 AM to 8 PM`, `8 AM to 12 PM and 1 PM to 6 PM`; '' on a day on which it is closed."""
    to, and_ = (" a ", " y de ") if language == "es" else (" to ", " and ")
    spans = hours.on(now.astimezone(hours.zone).date())
    return and_.join(
        to.join(clock_words(end.astimezone(hours.zone), short=True) for end in span) for span in spans
    )
