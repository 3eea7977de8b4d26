"""Stages towards a treatment: qualified, booked, attended, treated, and each mark taken back."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core.analytics import store as analytics
from core.booking import store
from core.booking.store import Visit
from core.domain.errors import InvalidInput, LostRace
from core.domain.roles import Actor
from core.flows.booking import changing, inviting, keeping, noting, own_changes
from core.flows.leads import contact, contact_history, tasks, visits
from core.flows.leads.staff_action import open_for_work
from core.flows.sequences import entering, stopping
from core.flows.webhooks import telling
from core.leads.reasons import STAGES
from core.leads.store import leads
from core.leads.store import work as lead_work
from core.leads.store.leads import LeadBrief
from core.patients.store import profiles as patients
from core.reference import Reference
from core.webhooks import rules as hooks

AT_ONCE = timedelta(minutes=1)  # a mark that is taken back this soon stopped no sequence either


def mark_stage(
    session: Session, actor: Actor, lead_id: str, stage: str, value_cents: int = 0, *, now: datetime
) -> None:
    """The patient came one stage further: qualified, booked (with no date named), attended or treated.

    Raises InvalidInput(stage, value) and LostRace when a colleague marked it already.
    """
    lead = visits.markable(session, actor, lead_id, stage, value_cents)
    if stage == "booked":
        noting.note_booking(session, actor, lead, noting.Booked(None, value_cents=value_cents), now)
        return
    patients.touch(session, lead.patient_id, now)  # first: see settling.after_sent
    if not leads.first_time(session, lead.id, STAGES[stage], now):
        raise LostRace(noting.marked_by(session, lead.id, stage, now))
    if stage == "qualified":
        contact.end_clocks(session, lead.id, stage, actor.staff_id, now)
    else:
        visit_id = _attend(session, actor, lead, value_cents, now)
        if stage == "treated":
            stopping.stop_sequences(session, lead.id, "checked_out", by=actor.staff_id, now=now)
            entering.checked_out(session, lead, visit_id, now=now)
        _tell_others(session, stage, visit_id, now)
    noting.count(session, lead, stage, value_cents, now)
    noting.raise_stage(session, lead, stage, value_cents, now)
    noting.tell(session, actor, lead.id, stage, now, {"value_cents": value_cents} if value_cents else {})


def _tell_others(session: Session, stage: str, visit_id: str, now: datetime) -> None:
    """Other systems heard of who was marked as here before (`arriving`)."""
    if stage == "treated":
        telling.tell(session, hooks.COMPLETED, visit_id, now)
    elif store.get(session, visit_id).arrived_at is None:
        telling.tell(session, hooks.ARRIVED, visit_id, now)


def _attend(session: Session, actor: Actor, lead: LeadBrief, value_cents: int, now: datetime) -> str:
    """The visit ahead took place, its id; somebody who came without one has had a visit all the same."""
    ahead = changing.ahead(session, lead.id)
    if ahead is None:
        attended = _attended(session, lead.id)
        if attended:
            return attended.id
    visit_id = ahead.id if ahead else _walk_in(session, actor, lead, value_cents, now)
    store.change(session, visit_id, "booked", state="attended", ended_at=now, ended_by=actor.staff_id)
    stopping.stop_visit(session, visit_id, "attended", by=actor.staff_id, now=now)
    noting.come_in(session, actor, lead, now)
    return visit_id


def _attended(session: Session, lead_id: str) -> Visit | None:
    """The newest visit that took place."""
    return next((visit for visit in store.of_lead(session, lead_id) if visit.state == "attended"), None)


def _walk_in(session: Session, actor: Actor, lead: LeadBrief, value_cents: int, now: datetime) -> str:
    added = store.add(
        session,
        now=now,
        lead_id=lead.id,
        patient_id=lead.patient_id,
        made_by=actor.staff_id,
        starts_at=now,
        location=lead.location,
        value_cents=value_cents,
    )
    if added is None:
        raise LostRace(noting.marked_by(session, lead.id, "booked", now))
    return added


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
    if stage == "booked":
        _unbook(session, reference, actor, lead, now)
    else:
        _refuse_below(session, lead, stage)
        if not lead_work.clear_stage(session, lead_id, STAGES[stage], now):
            raise LostRace(f"This lead is not marked {stage} any more.")
        analytics.withdraw(session, lead_id, stage)
        if stage == "treated" and (attended := _attended(session, lead_id)):
            stopping.stop_visit(session, attended.id, "taken_back", by=actor.staff_id, now=now)
        if stage == "qualified":
            contact_history.ask_anew(session, reference, lead, now)
        if stage == "attended":
            _unattend(session, reference, actor, lead, now)
    changing.lower_status(session, lead, now)
    noting.tell(session, actor, lead_id, "unmarked", now, {"stage": stage})


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
    _open_again(session, reference, actor, lead, ahead, now)


def _unattend(session: Session, reference: Reference, actor: Actor, lead: LeadBrief, now: datetime) -> None:
    """Whoever came without a booking was not here at all; else the visit is ahead again, or another one is."""
    attended = _attended(session, lead.id)
    if attended is None:
        return
    walked_in = lead.booked_at is None
    state = "withdrawn" if walked_in or changing.ahead(session, lead.id) else "booked"
    store.change(session, attended.id, "attended", state=state, ended_at=None, ended_by=None)
    if state == "booked" and attended.ended_at:
        stopping.revive_visit(session, attended.id, attended.ended_at, by=actor.staff_id, now=now)
    if walked_in:
        _open_again(session, reference, actor, lead, attended, now)


def _open_again(
    session: Session, reference: Reference, actor: Actor, lead: LeadBrief, visit: Visit, now: datetime
) -> None:
    """There was no such visit: the lead is open, its clocks run on; at once, its sequence and calls go on too."""
    if lead.state == "booked":
        leads.change(session, lead.id, now, state="open")
    opened = leads.get(session, lead.id)
    contact_history.tell_again(session, reference, opened, visit.created_at, now=now)
    if now - visit.created_at <= AT_ONCE:
        by = actor.staff_id
        contact_history.let_sequence_go_on(session, opened, visit.created_at, overdue=True, by=by, now=now)
        if not contact_history.touched_since(session, opened, visit.created_at):
            tasks.revive(session, lead.id, visit.created_at, by=by, now=now)
