"""A visit is moved: its steps move with it, in the same transaction.

What has gone out for the old time is owed again for the new one, where its moment is still to come: a patient who was
reminded of Monday must be reminded of Friday. What should have gone before now is dropped. A text that is on its way
may have named the old time: a second try would be a reminder of the new time, and that one is owed by itself.
"""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy.orm import Session

from core import plans
from core.flows.experiments.timing import as_entered
from core.flows.sequences.enrolling import Cause, drop_passed, ends_at, plan_steps
from core.flows.sequences.entering import entrant_of
from core.leads.store import leads
from core.messaging.store import steps as messaging
from core.sequences import store as sequences
from core.sequences.rules.definition import Anchor, Sequence, Step
from core.sequences.store import ACTIVE, Enrollment


class Moved(NamedTuple):
    """How many steps moved with a visit, were dropped since their moment had passed, and are owed again."""

    moved: int = 0
    dropped: int = 0
    again: int = 0


def move_visit(session: Session, visit_id: str, starts_at: datetime, *, now: datetime) -> Moved:
    """Every step that counts from the visit is due anew; what became of them."""
    found = [Moved()]
    for enrollment in sequences.of_visit(session, visit_id):
        plan = plans.pinned(session, enrollment.sequence, enrollment.version)
        if enrollment.state == ACTIVE and plan:
            whole = as_entered(session, plan, enrollment.patient_id, now)
            found.append(_move(session, enrollment, whole, starts_at, now))
    return Moved(*(sum(counts) for counts in zip(*found, strict=True)))


def _move(
    session: Session, enrollment: Enrollment, plan: Sequence, starts_at: datetime, now: datetime
) -> Moved:
    anchors = enrollment.moments | {Anchor.VISIT: starts_at}
    turn = sequences.move(session, enrollment, anchors, ends_at(plan, anchors, now))
    standing = messaging.of_enrollment(session, enrollment.lead_id, enrollment.id)
    again: list[Step] = []
    moved = dropped = 0
    for step in (one for one in plan.planned() if one.anchor is Anchor.VISIT):
        due_at = starts_at + step.offset
        planned = standing.planned.get(step.name)
        if planned and messaging.reschedule(session, planned, due_at, due_at + step.useful, now):
            late = due_at < now
            drop_passed(session, [planned] if late else [], now)
            moved, dropped = moved + (not late), dropped + late
        elif due_at >= now and step.name not in standing.skipped:
            again.append(step)
    about_the_visit = {step.name for step in plan.planned() if step.anchor is Anchor.VISIT}
    in_flight = [id_ for name, id_ in standing.on_their_way.items() if name in about_the_visit]
    messaging.try_no_more(session, in_flight, now)
    lead = leads.get(session, enrollment.lead_id)
    cause = Cause(visit_id := enrollment.visit_id or "", anchors, visit_id)
    plan_steps(session, plan, again, enrollment.id, entrant_of(lead), cause, move=turn, now=now)
    return Moved(moved, dropped, len(again))
