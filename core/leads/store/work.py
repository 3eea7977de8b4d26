"""SQL of staff working a lead. Each change names what it expects to find; whether it did is the answer."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, desc, func, or_, select, update
from sqlalchemy.orm import Session

from core.db.sealing import sealed_change
from core.leads.reasons import PAUSED_BY_HAND
from core.leads.tables import lead_events, leads

L = leads.c


def _changed(session: Session, lead_id: str, where: ColumnElement[bool], values: dict[str, Any]) -> bool:
    sealed = sealed_change(session, leads, lead_id, values)
    statement = update(leads).where(L.id == lead_id, where).values(**sealed).returning(L.id)
    return session.execute(statement).scalar_one_or_none() is not None


@dataclass(frozen=True)
class Standing:
    """Whose a lead is and since when, whether somebody has looked at it, and how many of its texts nobody has read."""

    owner_id: str | None
    assigned_at: datetime | None
    viewed_at: datetime | None
    unread: int


def standing(session: Session, lead_ids: Collection[str]) -> dict[str, Standing]:
    """By the lead's id."""
    columns: list[Any] = [L[name] for name in Standing.__dataclass_fields__]
    rows = session.execute(select(L.id, *columns).where(L.id.in_(lead_ids)))
    return {row[0]: Standing(*row[1:]) for row in rows}


def take(session: Session, lead_id: str, staff_id: str, seen_owner: str | None, now: datetime) -> bool:
    """Make `staff_id` the owner of an open lead that has none, or still has the owner that the person saw."""
    free = L.owner_id.is_(None) if seen_owner is None else or_(L.owner_id.is_(None), L.owner_id == seen_owner)
    values = {"owner_id": staff_id, "assigned_at": now, "updated_at": now}
    return _changed(session, lead_id, free & (L.state == "open"), values)


def hand_on(session: Session, lead_id: str, seen_owner: str | None, to: str | None, now: datetime) -> bool:
    """Move a lead from the owner that was read to another; False when somebody moved it meanwhile."""
    still = L.owner_id.is_(None) if seen_owner is None else L.owner_id == seen_owner
    return _changed(session, lead_id, still, {"owner_id": to, "assigned_at": now, "updated_at": now})


def change_state(session: Session, lead_id: str, was: str, now: datetime, **values: Any) -> bool:
    """Change a lead that is still in the state `was`."""
    return _changed(session, lead_id, L.state == was, {"updated_at": now, **values})


def snooze(session: Session, lead_id: str, until: datetime, now: datetime) -> bool:
    return _changed(session, lead_id, L.state == "open", {"snoozed_until": until, "updated_at": now})


def wake(session: Session, lead_id: str, now: datetime) -> bool:
    """End a snooze; whether there was one."""
    return _changed(
        session, lead_id, L.snoozed_until.is_not(None), {"snoozed_until": None, "updated_at": now}
    )


def pause(session: Session, lead_id: str, until: datetime, why: str, by: str | None, now: datetime) -> bool:
    """Automation waits, from now on or longer than it did; whether it had not been waiting.

    Once somebody writes to the patient that is why it waits, whatever it was before: no group that goes on takes it
    along.
    """
    values = {"paused_until": until, "paused_by": by, "paused_why": why, "updated_at": now}
    went_on = or_(L.paused_until.is_(None), L.paused_until <= now)
    if _changed(session, lead_id, went_on, values):
        return True
    _changed(session, lead_id, L.paused_until < until, {"paused_until": until, "updated_at": now})
    if why != PAUSED_BY_HAND:
        reason = {"paused_by": by, "paused_why": why, "updated_at": now}
        _changed(session, lead_id, L.paused_why == PAUSED_BY_HAND, reason)
    return False


def end_pause(session: Session, lead_id: str, now: datetime) -> bool:
    """Automation waits no more; whether it did."""
    values = {"paused_until": None, "paused_by": None, "paused_why": None, "updated_at": now}
    return _changed(session, lead_id, L.paused_until.is_not(None), values)


def restore_priority(session: Session, lead_id: str, priority: int, now: datetime) -> bool:
    """An alarm is over: the lead has the priority that it had before, unless somebody changed it meanwhile."""
    return _changed(session, lead_id, L.priority == 1, {"priority": priority, "updated_at": now})


def clear_stage(session: Session, lead_id: str, column: str, now: datetime, **values: Any) -> bool:
    """Take a stage's time away; whether it had one."""
    return _changed(session, lead_id, L[column].is_not(None), {column: None, "updated_at": now, **values})


def read_texts(session: Session, lead_id: str) -> bool:
    """Nothing of this lead is unread any more; whether something was."""
    return _changed(session, lead_id, L.unread > 0, {"unread": 0})


@dataclass(frozen=True)
class Did:
    """Who last did something to a lead, and when."""

    kind: str
    staff_id: str | None
    at: datetime


def last_event(session: Session, lead_id: str, kinds: tuple[str, ...]) -> Did | None:
    """The newest line of the timeline among `kinds`."""
    c = lead_events.c
    row = session.execute(
        select(c.kind, c.staff_id, c.at)
        .where(c.lead_id == lead_id, c.kind.in_(kinds))
        .order_by(desc(c.at), desc(c.id))
        .limit(1)
    ).one_or_none()
    return Did(*row) if row else None


def has_event(
    session: Session, lead_id: str, kinds: tuple[str, ...], *, since: datetime, by: str | None = None
) -> bool:
    """Whether a line of these kinds stands in the timeline since a moment, of one person where `by` names them."""
    c = lead_events.c
    found = select(c.id).where(c.lead_id == lead_id, c.kind.in_(kinds), c.at >= since)
    found = found.where(c.staff_id == by) if by else found
    return session.execute(found.limit(1)).first() is not None


def bar_number(session: Session, lead_id: str, now: datetime) -> None:
    """The number that this lead gave is somebody else's; the first to say so keeps its moment."""
    _changed(session, lead_id, L.wrong_number_at.is_(None), {"wrong_number_at": now, "updated_at": now})


def open_number(session: Session, lead_id: str, barred_at: datetime) -> None:
    """Whoever said at that moment that the number is wrong was mistaken."""
    _changed(session, lead_id, L.wrong_number_at == barred_at, {"wrong_number_at": None})


def hand_bar_to(session: Session, lead_ids: Collection[str], barred_at: datetime, other_at: datetime) -> None:
    """The bar stays; another call, logged at `other_at`, stands for it now."""
    theirs = update(leads).where(L.id.in_(lead_ids), L.wrong_number_at == barred_at)
    session.execute(theirs.values(wrong_number_at=other_at))


def came(session: Session, start: datetime, end: datetime) -> int:
    """Leads from `start` up to `end`."""
    c = leads.c
    return int(
        session.execute(select(func.count()).where(c.created_at >= start, c.created_at < end)).scalar_one()
    )
