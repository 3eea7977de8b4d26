"""A visit: booked at a time, moved, cancelled, missed, and put back. Stages without a time are in `stages`.

A booking or a visit is a conversation. A cancelled visit is no booking any more; one that nobody came to stays booked
and is no visit. Both open the lead again with a task. Nothing here texts the patient.
"""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core.analytics import store as analytics
from core.booking import rules
from core.booking import store as visits
from core.booking.store import Visit
from core.domain.errors import InvalidInput, LostRace
from core.domain.roles import Actor
from core.flows.leads import contact, tasks
from core.flows.leads.staff_action import ago, open_for_work
from core.leads import history_rules
from core.leads.reasons import STAGES
from core.leads.store import leads
from core.leads.store import work as lead_work
from core.leads.store.leads import LeadBrief
from core.patients.store import profiles as patients
from core.reference import Reference
from core.sla.rules import due_after
from core.staff.store import people as names

OFFER_ANOTHER = timedelta(hours=1)  # of opening hours, from a cancelled or missed visit
COUNTS_AS_BOOKED = ("booked", "attended", "no_show")
PATIENT_STATUS = {
    "qualified": "qualified",
    "booked": "converted",
    "attended": "converted",
    "treated": "converted",
}


def book(
    session: Session,
    reference: Reference,
    actor: Actor,
    lead_id: str,
    starts_at: datetime,
    *,
    location: str = "",
    provider_id: str | None = None,
    kind: str = "",
    value_cents: int = 0,
    now: datetime,
) -> str:
    """A visit at that time; its id. Clocks end, the sequence stops, the lead leaves the queue.

    Raises InvalidInput(starts_at, location, provider, kind, value, stage), and LostRace where one is booked already.
    """
    rules.refuse_time(starts_at, now)
    rules.refuse_kind(kind)
    if location and location not in reference.clinic.locations:
        raise InvalidInput.of("location", "Choose one of the clinic's locations.")
    if provider_id and not names.provides(session, provider_id):
        raise InvalidInput.of("provider", "Choose somebody who gives treatments.")
    lead = markable(session, actor, lead_id, "booked", value_cents)
    return note_booking(session, actor, lead, starts_at, location, provider_id, kind, value_cents, now)


def note_booking(
    session: Session,
    actor: Actor,
    lead: LeadBrief,
    starts_at: datetime | None,
    location: str,
    provider_id: str | None,
    kind: str,
    value_cents: int,
    now: datetime,
) -> str:
    """A visit whose facts were checked; its id. Raises LostRace where one is booked already."""
    patients.touch(session, lead.patient_id, now)  # first: see settling.after_sent
    visit_id = visits.add(
        session,
        now=now,
        lead_id=lead.id,
        patient_id=lead.patient_id,
        made_by=actor.staff_id,
        starts_at=starts_at,
        location=location or lead.location,
        provider_id=provider_id,
        kind=kind,
        value_cents=value_cents,
    )
    if visit_id is None:
        raise LostRace(marked_by(session, lead.id, "booked", now))
    come_in(session, actor, lead, now)
    if leads.first_time(session, lead.id, "booked_at", now):
        count(session, lead, "booked", value_cents, now)
    raise_stage(session, lead, "booked", value_cents, now)
    when = {"visit": visit_id} | ({"starts_at": starts_at.isoformat()} if starts_at else {})
    tell(session, actor, lead.id, "booked", now, when | ({"value_cents": value_cents} if value_cents else {}))
    return visit_id


def markable(session: Session, actor: Actor, lead_id: str, stage: str, value_cents: int) -> LeadBrief:
    """The lead, for a stage that may be marked. Raises Denied, NotFound, InvalidInput(stage, value)."""
    lead = open_for_work(session, actor, lead_id)
    if stage not in STAGES:
        raise InvalidInput.of("stage", f"Choose one of: {', '.join(STAGES)}.")
    rules.refuse_value(value_cents)
    if lead.state == "disqualified":
        raise InvalidInput.of("stage", "This lead is disqualified. Reopen it first.")
    return lead


def come_in(session: Session, actor: Actor, lead: LeadBrief, now: datetime) -> None:
    """The patient comes to the clinic, or has come: a conversation, after which nobody has to call."""
    contact.stop_sequence(session, lead.id, "booked", by=actor.staff_id, now=now)
    contact.talked(session, lead, staff_id=actor.staff_id, channel="in_person", now=now)
    over = ("call", "next_call", "call_back", "rebook")
    tasks.end_calls(session, lead.id, over, by=actor.staff_id, now=now)
    leads.change(session, lead.id, now, state="booked", snoozed_until=None)


def raise_stage(session: Session, lead: LeadBrief, stage: str, value_cents: int, now: datetime) -> None:
    """The patient is as far as that stage, and the lead worth what was named."""
    if value_cents:
        leads.change(session, lead.id, now, value_cents=value_cents)
    patients.raise_status(session, lead.patient_id, PATIENT_STATUS[stage], now)


def move(
    session: Session,
    actor: Actor,
    visit_id: str,
    starts_at: datetime,
    *,
    seen: datetime | None,
    now: datetime,
) -> None:
    """Another time for a visit ahead. `seen` is the time that the person saw.

    Raises InvalidInput(starts_at), and LostRace where it was moved or ended meanwhile.
    """
    visit = visits.get(session, visit_id)
    open_for_work(session, actor, visit.lead_id)
    rules.refuse_time(starts_at, now)
    if not visits.move(session, visit_id, seen, starts_at):
        raise LostRace(_stands(session, visit_id))
    tell(session, actor, visit.lead_id, "visit_moved", now, _from_to(seen, starts_at))


