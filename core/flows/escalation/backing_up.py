"""Another owner for a lead whose owner has not answered: chosen by the same rules among who is at work and has room."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from core.alerting.rules import Level
from core.app import App
from core.assignment import store as assignments
from core.assignment.rules.choosing import choose
from core.assignment.rules.turns import charged
from core.flows.leads import assigning, wanting
from core.flows.sending import alerts
from core.leads.store import leads
from core.leads.store import tasks as lead_tasks
from core.leads.store import work as lead_work
from core.leads.store.leads import LeadBrief
from core.reference import Reference
from core.staff import shift_rules

RULE = "Backup: nobody acknowledged in {minutes} min"


def assign(session: Session, app: App, lead: LeadBrief, level: Level, cause: str, now: datetime) -> str:
    """Give the lead to a backup, who is told; their id, '' where nobody else is at work or it has another owner by now.

    `cause` names what the alert is told by.
    """
    found = find(session, app.reference, lead, now)
    if found is None:
        return ""
    staff_id, trace = found
    if not lead_work.hand_on(session, lead.id, lead.owner_id, staff_id, now):
        return ""
    rule = RULE.format(minutes=level.minutes)
    lead_tasks.move(session, lead.id, staff_id)
    assignments.record(session, lead_id=lead.id, staff_id=staff_id, rule=rule, trace=trace, now=now)
    data = {"staff_id": staff_id, "rule": rule}
    leads.note_event(session, lead.id, "assigned", "automatic", now=now, data=data)
    about = alerts.About(
        f"alert:backup:{cause}", "staff_backup_owner", lead.id, lead.number, now, urgent=True
    )
    alerts.alert_one(session, app.settings, staff_id, about, now)
    return staff_id


def find(
    session: Session, reference: Reference, lead: LeadBrief, now: datetime
) -> tuple[str, list[dict[str, Any]]] | None:
    """(id, trace) of who takes over from the lead's owner, by the rules; None where nobody at work has room.

    From here to the end of the transaction nobody else chooses: two leads never get the same last place.
    """
    assignments.take_turns(session)
    at_work = [
        one
        for one in assigning.candidates(session, reference, now)
        if one.staff_id != lead.owner_id
        and one.on_shift
        and one.status not in shift_rules.AWAY
        and one.open_leads < one.capacity
    ]
    choice = choose(reference.assignment, wanting.find(session, reference, lead.id, now), at_work)
    found = choice.of(at_work)
    if found is None:
        return None
    assignments.charge(session, found.staff_id, charged(found))
    return found.staff_id, list(choice.trace)
