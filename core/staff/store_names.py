"""SQL of what other people need to know of a member of staff: a name, and whether leads can be given to them."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.staff.tables import staff


def name(session: Session, staff_id: str | None) -> str:
    """Their full name, 'Somebody' where the account is not known any more."""
    return names(session, [staff_id]).get(staff_id or "", "Somebody")


def names(session: Session, staff_ids: Iterable[str | None]) -> dict[str, str]:
    """Names by id; closed accounts included, unknown ids left out."""
    wanted = sorted({staff_id for staff_id in staff_ids if staff_id})
    if not wanted:
        return {}
    rows = session.execute(select(staff.c.id, staff.c.name).where(staff.c.id.in_(wanted)))
    return {row.id: row.name for row in rows}


def accepts_leads(session: Session, staff_id: str) -> bool:
    """Whether leads can be given to this person."""
    found = session.execute(
        select(staff.c.id).where(staff.c.id == staff_id, staff.c.active, staff.c.accepts_leads)
    )
    return found.scalar_one_or_none() is not None
