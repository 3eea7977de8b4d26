"""What may be planned for a person: shifts, time off, turns on call. Refusals name field and way out. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from itertools import pairwise

from core.domain.errors import FieldError, InvalidInput
from core.domain.hours import Span, Window, parse_window

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MOST_PERIODS = 6
LONGEST_LEAVE, LONGEST_TURN = timedelta(days=730), timedelta(days=31)
LONGEST_NOTE = 200
MINUTES = range(1, 8 * 60 + 1)


def week(raw: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """The hours of every week by weekday ("0" Monday), in order. Raises InvalidInput(hours.0 to hours.6)."""
    unknown = set(raw) - {str(day) for day in range(7)}
    if unknown:
        raise InvalidInput.of("hours", f"There is no weekday {min(unknown)}; Monday is 0 and Sunday 6.")
    found: dict[str, list[str]] = {}
    errors: list[FieldError] = []
    for day, name in enumerate(WEEKDAYS):
        try:
            found[str(day)] = periods(raw.get(str(day), ()), f"hours.{day}", f"{name}: ")
        except InvalidInput as refused:
            errors += refused.errors
    if errors:
        raise InvalidInput(errors)
    return {day: spans for day, spans in found.items() if spans}


def periods(raw: Sequence[str], field: str = "hours", of: str = "") -> list[str]:
    """The shifts of one day, in order; `of` begins each refusal. Raises InvalidInput(field)."""
    if len(raw) > MOST_PERIODS:
        raise InvalidInput.of(field, f"{of}A day has at most {MOST_PERIODS} shifts. Join some of them.")
    read = sorted((_window(text, field, of), _written(text)) for text in raw)
    for (early, one), (late, other) in pairwise(read):
        if _ends(early) > _minute(late[0]):
            words = f"{one} and {other} overlap. End the first by {late[0]:%H:%M}, or make one shift of both."
            raise InvalidInput.of(field, f"{of}{words}")
    return [text for _, text in read]


def _window(text: str, field: str, of: str) -> Window:
    try:
        return parse_window(text)
    except ValueError as wrong:
        if "must open before" in str(wrong):
            words = f"{text} ends before it begins. What goes on past midnight ends at 24:00, and goes on the next day."
        else:
            words = f"'{text}' is no shift. Write it as 09:00-17:00."
        raise InvalidInput.of(field, f"{of}{words}") from wrong


def _written(text: str) -> str:
    opens, closes = parse_window(text)
    return f"{opens:%H:%M}-{'24:00' if not _minute(closes) else f'{closes:%H:%M}'}"


def _ends(window: Window) -> int:
    return _minute(window[1]) or 24 * 60


def _minute(wall: time) -> int:
    return wall.hour * 60 + wall.minute


def quiet(raw: Sequence[str]) -> list[str]:
    """Personal quiet time; a window may reach into the next day. Raises InvalidInput(quiet_hours)."""
    for text in raw:
        try:
            parse_window(text, over_midnight=True)
        except ValueError as wrong:
            raise InvalidInput.of(
                "quiet_hours", f"'{text}' is no time of day. Write it as 20:00-08:00."
            ) from wrong
    return list(raw)


def leave(starts_at: datetime, ends_at: datetime, now: datetime) -> Span:
    """Time off. Raises InvalidInput(to)."""
    return _span(
        starts_at, ends_at, now, LONGEST_LEAVE, "Time off lasts two years at most: close the account instead."
    )


def turn(starts_at: datetime, ends_at: datetime, now: datetime) -> Span:
    """A turn on call. Raises InvalidInput(to)."""
    return _span(
        starts_at, ends_at, now, LONGEST_TURN, "A turn on call lasts 31 days at most: make two of it."
    )


def _span(starts_at: datetime, ends_at: datetime, now: datetime, longest: timedelta, too_long: str) -> Span:
    if ends_at <= starts_at:
        raise InvalidInput.of("to", "It ends before it begins. Choose an end after the beginning.")
    if ends_at <= now:
        raise InvalidInput.of("to", "This is over already. Choose an end that lies ahead.")
    if ends_at - starts_at > longest:
        raise InvalidInput.of("to", too_long)
    return starts_at, ends_at


def note(words: str) -> str:
    """What stands beside time off. Raises InvalidInput(note)."""
    words = " ".join(words.split())
    if len(words) > LONGEST_NOTE:
        raise InvalidInput.of("note", f"A note has at most {LONGEST_NOTE} characters; this one {len(words)}.")
    return words


def minutes(given: int | None) -> int | None:
    """How long a break lasts; None for the rest of the day. Raises InvalidInput(minutes)."""
    if given is not None and given not in MINUTES:
        raise InvalidInput.of("minutes", f"Give 1 to {MINUTES.stop - 1} minutes. What is longer is time off.")
    return given
