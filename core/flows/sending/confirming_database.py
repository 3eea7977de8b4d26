"""A database sends only from where it was confirmed: a restored backup or a copy would send every text twice.

It is bound to the account, the sender and its own place. One in which nothing was ever handed over binds itself;
any other that finds itself elsewhere stops, until a person confirms (`luxe resume`).
"""

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy.orm import Session

from core.app import App
from core.audit import store as audit
from core.db import seal
from core.db.engine import DUE, announce
from core.db.place import place_of
from core.domain.ids import new_id
from core.messaging.store import outcomes
from core.operations import store_stops
from core.operations.rules import Fingerprint
from core.operations.store import NOT_CONFIRMED
from core.operations.store_stops import Binding

log = structlog.get_logger(__name__)
SEAL_FOR = timedelta(minutes=10)
PARTS = {
    "account": "another account",
    "sender": "another sender",
    "place": "the database is in another place",
}


def here(app: App) -> Fingerprint:
    """From where and for whom this process would send. Only hashes: neither account nor place can be read in them."""
    settings = app.settings
    return Fingerprint(_hash(settings.account_sid), _hash(settings.sender), _hash(place_of(app.db)))


def _hash(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()[:32]


def check(app: App, *, now: datetime) -> bool:
    """Whether this database may send from here; stops sending where it may not. At the start and at each beat."""
    found = here(app)
    with app.db.read() as session:
        bound = store_stops.binding(session)
    if bound and bound.stops:
        return False
    if bound and not _differences(app, bound, found):
        if app.db.is_sqlite and (bound.at is None or now - bound.at >= SEAL_FOR):
            _seal_again(app, now)
        return True
    with app.db.write() as session:
        return _settle(session, app, found, now)


def _seal_again(app: App, now: datetime) -> None:
    """Now and then the word beside the database changes: an older file that is put back no longer has it."""
    with app.db.write() as session:
        bound = store_stops.binding(session)
        if bound is None or bound.stops:
            return
        fresh = seal.renew(app.db, bound.seal)
        store_stops.bind(session, replace(bound, seal=fresh), by=None, now=now)
    seal.keep(app.db, fresh)


def _settle(session: Session, app: App, found: Fingerprint, now: datetime) -> bool:
    """Bind, or stop: decided under the write lock, for another scheduler may just have done so."""
    bound = store_stops.binding(session)
    if bound and (bound.stops or not _differences(app, bound, found)):
        return not bound.stops
    if bound is None and not outcomes.was_ever_used(session):
        _bind(session, app, found, None, None, now)
        return True
    differs = _differences(app, bound, found)
    stopped = replace(bound, stops=True, found=found) if bound else Binding(True, "", None, found)
    store_stops.bind(session, stopped, by=None, now=now)
    audit.note(
        session,
        action="sending_not_confirmed",
        subject=NOT_CONFIRMED,
        detail={"differs": differs},
        now=now,
    )
    log.warning("sending_not_confirmed", differs=differs)
    return False


def differences(session: Session, app: App) -> list[str]:
    """What is not as it was when this database was last confirmed, in words; empty where all is the same."""
    bound = store_stops.binding(session)
    if bound is None and not outcomes.was_ever_used(session):
        return []
    return _differences(app, bound, here(app))


def _differences(app: App, bound: Binding | None, found: Fingerprint) -> list[str]:
    if bound is None or bound.to is None:
        return ["it was put back from a backup, or never confirmed"]
    differs = [PARTS[part] for part in bound.to.differs_from(found)]
    if not differs and bound.seal and bound.seal not in seal.accepted(app.db):
        return ["an older file of the database was put back"]
    return differs


def confirm(session: Session, app: App, by: str | None, *, now: datetime) -> bool:
    """A person says that this database sends from here; False where it did so already."""
    found, bound = here(app), store_stops.binding(session)
    if bound and not bound.stops and not _differences(app, bound, found):
        return False
    _bind(session, app, found, bound, by, now)
    audit.note(session, staff_id=by, action="sending_confirmed", subject=NOT_CONFIRMED, now=now)
    announce(session, DUE)
    return True


def _bind(
    session: Session, app: App, found: Fingerprint, bound: Binding | None, by: str | None, now: datetime
) -> None:
    database_id = (bound.database_id if bound else "") or new_id(now)
    word = seal.renew(app.db, bound.seal if bound else "")
    store_stops.bind(session, Binding(False, database_id, found, None, word), by=by, now=now)
    store_stops.prepare_pause(session, now)


def unbind(session: Session, *, now: datetime) -> None:
    """What was put back from a backup sends nothing until a person confirms it."""
    store_stops.bind(session, Binding(True, "", None, None), by=None, now=now)
