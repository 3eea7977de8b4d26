"""What is being written in a thread: one's own drafts with their words, who else has begun, and whom notes name."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.conversation import store_drafts
from core.conversation.store_drafts import Draft
from core.conversation.tables import drafts, mentions
from core.domain.roles import ALLOWED, Actor, Permission, require
from core.staff.store import people
from core.staff.tables import staff

D, M = drafts.c, mentions.c


def mine(session: Session, actor: Actor, lead_id: str) -> list[Draft]:
    """Raises Denied."""
    require(actor, Permission.WORK_LEADS)
    return store_drafts.of_person(session, lead_id, actor.staff_id)


@dataclass(frozen=True)
class Writer:
    """Somebody who has an unsent text in a thread."""

    staff_id: str
    name: str


def writers(session: Session, actor: Actor, lead_id: str) -> Sequence[Writer]:
    """Everybody with an unsent text, whoever asks; a note that is not kept yet is nobody else's business.

    Raises Denied.
    """
    require(actor, Permission.SEE_LEADS)
    rows = session.execute(
        select(D.staff_id, staff.c.name)
        .join(staff, staff.c.id == D.staff_id)
        .where(D.lead_id == lead_id, D.kind == "text")
        .order_by(staff.c.name)
    )
    return [Writer(*row) for row in rows]


def named(session: Session, actor: Actor, lead_id: str) -> list[str]:
    """Whom a note of this thread names and who has not looked since, whoever asks. Raises Denied."""
    require(actor, Permission.SEE_LEADS)
    unseen = select(M.staff_id).where(M.lead_id == lead_id, M.seen_at.is_(None)).distinct()
    return sorted(session.execute(unseen).scalars())


def nameable(session: Session, actor: Actor) -> list[Writer]:
    """Colleagues whom a note can name: active, and let to see leads. Raises Denied."""
    require(actor, Permission.WORK_LEADS)
    able = [one for one in people.colleagues(session) if one.role in ALLOWED[Permission.SEE_LEADS]]
    others = [Writer(one.id, one.name) for one in able if one.id != actor.staff_id]
    return sorted(others, key=lambda one: one.name)