def _from_to(seen: datetime | None, starts_at: datetime) -> dict[str, object]:
    return {"from": seen.isoformat() if seen else None, "to": starts_at.isoformat()}


def cancel(
    session: Session, reference: Reference, actor: Actor, visit_id: str, reason: str, *, now: datetime
) -> None:
    """The visit will not take place: the lead counts as booked no more, and is open again with a task.

    Raises InvalidInput(reason) and LostRace.
    """
    if reason not in rules.CANCELLED:
        raise InvalidInput.of("reason", "Choose a reason: it shows later what could be done better.")
    _end(session, reference, actor, visit_id, "cancelled", {"reason": reason}, now)


def no_show(session: Session, reference: Reference, actor: Actor, visit_id: str, *, now: datetime) -> None:
    """Nobody came: booked and not attended, and the lead is open again with a task. Raises InvalidInput, LostRace."""
    visit = visits.get(session, visit_id)
    if visit.starts_at and visit.starts_at > now:
        raise InvalidInput.of("visit", "This visit is still to come. Cancel or move it instead.")
    _end(session, reference, actor, visit_id, "no_show", {}, now)


def _end(
    session: Session,
    reference: Reference,
    actor: Actor,
    visit_id: str,
    state: str,
    why: dict[str, str],
    now: datetime,
) -> None:
    visit = visits.get(session, visit_id)
    lead = open_for_work(session, actor, visit.lead_id)
    patients.touch(session, lead.patient_id, now)  # first: see settling.after_sent
    values = {"state": state, "ended_at": now, "ended_by": actor.staff_id, **why}
    if not visits.change(session, visit_id, "booked", **values):
        raise LostRace(_stands(session, visit_id))
    set_booked(session, lead, now)
    analytics.record(session, state, patient_id=lead.patient_id, lead_id=lead.id, now=now, detail=dict(why))
    if lead.state == "booked":
        leads.change(session, lead.id, now, state="open")
        hours = reference.clinic.location(visit.location).hours
        offer_at = due_after(hours, now, OFFER_ANOTHER) or now + OFFER_ANOTHER
        tasks.plan(session, lead, "rebook", offer_at, by=actor.staff_id, now=now)
    tell(session, actor, lead.id, f"visit_{state}", now, {"visit": visit_id, **why})


def put_back(session: Session, actor: Actor, visit_id: str, *, now: datetime) -> None:
    """A cancelled or missed visit stands again. Raises LostRace where it does, or another one was booked since."""
    visit = visits.get(session, visit_id)
    lead = open_for_work(session, actor, visit.lead_id)
    patients.touch(session, lead.patient_id, now)  # first: see settling.after_sent
    if visit.state not in ("cancelled", "no_show") or ahead(session, lead.id):
        raise LostRace(_stands(session, visit_id))
    values = {"state": "booked", "ended_at": None, "ended_by": None, "reason": None}
    if not visits.change(session, visit_id, visit.state, **values):
        raise LostRace(_stands(session, visit_id))
    analytics.withdraw_last(session, lead.id, visit.state)
    set_booked(session, lead, now)
    tasks.end_calls(session, lead.id, ("rebook",), by=actor.staff_id, now=now)
    if lead.state == "open":
        leads.change(session, lead.id, now, state="booked", snoozed_until=None)
    tell(session, actor, lead.id, "visit_put_back", now, {"visit": visit_id, "was": visit.state})


def ahead(session: Session, lead_id: str) -> Visit | None:
    """The visit that is still to come."""
    return next((visit for visit in visits.of_lead(session, lead_id) if visit.state == "booked"), None)


def set_booked(session: Session, lead: LeadBrief, now: datetime) -> None:
    """`booked_at` is that of the first visit that still counts; with none the lead is not booked."""
    counting = [
        visit.created_at for visit in visits.of_lead(session, lead.id) if visit.state in COUNTS_AS_BOOKED
    ]
    first = min(counting, default=None)
    if first == lead.booked_at:
        return
    leads.change(session, lead.id, now, booked_at=first)
    analytics.withdraw(session, lead.id, "booked")
    if first:
        count(session, lead, "booked", 0, first)
    else:
        lower_status(session, lead, now)


def lower_status(session: Session, lead: LeadBrief, now: datetime) -> None:
    """The patient is as far as what still counts says."""
    stages = leads.stages_of_patient(session, lead.patient_id)
    patients.lower_status(session, lead.patient_id, history_rules.status(stages), now)


def count(session: Session, lead: LeadBrief, stage: str, value_cents: int, now: datetime) -> None:
    """A step that the figures count."""
    analytics.record(
        session, stage, patient_id=lead.patient_id, lead_id=lead.id, now=now, value_cents=value_cents
    )


def _stands(session: Session, visit_id: str) -> str:
    visit = visits.get(session, visit_id)
    if visit.state == "booked":
        return "This visit was moved meanwhile. Look at its time again."
    who = names.name(session, visit.ended_by).split()[0]
    return f"This visit is marked '{rules.STATES[visit.state].lower()}' by {who} already."


def marked_by(session: Session, lead_id: str, stage: str, now: datetime) -> str:
    """The words of a lost race: who marked it, and how long before."""
    did = lead_work.last_event(session, lead_id, (stage,))
    if did is None:
        return f"This lead is marked {stage} already."
    return f"{names.name(session, did.staff_id).split()[0]} marked it {stage} {ago(now - did.at)} before you."


def tell(
    session: Session, actor: Actor, lead_id: str, kind: str, now: datetime, data: dict[str, object]
) -> None:
    """A line of the timeline that the queue shows as the last thing."""
    leads.note_event(session, lead_id, kind, "staff", now=now, staff_id=actor.staff_id, data=data)
    leads.show_last_event(session, lead_id, kind, "staff", None, now)
