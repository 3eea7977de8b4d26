"""SQL of whose first contact by a person came late, of people in an experiment; by variant."""

from sqlalchemy import FromClause, and_, func, or_, select
from sqlalchemy.orm import Session

from core.sla.rules import FIRST_CONTACT
from core.sla.tables import sla_clocks

C = sla_clocks.c
# A breach stays one: when the contact comes late, and when the lead is closed without any.
MISSED = or_(C.state == "missed", and_(C.state != "met", C.breached_at.is_not(None)))


def late(session: Session, requests: FromClause) -> dict[str, int]:
    """People whose target passed after they were given their variant and within their days. `requests`: their leads,
    with lead_id, patient_id, variant, at, counts_at."""
    of = requests.c
    clock = and_(C.lead_id == of.lead_id, C.target == FIRST_CONTACT, C.round == 1)
    theirs = select(of.variant, func.count(of.patient_id.distinct())).join_from(requests, sla_clocks, clock)
    rows = session.execute(
        theirs.where(MISSED, C.due_at > of.at, C.due_at <= of.counts_at).group_by(of.variant)
    )
    return dict(rows.all())
