"""SQL of the consent ledger and of the present standing that follows from it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import FromClause, bindparam, exists, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from core.compliance.tables import consents, phone_standing
from core.db.prepared import Bulk, Query
from core.db.types import among, is_word
from core.domain.ids import new_id

SMS, EMAIL = "sms", "email"
UNENCRYPTED = "unencrypted"  # texts may name what is treated: a preference, no consent to texts


@dataclass(frozen=True)
class Standing:
    """What may be sent to a number now. A number that nobody ever wrote about has no rights and no bars."""

    opted_out_at: datetime | None = None
    transactional_at: datetime | None = None
    marketing_at: datetime | None = None
    unreachable_at: datetime | None = None
    unencrypted_at: datetime | None = None


@dataclass(frozen=True)
class LedgerEntry:
    """One row of evidence (compliance.md A6). `action`: grant, decline, revoke, resume."""

    phone_index: str  # '' where it is about an address (channel email)
    scope: str
    action: str
    method: str
    patient_id: str | None = None
    wording: str = ""
    version: str = ""
    source: str = ""
    page_url: str = ""
    submission_id: str | None = None
    ip: str = ""
    user_agent: str = ""
    verified: bool = False
    staff_id: str | None = None
    captured_at: datetime | None = None
    channel: str = SMS
    email_index: str | None = None


def standing(session: Session, phone_index: str) -> Standing:
    """The present standing of one number."""
    return standings(session, [phone_index]).get(phone_index, Standing())


_S = phone_standing.c
_RIGHTS = [_S[name] for name in Standing.__dataclass_fields__]
_STANDINGS = Query(select(_S.phone_index, *_RIGHTS).where(among(_S.phone_index, "indexes")))


def standings(session: Session, phone_indexes: list[str]) -> dict[str, Standing]:
    """The present standing of several numbers; absent where nothing is known."""
    rows = _STANDINGS.rows(session, indexes=phone_indexes)
    return {row[0]: Standing(*row[1:]) for row in rows}


def granted_by(session: Session, phone_index: str, patient_ids: Sequence[str]) -> bool:
    """Whether this patient, by any of these ids, and not only somebody else on the number, agreed to texts there."""
    c = consents.c
    statement = select(c.id).where(
        c.phone_index == phone_index,
        c.patient_id.in_(patient_ids),
        c.action.in_(("grant", "resume")),
        c.scope != UNENCRYPTED,
    )
    return session.execute(statement.limit(1)).first() is not None


_ENTRIES = Bulk(insert(consents), [column.name for column in consents.c])


def append(session: Session, entries: list[LedgerEntry], now: datetime) -> dict[str, Standing]:
    """Append to the ledger and bring the standing of each number up to date: of those that changed, what it is now."""
    note(session, entries, now)
    changes: dict[str, dict[str, Any]] = {}
    for entry in entries:
        changes.setdefault(entry.phone_index, {}).update(_changes(entry, now))
    return {
        number: set_standing(session, number, now, **changed)
        for number, changed in changes.items()
        if changed
    }


def note(session: Session, entries: Sequence[LedgerEntry], now: datetime) -> None:
    """Append to the ledger and to nothing else."""
    _ENTRIES.run(session, [_row(entry, now) for entry in entries])


def _row(entry: LedgerEntry, now: datetime) -> dict[str, Any]:
    return {
        "id": new_id(now),
        "patient_id": entry.patient_id,
        "phone_index": entry.phone_index,
        "email_index": entry.email_index,
        "channel": entry.channel,
        "scope": entry.scope,
        "action": entry.action,
        "method": entry.method,
        "wording": entry.wording,
        "wording_sha256": hashlib.sha256(entry.wording.encode()).hexdigest() if entry.wording else "",
        "version": entry.version,
        "source": entry.source,
        "page_url": entry.page_url or None,
        "submission_id": entry.submission_id,
        "ip": entry.ip or None,
        "user_agent": entry.user_agent or None,
        "signature_verified": entry.verified,
        "staff_id": entry.staff_id,
        "at": now,
        "captured_at": entry.captured_at,
    }


def _changes(entry: LedgerEntry, now: datetime) -> dict[str, Any]:
    if entry.action == "revoke":
        return {
            "opted_out_at": now,
            "opted_out_how": entry.method,
            "transactional_at": None,
            "marketing_at": None,
            "unencrypted_at": None,
        }
    if entry.action == "resume":
        return {"opted_out_at": None, "opted_out_how": None, "transactional_at": now}
    if entry.action == "grant":
        return {f"{entry.scope}_at": now}
    return {}


def set_standing(session: Session, phone_index: str, now: datetime, **changes: Any) -> Standing:
    """Insert or change the standing of one number, these columns of it only; what it is now."""
    statement = _setting(session.get_bind().dialect.name, tuple(sorted({*changes, "updated_at"})))
    rows = statement.rows(session, phone_index=phone_index, updated_at=now, **changes)
    return Standing(*rows[0])


@cache  # few sets of columns: planning the statement costs ten times what running it does
def _setting(dialect: str, columns: tuple[str, ...]) -> Query:
    new = (postgresql if dialect == "postgresql" else sqlite).insert(phone_standing)
    new = new.values({name: bindparam(name) for name in ("phone_index", *columns)})
    changed = {name: new.excluded[name] for name in columns}
    upsert = new.on_conflict_do_update(index_elements=["phone_index"], set_=changed)
    return Query(upsert.returning(*_RIGHTS))


def opted_out_on_day(session: Session, start: datetime, end: datetime) -> dict[str, datetime]:
    """Numbers that opted out from `start` up to `end`, and when first; a second STOP is no second opt-out."""
    c = consents.c
    statement = (
        select(c.phone_index, func.min(c.at))
        .where(is_word(c.action, "revoke"), c.channel == SMS, c.at >= start, c.at < end)
        .group_by(c.phone_index)
    )
    return {row[0]: row[1] for row in session.execute(statement)}


def opted_out_in(session: Session, cohort: FromClause) -> dict[str, int]:
    """By variant: people of an experiment who opted out since they were given it (patient_id, variant, at)."""
    c, of = consents.c, cohort.c
    theirs = exists().where(c.patient_id == of.patient_id, is_word(c.action, "revoke"), c.at > of.at)
    rows = session.execute(select(of.variant, func.count()).where(theirs).group_by(of.variant))
    return dict(rows.all())


MOST = 1_000  # more than this is too many by any limit


# In the order of its index: asked for distinct numbers, SQLite would walk through the whole ledger.
_LATELY = (
    select(consents.c.phone_index)
    .where(
        is_word(consents.c.action, "revoke"), consents.c.channel == SMS, consents.c.at > bindparam("since")
    )
    .order_by(consents.c.at.desc())
    .limit(MOST)
)


def opted_out(session: Session, since: datetime) -> list[str]:
    """Numbers that opted out after `since`, each once, at most MOST."""
    return sorted(set(session.execute(_LATELY, {"since": since}).scalars()))
