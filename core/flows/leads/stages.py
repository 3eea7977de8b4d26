"""Stages towards a treatment: qualified, booked, attended, treated, and each mark taken back."""

from datetime import datetime

from sqlalchemy.orm import Session

from core.analytics import store as analytics
from core.booking import rules, store
from core.booking.store import Visit
from core.domain.errors import InvalidInput, LostRace
from core.domain.roles import Actor
from core.flows.booking import arriving, changing, completing, inviting, keeping, noting, own_changes
from core.flows.leads import contact, contact_history, visits
from core.flows.leads.staff_action import open_for_work
from core.flows.sequences import stopping
from core.flows.webhooks import telling
from core.leads.reasons import STAGES
from core.leads.store import leads
from core.leads.store import work as lead_work
from core.leads.store.leads import LeadBrief
from core.patients.store import profiles as patients
from core.reference import Reference
from core.webhooks import rules as hooks


def mark_stage(
    session: Session, actor: Actor, lead_id: str, stage: str, value_cents: int = 0, *, now: datetime
) -> None:
    """The patient came one stage further: qualified, booked (with no date named), attended or treated.

    Whoever came or was treated has had a visit: the one ahead, else the newest that they are at, else one of now.

    Raises InvalidInput(stage, value) and LostRace when a colleague marked it already.
    """
    lead = visits.markable(session, actor, lead_id, stage, value_cents)
    if stage == "booked":
        noting.note_booking(session, actor, lead, noting.Booked(None, value_cents=value_cents), now)
        return
    patients.touch(session, lead.patient_id, now)  # first: see settling.after_sent
    if stage == "qualified":
        _qualify(session, actor, lead, value_cents, now)
    elif stage == "attended":
        arriving.came(session, actor, lead, _to_come_for(session, actor, lead, now), now)
    else:
        _treat(session, actor, lead, value_cents, now)


def _qualify(session: Session, actor: Actor, lead: LeadBrief, value_cents: int, now: datetime) -> None:
    if not leads.first_time(session, lead.id, "qualified_at", now):
        raise LostRace(noting.marked_by(session, lead.id, "qualified", now))
    contact.end_clocks(session, lead.id, "qualified", actor.staff_id, now)
    noting.count(session, lead, "qualified", value_cents, now)
    noting.raise_stage(session, lead, "qualified", value_cents, now)
    worth: dict[str, object] = {"value_cents": value_cents} if value_cents else {}
    noting.tell(session, actor, lead.id, "qualified", now, worth)


def _to_come_for(session: Session, actor: Actor, lead: LeadBrief, now: datetime) -> Visit:
    """The visit ahead; whoever has none, and had none, comes without one. Raises LostRace."""
    ahead = changing.ahead(session, lead.id)
    if ahead is None and leads.stage_at(session, lead.id, "attended_at"):
        raise LostRace(noting.marked_by(session, lead.id, "attended", now))
    return ahead or _walk_in(session, actor, lead, now)


def _treat(session: Session, actor: Actor, lead: LeadBrief, value_cents: int, now: datetime) -> None:
    here = _attended(session, lead.id)
    if changing.ahead(session, lead.id) or here is None:
        coming = _to_come_for(session, actor, lead, now)
        arriving.came(session, actor, lead, coming, now)
        here = store.get(session, coming.id)
    elif _is_completed(session, here):
        raise LostRace(noting.marked_by(session, lead.id, "treated", now))
    completing.completed(session, actor, leads.get(session, lead.id), here, value_cents, now)


def _is_completed(session: Session, visit: Visit) -> bool:
    treated_at = leads.stage_at(session, visit.lead_id, "treated_at")
    return rules.is_completed(visit.state, visit.starts_at, visit.arrived_at, visit.ended_at, treated_at)


def _attended(session: Session, lead_id: str) -> Visit | None:
    """The newest visit that somebody came for."""
    return next((visit for visit in store.of_lead(session, lead_id) if visit.state == "attended"), None)


