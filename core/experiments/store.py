"""SQL of experiments: what was fixed, which are under way, who was given which variant, what came of them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import FromClause, case, delete, func, insert, select, update
from sqlalchemy.orm import Session

from core.db.prepared import Query
from core.db.types import is_word
from core.db.upsert import insert_into
from core.domain.ids import new_id
from core.experiments.rules import reading
from core.experiments.rules.fixed import Fixed, Running, as_kept, read_fixed
from core.experiments.rules.reading import Reading
from core.experiments.tables import DRAFT, RUNNING, experiments, variant_assignments

X, A = experiments.c, variant_assignments.c


@dataclass(frozen=True)
class Experiment:
    """One experiment with its whole story so far. `reading`: what came of it, once it is over."""

    id: str
    state: str
    fixed: Fixed
    made_at: datetime
    made_by: str
    started_at: datetime | None
    started_by: str | None
    over_at: datetime | None
    stopped_by: str | None
    reason: str
    reading: Reading | None
    decision: str | None
    decided_at: datetime | None
    decided_by: str | None
    note: str


_COLUMNS: list[Any] = [X[{"reading": "verdict"}.get(name, name)] for name in Experiment.__dataclass_fields__]


def _experiment(row: Any) -> Experiment:
    values = dict(zip(Experiment.__dataclass_fields__, row, strict=True))
    values["fixed"] = read_fixed(values["fixed"])
    values["reading"] = reading.read_kept(values["reading"]) if values["reading"] else None
    return Experiment(**values)


def every(session: Session) -> list[Experiment]:
    """All of them, those that were made last first."""
    return [
        _experiment(row) for row in session.execute(select(*_COLUMNS).order_by(X.made_at.desc(), X.id.desc()))
    ]


def find(session: Session, experiment_id: str) -> Experiment | None:
    row = session.execute(select(*_COLUMNS).where(X.id == experiment_id)).one_or_none()
    return _experiment(row) if row else None


# Made once: everybody who enters a sequence asks it.
_RUNNING = Query(
    select(X.id, X.fixed, X.started_at).where(is_word(X.state, RUNNING)).order_by(X.started_at, X.id)
)


def running(session: Session) -> tuple[Running, ...]:
    """Those under way; one small statement by a partial index."""
    rows = _RUNNING.rows(session)
    return tuple(Running(id_, read_fixed(fixed), started_at) for id_, fixed, started_at in rows)


def draft(session: Session, fixed: Fixed, *, by: str, now: datetime) -> str:
    """Keep one that is still to be started; its id."""
    id_ = new_id(now)
    session.execute(
        insert(experiments).values(id=id_, state=DRAFT, made_at=now, made_by=by, **_written(fixed))
    )
    return id_


def redraft(session: Session, experiment_id: str, fixed: Fixed) -> bool:
    """Other words for a draft; False where it was started or discarded meanwhile."""
    return _change(session, experiment_id, DRAFT, _written(fixed))


def _written(fixed: Fixed) -> dict[str, Any]:
    subject = fixed.design.subject
    return {
        "title": fixed.title,
        "subject_kind": subject.kind,
        "subject_key": subject.key,
        "fixed": as_kept(fixed),
    }


def discard(session: Session, experiment_id: str) -> bool:
    """Throw a draft away; whether it was one."""
    gone = delete(experiments).where(X.id == experiment_id, is_word(X.state, DRAFT)).returning(X.id)
    return session.execute(gone).scalar_one_or_none() is not None


def start(session: Session, experiment_id: str, fixed: Fixed, *, by: str, now: datetime) -> bool:
    """A draft runs from now on, as fixed; False where it is no draft any more.

    Raises IntegrityError where another on the same subject was started at the same moment.
    """
    values = {**_written(fixed), "state": RUNNING, "started_at": now, "started_by": by}
    return _change(session, experiment_id, DRAFT, values)


def finish(
    session: Session,
    experiment_id: str,
    state: str,
    kept: Mapping[str, Any],
    *,
    now: datetime,
    by: str | None = None,
    reason: str = "",
) -> bool:
    """It is over, and this came of it; False where it was over already. `by`: who stopped it, None for itself."""
    values = {"state": state, "verdict": kept, "over_at": now, "stopped_by": by, "reason": reason}
    return _change(session, experiment_id, RUNNING, values)


def decide(
    session: Session, experiment_id: str, state: str, variant: str, note: str, *, by: str, now: datetime
) -> bool:
    """What is used from then on; False where somebody decided before."""
    values = {"decision": variant, "decided_at": now, "decided_by": by, "note": note}
    undecided = (X.id == experiment_id, X.state == state, X.decision.is_(None))
    changed = update(experiments).where(*undecided).values(**values).returning(X.id)
    return session.execute(changed).scalar_one_or_none() is not None


def _change(session: Session, experiment_id: str, was: str, values: Mapping[str, Any]) -> bool:
    changed = update(experiments).where(X.id == experiment_id, X.state == was).values(**values)
    return session.execute(changed.returning(X.id)).scalar_one_or_none() is not None


@dataclass(frozen=True)
class Assignment:
    """A patient's variant in one experiment; `counts_at`: when the days of its metric have passed."""

    experiment_id: str
    patient_id: str
    variant: str
    counts_at: datetime


