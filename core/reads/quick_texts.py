"""Quick texts: those that composers offer, and those that are being written."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from core.domain.errors import InvalidInput
from core.domain.roles import Actor, Permission
from core.kinds import QUICK_TEXT
from core.messaging.quick_texts import QuickText, parse_quick_text
from core.messaging.templates import TemplateError
from core.reads.parts import versions
from core.reads.parts.versions import Entry


def read(session: Session, actor: Actor) -> list[Entry]:
    """Every one with what is published and what is drafted. Raises Denied."""
    return versions.entries(session, actor, QUICK_TEXT)


def offered(session: Session, actor: Actor) -> list[QuickText]:
    """Those in use, for whoever writes a text, in the order of the list; none for roles that write none."""
    return list(_readable(session)) if actor.may(Permission.SEE_QUICK_TEXTS) else []


def _readable(session: Session) -> Iterator[QuickText]:
    for one in versions.published(session, QUICK_TEXT).values():
        # What an older release published and this one can't read is left out: it must not keep anybody from a lead.
        try:
            yield parse_quick_text(one.key, one.number, one.body)
        except (InvalidInput, TemplateError):
            continue
