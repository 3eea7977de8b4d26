"""A level's moment has come: what it does, unless somebody has acted meanwhile."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core.alerting.rules import APOLOGY, BACKUP, URGENT, Level
from core.app import App
from core.assignment import store as assignments
from core.domain.clock import machine_span
from core.flows.escalation import acknowledging, apologising, backing_up
from core.flows.sending import alerts
from core.flows.staff.presence import at_work
from core.leads import rules
from core.leads.store import leads, owners
from core.leads.store.leads import LeadBrief
from core.messaging.actions import Claimed, State
from core.messaging.rules.send_hold_drop import Hold
from core.sla.rules import due_after
from core.staff.alert_rules import of_escalation
from core.staff.store import people

CLOSED, ANEW, IN_HAND = "clinic_closed", "counted_anew", "in_hand"
A_MOMENT = timedelta(seconds=1)
# A level that comes later than this was held up by us, not by those who should have acted (machine's seconds).
LATE_SECONDS = 120.0


def carry_out(session: Session, app: App, action: Claimed, now: datetime) -> Hold | tuple[State, str]:
    """What `performing` is told: hold it, or how it ended."""
    lead = leads.find(session, action.lead_id or "")
    level = app.reference.escalation.level(int(action.variables["level"]))
    why_not = "level_gone" if level is None else _why_not(lead)
    if why_not or lead is None or level is None:
        return State.DROPPED, why_not
    held = _hold(app, lead, level, action, now)
    if held:
        return held
    since = datetime.fromisoformat(action.variables["since"])
    if level.unless_acknowledged and acknowledging.is_acknowledged(session, lead.id, since):
        return State.DROPPED, "acknowledged"
    # The lead before anybody's turn, as whoever gives leads holds them: of two that wait for one another the database
    # ends one, and with a claim everything that it has in hand.
    if not owners.hold(session, [lead.id]):
        return Hold(now + A_MOMENT, IN_HAND)
    _do(session, app, lead, level, action, now)
    return State.SENT, "due"


def _why_not(lead: LeadBrief | None) -> str:
    """Each of these has cancelled the level in its own transaction; one that was claimed then asks again."""
    if lead is None:
        return "erased"
    if lead.attempted_at:
        return "contacted"
    if lead.booked_at:
        return "booked"
    return "closed" if lead.state != "open" or lead.snoozed_until else ""


def _hold(app: App, lead: LeadBrief, level: Level, action: Claimed, now: datetime) -> Hold | None:
    """Nobody is asked at night. After an outage or a pause the minutes count anew, once: the alert to the owner leaves
    only now, and all levels at one stroke would blame people for what we held up."""
    hours = app.reference.clinic.location(lead.location).hours
    opens = hours.next_open(now)
    if opens is None or opens > now:
        return Hold(opens or now + timedelta(hours=1), CLOSED)
    late = now - action.planned_for > machine_span(app.clock, LATE_SECONDS)
    if late and action.reason not in (ANEW, CLOSED):
        return Hold(due_after(hours, now, level.after) or now, ANEW)
    return None


def _do(session: Session, app: App, lead: LeadBrief, level: Level, action: Claimed, now: datetime) -> None:
    assignments.take_turns(session)
    backup = ""
    if BACKUP in level.does:
        backup = backing_up.assign(session, app, lead, level, action.id, now)
    told = _tell(session, app, lead, level, action, {lead.owner_id, backup}, now)
    if URGENT in level.does:
        leads.change(session, lead.id, now, priority=rules.URGENT)
    apology = APOLOGY in level.does and bool(action.variables.get("apologise"))
    if apology:
        apologising.plan(session, app.reference, lead, now)
    data = {"level": int(action.variables["level"]), "minutes": level.minutes, "told": told}
    data |= {"backup": backup} if backup else {}
    data |= {"urgent": True} if URGENT in level.does else {}
    data |= {"apology": True} if apology else {}
    leads.note_event(session, lead.id, "escalated", "automatic", now=now, data=data)


def _tell(
    session: Session,
    app: App,
    lead: LeadBrief,
    level: Level,
    action: Claimed,
    but: set[str | None],
    now: datetime,
) -> list[str]:
    """Tell the people of the level; their ids. `but`: who hears of it otherwise, and never twice of one thing."""
    if not level.tell:
        return []
    here = at_work(session, app.reference, now)
    named = of_escalation(people.colleagues(session), level.tell, but, here)
    template = "staff_unacknowledged" if level.unless_acknowledged else "staff_uncontacted"
    about = alerts.About(
        f"alert:level:{action.id}",
        template,
        lead.id,
        lead.number,
        now,
        urgent=True,
        more={"waitedTime": f"{level.minutes} min"},
    )
    alerts.tell(session, app.settings, named, about, now)
    return [one.id for one in named]
