"""A disk that is full and a database that takes no writes: texts wait, nothing is lost, and it is said aloud."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import Engine, event, func, select
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import SQLAlchemyError
from structlog.testing import capture_logs

from core.domain.ports import OutgoingText, SendResult
from core.messaging.actions import Lane, NewAction, Purpose
from core.messaging.store import planning as messaging
from core.messaging.tables import timed_actions
from scheduler.dispatcher import Dispatcher
from scheduler.pacing import TokenBucket
from tests.conftest import TestApp
from tests.flows.dispatching import OWNER, Held

pytestmark = pytest.mark.faults
PATIENCE = 60.0
TEXTS = 90
ROOMY = 1_000_000  # pages


class Storage:
    """What the database may do: a statement that is run on a connection whenever it is taken from the pool."""

    def __init__(self, engine: Engine, bad: str, good: str) -> None:
        self._engine = engine
        self._bad, self._good = bad, good
        self._now = good
        event.listen(engine, "checkout", self._take)

    def _take(self, connection: DBAPIConnection, *_: object) -> None:
        connection.cursor().execute(self._now)
        connection.commit()

    def fail(self) -> None:
        self._now = self._bad

    def mend(self) -> None:
        self._now = self._good


def full_disk(app: TestApp) -> Storage:
    """SQLite may not grow by a page."""
    with app.db.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    return Storage(app.db.engine, f"PRAGMA max_page_count={pages}", f"PRAGMA max_page_count={ROOMY}")


def read_only(app: TestApp) -> Storage:
    """Every transaction may only read."""
    if app.db.is_sqlite:
        return Storage(app.db.engine, "PRAGMA query_only=1", "PRAGMA query_only=0")
    return Storage(
        app.db.engine, "SET default_transaction_read_only = on", "SET default_transaction_read_only = off"
    )


def until(true: Callable[[], bool], what: str, seconds: float = PATIENCE) -> None:
    """Wait for it; fails after a long while."""
    ends = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < ends, what
        time.sleep(0.01)


@contextmanager
def sending(app: TestApp) -> Iterator[None]:
    """A dispatcher at work; it is stopped with everything written down."""
    dispatcher = Dispatcher(app, OWNER, Held(), TokenBucket(0))
    worker = threading.Thread(target=dispatcher.run)
    worker.start()
    try:
        yield
    finally:
        dispatcher.stop()
        worker.join()


def plan_texts(app: TestApp, name: str) -> None:
    now = app.clock.now()
    actions = [
        NewAction(
            f"{name}:{n}", "text", now, Purpose.MANUAL, Lane.INSTANT,
            phone=f"+140755501{n:02d}", body=f"{name} {n} " + "x" * 600,
        )
        for n in range(TEXTS)
    ]  # fmt: skip
    with app.db.write() as session:
        messaging.plan_all(session, actions, now)


def arrived(app: TestApp) -> list[str]:
    return sorted(text.body for text, _, _ in app.sms.accepted)


def settled(app: TestApp) -> int:
    """How many the ledger says were sent."""
    with app.db.read() as session:
        sent = select(func.count()).select_from(timed_actions).where(timed_actions.c.state == "sent")
        return int(session.execute(sent).scalar_one())


def fails_while_results_come_in(app: TestApp, storage: Storage) -> None:
    """The storage fails once the first texts are at the provider: their results can't be written down."""

    def answer(_text: OutgoingText) -> SendResult | None:
        storage.fail()
        return None

    app.sms.answer = answer


def refusals(logs: Sequence[Mapping[str, object]]) -> int:
    return sum(line["event"] == "database_refuses" for line in logs)


def warned(logs: Sequence[Mapping[str, object]]) -> bool:
    """Whether it was said that the database does not do its part."""
    return any(line["event"] == "database_refuses" and line["log_level"] == "warning" for line in logs)


def holds_out(app: TestApp, storage: Storage) -> None:
    """Texts are handed over, the storage fails, it is noticed and said, and all is well once it is mended."""
    plan_texts(app, "before")
    fails_while_results_come_in(app, storage)
    with capture_logs() as logs, sending(app):
        until(lambda: refusals(logs) > 2, "nothing was refused")
        assert settled(app) < TEXTS
        app.sms.answer = lambda _text: None
        storage.mend()
        until(lambda: settled(app) == TEXTS, "what was sent is not written down")
    assert len(arrived(app)) == len(set(arrived(app))) == TEXTS
    assert [line for line in logs if line["event"] == "database_refuses" and line["log_level"] == "warning"]


def waits(app: TestApp, storage: Storage) -> None:
    """Nothing leaves while its intent can't be written down: it could leave twice. Then everything does."""
    plan_texts(app, "waits")
    storage.fail()
    with capture_logs() as logs, sending(app):
        until(lambda: refusals(logs) > 2, "nothing was refused")
        assert arrived(app) == []
        storage.mend()
        until(lambda: settled(app) == TEXTS, "what waited was not sent")
    assert len(arrived(app)) == len(set(arrived(app))) == TEXTS
    assert warned(logs)


def skip_without_a_disk_of_its_own(app: TestApp) -> None:
    if not app.db.is_sqlite:
        pytest.skip("PostgreSQL shares its disk with the machine; read-only transactions stand for it")


def test_results_that_a_full_disk_refuses_are_written_down_once_there_is_room(app: TestApp) -> None:
    skip_without_a_disk_of_its_own(app)
    holds_out(app, full_disk(app))


def test_results_that_a_read_only_database_refuses_are_written_down_later(app: TestApp) -> None:
    holds_out(app, read_only(app))


def test_nothing_is_handed_over_while_a_full_disk_takes_no_intent(app: TestApp) -> None:
    skip_without_a_disk_of_its_own(app)
    waits(app, full_disk(app))


def test_nothing_is_handed_over_while_a_read_only_database_takes_no_intent(app: TestApp) -> None:
    waits(app, read_only(app))


def test_a_cancel_that_could_not_be_written_promises_nothing(app: TestApp) -> None:
    """It raises, so nobody is told that the text was stopped; tried again it is stopped for good."""
    now = app.clock.now()
    action = NewAction(
        "one", "text", now + timedelta(minutes=1), Purpose.MANUAL, phone="+14075550155", body="Hello"
    )
    with app.db.write() as session:
        action_id = messaging.plan(session, action, now)
    storage = read_only(app)
    storage.fail()
    with pytest.raises(SQLAlchemyError), app.db.write() as session:
        messaging.cancel(session, action_id, "by_staff", by=None, now=now)
    storage.mend()
    with app.db.write() as session:
        assert messaging.cancel(session, action_id, "by_staff", by=None, now=now)
