"""What the periodic jobs changed, as lines of the audit trail: which job, how many records and runs, since when.

Some run each second, and a flood of lines would hide those that somebody looks for. So the first change of a quarter
of an hour is written within a minute, what follows in that quarter is one more line. A scheduler that ends cleanly
writes what it still has; one that is killed loses what it gathered, not what was done: each record says that itself.
"""

import threading
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from core.app import App
from core.audit import store as audit
from core.audit.chain import JOB_RAN, Entry
from core.db.trouble import DATABASE_TROUBLE
from core.domain.clock import machine_span

log = structlog.get_logger(__name__)
QUARTER_SECONDS = 900.0


@dataclass(frozen=True)
class Gathered:
    """What one job changed since its last line."""

    job: str
    since: datetime
    changed: int = 0
    runs: int = 0

    def and_then(self, changed: int) -> "Gathered":
        return replace(self, changed=self.changed + changed, runs=self.runs + 1)


class JobTrail:
    """One for each scheduler; jobs run in several threads."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._lock = threading.Lock()
        self._waiting: dict[str, Gathered] = {}
        self._written: dict[str, datetime] = {}
        self._quarter = machine_span(app.clock, QUARTER_SECONDS)

    def note(self, job: str, changed: int, *, now: datetime) -> None:
        """Remember a run; costs no statement. One that changed nothing is none."""
        if changed <= 0:
            return
        with self._lock:
            self._waiting[job] = self._waiting.get(job, Gathered(job, now)).and_then(changed)

    def flush(self, *, now: datetime, everything: bool = False) -> int:
        """Write what is due, or all of it; how many lines. Where the database does not answer it waits on."""
        due = self._take(now, everything=everything)
        if not due:
            return 0
        try:
            with self._app.db.write() as session:
                audit.note_all(session, [_entry(one) for one in due.values()], now=now)
        except DATABASE_TROUBLE as error:
            log.warning("job_lines_wait", many=len(due), error=type(error).__name__)
            self._give_back(due)
            return 0
        self._written |= dict.fromkeys(due, now)
        return len(due)

    def _take(self, now: datetime, *, everything: bool) -> dict[str, Gathered]:
        with self._lock:
            due = {
                job: one
                for job, one in self._waiting.items()
                if everything or job not in self._written or now - self._written[job] >= self._quarter
            }
            self._waiting = {job: one for job, one in self._waiting.items() if job not in due}
        return due

    def _give_back(self, due: dict[str, Gathered]) -> None:
        with self._lock:
            for job, one in due.items():
                later = self._waiting.get(job)
                again = (
                    replace(one, changed=one.changed + later.changed, runs=one.runs + later.runs)
                    if later
                    else one
                )
                self._waiting[job] = again


def _entry(one: Gathered) -> Entry:
    detail = {"changed": one.changed, "runs": one.runs, "since": one.since.isoformat(timespec="seconds")}
    return Entry(JOB_RAN, subject=one.job, detail=detail)
