"""Signs of life of a process."""

import os
import signal
import socket
from datetime import datetime

import structlog
from sqlalchemy.exc import SQLAlchemyError

from core.app import App
from core.db.key_check import follow_seal
from core.domain.clock import machine_span
from core.domain.errors import SettingsError
from core.domain.ids import new_id
from core.operations import store as operations

log = structlog.get_logger(__name__)
BEAT_SECONDS = 5.0
LIVING_SECONDS = 12.0  # more than two beats


def beat(app: App, owner: str, *, started_at: datetime, now: datetime, process: str = "scheduler") -> None:
    """Show that this process lives. Raises SettingsError where it has other keys than the database by now."""
    with app.db.write() as session:
        follow_seal(session, app.db.keyring)
        operations.beat(session, owner, process, started_at=started_at, now=now)


def leave(error: SettingsError) -> None:
    """Under its keys this process would find nobody: it ends in order, as if it had been told to, and says why."""
    log.critical("other_keys_than_the_database", setting=error.setting)
    os.kill(os.getpid(), signal.SIGTERM)


class SignsOfLife:
    """Beats of this server, from its start to its end: neither a restore nor a rotation is begun under its feet.

    A database that does not answer stops nobody.
    """

    def __init__(self, app: App, process: str) -> None:
        self._app = app
        self._process = process
        self._started_at = app.clock.now()
        tail = new_id(self._started_at)[-8:]
        self._owner = f"{process}:{socket.gethostname()[:20]}:{os.getpid()}:{tail}"

    def beat(self, now: datetime) -> None:
        try:
            beat(self._app, self._owner, started_at=self._started_at, now=now, process=self._process)
        except SQLAlchemyError as error:
            log.warning("heartbeat_missed", error=type(error).__name__)
        except SettingsError as error:
            leave(error)

    def goodbye(self, now: datetime) -> None:
        try:
            goodbye(self._app, self._owner, now=now)
        except SQLAlchemyError as error:
            log.warning("heartbeat_missed", error=type(error).__name__)


def goodbye(app: App, owner: str, *, now: datetime) -> None:
    """Say that it ended on purpose."""
    with app.db.write() as session:
        operations.stopped(session, owner, now)


def living(app: App, *, now: datetime, process: str = "scheduler") -> int:
    """How many processes of a kind have shown a sign of life of late."""
    recent = now - machine_span(app.clock, LIVING_SECONDS)
    with app.db.read() as session:
        return sum(beat.beat_at >= recent for beat in operations.beating(session, process))
