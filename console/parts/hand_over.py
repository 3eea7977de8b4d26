"""Colleagues to whom a lead can be given, as the hand-over list and the filters take them. Pure."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from console.live import millis
from console.parts.wording import moment_words
from core.reads.parts.hand_over import Colleague


def row(one: Colleague, now: datetime, zone: ZoneInfo) -> dict[str, Any]:
    """`shift` in words: 'until 6:00 PM', 'on a break, until 6:00 PM', 'back Tue 9:00 AM', 'off'."""
    return {
        "id": one.id,
        "name": one.name,
        "on": one.on_now,
        "shift": shift(one, now, zone),
        "until": millis(one.until),
        "load": one.load,
        "capacity": one.capacity,
        "full": one.full,
    }


def shift(one: Colleague, now: datetime, zone: ZoneInfo) -> str:
    if one.status == "off_duty" or not (one.until or one.back_at):
        return "off"
    if one.back_at:
        return f"back {moment_words(one.back_at, now, zone)}"
    until = f"until {moment_words(one.until, now, zone)}" if one.until else ""
    said = {"busy": "busy, ", "break": "on a break, "}.get(one.status, "")
    return f"{said}{until}"
