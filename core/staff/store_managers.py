"""SQL of who gets the morning line."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.staff.store_pool import Contact
from core.staff.tables import staff


def managers(session: Session) -> list[Contact]:
    """Every active manager, in a fixed order."""
    c = staff.c
    rows = session.execute(
        select(c.id, c.name, c.phone, c.alert_channels).where(c.active, c.role == "manager").order_by(c.id)
    )
    return [Contact(*row) for row in rows]
