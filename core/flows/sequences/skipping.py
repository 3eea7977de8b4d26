"""One step is left out: for one person, or for a group of those under way."""

from datetime import datetime

from sqlalchemy.orm import Session

from core.domain.errors import LostRace
from core.domain.roles import Actor, Permission, require
from core.flows.sequences import grouping
from core.flows.sequences.ending import under_way
from core.flows.sequences.grouping import MOST, few_enough, leads_of
from core.messaging.store import planning as messaging
from core.messaging.store import steps
from core.sequences import store as sequences
from core.sequences.rules.group import Group


def skip_step(session: Session, actor: Actor, enrollment_id: str, step: str, *, now: datetime) -> None:
    """One step is left out for one person, also where the visit is moved later. Raises Denied, NotFound, LostRace."""
    enrollment = under_way(session, actor, enrollment_id)
    planned = steps.of_enrollment(session, enrollment.lead_id, enrollment.id).planned.get(step)
    if not planned or not messaging.cancel(session, planned, steps.SKIPPED, by=actor.staff_id, now=now):
        raise LostRace("This step is not planned any more: it went out, or a colleague was faster.")


def skip_of_group(
    session: Session, actor: Actor, group: Group, step: str, reason: str, *, now: datetime
) -> int:
    """One step is left out for everybody of the group for whom it is still to come; for how many. One that is on its
    way may arrive, and is not tried again.

    Raises Denied, InvalidInput(reason, group).
    """
    require(actor, Permission.EDIT_SEQUENCES)
    words = grouping.checked(reason)
    people = sequences.under_way(group, leads_of(group))
    planned = few_enough(steps.planned_of(session, people, step, MOST + 1))
    steps.try_no_more(session, steps.on_their_way_of(session, people, step, MOST), now)
    skipped = messaging.cancel_some(session, planned, steps.SKIPPED, by=actor.staff_id, now=now)
    grouping.note(
        session, "sequence_step_skipped", group, words, skipped, by=actor.staff_id, now=now, step=step
    )
    return skipped