def _walk_in(session: Session, actor: Actor, lead: LeadBrief, now: datetime) -> Visit:
    added = store.add(
        session,
        now=now,
        lead_id=lead.id,
        patient_id=lead.patient_id,
        made_by=actor.staff_id,
        starts_at=now,
        location=lead.location,
    )
    if added is None:
        raise LostRace(noting.marked_by(session, lead.id, "booked", now))
    return store.get(session, added)


def unmark_stage(
    session: Session, reference: Reference, actor: Actor, lead_id: str, stage: str, *, now: datetime
) -> None:
    """Take a stage back that was marked by mistake, however long ago; the timeline keeps both.

    Later stages are taken back first. Raises InvalidInput(stage) and LostRace where it is not marked any more.
    """
    lead = open_for_work(session, actor, lead_id)
    if stage not in STAGES:
        raise InvalidInput.of("stage", f"Choose one of: {', '.join(STAGES)}.")
    patients.touch(session, lead.patient_id, now)  # first: see settling.after_sent
    _UNMARK[stage](session, reference, actor, lead, now)


def _refuse_below(session: Session, lead: LeadBrief, stage: str) -> None:
    reached = leads.stages_of(session, lead.id)
    later = [name for name in list(STAGES)[list(STAGES).index(stage) + 1 :] if STAGES[name] in reached]
    if stage != "qualified" and later:
        raise InvalidInput.of("stage", f"It is marked {later[-1]} too. Take that back first.")


def _unbook(session: Session, reference: Reference, actor: Actor, lead: LeadBrief, now: datetime) -> None:
    _refuse_below(session, lead, "booked")
    ahead = changing.ahead(session, lead.id)
    if ahead is None or not store.change(
        session,
        ahead.id,
        "booked",
        state="withdrawn",
        sequence=ahead.sequence + 1,
        ended_at=now,
        ended_by=actor.staff_id,
    ):
        raise LostRace("This lead is not marked booked any more.")
    keeping.let_go(session, ahead, "withdrawn", now)
    changing.ask_no_more(session, ahead.id, actor.staff_id, now)
    own_changes.take_back(session, ahead, now)
    stopping.stop_visit(session, ahead.id, "taken_back", by=actor.staff_id, now=now)
    telling.tell(session, hooks.CANCELLED, ahead.id, now)
    inviting.tell(session, ahead.id, now)
    changing.set_booked(session, lead, now)
    contact_history.never_booked(session, reference, lead, ahead.created_at, by=actor.staff_id, now=now)
    changing.lower_status(session, lead, now)
    noting.tell(session, actor, lead.id, "unmarked", now, {"stage": "booked"})


def _unqualify(session: Session, reference: Reference, actor: Actor, lead: LeadBrief, now: datetime) -> None:
    if not lead_work.clear_stage(session, lead.id, "qualified_at", now):
        raise LostRace("This lead is not marked qualified any more.")
    analytics.withdraw(session, lead.id, "qualified")
    contact_history.ask_anew(session, reference, lead, now)
    changing.lower_status(session, lead, now)
    noting.tell(session, actor, lead.id, "unmarked", now, {"stage": "qualified"})


def _unattend(session: Session, reference: Reference, actor: Actor, lead: LeadBrief, now: datetime) -> None:
    _refuse_below(session, lead, "attended")
    arriving.not_here(session, reference, actor, lead, _had(session, lead, "attended"), now)


def _untreat(session: Session, _reference: Reference, actor: Actor, lead: LeadBrief, now: datetime) -> None:
    completing.not_completed(session, actor, lead, _had(session, lead, "treated"), now)


def _had(session: Session, lead: LeadBrief, stage: str) -> Visit:
    """The visit by which the lead has reached a stage. Raises LostRace."""
    attended = _attended(session, lead.id)
    if attended is None or STAGES[stage] not in leads.stages_of(session, lead.id):
        raise LostRace(f"This lead is not marked {stage} any more.")
    return attended


_UNMARK = {"qualified": _unqualify, "booked": _unbook, "attended": _unattend, "treated": _untreat}
