"""My account: how one signs in, and where one is signed in."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.domain.roles import Actor, Permission, require
from core.reads.parts import alert_ways
from core.reads.parts.alert_ways import Ways
from core.staff.rules import Lifetimes
from core.staff.store import second_factors, sessions
from core.staff.store.sessions import OpenSession
from core.staff.tables import staff


@dataclass(frozen=True)
class Account:
    """`factor_since` is None without a second factor; `email` is what an identity provider would name, '' for none."""

    username: str
    email: str
    factor_since: datetime | None
    codes_left: int
    sessions: tuple[OpenSession, ...]
    ways: Ways


def read(session: Session, actor: Actor, times: Lifetimes, *, now: datetime) -> Account:
    """Raises Denied."""
    require(actor, Permission.KEEP_ACCOUNT)
    row = session.execute(select(staff.c.username, staff.c.email).where(staff.c.id == actor.staff_id)).one()
    factor = second_factors.factor(session, actor.staff_id)
    return Account(
        row.username,
        row.email or "",
        factor.confirmed_at if factor else None,
        second_factors.codes_left(session, actor.staff_id),
        tuple(sessions.open_of(session, actor.staff_id, times, now)),
        alert_ways.of(session, actor.staff_id),
    )
