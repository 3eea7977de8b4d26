"""SQL of one profile that is taken into another, and comes back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from core.db.hand_on import hand_on
from core.db.prepared import InsertOne
from core.patients.store import profiles
from core.patients.tables import merges, patient_conflicts, patients

P, M = patients.c, merges.c
_MERGE = InsertOne(merges)


@dataclass(frozen=True)
class Profile:
    """What merging compares and adds up."""

    id: str
    status: str
    vip: bool
    texts_in: int
    texts_out: int
    merged_into: str | None


def profile(session: Session, patient_id: str) -> Profile | None:
    """One profile, locked until the transaction ends; None for an unknown id."""
    columns: list[Any] = [P[name] for name in Profile.__dataclass_fields__]
    row = session.execute(select(*columns).where(P.id == patient_id).with_for_update()).one_or_none()
    return Profile(*row) if row else None


def selves(session: Session, patient_id: str) -> list[str]:
    """The patient's id, and those of the profiles that were merged into it: the consent ledger keeps these."""
    statement = select(P.id).where(or_(P.id == patient_id, P.merged_into == patient_id))
    return list(session.execute(statement).scalars())


def hide(session: Session, gone: str, kept: str, now: datetime) -> None:
    """Nobody meets this profile any more: whoever comes by its number or address is the one that was kept."""
    profiles.touch(session, gone, now, merged_into=kept)


def show(session: Session, gone: str, now: datetime) -> None:
    """A profile stands for itself again."""
    profiles.touch(session, gone, now, merged_into=None)


def add_up(session: Session, kept: Profile, gone: Profile, sign: int, now: datetime) -> None:
    """Count another profile's texts in (`sign` 1) or out again (-1)."""
    counts = {
        "texts_in": P.texts_in + sign * gone.texts_in,
        "texts_out": P.texts_out + sign * gone.texts_out,
    }
    session.execute(update(patients).where(P.id == kept.id).values(**counts, updated_at=now))


def drop_conflicts(session: Session, merge_id: str) -> None:
    """What a merge kept as disagreeing is nobody's conflict once the two are parted."""
    session.execute(delete(patient_conflicts).where(patient_conflicts.c.submission_id == merge_id))


def give_conflicts(session: Session, was: str, becomes: str, only: list[str] | None = None) -> list[str]:
    return hand_on(session, patient_conflicts, was, becomes, only)


def keep(
    session: Session,
    merge_id: str,
    kept: str,
    gone: str,
    moved: Mapping[str, list[str]],
    before: Mapping[str, Any],
    *,
    by: str,
    now: datetime,
) -> None:
    """Write down what changed hands, and the kept profile as it was."""
    _MERGE.run(
        session,
        id=merge_id,
        kept_id=kept,
        gone_id=gone,
        at=now,
        staff_id=by,
        moved=dict(moved),
        before=dict(before),
    )


@dataclass(frozen=True)
class Merge:
    """A merge that can be undone."""

    id: str
    kept_id: str
    gone_id: str
    at: datetime
    moved: Mapping[str, list[str]]
    before: Mapping[str, Any]
    undone_at: datetime | None


def find(session: Session, merge_id: str) -> Merge | None:
    columns: list[Any] = [M[name] for name in Merge.__dataclass_fields__]
    row = session.execute(select(*columns).where(M.id == merge_id)).one_or_none()
    return Merge(*row) if row else None


def undo(session: Session, merge_id: str, *, by: str, now: datetime) -> bool:
    """Mark a merge as undone; whether it was in force."""
    changed = session.execute(
        update(merges)
        .where(M.id == merge_id, M.undone_at.is_(None))
        .values(undone_at=now, undone_by=by)
        .returning(M.id)
    )
    return changed.scalar_one_or_none() is not None
