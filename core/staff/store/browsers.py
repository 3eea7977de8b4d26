"""SQL of the browsers that staff have signed in with."""

from datetime import datetime

from sqlalchemy import delete, select, tuple_
from sqlalchemy.orm import Session

from core.db.upsert import insert_into
from core.staff.tables import known_browsers, staff

B = known_browsers.c


def knows(session: Session, browser_hash: str, username: str) -> bool:
    """Whether the account of this name was signed in to with this browser."""
    statement = (
        select(B.staff_id)
        .join(staff, staff.c.id == B.staff_id)
        .where(B.browser_hash == browser_hash, staff.c.username == username)
    )
    return session.execute(statement).scalar_one_or_none() is not None


def keep(session: Session, browser_hash: str, staff_id: str, now: datetime) -> None:
    """Somebody signed in with this browser just now."""
    values = {"browser_hash": browser_hash, "staff_id": staff_id, "made_at": now, "seen_at": now}
    row = insert_into(session, known_browsers).values(values)
    session.execute(
        row.on_conflict_do_update(index_elements=["browser_hash", "staff_id"], set_={"seen_at": now})
    )


def forget_all(session: Session, staff_id: str) -> None:
    """No browser is known to this account any more."""
    session.execute(delete(known_browsers).where(B.staff_id == staff_id))


def forget_unseen(session: Session, before: datetime, limit: int) -> int:
    """Forget at most `limit` browsers that nobody signed in with since a moment; how many."""
    key = tuple_(B.browser_hash, B.staff_id)
    old = select(B.browser_hash, B.staff_id).where(B.seen_at < before).limit(limit)
    return len(session.execute(delete(known_browsers).where(key.in_(old)).returning(B.staff_id)).all())
