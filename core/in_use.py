"""The reference data in use: what the clinic published over what ships, kept by each process and shared by its threads.

A process reads it anew only after something was published: the stamp of the switches tells. So whoever decides about a
form or a text asks nothing, and what is published in the console holds everywhere within a second.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from core import policies
from core.alerting.rules import parse_escalation
from core.assignment.rules.definition import parse_rules
from core.db.engine import Database
from core.kept import Kept
from core.reference import Reference
from core.setup import bookable, published
from core.sla import policy_body
from core.versions import store
from core.versions.rules import InUse as Published
from core.versions.rules import only

log = structlog.get_logger(__name__)
LOOK_SECONDS = 0.5
LOOK_UNTOLD_SECONDS = 5.0  # a watcher may be without its connection


@dataclass(frozen=True)
class Part:
    """What one kind of versions says of the reference data. `lay_over` raises ValueError where it can't be read."""

    kind: str
    lay_over: Callable[[Reference, list[Published]], Reference]


def _escalation(reference: Reference, own: list[Published]) -> Reference:
    found = only(own)
    return replace(reference, escalation=parse_escalation(found.body)) if found else reference


def _assignment(reference: Reference, own: list[Published]) -> Reference:
    found = only(own)
    return replace(reference, assignment=parse_rules(found.body, found.number)) if found else reference


# A new kind of clinic's data is an entry here; whoever uses `app.reference` has it.
PARTS: tuple[Part, ...] = (
    Part("assignment_rules", _assignment),
    Part(published.CLINIC, published.clinic_over),
    Part(published.CALENDAR, published.calendars_over),  # behind the clinic, whose locations they are of
    Part(published.TREATMENTS, published.treatments_over),
    *(Part(kind, partial(bookable.lay_over, kind)) for kind in bookable.KINDS),
    Part("escalation", _escalation),
    Part(policy_body.KIND, policies.lay_over),
)


class InUse:
    """What `App.reference` gives."""

    def __init__(self, shipped: Reference, parts: tuple[Part, ...] = PARTS) -> None:
        self._shipped = shipped
        self._parts = parts
        self._kept = Kept(self._read, shipped)

    @property
    def reference(self) -> Reference:
        return self._kept.last

    def catch_up(self, session: Session) -> bool:
        """Read anew where something was published since; whether the reference data is another."""
        before = self._kept.last
        return self._kept.now(session) is not before

    def _read(self, session: Session) -> Reference:
        found = self._shipped
        for part in self._parts:
            own = store.published(session, part.kind)
            try:
                found = part.lay_over(found, own) if own else found
            except ValueError:
                # What an older release published and this one can't read gives way to what ships.
                log.exception("reference_unreadable", kind=part.kind)
        return found


class Following(threading.Thread):
    """Keeps a process's reference data in use, until stopped.

    `told`: a watcher of this process says by `hear` that the database changed; then nothing is asked while it does not.
    """

    def __init__(self, in_use: InUse, database: Database, *, told: bool = False) -> None:
        super().__init__(name="in-use", daemon=True)
        self._in_use, self._database, self._told = in_use, database, told
        self._over, self._changed = threading.Event(), threading.Event()

    def run(self) -> None:
        while not self._over.wait(LOOK_SECONDS):
            if self._told:
                self._changed.wait(LOOK_UNTOLD_SECONDS)
                self._changed.clear()
            self.look()

    def hear(self) -> None:
        """The database changed. From any thread."""
        self._changed.set()

    def look(self) -> None:
        """Once; a database that does not answer is asked again at the next look."""
        try:
            with self._database.read() as session:
                self._in_use.catch_up(session)
        except SQLAlchemyError as error:
            log.warning("reference_not_read", error=type(error).__name__)

    def stop(self) -> None:
        self._over.set()
        self._changed.set()
        self.join(timeout=5)
