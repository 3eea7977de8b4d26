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
    "not_said": "Did not say why",
}
# What a patient's own page offers of these.
CANCELLED_BY_PATIENT = ("time", "changed_mind", "not_said")
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
VISIT, SEQUENCE = "visit", "sequence"  # by which an action's variables name a visit, and it as it was then
CHANGED = "visit_changed"  # why what speaks of it as it was goes no more
HERE_AROUND = timedelta(
    hours=12
)  # on either side of a visit's beginning: the same day, wherever the clinic is


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


def as_it_is(visit_id: str, sequence: int) -> dict[str, str]:
    """Variables of an action that is true of a visit only until that is moved, ends or stands again."""
    return {VISIT: visit_id, SEQUENCE: str(sequence)}


def change_until(starts_at: datetime, change: timedelta) -> datetime:
    """Until when a patient may move or cancel a visit by its link."""
    return starts_at - change


def may_be_here(starts_at: datetime | None, now: datetime) -> bool:
    """Whether who arrives now can have come for a visit at that time; None is a time that nobody knows."""
    return starts_at is None or abs(starts_at - now) <= HERE_AROUND


def is_completed(
    state: str,
    starts_at: datetime | None,
    arrived_at: datetime | None,
    ended_at: datetime | None,
    treated_at: datetime | None,
) -> bool:
    """Whether a visit ended later than its patient arrived. Of one from before arrivals had a time of their own its
    lead's treatment says so."""
    if state != "attended":
        return False
    if arrived_at:
        return ended_at is not None and ended_at > arrived_at
    return treated_at is not None and (starts_at is None or treated_at >= starts_at)
