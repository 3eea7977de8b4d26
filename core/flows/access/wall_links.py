"""Links of wall displays: a screen that nobody works at shows references and clocks without anybody's sign-in.

The address is the key: it is shown once, only its hash is stored, and a manager ends it at any time.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from core.app import App
from core.audit import store as audit
from core.domain.errors import InvalidInput, LostRace
from core.domain.roles import Actor, Permission, require
from core.flows.access.sign_in import hashed
from core.reference import Reference
from core.staff.store import walls
from core.staff.store.walls import WallLink

LONGEST_NAME = 60


def make(
    session: Session, reference: Reference, actor: Actor, name: str, location: str, *, now: datetime
) -> str:
    """A new link; the token of its address, which is never shown again. Raises Denied, InvalidInput(name, location)."""
    require(actor, Permission.SHARE_WALL)
    name = " ".join(name.split())
    if not 0 < len(name) <= LONGEST_NAME:
        raise InvalidInput.of("name", f"Say which screen it is for, in at most {LONGEST_NAME} characters.")
    if location and location not in reference.clinic.locations:
        raise InvalidInput.of("location", f"Choose one of: {', '.join(reference.clinic.locations)}.")
    token = secrets.token_urlsafe(32)
    link_id = walls.add(session, hashed(token), name, location, made_by=actor.staff_id, now=now)
    _audit(session, actor, "wall_link_made", link_id, now)
    return token


def revoke(session: Session, actor: Actor, link_id: str, *, now: datetime) -> str:
    """End a link at once; its name. Raises Denied, and LostRace where it had ended already."""
    require(actor, Permission.SHARE_WALL)
    name = walls.revoke(session, link_id, actor.staff_id, now)
    if name is None:
        raise LostRace("This link had ended already.")
    _audit(session, actor, "wall_link_revoked", link_id, now)
    return name


def links(session: Session, actor: Actor) -> list[WallLink]:
    """Links that work now. Raises Denied."""
    require(actor, Permission.SHARE_WALL)
    return walls.all_open(session)


def open_wall(app: App, token: str, now: datetime) -> WallLink | None:
    """The link that an address holds, noted as seen; None for one that was revoked or made up."""
    with app.db.write() as session:
        link = walls.find(session, hashed(token))
        if link:
            walls.seen(session, link.id, now)
    return link


def still_open(app: App, token_hashes: Sequence[str]) -> set[str]:
    """Those of the given links that were not revoked."""
    with app.db.read() as session:
        return walls.still_open(session, token_hashes)


def _audit(session: Session, actor: Actor, action: str, link_id: str, now: datetime) -> None:
    audit.note(session, staff_id=actor.staff_id, action=action, subject=link_id, now=now)
