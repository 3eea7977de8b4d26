"""SQL of time in which a provider, a room or a device is not to be booked. What it keeps is in `store_reservations`."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from core.booking.tables import appointments, blocks
from core.db.prepared import InsertOne

B = blocks.c
_ADD = InsertOne(blocks)


@dataclass(frozen=True)
class Block:
    """`resource` as `reservations` names it: staff:<id>, room:<code>, device:<code>."""

    id: str
    resource: str
    starts_at: datetime
    ends_at: datetime
    note: str
    made_at: datetime
    made_by: str


_BLOCK: list[Any] = [B[name] for name in Block.__dataclass_fields__]


def add(session: Session, **values: Any) -> None:
    _ADD.run(session, **values)


def find(session: Session, block_id: str) -> Block | None:
    row = session.execute(select(*_BLOCK).where(B.id == block_id)).one_or_none()
    return Block(*row) if row else None


def drop(session: Session, block_id: str) -> bool:
    """Whether it was there."""
    return session.execute(delete(blocks).where(B.id == block_id).returning(B.id)).first() is not None


def patient_of(session: Session, owner_id: str) -> str:
    """The patient of the visit that has a reservation; '' for a hold or a block."""
    statement = select(appointments.c.patient_id).where(appointments.c.id == owner_id)
    return session.execute(statement).scalar_one_or_none() or ""
