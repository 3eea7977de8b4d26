"""When a person's own text may reach a patient, as spans that a browser can count down to."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from core.compliance.rules import TextingHours

DAYS_AHEAD = 4
Span = tuple[datetime, datetime]


def spans(hours: TextingHours, zones: tuple[str, ...], state: str, now: datetime) -> list[Span]:
    """The spans of the coming days in which every one of `zones` allows a text, the first perhaps under way.

    They begin at today's first opening, so that they change once a day and not with every look.
    """
    per_zone = [_spans(hours, ZoneInfo(zone), state, now) for zone in zones]
    common = per_zone[0]
    for other in per_zone[1:]:
        common = [
            (max(a[0], b[0]), min(a[1], b[1]))
            for a in common
            for b in other
            if max(a[0], b[0]) < min(a[1], b[1])
        ]
    return common


def _spans(hours: TextingHours, zone: ZoneInfo, state: str, now: datetime) -> list[Span]:
    week = hours.for_patient(zone, state, marketing=False)
    today = now.astimezone(zone).date()
    return [span for ahead in range(DAYS_AHEAD) for span in week.on(today + timedelta(days=ahead))]
