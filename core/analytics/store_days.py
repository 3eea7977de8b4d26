"""SQL of each day's texts, counted."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlalchemy import delete, select, tuple_
from sqlalchemy.orm import Session

from core.analytics.tables import delivery_days
from core.db.upsert import insert_into

D = delivery_days.c


@dataclass(frozen=True)
class Count:
    """Texts of one template and purpose on a day; `opted_out` that day, with this as the last text before it."""

    template: str
    purpose: str
    handed_over: int = 0
    delivered: int = 0
    failed: int = 0
    segments: int = 0
    opted_out: int = 0


def kept(session: Session, day: date) -> set[Count]:
    """What was counted for a day last time."""
    columns = [D[name] for name in Count.__dataclass_fields__]
    return {Count(*row) for row in session.execute(select(*columns).where(D.day == day))}


def keep(session: Session, day: date, counts: Collection[Count], now: datetime) -> None:
    """Replace what a day was counted as."""
    keys = [(count.template, count.purpose) for count in counts]
    session.execute(delete(delivery_days).where(D.day == day, tuple_(D.template, D.purpose).not_in(keys)))
    if not counts:
        return
    statement = insert_into(session, delivery_days)
    figures = ("handed_over", "delivered", "failed", "segments", "opted_out", "counted_at")
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["day", "template", "purpose"],
            set_={name: statement.excluded[name] for name in figures},
        ),
        [asdict(count) | {"day": day, "counted_at": now} for count in counts],
    )
