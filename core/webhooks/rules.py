"""Which events other systems can hear of, and when one that was not taken goes again. Pure."""

from datetime import datetime, timedelta

CREATED, MOVED, CANCELLED = "booking.created", "booking.moved", "booking.cancelled"
ARRIVED, COMPLETED = "booking.arrived", "booking.completed"
EVENTS = (CREATED, MOVED, CANCELLED, ARRIVED, COMPLETED)
TEST = "webhook.test"
RETRIES = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
    timedelta(hours=12),
    timedelta(hours=24),
)
MOST_TRIES = len(RETRIES) + 1
# As a receiver reads them; a visit that was marked by mistake is none.
STATUSES = {
    "booked": "booked",
    "attended": "arrived",
    "no_show": "no_show",
    "cancelled": "cancelled",
    "withdrawn": "cancelled",
}


def retry_after(tries: int) -> timedelta | None:
    """How long after that many tries the next one comes; None for never."""
    return RETRIES[tries - 1] if tries <= len(RETRIES) else None


def moment(at: datetime | None) -> str | None:
    """As JSON has it: 2026-11-23T15:00:00Z."""
    return at.isoformat(timespec="seconds").replace("+00:00", "Z") if at else None
