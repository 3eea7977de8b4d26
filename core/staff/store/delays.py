"""SQL of failed sign-ins: counted under keyed hashes, forgiven, forgotten."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from core.db.upsert import insert_into
from core.staff.delay_rules import Count
from core.staff.tables import sign_in_tries

T = sign_in_tries.c


def counts(session: Session, keys: Iterable[str]) -> dict[str, Count]:
    """What is counted for those keys that have anything."""
    rows = session.execute(select(T.key, T.failed, T.failed_at).where(T.key.in_(list(keys))))
    return {key: Count(failed, at) for key, failed, at in rows}


def held(
    session: Session, keys: Sequence[str], name_index: Mapping[str, str], now: datetime
) -> dict[str, Count]:
    """The same with every row there and kept from others until this transaction ends; in one order for all callers,
    so that two of them never wait for each other."""
    rows = [
        {"key": key, "name_index": name_index.get(key), "failed": 0, "failed_at": now} for key in sorted(keys)
    ]
    session.execute(insert_into(session, sign_in_tries).on_conflict_do_nothing(), rows)
    statement = select(T.key, T.failed, T.failed_at).where(T.key.in_(keys)).order_by(T.key).with_for_update()
    return {key: Count(failed, at if failed else None) for key, failed, at in session.execute(statement)}


def record(session: Session, found: Mapping[str, Count], now: datetime) -> None:
    for key, count in sorted(found.items()):
        session.execute(
            update(sign_in_tries)
            .where(T.key == key)
            .values(failed=count.failed, failed_at=count.failed_at or now)
        )


def take_back(session: Session, keys: Iterable[str]) -> None:
    """One failure less: it was none."""
    for key in sorted(keys):
        session.execute(update(sign_in_tries).where(T.key == key, T.failed > 0).values(failed=T.failed - 1))


def forgive(session: Session, keys: Sequence[str]) -> None:
    session.execute(delete(sign_in_tries).where(T.key.in_(keys)))


def forgive_name(session: Session, name_index: str) -> int:
    """Forget every failure that was counted for one name; how many rows."""
    gone = delete(sign_in_tries).where(T.name_index == name_index).returning(T.key)
    return len(session.execute(gone).all())


def forget_tries(session: Session, before: datetime, limit: int) -> int:
    """Forget at most `limit` counts whose last failure was before a moment; how many."""
    old = select(T.key).where(T.failed_at < before).limit(limit)
    return len(session.execute(delete(sign_in_tries).where(T.key.in_(old)).returning(T.key)).all())
