"""SQL of leads that something holds for together."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from core.db.types import is_word
from core.leads.tables import leads


def of_place(location: str, owner_id: str, lead_id: str = "") -> Select[tuple[str]] | None:
    """Leads of one location, of one owner, or one alone, for the statements of other features: a place may have more
    than one statement takes values. '' for any; None where all three are."""
    wanted = {leads.c.location: location, leads.c.owner_id: owner_id, leads.c.id: lead_id}
    where = [column == value for column, value in wanted.items() if value]
    return select(leads.c.id).where(*where) if where else None


def paused_among(
    session: Session, lead_ids: Select[tuple[str]], why: str, now: datetime, limit: int
) -> list[str]:
    """Those of these leads whose automation waits now for such a reason, at most `limit` of them."""
    c = leads.c
    waiting = select(c.id).where(c.id.in_(lead_ids), c.paused_until > now, c.paused_why == why)
    return list(session.execute(waiting.limit(limit)).scalars())


def with_phones(session: Session, phone_indexes: Sequence[str]) -> list[str]:
    """Every lead, open or not, that gave one of these numbers."""
    return list(session.execute(select(leads.c.id).where(leads.c.phone_index.in_(phone_indexes))).scalars())


def quiet(session: Session, after: datetime, until: datetime, limit: int) -> list[tuple[str, datetime]]:
    """Leads that are neither booked nor disqualified and of whom nothing was heard since a moment between these two,
    and when: the quietest first."""
    c = leads.c
    mine = select(c.id, c.last_event_at).where(
        c.state.in_(("open", "closed")), c.last_event_at > after, c.last_event_at <= until
    )
    rows = session.execute(mine.order_by(c.last_event_at).limit(limit))
    return [(row.id, row.last_event_at) for row in rows]


def places_used(session: Session, locations: Collection[str]) -> set[str]:
    """Those of these locations that any lead is or was at."""
    c = leads.c
    return set(session.execute(select(c.location).where(c.location.in_(locations)).distinct()).scalars())


def open_at(session: Session, locations: Collection[str]) -> dict[str, int]:
    """How many open leads are at each of these locations."""
    c = leads.c
    mine = select(c.location, func.count()).where(c.location.in_(locations), is_word(c.state, "open"))
    return {place: int(count) for place, count in session.execute(mine.group_by(c.location))}


def treatments_used(session: Session, treatments: Collection[str]) -> set[str]:
    """Those of these treatments that any lead asked for."""
    c = leads.c
    return set(session.execute(select(c.treatment).where(c.treatment.in_(treatments)).distinct()).scalars())
