"""What the product owes a lead by itself, an owner and a first text: when each was done, read where it was done.

Looked for here rather than told by whoever does it: handing a text over must not cost a statement more, and a lead gets
its owner in many stories.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from core.leads.store import work as lead_work
from core.messaging.store import answers
from core.sla import store_watch as watch
from core.sla.rules import ASSIGNMENT
from core.sla.store_watch import Machine

Done = dict[Machine, datetime | None]


def done(session: Session) -> Done:
    """The machine's running clocks that are over, with when; None where nothing is owed any more."""
    running = watch.of_machine(session)
    assigning = [clock for clock in running if clock.target == ASSIGNMENT]
    confirming = [clock for clock in running if clock.target != ASSIGNMENT]
    return {**_assigned(session, assigning), **_confirmed(session, confirming)}


def _assigned(session: Session, clocks: Sequence[Machine]) -> Done:
    if not clocks:
        return {}
    standing = lead_work.standing(session, {clock.lead_id for clock in clocks})
    return {
        clock: standing[clock.lead_id].assigned_at for clock in clocks if standing[clock.lead_id].owner_id
    }


def _confirmed(session: Session, clocks: Sequence[Machine]) -> Done:
    """A text that is not to go at all owes nobody anything."""
    if not clocks:
        return {}
    found = answers.confirmed(session, {clock.lead_id for clock in clocks})
    return {
        clock: found.get(clock.lead_id)
        for clock in clocks
        if clock.lead_id not in found or found[clock.lead_id] is not None
    }
