"""Sign-in and access: every account with how it signs in, where it is signed in, and what failed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from core.audit.tables import audit_events
from core.db.types import blind
from core.domain.roles import Actor, Permission, require
from core.staff.rules import Lifetimes
from core.staff.store import second_factors, sessions
from core.staff.tables import second_factors as factors
from core.staff.tables import sign_in_tries, staff

E, S = audit_events.c, staff.c
FAILED = ("sign_in_failed", "code_failed", "step_up_failed")
FAILURES_SINCE = timedelta(hours=24)


@dataclass(frozen=True)
class AccountLine:
    """One account. `failures`: of the last 24 hours. `counted`: failures still slow somebody down at this name."""

    id: str
    username: str
    name: str
    role: str
    active: bool
    must_change_password: bool
    has_factor: bool
    codes_left: int
    last_sign_in: datetime | None
    open_sessions: int
    failures: int
    counted: bool


def read(session: Session, actor: Actor, times: Lifetimes, *, now: datetime) -> list[AccountLine]:
    """Everybody, who can sign in first, by name. Raises Denied."""
    require(actor, Permission.MANAGE_STAFF)
    signed_in = _by_person(session, func.max(E.at), E.action == "signed_in")
    failed = _by_person(session, func.count(), E.action.in_(FAILED) & (E.at > now - FAILURES_SINCE))
    counted = set(session.scalars(select(sign_in_tries.c.name_index).where(sign_in_tries.c.failed > 0)))
    rows = session.execute(
        select(S.id, S.username, S.name, S.role, S.active, S.must_change_password, factors.c.confirmed_at)
        .outerjoin(factors, factors.c.staff_id == S.id)
        .order_by(S.active.desc(), S.name)
    ).all()
    return [
        AccountLine(
            *row[:6],
            has_factor=row.confirmed_at is not None,
            codes_left=second_factors.codes_left(session, row.id),
            last_sign_in=signed_in.get(row.id),
            open_sessions=len(sessions.open_of(session, row.id, times, now)) if row.active else 0,
            failures=failed.get(row.id, 0),
            counted=blind(session, "sign_in_name", row.username) in counted,
        )
        for row in rows
    ]


def _by_person(session: Session, what: Any, which: ColumnElement[bool]) -> dict[str, Any]:
    statement = select(E.staff_id, what).where(which, E.staff_id.is_not(None)).group_by(E.staff_id)
    return {row[0]: row[1] for row in session.execute(statement)}
