"""Due actions that are no texts: call tasks, unread forms to tell of, alarms that nobody acknowledged, freed times."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from core.app import App
from core.flows.booking import offering
from core.flows.conversation import danger
from core.flows.escalation import carrying_out, levels
from core.flows.intake import check_alert, unread_alert
from core.flows.leads import tasks, unassigned
from core.flows.sending import alerts
from core.flows.sequences import enrolling, gating
from core.flows.staff.presence import at_work
from core.leads.rules import OVER
from core.leads.store import leads
from core.leads.store import tasks as lead_tasks
from core.leads.store.leads import LeadBrief
from core.messaging.actions import Claimed, State
from core.messaging.rules.send_hold_drop import Hold
from core.messaging.store import dispatch, planned
from core.messaging.store.planning import record_moves
from core.reference import Reference
from core.staff.store import people

CLOSED = "clinic_closed"
IN_OPENING_HOURS = frozenset(
    {"call_task", unread_alert.KIND, check_alert.KIND, unassigned.KIND}
)  # nobody is asked to work at night
OF_A_LEAD = frozenset({"call_task", unassigned.KIND})


def carry_out(session: Session, app: App, actions: Sequence[Claimed], now: datetime) -> None:
    """Carry out each within the claiming transaction: nothing here leaves the database."""
    for action in actions:
        match _carry_out(session, app, action, now):
            case Hold(until, reason):
                dispatch.hold(session, [(action.id, until, reason)])
                moved = (action.id, State.PLANNED, reason, {"until": until.isoformat()})
                record_moves(session, [moved], now=now)
            case (state, reason):
                dispatch.end(session, [(action.id, state, reason)], now)
                record_moves(session, [(action.id, state, reason, {})], now=now)


def _carry_out(session: Session, app: App, action: Claimed, now: datetime) -> Hold | tuple[State, str]:
    lead = leads.find(session, action.lead_id) if action.kind in OF_A_LEAD and action.lead_id else None
    if action.kind in IN_OPENING_HOURS:
        opens = opens_at(app.reference, lead, now)
        if opens > now:
            return Hold(opens, CLOSED)
    match action.kind:
        case "call_task":
            return _call_task(session, app, action, lead, now)
        case "task":
            return _task_due(session, app, action, now)
        case unread_alert.KIND:
            return unread_alert.tell(session, app.settings, action, now)
        case unassigned.KIND:
            return unassigned.tell(session, app.settings, action, now)
        case check_alert.KIND:
            return check_alert.tell(session, app.settings, now)
        case enrolling.GATE:
            return gating.pass_through(session, action, now)
        case danger.KIND:
            return danger.tell_again(session, app, action, now)
        case levels.KIND:
            return carrying_out.carry_out(session, app, action, now)
        case offering.KIND:
            return offering.carry_out(session, app, action, now)
    return State.SENT, "due"


def _task_due(session: Session, app: App, action: Claimed, now: datetime) -> Hold | tuple[State, str]:
    """Somebody's own task: told late it would only flood the phone, the queue shows it."""
    if action.useful_until and now > action.useful_until:
        return State.DROPPED, "too_late"
    back_at = tasks.tell_owner(session, app.reference, app.settings, action, now=now)
    return Hold(back_at, "snoozed") if back_at else (State.SENT, "due")


def opens_at(reference: Reference, lead: LeadBrief | None, now: datetime) -> datetime:
    """When the lead's location is open from now on: nobody is asked to call at night."""
    hours = reference.clinic.location(lead.location if lead else "").hours
    return hours.next_open(now) or now


def why_no_call(action: Claimed, lead: LeadBrief | None, now: datetime) -> str:
    """Why nobody is asked to call after all, or ''."""
    if lead is None or lead.state in OVER:
        return "disqualified"
    if why_not := gating.unmet_by(lead, action.conditions):
        return why_not
    return "too_late" if action.useful_until and now > action.useful_until else ""


def _call_task(
    session: Session, app: App, action: Claimed, lead: LeadBrief | None, now: datetime
) -> tuple[State, str]:
    why_not = why_no_call(action, lead, now)
    if why_not or lead is None:
        return State.DROPPED, why_not
    title = action.variables.get("taskTitle", "Call")
    owner_id = _who(session, app, lead, action.variables.get("to", ""), now)
    lead_tasks.add(
        session,
        lead_id=lead.id,
        kind="call",
        title=title,
        action_id=action.id,
        owner_id=owner_id,
        due_at=now,
        now=now,
    )
    leads.note_event(session, lead.id, "task_created", "automatic", now=now, data={"title": title})
    if action.variables.get("to", "") == "manager" and _a_level_tells(session, app, lead):
        return State.SENT, "due"
    alerts.alert(
        session,
        app.reference,
        app.settings,
        key=f"alert:task:{action.id}",
        template="staff_call_task",
        staff_id=owner_id,
        lead_id=lead.id,
        lead_number=lead.number,
        due_at=now,
        now=now,
        task_title=title,
    )
    return State.SENT, "due"


def _a_level_tells(session: Session, app: App, lead: LeadBrief) -> bool:
    """Managers hear by the levels that nobody has reached out to this lead: not of the same a second time."""
    told = any("manager" in level.tell for level in app.reference.escalation.levels)
    return told and planned.rounds_of(session, lead.id, levels.KIND) > 0


def _who(session: Session, app: App, lead: LeadBrief, to: str, now: datetime) -> str | None:
    """The owner, or where the step asks for one a manager: whoever is at work now comes first."""
    managers = people.managers(session) if to == "manager" else []
    if not managers:
        return lead.owner_id
    present = at_work(session, app.reference, now)
    here = [one for one in managers if one.id in present]
    return (here or managers)[0].id
