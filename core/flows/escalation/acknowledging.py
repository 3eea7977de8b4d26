"""Somebody takes an alert up. That is no contact: the clocks run on, and so do the levels that wait for one.

It ends only what a level does `unless_acknowledged`: another owner is looked for where nobody has said a word. Who
takes a lead, or gives it to a colleague, has acknowledged it too.
"""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core.domain.roles import Actor, Permission, require
from core.flows.conversation import danger
from core.leads.reasons import ACKNOWLEDGED, TAKEN_UP
from core.leads.store import leads
from core.leads.store import work as lead_work

TWICE = timedelta(minutes=1)  # two clicks are one word


def acknowledge(session: Session, actor: Actor, lead_id: str, *, how: str = "console", now: datetime) -> bool:
    """Say so in the timeline; False where they did within the minute. `how`: console, link, text.

    Raises Denied and NotFound. Where the patient may be in danger, that alarm is acknowledged with it.
    """
    require(actor, Permission.ACKNOWLEDGE)
    leads.get(session, lead_id)
    danger.take_up(session, lead_id, actor.staff_id, now)
    leads.first_time(session, lead_id, "viewed_at", now)
    if lead_work.has_event(session, lead_id, (ACKNOWLEDGED,), since=now - TWICE, by=actor.staff_id):
        return False
    leads.note_event(
        session, lead_id, ACKNOWLEDGED, "staff", now=now, staff_id=actor.staff_id, data={"how": how}
    )
    return True


def is_acknowledged(session: Session, lead_id: str, since: datetime) -> bool:
    """Whether anybody has taken it up after `since`."""
    return lead_work.has_event(session, lead_id, TAKEN_UP, since=since)
