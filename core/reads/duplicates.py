"""The review list: pairs of profiles that may be one person, for staff to merge or to keep apart."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.domain.roles import Actor, Permission, require
from core.patients.tables import patients, possible_duplicates
from core.reads.parts import pairs
from core.reads.parts.pairs import Pair

D = possible_duplicates.c


@dataclass(frozen=True)
class Duplicates:
    """The review list, the newest first; `waiting` counts all of it."""

    pairs: tuple[Pair, ...]
    waiting: int


def read(session: Session, actor: Actor) -> Duplicates:
    """Pairs that nobody has decided about. Raises Denied."""
    require(actor, Permission.WORK_LEADS)
    one, other = patients.alias(), patients.alias()
    alone = (one.c.merged_into.is_(None), other.c.merged_into.is_(None))
    total = (
        select(func.count())
        .select_from(possible_duplicates)
        .join(one, one.c.id == D.patient_id)
        .join(other, other.c.id == D.other_id)
        .where(D.state == "open", *alone)
    )
    return Duplicates(pairs.read(session), int(session.execute(total).scalar_one()))
