"""Somebody else answers at a lead's number: it is barred for all who gave it, and opened again where that was wrong."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from core.booking import store_links as links
from core.compliance import store as compliance
from core.domain.ids import reference as lead_reference
from core.domain.phone import show_phone
from core.domain.roles import Actor
from core.flows.leads import contact_history, tasks
from core.flows.leads.staff_action import open_for_work
from core.flows.sequences import stopping
from core.leads.store import calls as lead_calls
from core.leads.store import groups, leads
from core.leads.store import tasks as lead_tasks
from core.leads.store import work as lead_work
from core.leads.store.calls import Call
from core.leads.store.leads import LeadBrief
from core.messaging.store import by_hand
from core.messaging.store import planning as messaging


@dataclass(frozen=True)
class Reach:
    """What 'wrong number' would close: the number as people read it, leads with it by reference, texts to come."""

    phone: str
    leads: tuple[str, ...]
    texts: int


def what_it_closes(session: Session, actor: Actor, lead_id: str) -> Reach:
    """For the question that comes before it. Raises Denied and NotFound."""
    lead = open_for_work(session, actor, lead_id)
    if not lead.phone_index:
        return Reach("", (), 0)
    sharing = leads.find_all(session, leads.with_phone(session, lead.phone_index))
    refs = tuple(map(lead_reference, sorted(other.number for other in sharing.values())))
    texts = messaging.planned_to(session, lead.phone_index, groups.with_phones(session, [lead.phone_index]))
    return Reach(show_phone(lead.phone or ""), refs, texts)


def bar(session: Session, actor: Actor, lead: LeadBrief, call: Call, now: datetime) -> None:
    """Somebody else answers at this number: no text may go there any more, and each lead with it needs another."""
    if not lead.phone_index:
        stopping.stop_sequences(session, lead.id, "unreachable", by=actor.staff_id, now=now)
        return
    number = lead.phone_index
    if compliance.standing(session, number).unreachable_at is None:
        compliance.set_standing(session, number, now, unreachable_at=now)
    every = groups.with_phones(session, [number])
    messaging.cancel_patient_texts(session, number, every, "unreachable", by=actor.staff_id, now=now)
    sharing = leads.find_all(session, sorted({lead.id, *leads.with_phone(session, number)}))
    links.run_out(session, list(sharing), now)
    asked = [
        task_id for other in sharing.values() for task_id in _ask_for_another(session, actor, other, now)
    ]
    closed = [other.id for other in sharing.values() if not other.call_only]
    barred = {"number": number, "closed": closed, "sharing": list(sharing)}
    lead_calls.keep_effects(session, call.id, {"tasks": asked, **barred})


def _ask_for_another(session: Session, actor: Actor, lead: LeadBrief, now: datetime) -> list[str]:
    """Nothing is left of this lead but to find the right number or an email: the task that says so."""
    stopping.stop_sequences(session, lead.id, "unreachable", by=actor.staff_id, now=now)
    tasks.end_calls(session, lead.id, by=actor.staff_id, now=now)
    leads.change(session, lead.id, now, call_only=True)
    lead_work.bar_number(session, lead.id, now)
    asked = any(task.kind == "correct_number" for task in lead_tasks.open_of(session, lead.id))
    if asked or lead.state != "open":
        return []
    return [tasks.plan(session, lead, "correct_number", now, by=actor.staff_id, now=now)]


def open_again(session: Session, actor: Actor, call: Call, *, overdue: bool, now: datetime) -> None:
    """The number is the patient's after all, unless something else has shown that it can't be reached.

    A lead that has got another number meanwhile is left as it is.
    """
    number, sharing = str(call.effects["number"]), list(call.effects["sharing"])
    other = lead_calls.other_wrong_number(session, sharing, call.id)
    if other and other.effects.get("number") != number:
        other = None
    standing_for = other.applied_at if other else None
    if compliance.standing(session, number).unreachable_at == call.applied_at:
        compliance.set_standing(session, number, now, unreachable_at=standing_for)
    if other:  # it stays barred, and is that call's to open
        kept = {key: call.effects[key] for key in ("number", "sharing", "closed")}
        lead_calls.keep_effects(session, other.id, {"tasks": [], **kept})
        lead_work.hand_bar_to(session, sharing, call.applied_at, other.applied_at)
        return
    standing = compliance.standing(session, number)
    barred = bool(standing.opted_out_at or standing.unreachable_at)
    for lead in leads.find_all(session, sharing).values():
        lead_work.open_number(session, lead.id, call.applied_at)
        if lead.phone_index == number and lead.id in call.effects["closed"] and not barred:
            leads.change(session, lead.id, now, call_only=False)
        if lead.id != call.lead_id:
            contact_history.go_on(session, actor, lead.id, call.applied_at, overdue=overdue, now=now)
    if not barred:
        by_hand.restore_by_hand(
            session, number, "unreachable", call.applied_at, overdue=overdue, by=actor.staff_id, now=now
        )
