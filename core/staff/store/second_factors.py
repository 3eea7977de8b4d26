"""SQL of second factors: the secret of an authenticator app, and recovery codes as keyed hashes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from core.db.prepared import InsertOne
from core.domain.ids import new_id
from core.staff.tables import recovery_codes, second_factors

F, C = second_factors.c, recovery_codes.c
_BEGUN = InsertOne(second_factors)


@dataclass(frozen=True)
class Factor:
    """`confirmed_at` is None until its owner has shown a first code. `secret` is what the app has."""

    secret: str
    confirmed_at: datetime | None
    made_at: datetime


def factor(session: Session, staff_id: str) -> Factor | None:
    row = session.execute(
        select(F.secret, F.confirmed_at, F.made_at).where(F.staff_id == staff_id)
    ).one_or_none()
    return Factor(*row) if row else None


def begin(session: Session, staff_id: str, secret: str, now: datetime) -> None:
    """Keep a secret that counts for nothing yet, instead of an earlier one of that kind."""
    session.execute(delete(second_factors).where(F.staff_id == staff_id, F.confirmed_at.is_(None)))
    _BEGUN.run(session, id=new_id(now), staff_id=staff_id, secret=secret, made_at=now)


def confirm(session: Session, staff_id: str, step: int, now: datetime) -> bool:
    """From now on it counts; whether it was waiting for that."""
    statement = (
        update(second_factors)
        .where(F.staff_id == staff_id, F.confirmed_at.is_(None))
        .values(confirmed_at=now, last_step=step)
        .returning(F.staff_id)
    )
    return session.execute(statement).scalar_one_or_none() is not None


def use_step(session: Session, staff_id: str, step: int) -> bool:
    """Spend a code and all earlier ones; whether it was still good."""
    statement = (
        update(second_factors)
        .where(F.staff_id == staff_id, F.confirmed_at.is_not(None), F.last_step < step)
        .values(last_step=step)
        .returning(F.staff_id)
    )
    return session.execute(statement).scalar_one_or_none() is not None


def remove(session: Session, staff_id: str) -> bool:
    """No second factor and no recovery codes any more; whether there was one that counted."""
    session.execute(delete(recovery_codes).where(C.staff_id == staff_id))
    gone = delete(second_factors).where(F.staff_id == staff_id).returning(F.confirmed_at)
    return any(confirmed for (confirmed,) in session.execute(gone))


def put_codes(session: Session, staff_id: str, hashes: Sequence[str], now: datetime) -> None:
    """These recovery codes, instead of all earlier ones."""
    session.execute(delete(recovery_codes).where(C.staff_id == staff_id))
    rows = [{"staff_id": staff_id, "code_hash": one, "made_at": now} for one in hashes]
    session.execute(insert(recovery_codes), rows)


def use_code(session: Session, staff_id: str, code_hash: str, now: datetime) -> bool:
    """Spend a recovery code; whether it was one and still good."""
    statement = (
        update(recovery_codes)
        .where(C.staff_id == staff_id, C.code_hash == code_hash, C.used_at.is_(None))
        .values(used_at=now)
        .returning(C.code_hash)
    )
    return session.execute(statement).scalar_one_or_none() is not None


def codes_left(session: Session, staff_id: str) -> int:
    statement = select(func.count()).where(C.staff_id == staff_id, C.used_at.is_(None))
    return int(session.execute(statement).scalar_one())
