"""Templates of texts: those in use and those that are being written, and where each is used."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from core.domain.roles import Actor
from core.kinds import TEMPLATE
from core.reads.parts import versions
from core.reads.parts.versions import Entry


@dataclass(frozen=True)
class Listed:
    """One template as the list shows it. `used`: where, in words."""

    entry: Entry
    used: tuple[str, ...]


def read(session: Session, actor: Actor) -> list[Listed]:
    """Every one with what is published and what is drafted. Raises Denied."""
    return [
        Listed(entry, tuple(TEMPLATE.used(session, entry.key)))
        for entry in versions.entries(session, actor, TEMPLATE)
    ]
