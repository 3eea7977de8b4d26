"""Give a lead its owner, and keep why."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from core.assignment import store as assignments
from core.assignment.rules import Candidate, Wanted, choose
from core.domain.hours import parse_window
from core.leads.store import leads
from core.reference import Reference
from core.staff.store import people as store_pool
from core.staff.store.people import PoolMember

__all__ = ["Owner", "Wanted", "assign", "candidates", "keep"]


@dataclass(frozen=True)
class Owner:
    """Who got it."""

    staff_id: str
    name: str


def assign(
    session: Session, reference: Reference, *, lead_id: str, wanted: Wanted, now: datetime
) -> Owner | None:
    """Choose and record the owner of a new lead; None, with the trace saying so, where nobody accepts leads."""
    people = candidates(session, reference, now)
    choice = choose(assignments.active_rules(session), wanted, people)
    assignments.record(
        session, lead_id=lead_id, staff_id=choice.staff_id, rule=choice.rule, trace=choice.trace, now=now
    )
    leads.note_event(
        session,
        lead_id,
        "assigned",
        "automatic",
        now=now,
        data={"staff_id": choice.staff_id, "rule": choice.rule},
    )
    if choice.staff_id is None:
        return None
    leads.change(session, lead_id, now, owner_id=choice.staff_id, assigned_at=now)
    return Owner(
        choice.staff_id, next(person.name for person in people if person.staff_id == choice.staff_id)
    )


def keep(session: Session, *, lead_id: str, staff_id: str, name: str, now: datetime) -> Owner:
    """Whoever added a lead by hand owns it."""
    trace = [{"staff_id": staff_id, "name": name, "chosen": True, "why": "added it by hand"}]
    assignments.record(
        session,
        lead_id=lead_id,
        staff_id=staff_id,
        rule=f"Added by {name}",
        trace=trace,
        now=now,
        by_staff_id=staff_id,
    )
    leads.note_event(session, lead_id, "taken", "staff", now=now, staff_id=staff_id, data={"from": None})
    leads.change(session, lead_id, now, owner_id=staff_id, assigned_at=now)
    return Owner(staff_id, name)


def candidates(session: Session, reference: Reference, now: datetime) -> list[Candidate]:
    """Everybody who accepts leads, as the rules see them now."""
    loads, turns = leads.open_counts(session), assignments.last_assigned(session, now)
    return [
        Candidate(
            staff_id=person.id,
            name=person.name,
            role=person.role,
            title=person.title,
            skills=frozenset(person.skills),
            seniority=person.seniority,
            location=person.location,
            on_shift=on_shift(person, reference, now),
            status=person.status,
            open_leads=loads.get(person.id, 0),
            capacity=person.capacity,
            last_assigned=turns.get(person.id, ""),
        )
        for person in store_pool.pool(session)
    ]


def on_shift(person: PoolMember, reference: Reference, now: datetime) -> bool:
    """Whether their weekly hours cover this moment, on the wall of the clinic."""
    windows = {int(day): tuple(parse_window(text) for text in spans) for day, spans in person.hours.items()}
    location = reference.clinic.location(person.location)
    return location.hours.of_somebody(windows).is_open(now)
