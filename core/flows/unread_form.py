"""Staff open a form that could not be read. What it holds is shown to those who handle it, and that is noted."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from core.compliance import store as compliance
from core.domain.roles import Actor, Permission, require
from core.intake import store
from core.intake.readable import Line, readable
from core.intake.store import UNHANDLED


@dataclass(frozen=True)
class OpenForm:
    """The readable content of one kept form: (name, value) in the order it came. `waits` for a person still."""

    id: str
    connector: str
    received_at: datetime
    waits: bool
    lines: tuple[Line, ...]


def open_form(session: Session, actor: Actor, raw_payload_id: str, *, now: datetime) -> OpenForm:
    """Decrypt one form and note who looked. Raises Denied and NotFound."""
    require(actor, Permission.SEE_DEAD_LETTERS)
    raw = store.take(session, raw_payload_id)
    compliance.audit(session, staff_id=actor.staff_id, action="form_opened", subject=raw.id, now=now)
    lines = readable(raw.delivery.body, raw.delivery.content_type)
    return OpenForm(raw.id, raw.connector, raw.received_at, raw.state in UNHANDLED, lines)
