"""SQL of sign-ins by an identity provider: whose email it is, and that its word counts once."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from core.db.types import blind
from core.db.upsert import insert_into
from core.staff.store.sign_in import Credentials, credentials
from core.staff.tables import provider_sign_ins, staff

P = provider_sign_ins.c


@dataclass(frozen=True)
class Found:
    """An account that can be signed in to."""

    username: str
    credentials: Credentials


def email_index(session: Session, email: str) -> str:
    """By which an account is found; case and spaces around it do not count."""
    return blind(session, "staff_email", email.strip().casefold())


def by_email(session: Session, email: str) -> list[Found]:
    """Open accounts with this email: none, one, or several that nobody can tell apart."""
    statement = select(staff.c.username).where(
        staff.c.email_index == email_index(session, email), staff.c.active
    )
    known = ((name, credentials(session, name)) for name in session.scalars(statement).all())
    return [Found(name, found) for name, found in known if found]


def believe_once(session: Session, mark: str, expires_at: datetime, now: datetime) -> bool:
    """Whether this sign-in at the provider was not used here before."""
    row = insert_into(session, provider_sign_ins).values(mark=mark, used_at=now, expires_at=expires_at)
    fresh = session.execute(row.on_conflict_do_nothing().returning(P.mark))
    return fresh.scalar_one_or_none() is not None


def forget_marks(session: Session, before: datetime, limit: int) -> int:
    """Forget at most `limit` sign-ins that are long too old to be believed; how many."""
    old = select(P.mark).where(P.expires_at < before).limit(limit)
    return len(session.execute(delete(provider_sign_ins).where(P.mark.in_(old)).returning(P.mark)).all())
