"""Due actions that are no texts: call tasks, unread forms to tell of, alarms that nobody acknowledged, pictures."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core.app import App
from core.domain.ports import ProviderUnavailable
from core.flows.conversation import danger
from core.flows.intake import unread_alert
from core.flows.leads import tasks
from core.flows.sending import alerts
from core.leads.rules import OVER
from core.leads.store import leads
from core.leads.store import tasks as lead_tasks
from core.leads.store.leads import LeadBrief
from core.messaging.actions import Claimed, State
from core.messaging.rules.send_hold_drop import Hold
from core.messaging.store import dispatch, texts
from core.messaging.store.planning import record_moves

IN_OPENING_HOURS = frozenset({"call_task", unread_alert.KIND})  # nobody is asked to work at night
KEEP_ASKING = timedelta(days=1)


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
    lead = leads.find(session, action.lead_id) if action.kind == "call_task" and action.lead_id else None
    if action.kind in IN_OPENING_HOURS:
        opens = _opens(app, lead, now)
        if opens > now:
            return Hold(opens, "clinic_closed")
    match action.kind:
        case "call_task":
            return _call_task(session, app, action, lead, now)
        case "task":
            return _task_due(session, app, action, now)
        case unread_alert.KIND:
            return unread_alert.tell(session, app.settings, action, now)
        case danger.KIND:
            return danger.tell_again(session, app, action, now)
    return State.SENT, "due"


def _task_due(session: Session, app: App, action: Claimed, now: datetime) -> Hold | tuple[State, str]:
    """Somebody's own task: told late it would only flood the phone, the queue shows it."""
    if action.useful_until and now > action.useful_until:
        return State.DROPPED, "too_late"
    back_at = tasks.tell_owner(session, app.settings, action, now=now)
    return Hold(back_at, "snoozed") if back_at else (State.SENT, "due")


def _opens(app: App, lead: LeadBrief | None, now: datetime) -> datetime:
    """When the lead's location is open from now on: nobody is asked to call at night."""
    hours = app.reference.clinic.location(lead.location if lead else "").hours
    return hours.next_open(now) or now


def _call_task(
    session: Session, app: App, action: Claimed, lead: LeadBrief | None, now: datetime
) -> tuple[State, str]:
    if lead is None or lead.state in OVER:
        return State.DROPPED, "disqualified"
    moot = {
        "not_attempted": lead.attempted_at,
        "not_contacted": lead.contacted_at,
        "not_replied": lead.responded_at,
        "not_booked": lead.booked_at,
    }
    for condition in action.conditions:
        if moot[condition]:
            return State.DROPPED, condition.removeprefix("not_")
    if action.useful_until and now > action.useful_until:
        return State.DROPPED, "too_late"
    title = action.variables.get("taskTitle", "Call")
    lead_tasks.add(
        session,
        lead_id=lead.id,
        kind="call",
        title=title,
        action_id=action.id,
        owner_id=lead.owner_id,
        due_at=now,
        now=now,
    )
    leads.note_event(session, lead.id, "task_created", "automatic", now=now, data={"title": title})
    alerts.alert(
        session,
        app.settings,
        key=f"alert:task:{action.id}",
        template="staff_call_task",
        staff_id=lead.owner_id,
        lead_id=lead.id,
        lead_number=lead.number,
        due_at=now,
        now=now,
        task_title=title,
    )
    return State.SENT, "due"


def fetch_pictures(app: App, *, now: datetime, since: datetime | None = None, limit: int = 10) -> int:
    """Fetch received pictures and keep them encrypted; how many. The provider is asked outside any transaction.

    `since` where older ones are asked for than those of the last day.
    """
    with app.db.read() as session:
        waiting = texts.media_to_fetch(session, since or now - KEEP_ASKING, limit)
    fetched = 0
    for media_id, url in waiting:
        try:
            content_type, content = app.sms.fetch_media(url)
        except ProviderUnavailable:
            continue  # the next sweep asks again; the thread says meanwhile that the picture is on its way
        with app.db.write() as session:
            texts.keep_media(session, media_id, content_type, content, now)
        fetched += 1
    return fetched
