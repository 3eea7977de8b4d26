"""Reads one calendar feed, in a process of its own: `python calendar_child.py ZONE SINCE UNTIL OWN <feed >answer`.

Whoever keeps that calendar chooses these bytes: what reads them has no keys, no database, no environment, little memory
and little time. ZONE is the wall of what names no zone, SINCE and UNTIL are seconds since 1970, OWN is what ends the
UID of our own entries, which come back where somebody subscribes to a calendar that subscribes to ours.
The answer is JSON: {"busy": [[start, end], ...]} in seconds since 1970, in order and without overlap, or {"why": WORD}.

It imports nothing of ours: it is run by its path, without the rest.
"""

import contextlib
import json
import re
import resource
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from dateutil.rrule import DAILY, HOURLY, WEEKLY, rrule, rrulestr
from icalendar import Calendar

MOST_BYTES = 5_000_000
MOST_EVENTS, MOST_TIMES, MOST_SPANS = 10_000, 50_000, 5_000
LONGEST_LINE, DEEPEST = 100_000, 10
MEMORY, SECONDS = 1_000_000_000, 20
NO_CALENDAR, TOO_MANY, TOO_OFTEN = "no_calendar", "too_many", "too_often"
FOLD, DAY = re.compile(r"\r?\n[ \t]"), re.compile(r":(\d{8})")
KEPT = {"VCALENDAR", "VTIMEZONE", "STANDARD", "DAYLIGHT", "VEVENT"}
REPEATS = {"RRULE", "RDATE", "RECURRENCE-ID"}
PROPERTIES = REPEATS | {"BEGIN", "END", "UID", "DTSTART", "DTEND", "DURATION", "EXDATE", "TRANSP", "STATUS"}
OFTEN = ("SECONDLY", "MINUTELY")
STEPS = {DAILY: timedelta(days=1), WEEKLY: timedelta(weeks=1), HOURLY: timedelta(hours=1)}
A_DAY = timedelta(days=1)
LONGEST = timedelta(days=400)  # of one entry: what lasts longer is no appointment


class Refused(Exception):
    """The feed can't be used; the message is one of the words above."""


class Frame(NamedTuple):
    """What is looked for."""

    zone: ZoneInfo
    since: datetime
    until: datetime
    own: str


Span = tuple[datetime, datetime]


