"""An alarm of a lead as browsers take it: since when, and whether somebody has acknowledged it."""

from typing import Any

from console.live import millis
from core.reads.lead_queue import Alarm


def alarm(raised: Alarm | None) -> dict[str, Any] | None:
    """Since when a patient may be in danger, and who has acknowledged it; `by` is None while nobody has."""
    if raised is None:
        return None
    return {
        "at": millis(raised.raised_at),
        "by": raised.acknowledged_by,
        "acknowledged": millis(raised.acknowledged_at),
    }
