"""Who has taken up the alert about a lead that nobody has tried to reach: the word that holds a level back, shown.

It is no contact. What counts, and since when, is what `core.flows.escalation.acknowledging` asks when a level comes.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.alerting.tables import alerts
from core.db.prepared import Query
from core.db.types import among, is_word
from core.leads.reasons import TAKEN_UP
from core.leads.tables import lead_events, leads
from core.messaging.tables import timed_actions
from core.reads.parts.sql import one_of
from core.staff.tables import staff

L, N, E, A = leads.c, alerts.c, lead_events.c, timed_actions.c
# Alerts that ask somebody to reach out. A reply, a task or danger has words of its own.
ASKING = ("staff_new_lead", "staff_reassigned", "staff_unacknowledged", "staff_uncontacted")


@dataclass(frozen=True)
class Alerted:
    """Somebody was told of the lead. `at`: when it was taken up, `by` whom by name; both None where nobody has."""

    at: datetime | None = None
    by: str | None = None


_TOLD = Query(
    select(N.lead_id, func.min(N.made_at))
    .join(leads, L.id == N.lead_id)
    .where(among(N.lead_id, "lead_ids"), one_of(N.template, ASKING), is_word(L.state, "open"))
    .where(L.attempted_at.is_(None), L.snoozed_until.is_(None))
    .group_by(N.lead_id)
)
# Each round of levels counts words anew: the lead was put aside, or opened again.
_ROUNDS = Query(
    select(A.lead_id, func.max(A.created_at))
    .where(among(A.lead_id, "lead_ids"), is_word(A.kind, "escalation"))
    .group_by(A.lead_id)
)
_WORDS = Query(
    select(E.lead_id, E.at, staff.c.name)
    .outerjoin(staff, staff.c.id == E.staff_id)
    .where(among(E.lead_id, "lead_ids"), one_of(E.kind, TAKEN_UP))
    .order_by(E.at, E.id)
)


def of(session: Session, lead_ids: Collection[str]) -> dict[str, Alerted]:
    """By lead, of those that somebody was told of, and that wait for a first try to reach the patient."""
    told = dict(_TOLD.rows(session, lead_ids=list(lead_ids))) if lead_ids else {}
    if not told:
        return {}
    since = told | dict(_ROUNDS.rows(session, lead_ids=list(told)))
    said: defaultdict[str, Alerted] = defaultdict(Alerted)
    for lead_id, at, name in _WORDS.rows(session, lead_ids=list(told)):
        if at >= since[lead_id]:
            said[lead_id] = Alerted(at, name)
    return {lead_id: said[lead_id] for lead_id in told}
