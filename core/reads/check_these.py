"""Check these: forms of our own pages that were held, with why, from where, and what the person asked for.

Their content is read here, because one decides by it; it is decrypted for the rows that are shown and for no others.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db.types import is_word
from core.domain.addresses import street_of
from core.domain.roles import Actor, Permission, require
from core.intake import store, text
from core.intake.connectors import HOSTED
from core.intake.draft import Delivery
from core.intake.store import RawState
from core.intake.suspicion_rules import Reason, read_reasons
from core.intake.tables import raw_payloads
from core.intake.whose import flat

R = raw_payloads.c
MOST = 100
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Content:
    """What somebody filled in, as it was written; `network` is where it came from, '' where that tells nothing."""

    network: str
    form_type: str
    name: str
    phone: str
    email: str
    treatment: str
    timeframe: str
    notes: str


@dataclass(frozen=True)
class HeldForm:
    """One held form. `content` is None where it can't be read."""

    id: str
    received_at: datetime
    reasons: tuple[Reason, ...]
    content: Content | None


@dataclass(frozen=True)
class ToCheck:
    """The newest MOST of all that wait; `waiting` counts them all."""

    forms: tuple[HeldForm, ...]
    waiting: int


_HELD = (
    select(R.id, R.received_at, R.error)
    .where(is_word(R.state, RawState.TO_CHECK))
    .order_by(R.received_at.desc())
    .limit(MOST)
)


def read(session: Session, actor: Actor) -> ToCheck:
    """The newest first. Raises Denied."""
    require(actor, Permission.CHECK_FORMS)
    rows = session.execute(_HELD).all()
    said = dict(_contents(session, [row.id for row in rows]))
    forms = tuple(
        HeldForm(row.id, row.received_at, read_reasons(row.error or ""), said.get(row.id)) for row in rows
    )
    return ToCheck(forms, store.to_check_count(session))


def _contents(session: Session, ids: list[str]) -> Iterator[tuple[str, Content]]:
    """Row by row: a damaged value of one must not hide the others."""
    for id_ in ids:
        try:
            row = session.execute(select(R.body, R.headers).where(R.id == id_)).one()
            yield id_, _content(row.body, row.headers)
        except Exception as error:
            log.warning("held_form_unreadable", raw_id=id_, error=type(error).__name__)


def _content(body: bytes, kept: Mapping[str, Any]) -> Content:
    draft = HOSTED.read(Delivery(body, "application/json", kept["headers"], kept["ip"], kept["verified"]))
    said = {name: text.paragraph(flat(value)) for name, value in draft.answers.items()}
    name = f"{said.get('first_name', '')} {said.get('last_name', '')}".strip() or said.get("name", "")
    rest = (said.get(part, "") for part in ("phone", "email", "treatment", "timeframe", "notes"))
    return Content(street_of(kept["ip"]), draft.form_type, name, *rest)
