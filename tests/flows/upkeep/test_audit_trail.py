"""The audit trail: whoever changes a row, takes one out, puts one in or cuts the end off is found out."""

import contextlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import Connection, func, select, text
from sqlalchemy.exc import DBAPIError

from core.audit import store
from core.audit.chain import LANES, Entry
from core.audit.tables import audit_events, audit_lanes
from core.flows.upkeep import anchoring, verifying_trail
from tests.conftest import TestApp


def write(app: TestApp, count: int = 1, origin: str = "") -> None:
    for number in range(count):
        with app.db.write() as session:
            entry = Entry("looked", subject=f"s{number}", reason="why", origin=origin)
            store.note_all(session, [entry], now=app.clock.now())


def problems(app: TestApp) -> tuple[str, ...]:
    return verifying_trail.verify(app).problems


@contextmanager
def as_owner_of_the_database(app: TestApp) -> Iterator[Connection]:
    """Somebody with the database's password: the guards are no obstacle."""
    with app.db.engine.begin() as connection:
        if app.db.is_sqlite:
            connection.execute(text("DROP TRIGGER audit_events_no_update"))
            connection.execute(text("DROP TRIGGER audit_events_no_delete"))
        else:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        yield connection


def test_a_trail_that_nobody_touched_is_whole(app: TestApp) -> None:
    assert problems(app) == ()
    write(app, 5)
    with app.db.write() as session:
        entries = [
            Entry("signed_in", actor="job", detail={"n": 1.5, "words": "caf\u00e9"}),
            Entry("signed_out"),
        ]
        store.note_all(session, entries, now=app.clock.now())
    verdict = verifying_trail.verify(app)
    assert (verdict.rows, verdict.problems) == (7, ())


ATTACKS: dict[str, str] = {
    "a row is changed": "UPDATE audit_events SET staff_id = NULL, subject = 'nobody' WHERE number = 2",
    "its time is changed": "UPDATE audit_events SET at = (SELECT MAX(at) FROM audit_events) WHERE number = 2",
    "its secret words are taken from another row": "UPDATE audit_events SET reason = origin WHERE number = 3",
    "one is taken out": "DELETE FROM audit_events WHERE number = 3",
    "the first is taken out": "DELETE FROM audit_events WHERE number = 1",
    "the last is taken out": "DELETE FROM audit_events WHERE number = 5",
    "all are taken out": "DELETE FROM audit_events",
    "two change places": "UPDATE audit_events SET number = CASE number WHEN 2 THEN 103 WHEN 3 THEN 102 ELSE number END",
    "a lane is forgotten": "DELETE FROM audit_lanes WHERE lane = 3",
    "a lane is set back": "UPDATE audit_lanes SET number = 4 WHERE lane = 0",
}


@pytest.mark.parametrize("statement", ATTACKS.values(), ids=ATTACKS)
def test_whoever_alters_the_trail_is_found_out(app: TestApp, statement: str) -> None:
    for number in range(5):
        app.clock.advance(timedelta(seconds=1))
        write(app, 1, origin=f"203.0.113.{number}")
    with as_owner_of_the_database(app) as connection:
        connection.execute(text(statement))
    assert problems(app)


def test_a_row_that_was_put_in_is_found_out(app: TestApp) -> None:
    write(app, 3)
    with as_owner_of_the_database(app) as connection:
        names = [column.name for column in audit_events.c if column.name not in ("id", "number")]
        connection.execute(
            text(
                f"INSERT INTO audit_events (id, number, {', '.join(names)}) "
                f"SELECT 'made-up', 4, {', '.join(names)} FROM audit_events WHERE number = 3"
            )
        )
    assert problems(app)


def test_the_end_cut_off_and_the_lane_set_back_is_found_out_also_after_more_was_written(app: TestApp) -> None:
    """The next honest row must not heal the chain over the hole."""
    write(app, 4)
    with as_owner_of_the_database(app) as connection:
        connection.execute(text("DELETE FROM audit_events WHERE number = 4"))
        mac = connection.execute(select(audit_events.c.mac).where(audit_events.c.number == 3)).scalar_one()
        connection.execute(audit_lanes.update().where(audit_lanes.c.lane == 0).values(number=3, mac=mac))
    write(app, 3)
    assert any("set back" in words for words in problems(app))


def test_an_older_state_of_the_whole_trail_is_found_out_by_what_is_outside(app: TestApp) -> None:
    """Seals, rows and all: whoever kept a copy of the tables puts it back."""
    write(app, 3)
    with app.db.read() as session:
        then = [row._asdict() for row in session.execute(select(audit_lanes))]
    write(app, 2)
    assert anchoring.anchor(app, now=app.clock.now())
    assert not anchoring.anchor(app, now=app.clock.now())  # nothing new: no line
    assert problems(app) == ()
    with as_owner_of_the_database(app) as connection:
        connection.execute(text("DELETE FROM audit_events WHERE number > 3"))
        for lane in then:
            connection.execute(audit_lanes.update().where(audit_lanes.c.lane == lane["lane"]).values(lane))
    assert any("outside the database" in words for words in problems(app))
    anchoring.restored(app, now=app.clock.now())  # a person put a backup back, and said so
    assert problems(app) == ()


def test_the_lines_outside_can_not_be_altered_either(app: TestApp) -> None:
    path = app.settings.anchors
    for _ in range(3):
        write(app)
        anchoring.anchor(app, now=app.clock.now())
    first, second, third = path.read_text().splitlines()
    for lines in (
        (first, third),
        (second, third),
        (first, second.replace('"anchor"', '"restored"'), third),
        ("{}",),
    ):
        path.write_text("\n".join(lines))
        assert problems(app)


@pytest.mark.parametrize(
    "statement",
    ["UPDATE audit_events SET action = 'x'", "DELETE FROM audit_events"],
)
def test_the_database_itself_refuses_to_change_the_trail(app: TestApp, statement: str) -> None:
    write(app)
    with pytest.raises(DBAPIError, match="append-only"), app.db.engine.begin() as connection:
        connection.execute(text(statement))


def test_a_writer_that_is_undone_leaves_no_gap(app: TestApp) -> None:
    write(app, 2)
    with contextlib.suppress(LookupError), app.db.write() as session:
        store.note(session, action="looked", now=app.clock.now())
        raise LookupError
    write(app, 2)
    assert problems(app) == ()


def test_many_writers_at_once_wait_for_none_and_break_nothing(app: TestApp) -> None:
    """Each holds a lane of its own until its transaction ends (SQLite has one writer anyway)."""
    if app.db.is_sqlite:
        pytest.skip("SQLite has one writer")
    write(app)
    with app.db.write() as one, app.db.write() as other:
        store.note(one, action="a", now=app.clock.now())
        store.note(other, action="b", now=app.clock.now())  # would wait for ever for the same lane
    with ThreadPoolExecutor(LANES + 4) as pool:
        list(pool.map(lambda _: write(app, 10), range(LANES + 4)))
    verdict = verifying_trail.verify(app)
    assert (verdict.rows, verdict.problems) == (3 + 10 * (LANES + 4), ())
    with app.db.read() as session:
        used = session.execute(select(func.count(func.distinct(audit_events.c.lane)))).scalar_one()
    assert used > 1
