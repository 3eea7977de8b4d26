"""Files of received texts: fetched, drawn anew or kept as they are, and only then deleted at the provider.

Each try is claimed and committed before the provider is asked, with the moment of the next: two processes don't fetch
the same, and a file that brings a process down is given up after as many tries as one that nobody hands out. No network
and no decoder inside a transaction.
"""

from datetime import datetime, timedelta

import structlog
from sqlalchemy import ColumnElement

from core.app import App
from core.domain.ports import CantRedraw, FileRefused, ProviderUnavailable
from core.messaging.received_files import judge
from core.messaging.store import pictures
from core.messaging.store.pictures import TO_DELETE, TO_FETCH, ToDo

log = structlog.get_logger(__name__)
FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(minutes=30)
MOST_TRIES = 56  # a day, by these waits; of the deletion there is no end
AT_ONCE = 10


def sweep(app: App, *, now: datetime, limit: int = AT_ONCE) -> int:
    """Fetch what is to be fetched and delete what is kept at the provider; how many files were kept."""
    kept = fetch_pictures(app, now=now, limit=limit)
    delete_at_provider(app, now=now)
    return kept


def fetch_pictures(app: App, *, now: datetime, limit: int = AT_ONCE) -> int:
    """Fetch what is to be fetched; how many files were kept. What is not kept says why in the conversation."""
    return sum(_fetch(app, one, now) for one in _taken(app, TO_FETCH, limit, now))


def delete_at_provider(app: App, *, now: datetime, limit: int = AT_ONCE) -> int:
    """Delete the provider's copy of what is kept here; how many were. Asked again until it is done."""
    return sum(_delete(app, one, now) for one in _taken(app, TO_DELETE, limit, now))


def _taken(app: App, what: ColumnElement[bool], limit: int, now: datetime) -> list[ToDo]:
    with app.db.read() as session:
        waiting = pictures.due(session, what, limit, now)
    if not waiting:
        return []
    with app.db.write() as session:
        return pictures.take(session, [(one, now + wait(one.tries)) for one in waiting])


def wait(tries: int) -> timedelta:
    """How long after a try the next one is: doubling."""
    return min(FIRST_WAIT * (1 << min(tries, 20)), LONGEST_WAIT)


def _fetch(app: App, one: ToDo, now: datetime) -> bool:
    try:
        content_type, content = _clean(app, one)
    except (FileRefused, CantRedraw) as refused:
        return _refuse(app, one, refused.why)
    except (ProviderUnavailable, OSError) as error:
        log.warning("file_not_fetched", media_id=one.id, tries=one.tries + 1, error=type(error).__name__)
        return _refuse(app, one, "unreachable") if one.tries + 1 >= MOST_TRIES else False
    with app.db.write() as session:
        return pictures.keep_media(session, one.id, content_type, content, now)


def _clean(app: App, one: ToDo) -> tuple[str, bytes]:
    """What is kept of a file. Raises FileRefused, CantRedraw, ProviderUnavailable, OSError."""
    if one.tries >= MOST_TRIES:
        raise ProviderUnavailable("tried too often")
    header, content = app.sms.fetch_media(one.url)
    kind = judge(one.content_type or header, content)
    if kind.refused:
        raise FileRefused(kind.refused)
    if not kind.decoder:
        return kind.content_type, content
    drawn = app.redraw(kind.decoder, content)
    return drawn.content_type, drawn.content


def _refuse(app: App, one: ToDo, why: str) -> bool:
    with app.db.write() as session:
        pictures.refuse(session, one.id, why)
    log.info("file_not_kept", media_id=one.id, why=why)
    return False


def _delete(app: App, one: ToDo, now: datetime) -> bool:
    try:
        app.sms.delete_media(one.url)
    except FileRefused:
        log.warning(
            "file_not_at_provider", media_id=one.id
        )  # its address is gone or was never theirs: nothing to ask
    except ProviderUnavailable as error:
        log.warning("file_not_deleted", media_id=one.id, tries=one.tries + 1, error=str(error))
        return False
    with app.db.write() as session:
        pictures.removed(session, one.id, now)
    return True
