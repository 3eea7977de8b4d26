"""SQL of links of wall displays: made, seen, revoked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from core.domain.ids import new_id
from core.staff.tables import staff, wall_links

W = wall_links.c


@dataclass(frozen=True)
class WallLink:
    """One screen on a wall. `location` is '' where it shows all; `seen_at` is when it was last opened."""

    id: str
    token_hash: str
    name: str
    location: str
    made_by: str
    made_at: datetime
    seen_at: datetime | None


_LINK = (W.id, W.token_hash, W.name, W.location, staff.c.name.label("made_by"), W.made_at, W.seen_at)
_OPEN = W.revoked_at.is_(None)


def add(session: Session, token_hash: str, name: str, location: str, *, made_by: str, now: datetime) -> str:
    """Keep a new link; its id."""
    link_id = new_id(now)
    session.execute(
        insert(wall_links).values(
            id=link_id, token_hash=token_hash, name=name, location=location, made_by=made_by, made_at=now
        )
    )
    return link_id


def all_open(session: Session) -> list[WallLink]:
    """Links that are not revoked, the newest first."""
    statement = select(*_LINK).join(staff, staff.c.id == W.made_by).where(_OPEN).order_by(W.made_at.desc())
    return [WallLink(*row) for row in session.execute(statement)]


def find(session: Session, token_hash: str) -> WallLink | None:
    """The link behind an address, unless it was revoked."""
    statement = select(*_LINK).join(staff, staff.c.id == W.made_by).where(_OPEN, W.token_hash == token_hash)
    row = session.execute(statement).one_or_none()
    return WallLink(*row) if row else None


def seen(session: Session, link_id: str, now: datetime) -> None:
    """Its screen was switched on."""
    session.execute(update(wall_links).where(W.id == link_id).values(seen_at=now))


def still_open(session: Session, token_hashes: Sequence[str]) -> set[str]:
    """Those of the given links that were not revoked."""
    return set(session.scalars(select(W.token_hash).where(_OPEN, W.token_hash.in_(token_hashes))))


def revoke(session: Session, link_id: str, by: str, now: datetime) -> str | None:
    """End a link; its name, or None where it had ended or never was."""
    ended = update(wall_links).where(W.id == link_id, _OPEN).values(revoked_at=now, revoked_by=by)
    return session.execute(ended.returning(W.name)).scalar_one_or_none()
