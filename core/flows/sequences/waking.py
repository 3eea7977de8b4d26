"""Leads with whom nobody has spoken for long enter the sequences that begin on the last reply.

Only those that the clinic published itself: the one that ships would, on the day of an update, advertise to everybody
the clinic ever heard of. Some at a time, so that an old list is gone through in weeks and not in an hour.
"""

from datetime import datetime, timedelta
from functools import cache

from sqlalchemy.orm import Session

from core import plans
from core.app import App
from core.compliance import store as compliance
from core.flows.sequences import entering
from core.leads.store import groups, leads
from core.operations import store as operations
from core.patients.store import profiles as patients
from core.sequences.rules.choosing import starting_on
from core.sequences.rules.definition import Anchor
from core.shipped import read_toml
from core.versions.rules import SHIPPED_NUMBER

AT_ONCE = 20  # people an hour
OLDEST = timedelta(days=365)
MARK = "quiet_leads"


@cache
def quiet_span() -> timedelta:
    """How long nobody has spoken."""
    return timedelta(days=read_toml("automation.toml")["quiet_days"])


def wake_quiet(app: App, *, now: datetime) -> int:
    """Who has fallen silent enters; how many were looked at. Nobody is looked at twice for one silence."""
    with app.db.write() as session:
        own = starting_on(plans.published(session).values(), Anchor.LAST_REPLY)
        if not any(plan.version > SHIPPED_NUMBER for plan in own):
            return 0
        until = now - quiet_span()
        seen = operations.reached(session, MARK) or until - OLDEST
        found = groups.quiet(session, seen, until, AT_ONCE)
        for lead_id, since in found:
            _wake(session, lead_id, since, now)
        if found:
            operations.reach(session, MARK, found[-1][1])
        return len(found)


def _wake(session: Session, lead_id: str, since: datetime, now: datetime) -> None:
    lead = leads.get(session, lead_id)
    standing = compliance.standing(session, lead.phone_index or "")
    if standing.marketing_at and not standing.opted_out_at:
        patients.touch(session, lead.patient_id, now)  # first: see settling.after_sent
        entering.fell_silent(session, lead, since, now=now)
