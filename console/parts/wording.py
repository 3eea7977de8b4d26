"""Moments in words, on the clinic's wall."""

from datetime import datetime
from zoneinfo import ZoneInfo


def moment_words(moment: datetime, now: datetime, zone: ZoneInfo) -> str:
    """'4:00 PM' today, 'Tue 9:00 AM' within six days, 'Mon Jan 4, 9:00 AM' beyond."""
    local, today = moment.astimezone(zone), now.astimezone(zone).date()
    clock = f"{local.hour % 12 or 12}:{local:%M} {local:%p}"
    if local.date() == today:
        return clock
    near = 0 < (local.date() - today).days < 7
    return f"{local:%a} {clock}" if near else f"{local:%a %b} {local.day}, {clock}"
