"""Staff book a visit, move, cancel it, note a no-show, and put it back. Stages without a time are in `stages`.

A booking or a visit is a conversation. A cancelled visit is no booking any more; one that nobody came to stays booked
and is no visit. Both open the lead again with a task. What texts the patient are the sequences that a booking begins.
What follows whoever did it is in `core/flows/booking`.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from core.booking import rules
from core.booking import store as visits
from core.domain.errors import InvalidInput
from core.domain.roles import Actor, Permission, require
from core.flows.booking import booking, changing, noting
from core.flows.booking.keeping import Wanted
from core.flows.booking.noting import Booked
from core.flows.leads.staff_action import checked_note, open_for_work
from core.free_times import Wish
from core.leads.reasons import STAGES
from core.leads.store.leads import LeadBrief
from core.reference import Reference
from core.staff.store import people as names


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
    require(actor, Permission.WORK_LEADS)
    rules.refuse_time(starts_at, now)
    rules.refuse_kind(kind)
    if location and location not in reference.clinic.locations:
        raise InvalidInput.of("location", "Choose one of the clinic's locations.")
    if provider_id and not names.provides(session, provider_id):
        raise InvalidInput.of("provider", "Choose somebody who gives treatments.")
    lead = markable(session, actor, lead_id, "booked", value_cents)
    return noting.note_booking(
        session, actor, lead, Booked(starts_at, location, provider_id, kind, value_cents), now
    )


def book_service(
    session: Session,
    reference: Reference,
    actor: Actor,
    lead_id: str,
    service: str,
    starts_at: datetime,
    *,
    location: str = "",
    provider_id: str = "",
    now: datetime,
) -> str:
    """A service at a free time, with all that it needs; its id. `location` '' is the lead's, `provider_id` '' anyone.

    Raises InvalidInput(service, starts_at, location, stage), SlotTaken, and LostRace where one is booked already.
    """
    require(actor, Permission.WORK_LEADS)
    wanted = booking.service_of(reference, service)
    rules.refuse_time(starts_at, now)
    lead = markable(session, actor, lead_id, "booked", 0)
    place = location or lead.location
    if place not in reference.clinic.locations:
        raise InvalidInput.of("location", "Choose one of the clinic's locations.")
    wish = Wish(wanted, place, provider_id)
    return booking.book_at(session, reference, actor, lead.id, wish, starts_at, "staff", now=now).id


def markable(session: Session, actor: Actor, lead_id: str, stage: str, value_cents: int) -> LeadBrief:
    """The lead, for a stage that may be marked. Raises Denied, NotFound, InvalidInput(stage, value)."""
    lead = open_for_work(session, actor, lead_id)
    if stage not in STAGES:
        raise InvalidInput.of("stage", f"Choose one of: {', '.join(STAGES)}.")
    rules.refuse_value(value_cents)
    if lead.state == "disqualified":
        raise InvalidInput.of("stage", "This lead is disqualified. Reopen it first.")
    return lead


def move(
    session: Session,
    reference: Reference,
    actor: Actor,
    visit_id: str,
    starts_at: datetime,
    *,
    seen: datetime | None,
    provider_id: str | None = None,
    why: str = "",
    now: datetime,
) -> None:
    """Another time for a visit ahead, with another provider where one is named. `seen` is the time that the person saw;
    `why` stays in the timeline.

    Raises InvalidInput(starts_at, provider, note), SlotTaken, and LostRace where it was moved or ended meanwhile.
    """
    require(actor, Permission.WORK_LEADS)
    visit = visits.get(session, visit_id)
    rules.refuse_time(starts_at, now)
    if provider_id and not names.provides(session, provider_id):
        raise InvalidInput.of("provider", "Choose somebody who gives treatments.")
    to = Wanted(starts_at, provider_id or visit.provider_id)
    changing.move(session, reference, actor, visit, to, seen=seen, why=checked_note(why), now=now)


def cancel(
    session: Session, reference: Reference, actor: Actor, visit_id: str, reason: str, *, now: datetime
) -> None:
    """The visit will not take place: the lead counts as booked no more, and is open again with a task.

    Raises InvalidInput(reason) and LostRace.
    """
    require(actor, Permission.WORK_LEADS)
    if reason not in rules.CANCELLED:
        raise InvalidInput.of("reason", "Choose a reason: it shows later what could be done better.")
    visit = visits.get(session, visit_id)
    changing.end(session, reference, actor, visit, "cancelled", {"reason": reason}, now)


def no_show(session: Session, reference: Reference, actor: Actor, visit_id: str, *, now: datetime) -> None:
    """Nobody came: booked and not attended, and the lead is open again with a task. Raises InvalidInput, LostRace."""
    require(actor, Permission.WORK_LEADS)
    visit = visits.get(session, visit_id)
    if visit.starts_at and visit.starts_at > now:
        raise InvalidInput.of("visit", "This visit is still to come. Cancel or move it instead.")
    changing.end(session, reference, actor, visit, "no_show", {}, now)


def put_back(session: Session, reference: Reference, actor: Actor, visit_id: str, *, now: datetime) -> None:
    """A cancelled or missed visit stands again.

    Raises LostRace where it does, or another one was booked since; SlotTaken where its time is somebody else's by now.
    """
    require(actor, Permission.WORK_LEADS)
    changing.put_back(session, reference, actor, visits.get(session, visit_id), now)
