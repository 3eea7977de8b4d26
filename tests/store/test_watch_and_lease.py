"""Hearing of changes at once, and knowing who may send."""

import threading
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import select
from sqlalchemy.exc import StatementError

from core.db.engine import DUE, Database
from core.db.lease import FileLease, lease_for
from core.db.session_lease import SessionLease
from core.db.watch import ChangeWatcher
from core.flows.sending import dispatch
from core.flows.upkeep import heartbeat
from core.messaging.actions import NewAction, Purpose
from core.messaging.store import planning as messaging
from core.messaging.tables import timed_actions
from scheduler import jobs
from tests.conftest import TestApp
from tests.factories import submission
from tests.flows.dispatching import ROOM, take_in

PATIENCE = 10.0


def soon(condition: Callable[[], bool]) -> bool:
    """Whether it becomes true: a server ends a closed session in its own time."""
    until = time.monotonic() + PATIENCE
    while not condition() and time.monotonic() < until:
        time.sleep(0.02)
    return condition()


def test_a_commit_of_somebody_else_is_heard(app: TestApp) -> None:
    heard = threading.Event()
    watcher = ChangeWatcher(app.db, heard.set, interval=0.01)
    watcher.start()
    try:
        assert heard.wait(PATIENCE)  # once at the start, so that nothing before it is missed
        heard.clear()
        heartbeat.beat(app, "somebody", started_at=app.clock.now(), now=app.clock.now())
        assert heard.wait(PATIENCE)
    finally:
        watcher.stop()


def test_work_that_is_due_soon_wakes_the_scheduler(app: TestApp) -> None:
    heard = threading.Event()
    watcher = ChangeWatcher(app.db, heard.set, channel=DUE, interval=0.01)
    watcher.start()
    try:
        assert heard.wait(PATIENCE)
        heard.clear()
        with app.db.write() as session:
            messaging.plan(session, NewAction("k", "text", app.clock.now(), Purpose.MANUAL), app.clock.now())
        assert heard.wait(PATIENCE)
    finally:
        watcher.stop()


def test_only_one_scheduler_holds_the_embedded_database(tmp_path: Path) -> None:
    first, second = FileLease(tmp_path / "lock"), FileLease(tmp_path / "lock")
    assert first.acquire()
    assert not second.acquire()
    first.release()
    assert second.acquire()
    assert second.held()
    second.release()


def test_a_scheduler_whose_session_is_gone_counts_as_dead(postgres_url: str) -> None:
    url = postgres_url.replace("+psycopg", "")
    alive, watching = SessionLease(url, "alive"), SessionLease(url, "watching")
    assert alive.acquire()
    assert watching.acquire()
    assert watching.dead(["alive", "gone"]) == ["gone"]
    alive.release()
    assert soon(lambda: watching.dead(["alive"]) == ["alive"])
    watching.release()


def test_a_scheduler_that_was_cut_off_stops_claiming(postgres_url: str) -> None:
    url = postgres_url.replace("+psycopg", "")
    lease = SessionLease(url, "cut-off")
    assert lease.acquire()
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE pid <> pg_backend_pid() AND datname = current_database() AND query LIKE '%advisory%'"
        )
    assert not lease.held()
    assert lease.acquire()
    lease.release()


def test_what_a_dead_scheduler_had_in_flight_is_taken_over(app: TestApp) -> None:
    take_in(app, submission())
    dispatch.step(app, "dead-one", [], ROOM, now=app.clock.now())
    lease = lease_for(app.db, "the-living")
    assert lease.acquire()
    try:
        assert jobs.take_over_dead(app, "the-living", lease, app.clock.now()) == 2
    finally:
        lease.release()
    with app.db.read() as session:
        assert set(
            session.execute(
                select(timed_actions.c.state).where(timed_actions.c.owner == "dead-one")
            ).scalars()
        ) == {"unknown"}


def test_naive_times_never_reach_the_database(db: Database) -> None:
    naive = datetime(2026, 11, 23, 10, 0)  # noqa: DTZ001
    with db.write() as session, pytest.raises(StatementError, match="naive"):
        session.execute(select(timed_actions.c.id).where(timed_actions.c.due_at == naive))
