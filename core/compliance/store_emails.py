"""SQL of what may be sent to an address: rows of the ledger with channel email, and the standing that follows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.compliance import store
from core.compliance.store import LedgerEntry
from core.compliance.tables import email_standing
from core.db.upsert import insert_into

S = email_standing.c


@dataclass(frozen=True)
class EmailStanding:
    """What may be sent to an address now, beside what is transactional. Nothing is known of most."""

    marketing_at: datetime | None = None
    unsubscribed_at: datetime | None = None
    unreachable_at: datetime | None = None


_RIGHTS = [S[name] for name in EmailStanding.__dataclass_fields__]


def standing(session: Session, email_index: str | None) -> EmailStanding:
    """The present standing of one address."""
    row = session.execute(select(*_RIGHTS).where(S.email_index == email_index)).one_or_none()
    return EmailStanding(*row) if row else EmailStanding()


def append(session: Session, entries: Sequence[LedgerEntry], now: datetime) -> None:
    """Append rows about addresses to the ledger (each with `email_index`), and bring their standing up to date."""
    store.note(session, entries, now)
    for entry in entries:
        set_standing(session, entry.email_index or "", now, **_changes(entry, now))


def _changes(entry: LedgerEntry, now: datetime) -> dict[str, Any]:
    if entry.action == "grant":
        return {"marketing_at": now}
    if entry.action == "revoke":
        return {"marketing_at": None, "unsubscribed_at": now, "unsubscribed_how": entry.method}
    return {"marketing_at": None}


def set_standing(session: Session, email_index: str, now: datetime, **changes: Any) -> None:
    """Insert or change the standing of one address, these columns of it only."""
    values = {**changes, "updated_at": now}
    statement = insert_into(session, email_standing).values(email_index=email_index, **values)
    session.execute(statement.on_conflict_do_update(index_elements=["email_index"], set_=values))
