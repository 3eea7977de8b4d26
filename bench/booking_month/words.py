"""What a text says, told from its words alone: its kind, and the times that it names on the wall of a place."""

from datetime import datetime
from zoneinfo import ZoneInfo

# Of the wordings that ship; the first that fits.
KINDS = {
    "offer": "a time opened",
    "taken": "You have it:",
    "late": "That time is not free any more",
    "confirmed": "Confirmed, ",
    "moved": "your visit is now on",
    "off": "is called off",
    "reminder": "a reminder of your visit:",
    "prepare": "Please look at your notes",
    "today": "we look forward to seeing you",
    "check_in": "Text HERE when you have arrived",
}
OF_A_VISIT = ("confirmed", "moved", "reminder", "prepare", "today", "check_in")
NAME_THE_TIME = ("confirmed", "moved", "reminder", "prepare", "today", "taken")


def kind_of(body: str) -> str:
    """One of KINDS, or 'other'."""
    return next((kind for kind, words in KINDS.items() if words in body), "other")


def hour(local: datetime) -> str:
    return f"{local.hour % 12 or 12}:{local:%M} {'AM' if local.hour < 12 else 'PM'}"


def names(body: str, moment: datetime, zone: ZoneInfo, said_at: datetime) -> bool:
    """Whether it names that moment, day and hour, as the wall of `zone` shows it; the day it was said on is 'today'."""
    local = moment.astimezone(zone)
    today = "today" in body and local.date() == said_at.astimezone(zone).date()
    return (today or f"{local:%a %b} {local.day}" in body) and hour(local) in body
