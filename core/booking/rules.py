"""What a booking may say, and in which words visits are cancelled. Pure.

Chapter 9: booked, attended, treated are stages of their own. A cancelled visit is no booking any more; one that
nobody came to was booked and not attended.
"""

from datetime import datetime, timedelta

from core.domain.errors import InvalidInput

KINDS = {"consultation": "Consultation", "treatment": "Treatment", "follow_up": "Follow-up"}
CANCELLED = {
    "time": "The time does not suit",
    "unwell": "Unwell",
    "changed_mind": "Changed their mind",
    "price": "Too expensive",
    "went_elsewhere": "Went elsewhere",
    "clinic": "We had to cancel",
}
STATES = {
    "booked": "Booked",
    "attended": "Attended",
    "no_show": "No-show",
    "cancelled": "Cancelled",
    "withdrawn": "Marked by mistake",
}
LEAST_CENTS, MOST_CENTS = (
    1_000,
    2_000_000,
)  # a slip of the hand (22550 for 225 or 50) must not pass for a value
FURTHEST_AHEAD, FURTHEST_BACK = timedelta(days=400), timedelta(days=30)


def refuse_value(value_cents: int) -> None:
    """0 leaves the value open. Raises InvalidInput(value)."""
    if value_cents and not LEAST_CENTS <= value_cents <= MOST_CENTS:
        words = f"Enter an amount from ${LEAST_CENTS // 100} to ${MOST_CENTS // 100:,}, or leave it empty."
        raise InvalidInput.of("value", words)


def refuse_time(starts_at: datetime, now: datetime) -> None:
    """Raises InvalidInput(starts_at) for a moment that can't be meant."""
    if not now - FURTHEST_BACK <= starts_at <= now + FURTHEST_AHEAD:
        raise InvalidInput.of("starts_at", "Choose a date within the next year, or one of the last 30 days.")


def refuse_kind(kind: str) -> None:
    """Raises InvalidInput(kind); '' is allowed."""
    if kind and kind not in KINDS:
        raise InvalidInput.of("kind", f"Choose one of: {', '.join(KINDS.values())}.")
