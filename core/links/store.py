"""SQL of short links. A code is looked up by its hash: the database sends nobody anywhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from core.db.prepared import Bulk
from core.db.types import keyring_of
from core.domain.ids import hashed, link_code, new_id
from core.links.tables import short_links

S = short_links.c
PURPOSE = "short-link"


@dataclass(frozen=True)
class NewLink:
    """A link that a text is about to carry."""

    code: str
    what: str
    target: str
    lead_id: str | None
    action_id: str
    expires_at: datetime


@dataclass(frozen=True)
class Link:
    """Also one that has run out."""

    id: str
    what: str
    target: str
    lead_id: str | None
    action_id: str
    expires_at: datetime


_LINK: list[Any] = [S[name] for name in Link.__dataclass_fields__]
_COLUMNS = (
    "id", "code_hash", "what", "target", "lead_id", "action_id", "created_at", "expires_at", "clicks",
)  # fmt: skip
_NEW = Bulk(insert(short_links), _COLUMNS, once=("code_hash",))


def code_of(session: Session, action_id: str, what: str) -> str:
    """What a text's link to this page is called: a second try of the text carries the same."""
    return link_code(keyring_of(session.get_bind().dialect).sign(PURPOSE, f"{action_id}:{what}"))


def make_all(session: Session, links: Sequence[NewLink], now: datetime) -> None:
    """One statement for all; one that was made before stays as it is."""
    _NEW.run(session, [_row(one, now) for one in links])


def _row(link: NewLink, now: datetime) -> dict[str, Any]:
    return {
        "id": new_id(now),
        "code_hash": hashed(link.code),
        "what": link.what,
        "target": link.target,
        "lead_id": link.lead_id,
        "action_id": link.action_id,
        "created_at": now,
        "expires_at": link.expires_at,
        "clicks": 0,
    }


def find(session: Session, code: str) -> Link | None:
    row = session.execute(select(*_LINK).where(S.code_hash == hashed(code))).one_or_none()
    return Link(*row) if row else None


def count(session: Session, link_id: str, now: datetime) -> bool:
    """One more click of a person; whether it was the first."""
    counted = update(short_links).where(S.id == link_id)
    values = {"clicks": S.clicks + 1, "first_clicked_at": func.coalesce(S.first_clicked_at, now)}
    return session.execute(counted.values(values).returning(S.clicks)).scalar() == 1


def forget(session: Session, lead_ids: Sequence[str]) -> int:
    """The links of these leads lead nowhere any more; how many there were."""
    if not lead_ids:
        return 0
    gone = delete(short_links).where(S.lead_id.in_(lead_ids)).returning(S.id)
    return len(session.execute(gone).all())


def forget_run_out(session: Session, before: datetime, limit: int) -> int:
    """Links that ran out before then go; how many. Until then they say that they have; that one was followed stays told
    in the figures."""
    old = select(S.id).where(S.expires_at <= before).order_by(S.expires_at).limit(limit)
    return len(session.execute(delete(short_links).where(S.id.in_(old)).returning(S.id)).all())
