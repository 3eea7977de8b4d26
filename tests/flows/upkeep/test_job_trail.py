"""What the periodic jobs changed stands in the audit trail, without a line for each tick."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy.exc import OperationalError

from core.audit.chain import JOB_RAN
from core.audit.tables import audit_events
from core.flows.upkeep import verifying_trail
from core.flows.upkeep.job_trail import JobTrail
from tests.conftest import TestApp
from tests.flows.staffing import rows

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def told(app: TestApp) -> list[tuple[str, int, int]]:
    """(job, records, runs) of each line, the oldest first."""
    found = sorted(rows(app, audit_events, audit_events.c.action == JOB_RAN), key=lambda row: row.at)
    return [(row.subject, row.detail["changed"], row.detail["runs"]) for row in found]


def test_the_first_change_is_told_at_once_and_the_rest_of_a_quarter_is_one_line(app: TestApp) -> None:
    """A job that runs each second and always finds something would bury every other line."""
    trail, start = JobTrail(app), app.clock.now()
    for second in range(1800):
        now = start + second * SECOND
        trail.note("sweep", 2, now=now)
        if second % 60 == 0:
            trail.flush(now=now)
    assert told(app) == [("sweep", 2, 1), ("sweep", 1800, 900)]
    assert verifying_trail.verify(app).problems == ()


def test_a_run_that_changed_nothing_is_no_line(app: TestApp) -> None:
    trail = JobTrail(app)
    trail.note("sweep", 0, now=app.clock.now())
    assert trail.flush(now=app.clock.now(), everything=True) == 0
    assert told(app) == []


def test_a_clean_stop_loses_nothing(app: TestApp) -> None:
    """Each job has a line of its own, with since when."""
    trail, now = JobTrail(app), app.clock.now()
    trail.note("sweep", 1, now=now)
    trail.flush(now=now)
    trail.note("sweep", 3, now=now + MINUTE)
    trail.note("retention", 7, now=now + MINUTE)
    assert trail.flush(now=now + 2 * MINUTE) == 1
    assert trail.flush(now=now + 3 * MINUTE, everything=True) == 1
    assert sorted(told(app)) == [("retention", 7, 1), ("sweep", 1, 1), ("sweep", 3, 1)]
    last = max(rows(app, audit_events, audit_events.c.action == JOB_RAN), key=lambda row: row.at)
    assert last.detail["since"] == (now + MINUTE).isoformat(timespec="seconds")


class Away:
    """A database that does not answer."""

    @contextmanager
    def write(self) -> Iterator[Any]:
        raise OperationalError("SELECT 1", None, Exception("away"))
        yield


def test_what_can_not_be_written_now_waits(app: TestApp) -> None:
    """And is added to what comes meanwhile."""
    now = app.clock.now()
    trail = JobTrail(replace(app, db=Away()))  # type: ignore[arg-type]
    trail.note("sweep", 1, now=now)
    assert trail.flush(now=now) == 0
    trail.note("sweep", 2, now=now + MINUTE)
    trail._app = app
    assert trail.flush(now=now + MINUTE) == 1
    assert told(app) == [("sweep", 3, 2)]
