"""Give a lead its owner by the rules, and keep why; where nobody is free it waits, and somebody hears of it."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from core.assignment import store as assignments
from core.assignment.rules.choosing import Choice, choose
from core.assignment.rules.people import Candidate, Wanted
from core.assignment.rules.turns import charged, with_turns
from core.flows.leads import unassigned
from core.leads.store import leads, owners
from core.reference import Reference
from core.staff import shift_rules
from core.staff.store import people as store_pool
from core.staff.store import rota
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
    """Choose and record the owner of a lead; None, with the trace saying so, where it waits for a free person.

    Nobody else chooses from here to the end of the transaction: whatever can be written before is written before.
    """
    assignments.take_turns(session)
    people = candidates(session, reference, now)
    choice = choose(reference.assignment, wanted, people)
    found = give(session, lead_id, choice, people, now)
    if found is None:
        let_wait(session, reference, lead_id, wanted.location, choice.waits_for, now)
        return None
    return Owner(found.staff_id, found.name)


def give(
    session: Session, lead_id: str, choice: Choice, people: list[Candidate], now: datetime
) -> Candidate | None:
    """Write down what was chosen; the new owner as they stand with this lead, None where there is none."""
    assignments.record(
        session, lead_id=lead_id, staff_id=choice.staff_id, rule=choice.rule, trace=choice.trace, now=now
    )
    data = {"staff_id": choice.staff_id, "rule": choice.rule}
    leads.note_event(session, lead_id, "assigned", "automatic", now=now, data=data)
    found = choice.of(people)
    if found is None:
        return None
    turn = charged(found)
    assignments.charge(session, found.staff_id, turn)
    leads.change(session, lead_id, now, owner_id=found.staff_id, assigned_at=now)
    open_leads = found.open_leads + 1
    return replace(found, open_leads=open_leads, turn=turn.count, last_assigned=now.isoformat())


def let_wait(
    session: Session, reference: Reference, lead_id: str, location: str, why: str, now: datetime
) -> None:
    """The lead has no owner and gets the first who is free; somebody hears of it once a place is open."""
    if assignments.let_wait(session, lead_id, why, now):
        unassigned.plan(session, reference.clinic, lead_id, location, now=now)


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
    loads, last = owners.in_hand(session), assignments.last_assigned(session, now)
    standings, on_call = assignments.standings(session), rota.on_call(session, now)
    found = [
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
            last_assigned=last.get(person.id, ""),
            languages=frozenset(person.languages),
            weight=person.weight,
            on_call=person.id in on_call,
            missed_out=person.id in standings and standings[person.id].off_since is not None,
        )
        for person in store_pool.pool(session, now)
    ]
    return with_turns(found, {staff_id: one.turn for staff_id, one in standings.items()})


def on_shift(person: PoolMember, reference: Reference, now: datetime) -> bool:
    """Whether their plan covers this moment, on the wall of their location."""
    return shift_rules.is_on_shift(person, reference.clinic.hours(person.location), now)
