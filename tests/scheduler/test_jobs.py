"""The periodic jobs: each runs on its own, and what must not wait for its first period runs as the scheduler starts."""

import threading
from datetime import timedelta

from sqlalchemy.exc import OperationalError

from console.audit_trail import view
from core.audit.chain import JOB_RAN
from core.audit.tables import audit_events
from core.db.lease import Lease, lease_for
from core.flows.upkeep.job_trail import JobTrail
from core.leads.store import leads
from scheduler import jobs
from scheduler.jobs import Job
from scheduler.pacing import TokenBucket
from tests.conftest import TestApp
from tests.flows.staffing import new_lead, rows


def all_jobs(app: TestApp, lease: Lease) -> list[Job]:
    return jobs.periodic_jobs(app, "test", lease, TokenBucket(0), app.clock.now(), JobTrail(app))


def test_every_job_can_run_on_an_empty_database_twice(app: TestApp) -> None:
    """A new installation starts with nothing to do, and a tick that comes again does no harm."""
    lease = lease_for(app.db, "test")
    assert lease.acquire()
    every = all_jobs(app, lease)
    try:
        for job in (*every, *every):
            job.run(app.clock.now())
    finally:
        lease.release()


def test_names_are_all_different(app: TestApp) -> None:
    """Two jobs of one name would be one job."""
    lease = lease_for(app.db, "test")
    names = [job.name for job in all_jobs(app, lease)]
    assert len(set(names)) == len(names)


def test_of_each_job_it_is_decided_whether_it_tells_the_trail(app: TestApp) -> None:
    """A new one that acts on patients' data would else leave no line; each that does has words on the page."""
    names = {job.name for job in all_jobs(app, lease_for(app.db, "test"))}
    assert names <= jobs.TOLD | jobs.NOT_TOLD
    assert not jobs.TOLD & jobs.NOT_TOLD
    assert set(view.JOBS) == jobs.TOLD


def test_what_a_job_changed_reaches_the_trail(app: TestApp) -> None:
    """A snooze that ended, told by the job that ended it."""
    lead = new_lead(app)
    with app.db.write() as session:
        leads.change(session, lead, app.clock.now(), snoozed_until=app.clock.now() + timedelta(minutes=1))
    app.clock.advance(timedelta(minutes=2))
    every = {job.name: job for job in all_jobs(app, lease_for(app.db, "test"))}
    every["sweep"].run(app.clock.now())
    every["job_trail"].run(app.clock.now())
    (line,) = rows(app, audit_events, audit_events.c.action == JOB_RAN)
    assert (line.subject, line.detail["changed"]) == ("sweep", 1)


def test_a_job_that_must_not_wait_runs_as_soon_as_the_scheduler_starts(app: TestApp) -> None:
    """A STOP that was missed while everything was down is not left for another three minutes."""
    ran = threading.Event()
    ticker = jobs.start(app, [Job("soon", 3600, lambda _now: ran.set(), at_once=True)])
    try:
        assert ran.wait(10)
    finally:
        ticker.shutdown()


def test_a_database_that_is_away_stops_no_job_for_good(app: TestApp) -> None:
    """The next tick comes all the same."""
    ticks: list[int] = []
    again = threading.Event()

    def fails(_now: object) -> None:
        ticks.append(1)
        if len(ticks) > 1:
            again.set()
        raise OperationalError("SELECT 1", None, Exception("away"))

    ticker = jobs.start(app, [Job("fails", 0.05, fails)])
    try:
        assert again.wait(10)
    finally:
        ticker.shutdown()
