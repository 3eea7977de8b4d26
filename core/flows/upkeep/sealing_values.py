"""Values from before there were data keys are written anew under them, a little each second, beside all other work."""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice

import structlog
from sqlalchemy.exc import SQLAlchemyError

from core.app import App
from core.db.rotation import Step, seal_all
from core.operations import store as operations

log = structlog.get_logger(__name__)
DONE = "values_sealed"
STEPS_AT_ONCE = 5  # of 200 rows: a form waits for one of them at most


class Sealing:
    """Goes on where it stopped, until everything has been seen once; a database remembers that it was."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._steps: Iterator[Step] | None = None
        self._done = False

    def go_on(self, now: datetime) -> int:
        """Some steps more; how many rows they wrote. Raises what the database raises, and begins anew after it."""
        if self._done:
            return 0
        if self._steps is None:
            self._done = self._was_done()
            self._steps = iter(()) if self._done else seal_all(self._app.db)
        try:
            steps = list(islice(self._steps, STEPS_AT_ONCE))
        except SQLAlchemyError:
            self._steps = None  # a generator that raised has ended, and would pass for one that is through
            raise
        for lost in (f"{step.table}.{lost}" for step in steps for lost in step.unreadable):
            log.error("value_unreadable", column=lost)
        if not steps and not self._done:
            self._finish(now)
        return sum(step.rows for step in steps)

    def _was_done(self) -> bool:
        with self._app.db.read() as session:
            return operations.reached(session, DONE) is not None

    def _finish(self, now: datetime) -> None:
        with self._app.db.write() as session:
            operations.reach(session, DONE, now)
        self._done = True
        log.info("values_sealed")
