"""When a step is due by a patient's variant: decided as they enter its sequence."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core.db.types import derived_key
from core.experiments import store
from core.experiments.rules.fixed import Running
from core.flows.experiments.trying import KEY, Drawing, Given
from core.messaging.store import steps
from core.sequences.rules.definition import Sequence


def entering(
    session: Session, plan: Sequence, patient_id: str, now: datetime
) -> tuple[Sequence, list[Given]]:
    """The plan as this patient follows it from now on, and the variants that this gives them, to be kept."""
    return _timed(session, plan, patient_id, now, entered_at=now)


def as_entered(session: Session, plan: Sequence, patient_id: str, now: datetime) -> Sequence:
    """The plan as somebody follows it who is under way already."""
    return _timed(session, plan, patient_id, now, entered_at=None)[0]


def _timed(
    session: Session, plan: Sequence, patient_id: str, now: datetime, *, entered_at: datetime | None
) -> tuple[Sequence, list[Given]]:
    about = [one for one in store.running(session) if one.fixed.moves and _is_of(one, plan)]
    if not about:
        return plan, []
    known = store.assigned(session, [one.id for one in about], [patient_id])
    drawing = Drawing(derived_key(session, KEY), known, now)
    chosen = [given for one in about if (given := drawing.given(one, patient_id, entered_at))]
    return _shifted(plan, {one.experiment.fixed.place[1]: _shift(one) for one in chosen}), chosen


def _is_of(one: Running, plan: Sequence) -> bool:
    sequence, step = one.fixed.place
    return sequence == plan.key and any(step == planned.name for planned in plan.planned())


def _shift(one: Given) -> timedelta:
    return one.experiment.fixed.changes[one.variant].shift


def _shifted(plan: Sequence, shifts: dict[str, timedelta]) -> Sequence:
    moved = (replace(step, offset=step.offset + shifts.get(step.name, timedelta())) for step in plan.steps)
    return replace(plan, steps=tuple(moved))


def back_to_today(session: Session, one: Running, now: datetime) -> int:
    """What is still planned by a variant's moment is due as it is for everybody; how many."""
    sequence, step = one.fixed.place
    shifts = {key: change.shift for key, change in one.fixed.changes.items() if change.shift}
    return sum(
        steps.shift(session, sequence, step, store.patients_of(session, one.id, key), -shift, now)
        for key, shift in shifts.items()
    )
