"""Why first contacts were late: each missed target once, with whoever had the lead as its target passed.

As it was noted then (`core.flows.clocks.breaching`).
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from core.leads.tables import leads
from core.sla.rules import FIRST_CONTACT
from core.sla.store_cohorts import MISSED
from core.sla.tables import sla_breaches, sla_clocks

B, C, L = sla_breaches.c, sla_clocks.c, leads.c


@dataclass(frozen=True)
class Breach:
    """One missed target. `staff_id` '' where nobody had the lead."""

    lead_id: str
    cause: str
    staff_id: str
    location: str
    due_at: datetime


def breach_causes(session: Session, where: ColumnElement[bool]) -> list[Breach]:
    """The missed first contacts of the leads that `where` names."""
    statement = (
        select(L.id, B.cause, B.staff_id, L.location, C.due_at)
        .select_from(leads)
        .join(sla_clocks, and_(C.lead_id == L.id, C.target == FIRST_CONTACT, C.round == 1))
        .join(sla_breaches, B.clock_id == C.id)
        .where(where, MISSED)
    )
    return [
        Breach(lead_id, cause, staff_id or "", location, due_at)
        for lead_id, cause, staff_id, location, due_at in session.execute(statement).all()
    ]