def limit() -> None:
    """As narrow as the system lets us."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_CORE, 0),
    ):
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(what, (most, most))


def busy(content: bytes, frame: Frame) -> list[Span]:
    """Stretches in which its owner is busy. Raises Refused."""
    times = [span for entry in _entries(content, frame) for span in _times(entry, frame)]
    found = _joined(sorted(times))
    if len(found) > MOST_SPANS:
        raise Refused(TOO_MANY)
    return found


def _entries(content: bytes, frame: Frame) -> Iterator[list[Any]]:
    """The events of one UID, which are one series with what departs from it."""
    try:
        calendars = Calendar.from_ical(slimmed(content, frame), multiple=True)
        events = [event for calendar in calendars for event in calendar.walk("VEVENT")]
    except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        raise Refused(NO_CALENDAR) from error
    series: dict[str, list[Any]] = {}
    for number, event in enumerate(events):
        series.setdefault(str(event.get("UID", number)), []).append(event)
    yield from series.values()


def slimmed(content: bytes, frame: Frame) -> str:
    """What can matter: the zones, and of events that repeat or lie near the frame, when they are. Most of a feed is
    years ago, or words; the parser would take a millisecond for each entry. Raises Refused."""
    text = FOLD.sub("", content.decode("utf-8", "replace").lstrip("\ufeff \t\r\n"))
    if not text.upper().startswith("BEGIN:VCALENDAR"):
        raise Refused(NO_CALENDAR)
    kept: list[str] = []
    event: list[str] = []
    within: list[str] = []
    count = 0
    for line in (one.rstrip() for one in text.split("\n")):
        name, _, value = line.upper().partition(":")
        within += [value] if name == "BEGIN" else []
        if len(within) > DEEPEST or len(line) > LONGEST_LINE:
            raise Refused(NO_CALENDAR)
        if within and set(within) <= KEPT:
            of_event = within[-1] == "VEVENT"
            if not of_event or name.partition(";")[0] in PROPERTIES:
                (event if of_event else kept).append(line)
        if name == "END" and within and within.pop() == "VEVENT":
            near = _is_near(event, frame)
            kept += event if near else []
            event, count = [], count + near
    if count > MOST_EVENTS:
        raise Refused(TOO_MANY)
    return "\r\n".join(kept)


def _is_near(event: list[str], frame: Frame) -> bool:
    """By the day that it begins on, as it is written; what repeats, or departs from what does, always."""
    found = {line.upper().replace(":", ";").partition(";")[0]: line for line in event}
    if REPEATS & set(found):
        return True
    day = DAY.search(found.get("DTSTART", ""))
    return day is None or _day(frame.since - LONGEST) <= day[1] <= _day(frame.until + 2 * A_DAY)


def _day(moment: datetime) -> str:
    return f"{moment:%Y%m%d}"


def _times(events: list[Any], frame: Frame) -> Iterator[Span]:
    """What one series takes within the frame."""
    if frame.own and str(events[0].get("UID", "")).endswith(frame.own):
        return
    departed = {_moment(one["RECURRENCE-ID"].dt, frame.zone) for one in events if "RECURRENCE-ID" in one}
    for event in events:
        if "DTSTART" not in event or not _takes_time(event):
            continue
        length = _length(event, frame.zone)
        if timedelta() < length <= LONGEST:
            apart = departed if "RECURRENCE-ID" not in event else set()
            yield from _spans(event, length, apart, frame)


def _takes_time(event: Any) -> bool:
    transparent = str(event.get("TRANSP", "")).upper() == "TRANSPARENT"
    return not transparent and str(event.get("STATUS", "")).upper() != "CANCELLED"


def _spans(event: Any, length: timedelta, apart: set[datetime], frame: Frame) -> Iterator[Span]:
    first = event["DTSTART"].dt
    whole_days = not isinstance(first, datetime)
    left_out = apart | {_moment(one, frame.zone) for one in _dates(event, "EXDATE")}
    for begins in _begins(event, first, length, frame):
        start = _moment(begins, frame.zone)
        ends = begins + length if whole_days else None
        end = _moment(ends, frame.zone) if ends else start + length
        if start not in left_out and end > frame.since and start < frame.until:
            yield max(start, frame.since), min(end, frame.until)


def _begins(event: Any, first: Any, length: timedelta, frame: Frame) -> Iterator[Any]:
    """When it takes place, as the feed writes it: a date, or a moment on its own wall."""
    yield first
    yield from _dates(event, "RDATE")
    if "RRULE" in event and "RECURRENCE-ID" not in event:
        rules = event["RRULE"]
        for rule in rules if isinstance(rules, list) else [rules]:
            yield from _repeats(rule, first, length, frame)


def _repeats(rule: Any, first: Any, length: timedelta, frame: Frame) -> Iterator[Any]:
    """On the wall: 9 in the morning stays 9 in the morning where clocks change."""
    if any(str(word).upper() in OFTEN for word in rule.get("FREQ", [])):
        raise Refused(TOO_OFTEN)
    zone = first.tzinfo if isinstance(first, datetime) else None
    wall = first.replace(tzinfo=None) if isinstance(first, datetime) else datetime.combine(first, time())
    since, until = (_on_wall(moment, zone or frame.zone) for moment in (frame.since - length, frame.until))
    found = _rule(rule, wall, until, zone, frame)
    for at in _from(found, since - A_DAY):
        yield at.replace(tzinfo=zone) if isinstance(first, datetime) else at.date()


def _rule(rule: Any, wall: datetime, until: datetime, zone: tzinfo | None, frame: Frame) -> rrule:
    """Ends with the frame. Raises Refused."""
    words = {name: values for name, values in rule.items() if name.upper() != "UNTIL"}
    text = type(rule)(words).to_ical().decode()
    try:
        last = [_last(one, zone, frame) for one in rule.get("UNTIL", [])]
        made = rrulestr(text, dtstart=wall)
    except (ValueError, TypeError, KeyError, OverflowError) as error:
        raise Refused(NO_CALENDAR) from error
    if not isinstance(made, rrule):
        raise Refused(NO_CALENDAR)
    return made.replace(until=min([until, *last])) if not _counted(made) else _cut(made, min([until, *last]))


def _counted(rule: rrule) -> bool:
    return bool(getattr(rule, "_count", None))


def _cut(rule: rrule, until: datetime) -> rrule:
    """dateutil takes a number of times or an end, as the standard does; ours is the end of what we look at."""
    vars(rule)["_until"] = until
    return rule


def _last(until: Any, zone: tzinfo | None, frame: Frame) -> datetime:
    """UNTIL on the wall of the series."""
    if not isinstance(until, datetime):
        return datetime.combine(until, time(23, 59, 59))
    return _on_wall(until, zone or frame.zone) if until.tzinfo else until


def _from(rule: rrule, since: datetime) -> Iterator[datetime]:
    """Its times from then on. A rule that goes on from long ago begins later, by whole steps."""
    frequency, interval = getattr(rule, "_freq", None), int(getattr(rule, "_interval", 1))
    start: datetime = vars(rule)["_dtstart"]
    if frequency in STEPS and not _counted(rule) and start < since:
        step = STEPS[frequency] * interval
        rule = rule.replace(dtstart=start + (since - start) // step * step)
    for number, at in enumerate(rule):
        if number > MOST_TIMES:
            raise Refused(TOO_OFTEN)
        if at >= since:
            yield at


def _length(event: Any, zone: ZoneInfo) -> timedelta:
    """How long it takes; whole days where it begins with a date."""
    first = event["DTSTART"].dt
    if "DTEND" in event:
        last = event["DTEND"].dt
        if not isinstance(first, datetime) and not isinstance(last, datetime):
            return timedelta(days=(last - first).days)
        return _moment(last, zone) - _moment(first, zone)
    if "DURATION" in event:
        given: timedelta = event["DURATION"].dt
        return given
    return timedelta() if isinstance(first, datetime) else A_DAY


def _dates(event: Any, name: str) -> Iterator[Any]:
    """The moments or dates of EXDATE and RDATE, which may stand there more than once; a period by its beginning."""
    found = event.get(name, [])
    for group in found if isinstance(found, list) else [found]:
        for one in getattr(group, "dts", []):
            yield one.dt[0] if isinstance(one.dt, tuple) else one.dt


def _moment(at: date | datetime, zone: ZoneInfo) -> datetime:
    """In UTC. What names no zone, and a whole day, is on the wall of `zone`."""
    if not isinstance(at, datetime):
        at = datetime.combine(at, time())
    return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)


def _on_wall(moment: datetime, zone: tzinfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None)


def _joined(spans: Iterable[Span]) -> list[Span]:
    joined: list[Span] = []
    for start, end in spans:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def main(zone: str, since: str, until: str, own: str) -> int:
    limit()
    first, last = (datetime.fromtimestamp(int(text), UTC) for text in (since, until))
    frame = Frame(ZoneInfo(zone), first, last, own)
    try:
        found = busy(sys.stdin.buffer.read(MOST_BYTES + 1), frame)
        answer: dict[str, Any] = {"busy": [[int(end.timestamp()) for end in span] for span in found]}
    except Refused as refused:
        answer = {"why": str(refused)}
    except (OverflowError, ValueError):  # a date beyond what calendars hold
        answer = {"why": NO_CALENDAR}
    sys.stdout.write(json.dumps(answer))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:5]))
