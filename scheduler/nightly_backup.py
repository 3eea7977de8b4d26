"""The nightly backup, in a process of its own: texts wait neither for its work nor for its memory."""

import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

import structlog

from core.app import App
from core.flows.upkeep import backing_up

log = structlog.get_logger(__name__)
COMMAND = (sys.executable, "-m", "luxe", "backup")
GENTLY = ("nice", "-n", "10")


class Child(Protocol):
    """As much of a process as is asked of it."""

    def poll(self) -> int | None: ...


def start() -> Child:
    """It finds its settings where we found ours, and says in our log what went wrong."""
    return subprocess.Popen([*GENTLY, *COMMAND], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)  # noqa: S603


class NightlyBackup:
    """Looks at each tick whether one is due, and how the one that runs has ended."""

    def __init__(self, app: App, start: Callable[[], Child] = start) -> None:
        self._app = app
        self._start = start
        self._running: Child | None = None

    def tick(self, now: datetime) -> None:
        backing_up.tell(self._app, now=now)
        if self._running is not None and not self._ended(self._running, now):
            return
        self._running = None
        if backing_up.take_turn(self._app, now=now):
            self._running = self._start()

    def _ended(self, child: Child, now: datetime) -> bool:
        code = child.poll()
        if code:
            log.error("backup_failed", code=code)
            backing_up.failed(self._app, now=now)
        return code is not None
