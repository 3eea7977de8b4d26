"""SQL of links to a booking page. A code is looked up by its hash: the database opens nobody's page."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from core.booking.tables import booking_links
from core.db.prepared import Bulk
from core.db.types import keyring_of
from core.domain.ids import hashed, link_code, new_id

L = booking_links.c
PURPOSE = "booking-link"


@dataclass(frozen=True)
class Link:
    """One person's own page. `visit_id`: where it leads to a visit that is booked. `service` '' is not chosen yet."""

    id: str
    lead_id: str
    visit_id: str | None
    service: str
    created_at: datetime
    expires_at: datetime
    opened_at: datetime | None
    browser_hash: str | None
    wrong_digits: int


@dataclass(frozen=True)
class NewLink:
    """A link that is about to be given to a person."""

    code: str
    lead_id: str
    visit_id: str | None
    service: str
    expires_at: datetime


_LINK: list[Any] = [L[name] for name in Link.__dataclass_fields__]
_COLUMNS = (
    "id", "code_hash", "lead_id", "visit_id", "service", "created_at", "expires_at", "wrong_digits",
)  # fmt: skip
_NEW = Bulk(insert(booking_links), _COLUMNS, once=("code_hash",))


def make(
    session: Session,
    lead_id: str,
    about: str,
    *,
    visit_id: str | None = None,
    service: str = "",
    expires_at: datetime,
    now: datetime,
) -> str:
    """The code of a link. `about` is what it is made for, such as the text that carries it: a second try of that text
    carries the same."""
    code = code_of(session, lead_id, about)
    make_all(session, [NewLink(code, lead_id, visit_id, service, expires_at)], now)
    return code


def code_of(session: Session, lead_id: str, about: str) -> str:
    """What the link of this lead for this purpose is called, whether it is made or not."""
    return link_code(keyring_of(session.get_bind().dialect).sign(PURPOSE, f"{lead_id}:{about}"))


def make_all(session: Session, links: Sequence[NewLink], now: datetime) -> None:
    """One statement for all; one that was made before stays as it is."""
    _NEW.run(session, [_row(one, now) for one in links])


def _row(link: NewLink, now: datetime) -> dict[str, Any]:
    return {
        "id": new_id(now),
        "code_hash": hashed(link.code),
        "lead_id": link.lead_id,
        "visit_id": link.visit_id,
        "service": link.service,
        "created_at": now,
        "expires_at": link.expires_at,
        "wrong_digits": 0,
    }


def find(session: Session, code: str) -> Link | None:
    """Also one that has run out."""
    row = session.execute(select(*_LINK).where(L.code_hash == hashed(code))).one_or_none()
    return Link(*row) if row else None


def opened(session: Session, link_id: str, browser_hash: str, now: datetime) -> bool:
    """A person's browser shows it, and nobody's did before; whether that is so."""
    first = update(booking_links).where(L.id == link_id, L.browser_hash.is_(None))
    return _changed(session, first.values(browser_hash=browser_hash, opened_at=now))


def shown_in(session: Session, link_id: str, browser_hash: str) -> None:
    """Another browser of the same person shows it from now on."""
    session.execute(
        update(booking_links).where(L.id == link_id).values(browser_hash=browser_hash, wrong_digits=0)
    )


def count_try(session: Session, link_id: str, most: int) -> int | None:
    """Somebody says four digits: how many tries there were with this one; None where none is left. Counted before they
    are looked at, so that many at once are no more than `most`."""
    left = update(booking_links).where(L.id == link_id, L.wrong_digits < most)
    counted = left.values(wrong_digits=L.wrong_digits + 1).returning(L.wrong_digits)
    return session.execute(counted).scalar_one_or_none()


def run_out(session: Session, lead_ids: Collection[str], now: datetime) -> None:
    """Links to these leads work no longer: whoever has one asks for a new one, which goes to their number of then."""
    works = update(booking_links).where(L.lead_id.in_(lead_ids), L.expires_at > now)
    session.execute(works.values(expires_at=now))


def forget_run_out(session: Session, before: datetime, limit: int) -> int:
    """Links that ran out before then go; how many. Until then they say that they have run out."""
    old = select(L.id).where(L.expires_at <= before).order_by(L.expires_at).limit(limit)
    return len(session.execute(delete(booking_links).where(L.id.in_(old)).returning(L.id)).all())


def forget_of(session: Session, lead_ids: Collection[str]) -> None:
    """No link leads to these leads any more."""
    session.execute(delete(booking_links).where(L.lead_id.in_(lead_ids)))


def _changed(session: Session, statement: Any) -> bool:
    return session.execute(statement.returning(L.id)).first() is not None
