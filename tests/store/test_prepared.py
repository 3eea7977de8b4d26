"""Statements that are planned once: what they may do to a large table, and what odd values they carry."""

import gc
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Index, select
from sqlalchemy.dialects import sqlite

from console import topics  # noqa: F401  and of the live screens
from core.db.crypto import new_keyset, parse_keyset
from core.db.engine import Database, connect
from core.db.prepared import Query
from core.db.schema import metadata
from core.db.types import UtcDateTime
from core.leads.tables import leads
from core.messaging.actions import NewAction, Purpose
from core.messaging.store import planning as messaging
from core.messaging.tables import timed_actions
from core.patients.store import profiles as patients
from core.patients.tables import patients as patients_table
from scheduler import main  # noqa: F401  so that every query of the scheduler is there
from tests.conftest import TestApp
from tests.factories import submission
from tests.flows.dispatching import run_due, take_in

AT = datetime(2026, 11, 23, 15, tzinfo=UTC)
# A hold goes an hour after it ran out: there are as many as people who are choosing just now.
HANDFULS = {
    "holds",
    "switches",
    "staff",
    "staff_stamps",
    "assignment_turns",
    "assignment_queue",
    "audit_lanes",
}
P = patients_table.c
ODD = "caf\u00e9 \U0001f600 %s %(rows_)s ' \" \\ \\u0000 \n\t\u2028"


def action(key: str, **changes: object) -> NewAction:
    values: dict[str, object] = {
        "kind": "text",
        "due_at": AT,
        "purpose": Purpose.TRANSACTIONAL,
        "phone": "+14075550155",
        **changes,
    }
    return NewAction(key, **values)  # type: ignore[arg-type]


def is_partial(index: Index) -> bool:
    return index.dialect_options["sqlite"]["where"] is not None


def test_no_query_of_the_hot_path_walks_through_a_table(app: TestApp) -> None:
    """Whatever is pending or long past: on SQLite each asks an index, or walks through one of what is live."""
    if not app.db.is_sqlite:
        pytest.skip("SQLite says beforehand what it will do")
    tables = {table.name for table in metadata.sorted_tables} - HANDFULS
    live = {index.name for table in metadata.sorted_tables for index in table.indexes if is_partial(index)}
    queries = [thing for thing in gc.get_objects() if isinstance(thing, Query)]
    assert len(queries) >= 8
    with app.db.read() as session:
        connection = session.connection()
        for query in queries:
            if "INSERT" in (sql := str(query._statement.compile(dialect=connection.dialect))):
                continue
            wanted = sql.count("?")
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", ("[]",) * wanted).all()
            steps = [row[3].split() for row in plan if row[3].startswith("SCAN")]
            walked = [step for step in steps if step[1] in tables and step[-1] not in live]
            assert not walked, (sql, walked)


def test_odd_words_come_back_as_they_were(app: TestApp) -> None:
    """Emoji, quotes and what looks like a placeholder, in a body and in variables; NUL in what is encrypted."""
    with app.db.write() as session:
        messaging.plan_many(session, [action("odd", body=f"{ODD}\x00", variables={"odd": ODD})], AT)
    with app.db.read() as session:
        row = session.execute(select(timed_actions.c.body, timed_actions.c.variables)).one()
    assert (row.body, row.variables) == (f"{ODD}\x00", {"odd": ODD})


def test_what_is_not_given_takes_its_default_and_a_slip_in_a_name_is_refused(app: TestApp) -> None:
    profile = {"first_name": "Ana", "last_name": "", "zone": "America/New_York", "location": "orlando"}
    given = profile | {"status": "new", "source": "website", "acquired_at": AT}
    with app.db.write() as session:
        patient_id = patients.create(session, given, None, AT)
        found = session.execute(select(P.vip, P.preferred_channel, P.score, P.email)).one()
        assert tuple(found) == (False, "text", 0, None)
        with pytest.raises(KeyError):
            patients.create(session, given | {"surname": "Reyes"}, None, AT)
        with pytest.raises(KeyError):
            patients.touch(session, patient_id, AT, surname="Reyes")


def test_a_moment_of_another_zone_is_stored_in_utc(app: TestApp) -> None:
    eastern = AT.astimezone(ZoneInfo("America/New_York"))
    with app.db.write() as session:
        messaging.plan_many(session, [action("zone", due_at=eastern, useful_until=None)], AT)
    with app.db.read() as session:
        row = session.execute(select(timed_actions.c.due_at, timed_actions.c.useful_until)).one()
    assert row.due_at == AT
    assert row.useful_until is None


def test_the_same_key_twice_in_one_batch_is_planned_once(app: TestApp) -> None:
    with app.db.write() as session:
        assert messaging.plan_many(session, [action("twice"), action("twice"), action("once")], AT) == 2


def test_two_databases_with_two_keys_keep_to_their_own(app: TestApp, tmp_path: object) -> None:
    """The plan is shared, the key is not."""
    other: Database = connect(f"sqlite:///{tmp_path}/other.db", parse_keyset(new_keyset()))
    metadata.create_all(other.engine)
    for db in (app.db, other, app.db, other):
        with db.write() as session:
            messaging.plan_many(session, [action(f"key {id(session)}", body="Hello")], AT)
    for db in (app.db, other):
        with db.read() as session:
            assert set(session.execute(select(timed_actions.c.body)).scalars()) == {"Hello"}
    other.engine.dispose()


def test_the_hour_that_comes_twice_in_autumn_is_two_hours() -> None:
    zone = ZoneInfo("America/New_York")
    write = UtcDateTime().bind_processor(sqlite.dialect())
    first, second = (datetime(2026, 11, 1, 1, 30, tzinfo=zone, fold=fold) for fold in (0, 1))
    assert (write(first), write(second)) == ("2026-11-01 05:30:00.000000", "2026-11-01 06:30:00.000000")


def test_counting_a_text_does_not_hold_up_another_one_to_the_same_patient(app: TestApp) -> None:
    """Two schedulers, each settling what the other is claiming for, would wait for each other."""
    if app.db.is_sqlite:
        pytest.skip("SQLite has one writer")
    accepted = take_in(app, submission())
    run_due(app)
    with app.db.write() as counting, app.db.write() as claiming:
        patient_id = counting.execute(
            select(leads.c.patient_id).where(leads.c.id == accepted.lead_id)
        ).scalar_one()
        patients.count_texts_out(counting, [patient_id], AT)
        claiming.connection().exec_driver_sql("SET LOCAL lock_timeout = '300ms'")
        claimed = claiming.connection().exec_driver_sql(
            "INSERT INTO sms_messages (id, patient_id, direction, origin, message_body, segments, purpose, phone,"
            " phone_index, status, status_rank, media_count, created_at) SELECT 'another', patient_id, direction,"
            " origin, message_body, 1, purpose, phone, phone_index, status, 1, 0, created_at FROM sms_messages"
            " WHERE direction = 'outbound' AND patient_id IS NOT NULL LIMIT 1"
        )
        assert claimed.rowcount == 1
