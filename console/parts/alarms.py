"""How urgent a lead is, as browsers take it, and whether somebody has taken up what people were told of it."""

from typing import Any

from console.live import millis
from core.reads.parts.alarms import Alarm
from core.reads.parts.taken_up import Alerted

FIRST = 1


def alerted(word: Alerted | None) -> dict[str, Any] | None:
    """Somebody was told of a lead that waits for a first call or text. `at` None: nobody has acknowledged it."""
    return None if word is None else {"at": millis(word.at), "by": (word.by or "").split(" ")[0]}


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
