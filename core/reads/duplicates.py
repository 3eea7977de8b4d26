"""The review list: pairs of profiles that may be one person, for staff to merge or to keep apart."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from core.domain.roles import Actor, Permission, require
from core.reads.parts import pairs
from core.reads.parts.pairs import Pair


@dataclass(frozen=True)
class Duplicates:
    """The review list, the newest first; `waiting` counts all of it."""

    pairs: tuple[Pair, ...]
    waiting: int


def read(session: Session, actor: Actor) -> Duplicates:
    """Pairs that nobody has decided about. Raises Denied."""
    require(actor, Permission.WORK_LEADS)
    return Duplicates(pairs.read(session), pairs.waiting(session))
