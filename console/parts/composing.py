"""What a composer is given for one thread: quick texts filled in, one's own drafts, colleagues whom a note can name."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from console.live import millis
from console.parts.quick_texts import filled
from console.parts.words import MEANINGS
from core.domain.roles import Actor, Permission
from core.reads import lead_opening, quick_texts
from core.reads.parts import writing
from core.reference import Reference


def offered(
    session: Session, actor: Actor, reference: Reference, lead_id: str, now: datetime
) -> dict[str, Any]:
    """{quick, drafts, colleagues, meanings}; empty lists for whoever writes no texts. Raises Denied and NotFound."""
    found = lead_opening.read(session, actor, lead_id)
    clinic = reference.clinic
    texts = quick_texts.offered(session, actor)
    place = clinic.location(found.location)
    return {
        "quick": filled(texts, clinic, place, found.first_name, actor.name, now),
        "meanings": MEANINGS,
        **(_writing(session, actor, lead_id) if actor.may(Permission.WORK_LEADS) else NOTHING),
    }


NOTHING: dict[str, Any] = {"drafts": {}, "colleagues": []}


def _writing(session: Session, actor: Actor, lead_id: str) -> dict[str, Any]:
    drafts = writing.mine(session, actor, lead_id)
    return {
        "drafts": {
            one.kind: {"body": one.body, "revision": one.revision, "at": millis(one.saved_at)}
            for one in drafts
        },
        "colleagues": [[one.staff_id, one.name] for one in writing.nameable(session, actor)],
    }
