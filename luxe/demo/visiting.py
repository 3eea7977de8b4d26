"""The visits of a made-up patient: booked, attended or not, treated."""

from datetime import datetime, timedelta

from luxe.demo.tale import Tale

RATES = {"attended": 0.9, "treated": 0.84}
CANCELLED = 0.05
MINUTE = timedelta(minutes=1)
REASONS = ("time", "unwell", "changed_mind", "price", "went_elsewhere")


def cancels(tale: Tale, booked: datetime) -> bool:
    """Some bookings are cancelled: the lead counts as booked no more, and ends."""
    stage = tale.stage
    cancelled = stage.later(booked, 60 * 20, 0.7)
    if not stage.chance(CANCELLED) or cancelled >= stage.now - MINUTE:
        return False
    reason = stage.dice.choice(REASONS)
    tale.event(booked, "booked", "staff", staff=tale.owner, shown=True)
    tale.event(cancelled, "visit_cancelled", "staff", staff=tale.owner, data={"reason": reason}, shown=True)
    tale.milestone(cancelled, "cancelled", reason=reason)
    ended = {"ended_at": cancelled, "ended_by": tale.owner.id, "reason": reason}
    _row(tale, booked, cancelled + timedelta(days=2), "cancelled", 0, **ended)
    return True


def visit(tale: Tale, booked: datetime, value_cents: int) -> datetime | None:
    """The visit of a booking; when it took place, None where nobody came or it is still to come."""
    stage = tale.stage
    starts_at = _in_hours(tale, booked + timedelta(days=stage.dice.triangular(1, 21, 5)))
    if starts_at >= stage.now - MINUTE:
        _row(tale, booked, starts_at, "booked", value_cents)
        return None
    came = stage.chance(RATES["attended"])
    ended = {"ended_at": starts_at, "ended_by": tale.owner.id}
    _row(tale, booked, starts_at, "attended" if came else "no_show", value_cents, **ended)
    if came:
        return starts_at
    tale.lead["state"] = "closed"
    tale.event(starts_at, "visit_no_show", "staff", staff=tale.owner, shown=True)
    tale.milestone(starts_at, "no_show")
    return None


def _in_hours(tale: Tale, moment: datetime) -> datetime:
    """The half hour of it where the clinic is open then, else where it opens next."""
    half = moment.replace(minute=moment.minute // 30 * 30, second=0, microsecond=0)
    hours = tale.stage.reference.clinic.location(tale.lead["location"]).hours
    return hours.next_open(half) or half


def _row(
    tale: Tale, booked: datetime, starts_at: datetime, state: str, value_cents: int, **ended: object
) -> None:
    tale.stage.add(
        "appointments",
        id=tale.stage.new_id(booked),
        lead_id=tale.id,
        patient_id=tale.patient_id,
        created_at=booked,
        made_by=tale.owner.id,
        starts_at=starts_at,
        location=tale.lead["location"],
        kind="consultation",
        value_cents=value_cents,
        state=state,
        **ended,
    )
