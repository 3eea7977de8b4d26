"""SQL of browsers that show somebody's alerts: kept, used, gone. An endpoint is of one person at a time."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select, true, update
from sqlalchemy.orm import Session

from core.db.prepared import InsertOne
from core.domain.ids import new_id
from core.domain.ports import Browser
from core.staff.tables import push_subscriptions, staff

P = push_subscriptions.c
_KEPT = InsertOne(push_subscriptions)


@dataclass(frozen=True)
class Shown:
    """One browser as its owner knows it. `mark`: by which the browser itself finds which one it is."""

    id: str
    mark: str
    browser: str
    made_at: datetime
    used_at: datetime | None


def marked(endpoint: str) -> str:
    """By which an endpoint is known again, and can't be told."""
    return hashlib.sha256(endpoint.encode()).hexdigest()


def of(session: Session, staff_id: str) -> list[Shown]:
    """Those of one person, the newest first."""
    columns = (P.id, P.endpoint_hash, P.browser, P.made_at, P.used_at)
    found = (
        select(*columns).where(P.staff_id == staff_id, P.gone_at.is_(None)).order_by(P.made_at.desc(), P.id)
    )
    return [Shown(*row) for row in session.execute(found)]


def how_many(session: Session) -> tuple[int, int]:
    """(browsers that show alerts, people whose they are), of who works here."""
    shown = (P.gone_at.is_(None), staff.c.active)
    counted = (
        select(func.count(), func.count(P.staff_id.distinct()))
        .join_from(push_subscriptions, staff, staff.c.id == P.staff_id)
        .where(*shown)
    )
    row = session.execute(counted).one()
    return int(row[0]), int(row[1])


def addresses(session: Session, staff_id: str) -> list[Browser]:
    """Where the alerts of somebody who works here are pushed to. One whose address can't be read is left out."""
    works = (P.staff_id == staff_id, P.gone_at.is_(None), staff.c.active)
    found = (
        select(P.id, P.endpoint, P.browser_keys)
        .join(staff, staff.c.id == P.staff_id)
        .where(*works)
        .order_by(P.id)
    )
    return [
        Browser(
            row.id,
            row.endpoint,
            str(row.browser_keys.get("p256dh", "")),
            str(row.browser_keys.get("auth", "")),
        )
        for row in session.execute(found)
        if row.endpoint
    ]


def keep(
    session: Session, staff_id: str, endpoint: str, keys: dict[str, str], browser: str, now: datetime
) -> None:
    """From now on this browser shows this person's alerts, and nobody else's: a shared desk tells who asked last."""
    again = (P.endpoint_hash == marked(endpoint), P.gone_at.is_(None))
    session.execute(update(push_subscriptions).where(*again).values(gone_at=now))
    _KEPT.run(
        session,
        id=new_id(now),
        staff_id=staff_id,
        endpoint_hash=marked(endpoint),
        endpoint=endpoint,
        browser_keys=keys,
        browser=browser,
        made_at=now,
    )


def used(session: Session, ids: Collection[str], now: datetime) -> None:
    """Their push services took an alert."""
    session.execute(update(push_subscriptions).where(P.id.in_(ids)).values(used_at=now))


def gone(session: Session, ids: Collection[str], now: datetime, *, staff_id: str | None = None) -> int:
    """They show nothing any more; how many did until now. `staff_id`: only where they are this person's."""
    whose = P.staff_id == staff_id if staff_id else true()
    shown = (P.id.in_(ids), P.gone_at.is_(None), whose)
    ended = update(push_subscriptions).where(*shown).values(gone_at=now).returning(P.id)
    return len(session.execute(ended).all())


def all_gone(session: Session, staff_id: str, now: datetime) -> None:
    """No browser shows this person's alerts any more."""
    shown = (P.staff_id == staff_id, P.gone_at.is_(None))
    session.execute(update(push_subscriptions).where(*shown).values(gone_at=now))


def forget(session: Session, before: datetime, limit: int) -> int:
    """Delete at most `limit` that were gone before a moment; how many."""
    old = select(P.id).where(P.gone_at < before).limit(limit)
    return len(session.execute(delete(push_subscriptions).where(P.id.in_(old)).returning(P.id)).all())
