"""SQL of the files that patients send: fetched from the provider and kept encrypted, then deleted there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from core.db.prepared import UpdateOne
from core.messaging.tables import text_media

C = text_media.c
_FILE = UpdateOne(text_media)
# A file is first to be fetched, and once it is kept to be deleted at the provider.
TO_FETCH, TO_DELETE = C.fetched_at.is_(None), C.fetched_at.is_not(None)


@dataclass(frozen=True)
class ToDo:
    """A file with something to do about it. `url` '' where it can't be read any more. `tries` before this one."""

    id: str
    url: str
    content_type: str
    tries: int


def due(session: Session, what: ColumnElement[bool], limit: int, now: datetime) -> list[ToDo]:
    """Files that are to be fetched, or deleted at the provider, newest first."""
    rows = session.execute(
        select(C.id, C.url, C.content_type, C.tries)
        .where(C.next_try_at <= now, what)
        .order_by(C.id.desc())
        .limit(limit)
    )
    return [
        ToDo(row.id, row.url if isinstance(row.url, str) else "", row.content_type, row.tries) for row in rows
    ]


def take(session: Session, files: Sequence[tuple[ToDo, datetime]]) -> list[ToDo]:
    """Claim each until its next try: those that no other process claimed at this moment."""
    taken = []
    for one, next_try_at in files:
        unclaimed = (C.id == one.id, C.tries == one.tries, C.next_try_at.is_not(None))
        values = {"tries": one.tries + 1, "next_try_at": next_try_at}
        if session.execute(update(text_media).where(*unclaimed).values(**values).returning(C.id)).first():
            taken.append(one)
    return taken


def keep_media(session: Session, media_id: str, content_type: str, content: bytes, now: datetime) -> bool:
    """Keep a file, encrypted; from now on the provider's copy is to be deleted. False where another process has."""
    if not _is_open(session, media_id):
        return False
    kept: dict[str, Any] = {"content_type": content_type[:80], "content": content, "fetched_at": now}
    _FILE.run(session, media_id, **kept, tries=0, next_try_at=now)
    return True


def refuse(session: Session, media_id: str, why: str) -> bool:
    """A file that is not kept; `why` is a key of received_files.WHY_NOT. The provider's copy stays where it is."""
    if not _is_open(session, media_id):
        return False
    _FILE.run(session, media_id, refused=why, next_try_at=None)
    return True


def removed(session: Session, media_id: str, now: datetime) -> None:
    """The provider has no copy any more."""
    _FILE.run(session, media_id, removed_at=now, next_try_at=None)


def _is_open(session: Session, media_id: str) -> bool:
    """Whether it is still to be fetched, locked until this transaction ends."""
    waiting = (C.id == media_id, TO_FETCH, C.refused.is_(None))
    return session.execute(select(C.id).where(*waiting).with_for_update()).first() is not None
