"""A target was missed: one row for good, with whose the lead was and why, whoever notices first.

The scheduler does, within a second; or whoever makes contact late before it has looked. Two who notice at once write
one.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from core.leads.store import leads, owners
from core.leads.store import work as lead_work
from core.reference import Reference
from core.sla import store_watch as watch
from core.sla.causes import Standing, cause_of
from core.sla.rules import DANGER, MACHINE, NEXT_REPLY
from core.sla.store import Ended
from core.sla.store_watch import Breach, Missed
from core.staff import shift_rules
from core.staff.store import people
from core.staff.store.people import PoolMember


def mark_overdue(session: Session, reference: Reference, now: datetime) -> list[Missed]:
    """Every running clock whose time has passed."""
    missed = watch.mark_overdue(session, now)
    note(session, reference, missed, now)
    told = [one for one in missed if one.target not in MACHINE]
    leads.note_events(session, [_event(one, now) for one in told])
    return missed


def note(session: Session, reference: Reference, missed: Sequence[Missed], now: datetime) -> None:
    """Write their breaches."""
    if missed:
        pool = people.pool(session)

        def somebody_there(at: datetime) -> bool:
            return any(
                shift_rules.is_at_work(person, reference.clinic.hours(person.location), at) for person in pool
            )

        _write(session, missed, pool, somebody_there, now)


def note_late(session: Session, lead_id: str, ended: Iterable[Ended], now: datetime) -> None:
    """Contact came late, and nobody had marked it yet. Whoever made it was there."""
    missed = [Missed(one.clock_id, lead_id, one.target, one.due_at) for one in ended if one.missed_now]
    if missed:
        _write(session, missed, people.pool(session), lambda _at: True, now)


def _write(
    session: Session,
    missed: Sequence[Missed],
    pool: Sequence[PoolMember],
    somebody_there: Callable[[datetime], bool],
    now: datetime,
) -> None:
    standing = lead_work.standing(session, {one.lead_id for one in missed})
    open_leads = owners.in_hand(session)
    capacity = {person.id: person.capacity for person in pool}

    def breach(one: Missed) -> Breach:
        lead = standing[one.lead_id]
        owner = lead.owner_id
        full = owner in capacity and open_leads.get(owner, 0) >= capacity[owner]
        cause = cause_of(Standing(somebody_there(one.due_at), owner is not None, full, _seen(one, lead)))
        return Breach(one, owner, cause)

    watch.note_breaches(session, [breach(one) for one in missed], now)


def _seen(one: Missed, lead: lead_work.Standing) -> bool:
    """Whether somebody had looked before it was late: at the lead, or at what the patient wrote."""
    if one.target in (NEXT_REPLY, DANGER):
        return lead.unread == 0
    return lead.viewed_at is not None and lead.viewed_at <= one.due_at


def _event(one: Missed, now: datetime) -> leads.NewEvent:
    return leads.NewEvent(one.lead_id, "clock_breached", "automatic", now, data={"target": one.target})
