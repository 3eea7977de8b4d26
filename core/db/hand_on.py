"""Rows that change hands when two profiles become one, and go back when they are parted."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, Table, update
from sqlalchemy.orm import Session

from core.db.sealing import MEMO


def hand_on(
    session: Session, table: Table, was: str, becomes: str, only: Sequence[str] | None = None
) -> list[str]:
    """Give every row of patient `was` to patient `becomes`, or `only` those with these ids; the ids of those given."""
    id_: Column[Any] = table.c.id
    where = [table.c.patient_id == was]
    if only is not None:
        where.append(id_.in_(only))
    session.info.pop(MEMO, None)
    changed = update(table).where(*where).values(patient_id=becomes).returning(id_)
    return list(session.execute(changed).scalars())
