"""SQL of where staff work."""

from collections.abc import Collection

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.staff.tables import staff


def names_at(session: Session, locations: Collection[str]) -> dict[str, list[str]]:
    """The names of active members of staff by location, for these locations."""
    c = staff.c
    rows = session.execute(
        select(c.location, c.name).where(c.active, c.location.in_(locations)).order_by(c.name)
    )
    found: dict[str, list[str]] = {}
    for location, name in rows:
        found.setdefault(location, []).append(name)
    return found


def move(session: Session, location: str, to: str) -> int:
    """Everybody of one location works at another from now on; how many."""
    moved = update(staff).where(staff.c.location == location).values(location=to)
    return len(session.execute(moved.returning(staff.c.id)).all())
