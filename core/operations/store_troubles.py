"""SQL of what the watch found: begun once, over once, told once."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from core.db.upsert import insert_into
from core.operations.tables import troubles

T = troubles.c


@dataclass(frozen=True)
class Trouble:
    """One thing that is wrong now."""

    name: str
    figures: Mapping[str, Any]
    since: datetime
    told_at: datetime | None


def current(session: Session) -> list[Trouble]:
    """What is wrong now, what began first first."""
    columns: list[Any] = [T[name] for name in Trouble.__dataclass_fields__]
    rows = session.execute(select(*columns).where(T.over_at.is_(None)).order_by(T.since, T.name))
    return [Trouble(*row) for row in rows]


def begin(session: Session, name: str, figures: Mapping[str, Any], now: datetime) -> bool:
    """It is wrong from now on; False where it was already, then only its figures are those of now."""
    fresh = {"figures": dict(figures), "since": now, "seen_at": now, "over_at": None}
    statement = insert_into(session, troubles).values(name=name, **fresh)
    began = statement.on_conflict_do_update(
        index_elements=["name"], set_=fresh, where=T.over_at.is_not(None)
    ).returning(T.name)
    if session.execute(began).scalar_one_or_none() is not None:
        return True
    still = (T.name == name, T.over_at.is_(None))
    session.execute(update(troubles).where(*still).values(figures=dict(figures), seen_at=now))
    return False


def end(session: Session, names: Collection[str], now: datetime) -> list[str]:
    """These are in order again; which of them were not."""
    if not names:
        return []
    wrong = (T.name.in_(names), T.over_at.is_(None))
    return list(
        session.execute(update(troubles).where(*wrong).values(over_at=now).returning(T.name)).scalars()
    )


def take_telling(session: Session, name: str, now: datetime, *, unless_since: datetime) -> bool:
    """Say that somebody tells of it now; False where somebody did after `unless_since`, or it is over."""
    untold = or_(T.told_at.is_(None), T.told_at <= unless_since)
    statement = update(troubles).where(T.name == name, T.over_at.is_(None), untold).values(told_at=now)
    return session.execute(statement.returning(T.name)).first() is not None
