"""Who is erased is expected no more: their visits ahead are withdrawn, and what was kept for them is free."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from core.booking import store as visits
from core.booking import store_holds as holds
from core.booking import store_links as links
from core.booking import store_reservations as reservations


def forget(session: Session, lead_ids: Collection[str], now: datetime) -> None:
    """Of these leads nothing is kept, no link opens, and nobody comes."""
    for hold_id in holds.of_leads(session, lead_ids):
        holds.drop(session, hold_id)
    links.forget_of(session, lead_ids)
    reservations.release(session, visits.withdraw_ahead(session, lead_ids, now))
