"""SQL of who may be given a lead, whom to alert, and what others need to know of a member of staff."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from core.db.prepared import Query, UpdateOne
from core.domain.hours import Span
from core.staff.alert_rules import Colleague
from core.staff.shift_rules import is_away as is_away_by
from core.staff.shift_rules import status_at
from core.staff.store import rota
from core.staff.store.everybody import kept
from core.staff.tables import push_subscriptions, staff


@dataclass(frozen=True)
class PoolMember:
    """A member of staff who accepts leads, with all that `shift_rules` asks of a person.

    `weight` is their share where a rule weighs.
    """

    id: str
    name: str
    role: str
    title: str
    skills: list[str]
    seniority: int
    location: str
    status: str
    capacity: int
    hours: dict[str, list[str]]
    status_until: datetime | None = None
    languages: Sequence[str] = ("en",)
    weight: int = 1
    days: Mapping[date, Sequence[str]] = field(default_factory=dict)
    off: Sequence[Span] = ()


def _columns(of: type[PoolMember | Colleague]) -> list[Any]:
    return [staff.c[name] for name in of.__dataclass_fields__ if name in staff.c]


_POOL = Query(select(*_columns(PoolMember)).where(staff.c.active, staff.c.accepts_leads).order_by(staff.c.id))
# The last field of a colleague: a browser of theirs shows alerts.
_HAS_BROWSER = exists().where(
    push_subscriptions.c.staff_id == staff.c.id, push_subscriptions.c.gone_at.is_(None)
)
_COLLEAGUES = Query(select(*_columns(Colleague), _HAS_BROWSER).where(staff.c.active).order_by(staff.c.id))


_CHANGED = UpdateOne(staff)


def pool(session: Session, now: datetime | None = None) -> list[PoolMember]:
    """Everybody who accepts leads, in a fixed order.

    With `now`: their plan of that day and the status that holds then. Without: all that was ever planned, for who looks
    at other moments, and the status that they chose, which may have ended.
    """
    if now is None:
        return _members(session, rota.dates(session))
    found = kept(session, ("pool", now.date()), lambda: _members(session, rota.dates(session, now, now)))
    return [_as_of(one, status_at(one, now)) for one in found]


def _as_of(person: PoolMember, status: str) -> PoolMember:
    return person if person.status == status else replace(person, status=status)


def _members(session: Session, dates: rota.Dates) -> list[PoolMember]:
    return [
        PoolMember(*(*row, dates.days.get(row[0], {}), dates.off.get(row[0], ())))
        for row in _POOL.rows(session)
    ]


def colleagues(session: Session) -> Sequence[Colleague]:
    """Every active member of staff, in a fixed order."""
    return kept(session, "colleagues", lambda: _colleagues(session))


def _colleagues(session: Session) -> tuple[Colleague, ...]:
    return tuple(Colleague(*(*row[:-1], bool(row[-1]))) for row in _COLLEAGUES.rows(session))


def managers(session: Session) -> list[Colleague]:
    """Every active manager, in a fixed order."""
    return [one for one in colleagues(session) if one.role == "manager"]


def front_line(session: Session) -> list[Colleague]:
    """Every active manager and everybody at the front desk, in a fixed order."""
    return [one for one in colleagues(session) if one.role in ("manager", "frontdesk")]


def admins(session: Session) -> list[Colleague]:
    """Every active admin, in a fixed order."""
    return [one for one in colleagues(session) if one.role == "admin"]


def name(session: Session, staff_id: str | None) -> str:
    """Their full name, 'Somebody' where the account is not known any more."""
    return names(session, [staff_id]).get(staff_id or "", "Somebody")


def names(session: Session, staff_ids: Iterable[str | None]) -> dict[str, str]:
    """Names by id; closed accounts included, unknown ids left out."""
    wanted = sorted({staff_id for staff_id in staff_ids if staff_id})
    if not wanted:
        return {}
    rows = session.execute(select(staff.c.id, staff.c.name).where(staff.c.id.in_(wanted)))
    return {row.id: row.name for row in rows}


def email(session: Session, staff_id: str | None) -> str:
    """The address of somebody who works here, '' where there is none."""
    found = select(staff.c.email).where(staff.c.id == staff_id, staff.c.active)
    return str(session.execute(found).scalar_one_or_none() or "")


def set_channels(session: Session, staff_id: str, channels: list[str], urgent: list[str]) -> None:
    """By which ways somebody is alerted, in that order; `urgent`: what is urgent, empty where that is the same."""
    values = {"alert_channels": channels, "urgent_channels": urgent}
    session.execute(update(staff).where(staff.c.id == staff_id).values(**values))


def set_chat_address(session: Session, staff_id: str, address: str | None) -> None:
    """Where their chat tool takes alerts; None for nowhere."""
    _CHANGED.run(session, staff_id, chat_address=address)


def chat_address(session: Session, staff_id: str | None) -> str:
    """The same of somebody who works here, '' where there is none."""
    found = select(staff.c.chat_address).where(staff.c.id == staff_id, staff.c.active)
    return str(session.execute(found).scalar_one_or_none() or "")


def accepts_leads(session: Session, staff_id: str) -> bool:
    """Whether leads can be given to this person."""
    found = session.execute(
        select(staff.c.id).where(staff.c.id == staff_id, staff.c.active, staff.c.accepts_leads)
    )
    return found.scalar_one_or_none() is not None


def is_away(session: Session, staff_id: str, now: datetime) -> bool:
    """Whether this person is off duty, on a break, on leave, or gone for good, whatever the hour."""
    theirs = next((one for one in rota.at(session, now) if one.id == staff_id), None)
    return theirs is None or is_away_by(theirs, now)


def provides(session: Session, staff_id: str) -> bool:
    """Whether this person gives treatments."""
    found = session.execute(
        select(staff.c.id).where(staff.c.id == staff_id, staff.c.active, staff.c.role == "provider")
    )
    return found.scalar_one_or_none() is not None
