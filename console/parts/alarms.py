"""How urgent a lead is, as browsers take it: since when, what for, and whether somebody has acknowledged it."""

from typing import Any

from console.live import millis
from core.reads.parts.alarms import Alarm

FIRST = 1


def urgency(alarm: Alarm | None, priority: int) -> dict[str, Any]:
    """Fields of a row. An urgent form without an alarm has nothing to acknowledge: its clock says enough."""
    if alarm is None:
        return {
            "urgent": priority == FIRST,
            "acknowledged": priority == FIRST,
            "urgentSince": None,
            "urgentWhat": "",
        }
    return {
        "urgent": True,
        "acknowledged": alarm.acknowledged_at is not None,
        "acknowledgedAt": millis(alarm.acknowledged_at),
        "acknowledgedBy": alarm.acknowledged_by,
        "urgentSince": millis(alarm.raised_at),
        "urgentWhat": "Possible danger in a reply",
    }
