"""Who saw which patient: looks are noted in passing, gathered, and written to the audit trail outside anybody's wait.

One row for a person, a patient and a quarter of an hour; another only where they see more than before (a name among
what was found, then the record, then a picture). A process that ends cleanly writes what it still has; one that is
killed loses what it gathered in the last second.
"""

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

import structlog
from sqlalchemy.orm import Session

from core.app import App
from core.audit import store as audit
from core.audit.chain import LOOKED, Entry
from core.db.trouble import DATABASE_TROUBLE
from core.domain.clock import machine_span
from core.flows.access import looking_alarm
from core.leads.store import leads

log = structlog.get_logger(__name__)
QUARTER_SECONDS = 900.0


class Depth(IntEnum):
    """How much was seen. Names are what the trail says."""

    FOUND = 1  # the name and number among what a search or a list of people showed
    OPENED = 2  # the record: its page, its thread, the panel, live
    PICTURE = 3


@dataclass(frozen=True)
class Look:
    """Somebody saw something of a lead's patient. `origin` says where: the address and the page."""

    staff_id: str
    lead_id: str
    depth: Depth
    origin: str
    at: datetime


@dataclass(frozen=True)
class _Sight:
    staff_id: str
    patient_id: str
    quarter: datetime


class Looks:
    """Looks of one process, waiting to be written. Any thread may note; one flushes."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._lock = threading.Lock()
        self._waiting: dict[tuple[str, str], Look] = {}
        self._written: dict[_Sight, Depth] = {}
        self._quarter = machine_span(app.clock, QUARTER_SECONDS)

    def note(self, staff_id: str, lead_ids: Iterable[str], depth: Depth, origin: str, at: datetime) -> None:
        """Remember it; costs no statement. Of looks that wait together the deepest counts."""
        with self._lock:
            for lead_id in lead_ids:
                known = self._waiting.get((staff_id, lead_id))
                if known is None or known.depth < depth:
                    self._waiting[staff_id, lead_id] = Look(staff_id, lead_id, depth, origin, at)

    def flush(self, *, now: datetime) -> int:
        """Write what waits; how many rows. Where the database does not answer it waits on."""
        with self._lock:
            waiting, self._waiting = self._waiting, {}
        if not waiting:
            return 0
        try:
            with self._app.db.write() as session:
                fresh = self._fresh(session, waiting.values())
                audit.note_all(session, [_entry(sight, look) for sight, look in fresh.items()], now=now)
                for staff_id in sorted({sight.staff_id for sight in fresh}):
                    looking_alarm.watch(session, self._app, staff_id, now)
        except DATABASE_TROUBLE as error:
            log.warning("looks_wait", many=len(waiting), error=type(error).__name__)
            with self._lock:
                self._waiting = waiting | self._waiting
            return 0
        self._written |= {sight: look.depth for sight, look in fresh.items()}
        self._forget(now)
        return len(fresh)

    def _fresh(self, session: Session, waiting: Iterable[Look]) -> Mapping[_Sight, Look]:
        """The deepest look of each person, patient and quarter, where it is deeper than what is written."""
        looks = list(waiting)
        patients = leads.patients_of(session, sorted({look.lead_id for look in looks}))
        fresh: dict[_Sight, Look] = {}
        for look in looks:
            if look.lead_id not in patients:
                continue
            sight = _Sight(look.staff_id, patients[look.lead_id], self._begins(look.at))
            depth = max(self._written.get(sight, 0), fresh[sight].depth if sight in fresh else 0)
            if look.depth > depth:
                fresh[sight] = look
        return fresh

    def _begins(self, at: datetime) -> datetime:
        since = at - datetime(2020, 1, 1, tzinfo=at.tzinfo)
        return at - since % self._quarter

    def _forget(self, now: datetime) -> None:
        oldest = now - 2 * self._quarter
        self._written = {sight: depth for sight, depth in self._written.items() if sight.quarter > oldest}


def _entry(sight: _Sight, look: Look) -> Entry:
    return Entry(
        LOOKED,
        sight.staff_id,
        subject=look.lead_id,
        patient_id=sight.patient_id,
        origin=look.origin,
        detail={"depth": look.depth.name.lower()},
    )