def assigned(
    session: Session, experiment_ids: Collection[str], patient_ids: Collection[str]
) -> dict[tuple[str, str], str]:
    """The variants that these patients have already, by experiment and patient."""
    rows = session.execute(
        select(A.experiment_id, A.patient_id, A.variant).where(
            A.experiment_id.in_(experiment_ids), A.patient_id.in_(patient_ids)
        )
    )
    return {(experiment, patient): variant for experiment, patient, variant in rows}


def assign(session: Session, assignments: Sequence[Assignment], now: datetime) -> None:
    """Write down who has which; who has one keeps it."""
    rows = [{**vars(one), "id": new_id(now), "at": now, "aside": False} for one in assignments]
    if rows:
        session.execute(insert_into(session, variant_assignments).values(rows).on_conflict_do_nothing())


def patients_of(session: Session, experiment_id: str, variant: str) -> list[str]:
    """Whom a variant was given to."""
    mine = select(A.patient_id).where(A.experiment_id == experiment_id, A.variant == variant)
    return list(session.execute(mine).scalars())


def cohort(experiment_id: str, *, counted_at: datetime | None = None) -> FromClause:
    """Everybody in one experiment, for the counts of other features: patient_id, variant, at, counts_at.

    `counted_at`: only those whose days have passed by then.
    """
    mine = select(A.patient_id, A.variant, A.at, A.counts_at).where(
        A.experiment_id == experiment_id, A.aside.is_(False)
    )
    return (mine.where(A.counts_at <= counted_at) if counted_at else mine).subquery("cohort")


def counts(session: Session, experiment_id: str, now: datetime) -> dict[str, tuple[int, int]]:
    """By variant: how many were assigned it, and of how many the days have passed."""
    mine = (A.experiment_id == experiment_id) & A.aside.is_(False)
    counted = func.count(case((A.counts_at <= now, 1)))
    rows = session.execute(select(A.variant, func.count(), counted).where(mine).group_by(A.variant))
    return {variant: (everybody, some) for variant, everybody, some in rows}


def give(session: Session, was: str, becomes: str, only: list[str] | None = None) -> list[str]:
    """Two profiles become one, or are parted again (`only`): the ids of those that changed hands.

    A profile that stays keeps its own variant; the other's is set aside until the two are parted.
    """
    known = select(A.experiment_id).where(A.patient_id == becomes)
    back = update(variant_assignments).where(A.patient_id == becomes, A.aside.is_(True)).values(aside=False)
    session.execute(back)
    mine = [A.patient_id == was, A.experiment_id.not_in(known.scalar_subquery())]
    if only is not None:
        mine.append(A.id.in_(only))
    given = update(variant_assignments).where(*mine).values(patient_id=becomes).returning(A.id)
    ids = list(session.execute(given).scalars())
    if only is None:
        session.execute(update(variant_assignments).where(A.patient_id == was).values(aside=True))
    return ids
