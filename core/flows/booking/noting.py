"""A visit is booked, by whoever may: what follows for lead, clocks, sequences and figures, in one transaction."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from core.analytics import store as analytics
from core.booking import store as visits
from core.domain.errors import LostRace
from core.domain.roles import Doer
from core.flows.booking import inviting
from core.flows.escalation import levels
from core.flows.leads import contact, tasks
from core.flows.leads.staff_action import ago
from core.flows.sequences import entering, stopping
from core.flows.webhooks import telling
from core.leads.store import leads
from core.leads.store import work as lead_work
from core.leads.store.leads import LeadBrief
from core.patients.store import profiles as patients
from core.staff.store import people as names
from core.webhooks import rules as hooks

PATIENT_STATUS = {
    "qualified": "qualified",
    "booked": "converted",
    "attended": "converted",
    "treated": "converted",
}


@dataclass(frozen=True)
class Booked:
    """What is known of a visit that is booked. `starts_at` None where only the booking was noted; `service` '' where
    nothing is kept for it. `location` '' is the lead's."""

    starts_at: datetime | None
    location: str = ""
    provider_id: str | None = None
    kind: str = ""
    value_cents: int = 0
    service: str = ""
    ends_at: datetime | None = None
    room: str = ""
    device: str = ""
    price_cents: int = 0
    came_by: str = "staff"


def note_booking(session: Session, doer: Doer, lead: LeadBrief, booked: Booked, now: datetime) -> str:
    """A visit whose facts were checked; its id. Raises LostRace where one is booked already."""
    patients.touch(session, lead.patient_id, now)  # first: see settling.after_sent
    facts = asdict(booked) | {"location": booked.location or lead.location}
    visit_id = visits.add(
        session,
        now=now,
        lead_id=lead.id,
        patient_id=lead.patient_id,
        made_by=doer.staff_id,
        reference=visits.free_code(session) if booked.service else None,
        **facts,
    )
    if visit_id is None:
        raise LostRace(marked_by(session, lead.id, "booked", now))
    come_in(session, doer, lead, now)
    if leads.first_time(session, lead.id, "booked_at", now):
        count(session, lead, "booked", booked.value_cents, now)
    raise_stage(session, lead, "booked", booked.value_cents, now)
    if booked.starts_at:
        entering.booked(session, leads.get(session, lead.id), visit_id, booked.starts_at, now=now)
        inviting.tell(session, visit_id, now)
    tell(session, doer, lead.id, "booked", now, _of_booking(visit_id, booked))
    telling.tell(session, hooks.CREATED, visit_id, now)
    return visit_id


def _of_booking(visit_id: str, booked: Booked) -> dict[str, object]:
    """What the timeline keeps of it."""
    when = {"starts_at": booked.starts_at.isoformat()} if booked.starts_at else {}
    worth = {"value_cents": booked.value_cents} if booked.value_cents else {}
    how = {"came_by": booked.came_by} if booked.came_by != "staff" else {}
    return {"visit": visit_id, **when, **worth, **how}


def come_in(session: Session, doer: Doer, lead: LeadBrief, now: datetime) -> None:
    """The patient comes to the clinic, or has come: nobody has to call. With staff it was a conversation; who booked by
    themselves has spoken with nobody."""
    stopping.stop_for_patient(session, lead, "booked", by=doer.staff_id, now=now)
    if doer.by_kind == "staff":
        contact.talked(session, lead, staff_id=doer.staff_id, channel="in_person", now=now)
    else:
        levels.end(session, lead, "booked", by=None, now=now)
    contact.end_clocks(session, lead.id, "booking", doer.staff_id, now)
    over = ("call", "next_call", "call_back", "rebook")
    tasks.end_calls(session, lead.id, over, by=doer.staff_id, now=now)
    leads.change(session, lead.id, now, state="booked", snoozed_until=None)


def raise_stage(session: Session, lead: LeadBrief, stage: str, value_cents: int, now: datetime) -> None:
    """The patient is as far as that stage, and the lead worth what was named."""
    if value_cents:
        leads.change(session, lead.id, now, value_cents=value_cents)
    patients.raise_status(session, lead.patient_id, PATIENT_STATUS[stage], now)


def count(session: Session, lead: LeadBrief, stage: str, value_cents: int, now: datetime) -> None:
    """A step that the figures count."""
    analytics.record(
        session, stage, patient_id=lead.patient_id, lead_id=lead.id, now=now, value_cents=value_cents
    )


def marked_by(session: Session, lead_id: str, stage: str, now: datetime) -> str:
    """The words of a lost race: who marked it, and how long before."""
    did = lead_work.last_event(session, lead_id, (stage,))
    if did is None:
        return f"This lead is marked {stage} already."
    return f"{names.name(session, did.staff_id).split()[0]} marked it {stage} {ago(now - did.at)} before you."


def tell(
    session: Session,
    doer: Doer,
    lead_id: str,
    kind: str,
    now: datetime,
    data: dict[str, object],
    note: str | None = None,
) -> None:
    """A line of the timeline that the queue shows as the last thing. `note`: what somebody wrote to it."""
    leads.note_event(
        session, lead_id, kind, doer.by_kind, now=now, staff_id=doer.staff_id, data=data, note=note
    )
    leads.show_last_event(session, lead_id, kind, doer.by_kind, None, now)
