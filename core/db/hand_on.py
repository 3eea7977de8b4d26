"""Rows that change hands when two profiles become one, and go back when they are parted."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, Table, update
from sqlalchemy.orm import Session

from core.db.metadata import metadata
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


def follow(session: Session, lead_ids: Sequence[str], patient_id: str) -> None:
    """Whatever is about these leads is about their patient, in every table that says both: a visit that was booked for
    one of them while it was another's is told to that other one else."""
    session.info.pop(MEMO, None)
    for table in metadata.sorted_tables:
        if {"lead_id", "patient_id"} <= set(table.c.keys()):
            mine = update(table).where(table.c.lead_id.in_(lead_ids), table.c.patient_id != patient_id)
            session.execute(mine.values(patient_id=patient_id))
