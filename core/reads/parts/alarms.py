"""Patients who wrote of danger and whom no person has reached yet."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.conversation.tables import alarms
from core.db.prepared import Query
from core.db.types import among
from core.staff.tables import staff

A = alarms.c


@dataclass(frozen=True)
class Alarm:
    """A patient wrote of danger and no person has reached them yet. `acknowledged_by`: a name; None: nobody has."""

    raised_at: datetime
    acknowledged_at: datetime | None
    acknowledged_by: str | None


_ALL = (
    select(A.lead_id, A.raised_at, A.acknowledged_at, staff.c.name)
    .outerjoin(staff, staff.c.id == A.acknowledged_by)
    .where(A.ended_at.is_(None))
    .order_by(A.raised_at)
)
_STANDING, _OF = Query(_ALL), Query(_ALL.where(among(A.lead_id, "lead_ids")))


def standing(session: Session) -> dict[str, Alarm]:
    """By lead, its newest alarm; the lead that was first in danger stands first."""
    return _newest(_STANDING.rows(session))


def of(session: Session, lead_ids: Iterable[str]) -> dict[str, Alarm]:
    """The same for these leads."""
    return _newest(_OF.rows(session, lead_ids=list(lead_ids)))


def _newest(rows: Iterable[tuple[Any, ...]]) -> dict[str, Alarm]:
    return {lead_id: Alarm(*alarm) for lead_id, *alarm in rows}
