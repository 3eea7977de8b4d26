"""SQL of mentions: whom a note names, and whether they have looked since."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from core.conversation.tables import mentions
from core.db.upsert import insert_into
from core.domain.ids import new_id

M = mentions.c


def name_people(
    session: Session, lead_id: str, event_id: str, staff_ids: Iterable[str], now: datetime
) -> None:
    """A note names these people; whoever it names already stays named once."""
    rows = [
        {"id": new_id(now), "lead_id": lead_id, "event_id": event_id, "staff_id": one, "made_at": now}
        for one in staff_ids
    ]
    if rows:
        session.execute(insert_into(session, mentions).values(rows).on_conflict_do_nothing())


def look(session: Session, lead_id: str, staff_id: str, now: datetime) -> bool:
    """This person looks at the thread; whether something in it had named them since they last did."""
    unseen = (M.staff_id == staff_id, M.lead_id == lead_id, M.seen_at.is_(None))
    seen = session.execute(update(mentions).where(*unseen).values(seen_at=now).returning(M.id))
    return seen.first() is not None
