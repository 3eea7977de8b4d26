"""The clocks of a new lead, all of them in one statement of the transaction that makes it."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from core.reference import Reference
from core.sla import rules
from core.sla import store as sla
from core.sla.rules import ASSIGNMENT, BY_PEOPLE, CONFIRMATION
from core.sla.store import First


def of_new_lead(
    session: Session,
    reference: Reference,
    lead_id: str,
    facts: Mapping[str, str],
    *,
    sent_at: datetime,
    owned: bool,
    texts: bool,
    now: datetime,
) -> datetime:
    """Start them; when the first attempt is due. `facts`: temperature, form_type, location.

    `owned`: the lead has got its owner already. `texts`: it may be texted, so that a confirmation is owed.
    """
    hours = reference.clinic.location(facts["location"]).hours

    def first(target: str, started_at: datetime, *, over: bool = False) -> First:
        policy = rules.choose(reference.policies, target, facts)
        return First(policy, started_at, rules.due_at(policy, hours, started_at), over)

    # compliance.md H1: people's time starts when the patient sent the form, however late it reached us.
    started_at = rules.clock_start(sent_at, now)
    clocks = [first(target, started_at) for target in BY_PEOPLE]
    clocks.append(first(ASSIGNMENT, now, over=owned))
    if texts:
        clocks.append(first(CONFIRMATION, now))
    sla.start_first(session, lead_id, clocks, now=now)
    return clocks[0].due_at
