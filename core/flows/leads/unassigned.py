"""A lead that nobody is free to take tells somebody: one row with a due time, dropped where it has an owner by then.

A minute of opening time after it began to wait, every manager is told, gathered by five minutes: a burst is one alert.
Of a lead that comes while nobody is at work somebody hears at once (`intake.follow_up_lead`); by the time that this
looks after it, it is given out as a rule.
"""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core.clinic import Clinic
from core.flows.sending.alerts import tell_each
from core.leads.store import leads
from core.messaging.actions import Claimed, Lane, NewAction, Purpose, State
from core.messaging.store import planning as messaging
from core.settings import Settings
from core.sla.rules import due_after
from core.staff.store.people import managers

KIND, TEMPLATE = "unassigned", "staff_unassigned"
PATIENCE = timedelta(minutes=1)
GATHERED_SECONDS = 300


def plan(session: Session, clinic: Clinic, lead_id: str, location: str, *, now: datetime) -> None:
    """Look after it once it has waited for a minute in which its location was open."""
    due = due_after(clinic.location(location).hours, now, PATIENCE) or now + PATIENCE
    action = NewAction(
        key=f"{KIND}:{lead_id}:{int(now.timestamp())}",
        kind=KIND,
        due_at=due,
        purpose=Purpose.STAFF_ALERT,
        lane=Lane.INSTANT,
        audience="staff",
        lead_id=lead_id,
    )
    messaging.plan(session, action, now)


def tell(session: Session, settings: Settings, action: Claimed, now: datetime) -> tuple[State, str]:
    """Tell every manager, unless somebody has the lead by now."""
    lead = leads.find(session, action.lead_id or "")
    if lead is None or lead.owner_id or lead.state != "open":
        return State.DROPPED, "handled"
    tell_each(session, settings, managers(session), TEMPLATE, GATHERED_SECONDS, now=now)
    return State.SENT, "due"
