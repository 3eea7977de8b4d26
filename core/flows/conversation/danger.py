"""A patient may be in danger: people are told, at any hour, until one of them acknowledges it.

The lead is urgent until a person has reached the patient, whatever state it was in. What repeats the alert is an action
with a due time, written with the alarm and cancelled with its acknowledgement.
"""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core.app import App
from core.conversation import store as conversation
from core.conversation.rules.alarms import EPISODE
from core.domain.errors import LostRace
from core.domain.roles import Actor, Permission, require
from core.flows.sending import alerts
from core.flows.staff.presence import at_work
from core.leads.rules import URGENT
from core.leads.store import leads
from core.leads.store import work as lead_work
from core.leads.store.leads import LeadBrief
from core.messaging.actions import Claimed, Lane, NewAction, Purpose, State
from core.messaging.store import planning as messaging
from core.reference import Reference
from core.settings import Settings
from core.sla import rules as sla_rules
from core.sla import store as sla
from core.staff.alert_rules import of_level
from core.staff.store import people as store_pool

KIND = "alarm"
TEMPLATE = "staff_urgent"
USEFUL = timedelta(minutes=30)


def raise_alarm(
    session: Session, reference: Reference, settings: Settings, lead: LeadBrief, text_id: str, now: datetime
) -> str:
    """The lead is urgent from now on and people are told. What names the advice that is owed, '' where it was given.

    `text_id`: the text, or the form, that tells of it. An hour of an alarm is owed one: two processes that hear two
    cries at one moment name the same.
    """
    last = conversation.last_raised(session, lead.id)
    alarm = conversation.raise_alarm(session, lead.id, text_id, leads.priority(session, lead.id), now)
    leads.change(session, lead.id, now, priority=URGENT)
    _start_clock(session, reference, lead, now)
    if alarm.new:
        leads.note_event(session, lead.id, "alarm_raised", "automatic", now=now, data={"alarm": alarm.id})
        _tell(session, reference, settings, lead, alarm.id, 0, now)
    elif not alerts.told_just_now(session, lead.id, TEMPLATE, now):
        _tell_people(session, reference, settings, lead, f"alert:cry:{text_id}", 0, now)
    if alarm.new and last is not None and now - last <= EPISODE:
        return ""  # they had it with the alarm that somebody has acknowledged since
    return f"{alarm.id}:{max(now - alarm.raised_at, timedelta()) // EPISODE}"


def _start_clock(session: Session, reference: Reference, lead: LeadBrief, now: datetime) -> None:
    policy = sla_rules.choose(
        reference.policies, sla_rules.DANGER, {"location": lead.location, "form_type": lead.form_type}
    )
    due_at = sla_rules.due_at(policy, reference.clinic.location(lead.location).hours, now)
    sla.start(session, lead.id, policy, started_at=now, due_at=due_at, now=now)


def _tell(
    session: Session,
    reference: Reference,
    settings: Settings,
    lead: LeadBrief,
    alarm_id: str,
    level: int,
    now: datetime,
) -> None:
    """Tell the people of one level now, and plan the next level."""
    _tell_people(session, reference, settings, lead, f"alert:alarm:{alarm_id}:{level}", level, now)
    messaging.plan(
        session,
        NewAction(
            key=f"alarm:{alarm_id}:{level + 1}",
            kind=KIND,
            due_at=now + reference.alarms.wait_after(level),
            purpose=Purpose.STAFF_ALERT,
            lane=Lane.URGENT,
            audience="staff",
            lead_id=lead.id,
            variables={"alarm": alarm_id, "level": str(level + 1)},
        ),
        now,
    )


def _tell_people(
    session: Session,
    reference: Reference,
    settings: Settings,
    lead: LeadBrief,
    key: str,
    level: int,
    now: datetime,
) -> None:
    named = reference.alarms.level(level).tell
    here = at_work(session, reference, now)
    people = of_level(store_pool.colleagues(session), named, lead.owner_id, here)
    about = alerts.About(key, TEMPLATE, lead.id, lead.number, now, lane=Lane.URGENT, useful=USEFUL)
    alerts.tell(session, settings, people, about, now)


def tell_again(session: Session, app: App, action: Claimed, now: datetime) -> tuple[State, str]:
    """A level's moment has come: tell its people, unless somebody has acknowledged meanwhile."""
    lead = leads.find(session, action.lead_id or "")
    alarm_id, level = action.variables["alarm"], int(action.variables["level"])
    if lead is None or not conversation.is_open(session, alarm_id):
        return State.DROPPED, "acknowledged"
    _tell(session, app.reference, app.settings, lead, alarm_id, level, now)
    leads.note_event(session, lead.id, "alarm_repeated", "automatic", now=now, data={"level": level})
    return State.SENT, "due"


def acknowledge(session: Session, actor: Actor, lead_id: str, *, now: datetime) -> None:
    """Somebody takes it up: nobody is told again. The lead stays urgent until a person has reached the patient.

    Raises Denied, NotFound, and LostRace naming who was faster.
    """
    require(actor, Permission.ACKNOWLEDGE)
    leads.get(session, lead_id)
    if not take_up(session, lead_id, actor.staff_id, now):
        raise LostRace(_who_was_faster(session, lead_id))


def take_up(session: Session, lead_id: str, by: str | None, now: datetime) -> bool:
    """Acknowledge what is open of a lead, in the transaction of what `by` did about it; whether anything was open."""
    if not conversation.acknowledge(session, lead_id, by, now):
        return False
    messaging.cancel_of_lead(
        session, lead_id, kind=KIND, template=TEMPLATE, reason="acknowledged", by=by, now=now
    )
    leads.note_event(session, lead_id, "alarm_acknowledged", "staff", now=now, staff_id=by)
    return True


def _who_was_faster(session: Session, lead_id: str) -> str:
    taken = conversation.last_acknowledged(session, lead_id)
    if taken is None:
        return "Nobody has to acknowledge anything here: no alarm was raised."
    who = store_pool.name(session, taken.by).split()[0] if taken.by else "Somebody"
    return f"{who} has acknowledged this already. Your click changed nothing."


def raise_again(session: Session, lead_id: str, at: datetime, now: datetime) -> None:
    """What a call of that moment had ended was taken back: the lead is urgent again, though nobody is told anew."""
    if conversation.revive(session, lead_id, at):
        leads.change(session, lead_id, now, priority=URGENT)


def reached(session: Session, lead_id: str, *, by: str | None, now: datetime) -> None:
    """A person has reached the patient: whoever did has taken it up, and the lead is as urgent as it was before."""
    take_up(session, lead_id, by, now)
    before = conversation.end(session, lead_id, now)
    if before is not None:
        lead_work.restore_priority(session, lead_id, before, now)
