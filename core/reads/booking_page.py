"""Everything that a patient's own page shows: who they are, what stands, what is held, and which times are free.

Who may see it is decided before (`core.flows.booking.links`).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from core import free_times
from core.booking import store as visits
from core.booking import store_holds as holds
from core.booking.store import Visit
from core.booking.store_holds import LINK, Hold
from core.booking.store_links import Link
from core.free_times import Times
from core.leads.store import tasks as lead_tasks
from core.leads.store.leads import LeadBrief
from core.messaging.actions import TEXT, State
from core.messaging.tables import timed_actions
from core.patients.tables import patients
from core.reference import Reference
from core.staff.tables import staff

ON_ITS_WAY = (State.PLANNED, State.SENDING, State.SENT)


@dataclass(frozen=True)
class Person:
    """Whom the page greets; nameless where the link went to a number that is not theirs, and until a person has opened
    it: a preview or a scanner gets no name. `owner`: the first name of the member of staff who has the lead, or ''."""

    first_name: str
    initial: str
    language: str
    owner: str


@dataclass(frozen=True)
class Page:
    """`ahead`: the visit to come, or the one that they are at; `last`: the newest one that ended. `hold` may have run
    out. `had`: services that the patient came for. `texted`: a text about the visit ahead is on its way or was sent."""

    link: Link
    lead: LeadBrief
    person: Person
    theirs: bool
    ahead: Visit | None
    last: Visit | None
    hold: Hold | None
    had: frozenset[str]
    texted: bool
    provider: str  # of the visit ahead, '' for nobody
    call_at: datetime | None  # when staff will have called, where the patient asked for it
    times: Times

    @property
    def opened(self) -> bool:
        """A person had it before them."""
        return self.link.browser_hash is not None


def read(
    session: Session, reference: Reference, link: Link, lead: LeadBrief, days: int, now: datetime
) -> Page:
    """With the free times of so many days from now on."""
    of_lead = visits.of_lead(session, lead.id)
    ahead = next((one for one in of_lead if _stands(one, now)), None)
    person, theirs = _person(session, lead, named=link.browser_hash is not None)
    return Page(
        link=link,
        lead=lead,
        person=person,
        theirs=theirs,
        ahead=ahead,
        last=next((one for one in of_lead if not _stands(one, now)), None),
        hold=next(iter(holds.of_lead(session, lead.id, LINK)), None),
        had=visits.had(session, lead.patient_id) if theirs else frozenset(),
        texted=ahead is not None and _texted(session, lead.id, ahead.created_at),
        provider=_name(session, ahead.provider_id) if ahead and ahead.provider_id else "",
        call_at=_call_at(session, lead.id),
        times=free_times.read(session, reference, now, now + timedelta(days=days), now),
    )


def _stands(visit: Visit, now: datetime) -> bool:
    """Whoever has arrived sees their visit until it is over, not what else could be booked."""
    if visit.state == "booked":
        return True
    over = visit.ends_at or visit.starts_at
    return visit.state == "attended" and not visit.is_completed and over is not None and now < over


def _person(session: Session, lead: LeadBrief, *, named: bool) -> tuple[Person, bool]:
    """A form that was matched by email may carry another person's number: who owns that must not learn this name."""
    p = patients.c
    row = session.execute(
        select(p.first_name, p.last_name, p.language, p.phone_index).where(p.id == lead.patient_id)
    ).one()
    theirs = lead.phone_index is None or lead.phone_index == row.phone_index
    owner = _name(session, lead.owner_id).partition(" ")[0] if lead.owner_id else ""
    if not theirs or not named:
        return Person("", "", row.language, owner), theirs
    return Person(row.first_name, f"{row.last_name[:1]}.".lstrip("."), row.language, owner), theirs


def _name(session: Session, staff_id: str) -> str:
    return session.execute(select(staff.c.name).where(staff.c.id == staff_id)).scalar_one_or_none() or ""


def _call_at(session: Session, lead_id: str) -> datetime | None:
    asked = (task.due_at for task in lead_tasks.open_of(session, lead_id) if task.asked_by_patient)
    return next(asked, None)


def _texted(session: Session, lead_id: str, since: datetime) -> bool:
    a = timed_actions.c
    sent = select(a.id).where(
        a.lead_id == lead_id,
        a.kind == TEXT,
        a.audience == "patient",
        a.created_at >= since,
        a.state.in_(ON_ITS_WAY),
    )
    return bool(session.execute(select(exists(sent))).scalar_one())
