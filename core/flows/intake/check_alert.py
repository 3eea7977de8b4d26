"""Somebody is told that forms wait to be checked, in opening hours, once in a few hours: junk must not ring phones."""

from datetime import datetime

from sqlalchemy.orm import Session

from core.clinic import Clinic
from core.flows.intake import unread_alert
from core.intake import store
from core.messaging.actions import Lane, NewAction, Purpose, State
from core.messaging.store import planning as messaging
from core.settings import Settings

KIND = "check_forms"
TEMPLATE = "staff_check_forms"
GATHERED_SECONDS = 4 * 3600


def plan(session: Session, clinic: Clinic, *, now: datetime) -> None:
    """Look once whether any still waits, some minutes of opening time from now; the same for all of some hours."""
    due_at = unread_alert.due(clinic, now)
    action = NewAction(
        key=f"{KIND}:{int(due_at.timestamp() // GATHERED_SECONDS)}",
        kind=KIND,
        due_at=due_at,
        purpose=Purpose.STAFF_ALERT,
        lane=Lane.INSTANT,
        audience="staff",
    )
    messaging.plan(session, action, now)


def tell(session: Session, settings: Settings, now: datetime) -> tuple[State, str]:
    """Tell everybody who handles forms, unless all were handled meanwhile."""
    if not store.to_check_count(session):
        return State.DROPPED, "handled"
    unread_alert.alert_all(session, settings, TEMPLATE, now=now)
    return State.SENT, "due"
