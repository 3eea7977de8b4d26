"""Quick texts: those that composers offer, and those that are being written."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import kinds
from core.domain.roles import Actor, Permission
from core.kinds import QUICK_TEXT
from core.messaging.quick_texts import PERSONAL, QuickText
from core.reads.parts import versions
from core.reads.parts.versions import Entry
from core.staff.tables import staff


def read(session: Session, actor: Actor) -> list[Entry]:
    """Every one with what is published and what is drafted. Raises Denied."""
    return versions.entries(session, actor, QUICK_TEXT)


def offered(session: Session, actor: Actor) -> list[QuickText]:
    """Those in use that reach this person, their own first; none for roles that write no texts."""
    if not actor.may(Permission.SEE_QUICK_TEXTS):
        return []
    place = session.execute(select(staff.c.location).where(staff.c.id == actor.staff_id)).scalar() or ""
    theirs = kinds.quick_texts(session).values()
    reached = [one for one in theirs if one.scope.reaches(actor.staff_id, actor.role, place)]
    return sorted(reached, key=lambda one: one.scope.whom != PERSONAL)
