"""SQL of times that are held from the clinic's own site: how many one address has, how much of a day they take."""

import hashlib
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from core.booking.store_holds import WIDGET
from core.booking.tables import holds, widget_holds
from core.db.types import blind
from core.db.upsert import insert_into
from core.domain.hours import Span

H, W = holds.c, widget_holds.c
EACH = 2  # open ones of one address
SIGNED_64 = 8


def take_turns(session: Session, location: str, day: str) -> None:
    """From here to the end of its transaction nobody else holds a time of that day from the clinic's site: two that
    look at the same moment would both see room for one more. SQLite has one writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        digest = hashlib.sha256(f"widget:{location}:{day}".encode()).digest()
        number = int.from_bytes(digest[:SIGNED_64], signed=True)
        session.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": number})


def held(session: Session, provider_ids: Collection[str], span: Span, now: datetime) -> timedelta:
    """How much time of these is held so, of visits that begin in this stretch."""
    statement = select(H.starts_at, H.ends_at).where(
        H.kind == WIDGET, H.provider_id.in_(provider_ids), H.expires_at > now,
        H.starts_at >= span[0], H.starts_at < span[1],
    )  # fmt: skip
    return sum((end - start for start, end in session.execute(statement)), timedelta())


def claim(session: Session, hold_id: str, address: str, expires_at: datetime, now: datetime) -> bool:
    """The hold is this address's; False where it has EACH open ones."""
    index = blind(session, "widget_hold", address)
    session.execute(delete(widget_holds).where(W.address_index == index, W.expires_at <= now))
    for place in range(1, EACH + 1):
        row = {"id": hold_id, "address_index": index, "place": place, "expires_at": expires_at}
        added = insert_into(session, widget_holds).values(**row).on_conflict_do_nothing()
        if session.execute(added.returning(W.id)).first():
            return True
    return False
