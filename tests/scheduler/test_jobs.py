"""The periodic jobs: each runs on its own, and what must not wait for its first period runs as the scheduler starts."""

import threading

from sqlalchemy.exc import OperationalError

from core.db.lease import lease_for
from scheduler import jobs
from scheduler.jobs import Job
from scheduler.pacing import TokenBucket
from tests.conftest import TestApp


def test_every_job_can_run_on_an_empty_database_twice(app: TestApp) -> None:
    """A new installation starts with nothing to do, and a tick that comes again does no harm."""
    lease = lease_for(app.db, "test")
    assert lease.acquire()
    every = jobs.periodic_jobs(app, "test", lease, TokenBucket(0), app.clock.now())
    try:
        for job in (*every, *every):
            job.run(app.clock.now())
    finally:
        lease.release()


def test_names_are_all_different(app: TestApp) -> None:
    """Two jobs of one name would be one job."""
    lease = lease_for(app.db, "test")
    names = [job.name for job in jobs.periodic_jobs(app, "test", lease, TokenBucket(0), app.clock.now())]
    assert len(set(names)) == len(names)


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
