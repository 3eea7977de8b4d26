"""A form that waits for a person tells somebody: one row with a due time, cancelled when it is handled.

Five minutes of opening time after it came, managers and front desk are told, gathered by the quarter of an hour: a
vendor that changed its form may leave a hundred of them at once.
"""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core.clinic import Clinic
from core.flows.sending.alerts import tell_each
from core.intake import store
from core.messaging.actions import Claimed, Lane, NewAction, Purpose, State
from core.messaging.store import planning as messaging
from core.settings import Settings
from core.sla.rules import due_after
from core.staff.store.people import front_line

PATIENCE = timedelta(minutes=5)
GATHERED_SECONDS = 900
KIND = "unread_form"


def plan(session: Session, clinic: Clinic, raw_id: str, *, now: datetime) -> None:
    """Look after it once it has waited for five minutes in which a location was open."""
    action = NewAction(
        key=_key(raw_id),
        kind=KIND,
        due_at=due(clinic, now),
        purpose=Purpose.STAFF_ALERT,
        lane=Lane.INSTANT,
        audience="staff",
        variables={"form": raw_id},
    )
    messaging.plan(session, action, now)


def cancel(session: Session, raw_id: str, *, by: str, now: datetime) -> None:
    """Somebody has handled it."""
    messaging.cancel_key(session, _key(raw_id), "handled", by=by, now=now)


def plan_again(session: Session, clinic: Clinic, raw_id: str, *, now: datetime) -> None:
    """It waits once more."""
    if not messaging.plan_key_again(session, _key(raw_id), due(clinic, now), now):
        plan(session, clinic, raw_id, now=now)


def tell(session: Session, settings: Settings, action: Claimed, now: datetime) -> tuple[State, str]:
    """Tell everybody who handles forms, unless it was handled meanwhile."""
    if not store.still_waits(session, action.variables.get("form", "")):
        return State.DROPPED, "handled"
    alert_all(session, settings, "staff_unread_form", now=now)
    return State.SENT, "due"


def alert_all(session: Session, settings: Settings, template: str, *, now: datetime) -> None:
    """One alert to each manager and each at the front desk, the same one once in a quarter of an hour."""
    tell_each(session, settings, front_line(session), template, GATHERED_SECONDS, now=now)


def due(clinic: Clinic, now: datetime) -> datetime:
    """When some minutes of opening time have passed at the first location that has them."""
    opened = (due_after(place.hours, now, PATIENCE) for place in clinic.locations.values())
    return min((due for due in opened if due is not None), default=now + PATIENCE)


def _key(raw_id: str) -> str:
    return f"{KIND}:{raw_id}"
