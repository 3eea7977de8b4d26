"""Quick texts: those that composers offer, and those that are being written."""

from sqlalchemy.orm import Session

from core import kinds
from core.domain.roles import Actor, Permission
from core.kinds import QUICK_TEXT
from core.messaging.quick_texts import QuickText
from core.reads.parts import versions
from core.reads.parts.versions import Entry


def read(session: Session, actor: Actor) -> list[Entry]:
    """Every one with what is published and what is drafted. Raises Denied."""
    return versions.entries(session, actor, QUICK_TEXT)


def offered(session: Session, actor: Actor) -> list[QuickText]:
    """Those in use, for whoever writes a text, in the order of the list; none for roles that write none."""
    return list(kinds.quick_texts(session).values()) if actor.may(Permission.SEE_QUICK_TEXTS) else []
