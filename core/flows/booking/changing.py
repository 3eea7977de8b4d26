"""A visit that stands is moved, comes to an end or stands again, by whoever may: what follows, in one transaction."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core.analytics import store as analytics
from core.booking import rules
from core.booking import store as visits
from core.booking import store_holds as holds
from core.booking.store import Visit
from core.domain.errors import LostRace
from core.domain.roles import Doer
from core.flows.booking import freeing, inviting, keeping, own_changes
from core.flows.booking.noting import count, tell
from core.flows.leads import tasks
from core.flows.sequences import entering, moving, stopping
from core.flows.webhooks import telling
from core.leads import history_rules
from core.leads.store import leads
from core.leads.store.leads import LeadBrief
from core.messaging.store import planning
from core.patients.store import profiles as patients
from core.reference import Reference
from core.sla.rules import due_after
from core.staff.store import people as names
from core.webhooks import rules as hooks

OFFER_ANOTHER = timedelta(hours=1)  # of opening hours, from a cancelled or missed visit
COUNTS_AS_BOOKED = ("booked", "attended", "no_show")


def move(
    session: Session,
    reference: Reference,
    doer: Doer,
    visit: Visit,
    to: keeping.Wanted,
    *,
    seen: datetime | None,
    why: str = "",
    now: datetime,
) -> None:
    """Another time for a visit ahead, for what is kept for it and for what goes out for it. `seen` is the time that
    whoever moves it saw; `why` stays in the timeline.

    Raises SlotTaken, and LostRace where it was moved or ended meanwhile.
    """
    lead = leads.get(session, visit.lead_id)
    patients.touch(session, lead.patient_id, now)  # first: see settling.after_sent
    was = visits.get(session, visit.id)
    ask_no_more(session, visit.id, doer.staff_id, now)
    kept = keeping.keep_anew(session, reference, visit, to, now)
    if not visits.move(session, visit.id, seen, to.starts_at, **kept):
        raise LostRace(stands(session, visit.id))
    freeing.came_free(session, reference, was, now)
    own_changes.take_back(session, was, now)
    texts: dict[str, int] = {}
    if seen is None:  # nothing could go out for a visit whose time nobody knew
        entering.booked(session, lead, visit.id, to.starts_at, now=now)
    else:
        texts = moving.move_visit(session, visit.id, to.starts_at, now=now)._asdict()
    inviting.tell(session, visit.id, now)
    data = {"visit": visit.id, **_from_to(seen, to.starts_at), **texts}
    tell(session, doer, lead.id, "visit_moved", now, data, why or None)
    telling.tell(session, hooks.MOVED, visit.id, now, location=visit.location)


def question_key(hold_id: str) -> str:
    """Of the text that asks whether a visit may move to the held time."""
    return f"ask:{hold_id}"


def ask_no_more(session: Session, visit_id: str, by: str | None, now: datetime) -> None:
    """Where the patient was asked to move it, that question is over: a later 'yes' would move what was moved since.
    One that has not left is not asked any more."""
    for held in holds.of_visit(session, visit_id):
        if held.kind == holds.ASK:
            holds.drop(session, held.id)
            planning.cancel_key(session, question_key(held.id), rules.CHANGED, by=by, now=now)


def _from_to(seen: datetime | None, starts_at: datetime) -> dict[str, object]:
    return {"from": seen.isoformat() if seen else None, "to": starts_at.isoformat()}


def end(
    session: Session,
    reference: Reference,
    doer: Doer,
    visit: Visit,
    state: str,
    why: dict[str, str],
    now: datetime,
) -> None:
    """It was cancelled, or nobody came. Raises LostRace, also where it is at another time than the `visit` that was
    seen."""
    lead, seen = leads.get(session, visit.lead_id), visit.starts_at
    patients.touch(session, lead.patient_id, now)  # first: see settling.after_sent
    visit = visits.get(session, visit.id)
    if visit.starts_at != seen:
        raise LostRace(stands(session, visit.id))
    values = {"state": state, "ended_at": now, "ended_by": doer.staff_id, **why}
    if not visits.change(session, visit.id, "booked", **values, sequence=visit.sequence + 1):
        raise LostRace(stands(session, visit.id))
    keeping.let_go(session, visit, state, now)
    ask_no_more(session, visit.id, doer.staff_id, now)
    own_changes.take_back(session, visit, now)
    stopping.stop_visit(session, visit.id, state, by=doer.staff_id, now=now)
    inviting.tell(session, visit.id, now)
    if state == "cancelled":
        freeing.came_free(session, reference, visit, now)
        stopping.stop_sequences(session, lead.id, state, by=doer.staff_id, now=now)
    set_booked(session, lead, now)
    analytics.record(session, state, patient_id=lead.patient_id, lead_id=lead.id, now=now, detail=dict(why))
    if lead.state == "booked":
        leads.change(session, lead.id, now, state="open")
        _offer_another(session, reference, doer, lead, visit, now)
    tell(session, doer, lead.id, f"visit_{state}", now, {"visit": visit.id, **why})
    if state == "cancelled":
        telling.tell(session, hooks.CANCELLED, visit.id, now)


def _offer_another(
    session: Session, reference: Reference, doer: Doer, lead: LeadBrief, visit: Visit, now: datetime
) -> None:
    """A task for staff, in opening hours."""
    hours = reference.clinic.location(visit.location).hours
    offer_at = due_after(hours, now, OFFER_ANOTHER) or now + OFFER_ANOTHER
    tasks.plan(session, lead, "rebook", offer_at, by=doer.staff_id, now=now)


def put_back(session: Session, reference: Reference, doer: Doer, visit: Visit, now: datetime) -> None:
    """A cancelled or missed visit stands again.

    Raises LostRace where it does, or another one was booked since; SlotTaken where somebody else has its time.
    """
    lead = leads.get(session, visit.lead_id)
    patients.touch(session, lead.patient_id, now)  # first: see settling.after_sent
    visit = visits.get(session, visit.id)
    if visit.state not in ("cancelled", "no_show") or ahead(session, lead.id):
        raise LostRace(stands(session, visit.id))
    keeping.keep_again(session, reference, visit, now)
    values = {"state": "booked", "ended_at": None, "ended_by": None, "reason": None}
    if not visits.change(session, visit.id, visit.state, **values, sequence=visit.sequence + 1):
        raise LostRace(stands(session, visit.id))
    if visit.ended_at:
        stopping.revive_visit(session, visit.id, visit.ended_at, by=doer.staff_id or "", now=now)
    own_changes.take_back(session, visit, now)
    inviting.tell(session, visit.id, now)
    analytics.withdraw_last(session, lead.id, visit.state)
    set_booked(session, lead, now)
    tasks.end_calls(session, lead.id, ("rebook",), by=doer.staff_id, now=now)
    if lead.state == "open":
        leads.change(session, lead.id, now, state="booked", snoozed_until=None)
    tell(session, doer, lead.id, "visit_put_back", now, {"visit": visit.id, "was": visit.state})
    if visit.state == "cancelled":  # whoever heard that it is off hears that it is on
        telling.tell(session, hooks.CREATED, visit.id, now)


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


def stands(session: Session, visit_id: str) -> str:
    """The words of a lost race: what became of it."""
    visit = visits.get(session, visit_id)
    if visit.state == "booked":
        return "This visit was moved meanwhile. Look at its time again."
    if visit.state == "attended":
        return "They have arrived. Take that back first."
    who = names.name(session, visit.ended_by).split()[0]
    return f"This visit is marked '{rules.STATES[visit.state].lower()}' by {who} already."
