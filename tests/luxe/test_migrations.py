"""The schema that migrations build is the schema that the code expects."""

import threading

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from core.db.engine import Database
from core.db.migrate import alembic_config, migrate, schema_state
from core.db.schema import metadata

PERSON = (
    "INSERT INTO patients (id, created_at, updated_at, first_name, last_name, phone_index, zone, state, location,"
    " status, vip, score, source, acquired_at, campaign, preferred_channel, texts_out, texts_in) VALUES ('p',"
    " '2026-11-23 15:00:00', '2026-11-23 15:00:00', '', '', 'i', 'America/New_York', '', 'downtown', 'new',"
    " false, 0, 'Website', '2026-11-23 15:00:00', '', 'text', 0, 0)"
)
CONFLICT = (
    "INSERT INTO patient_conflicts (id, patient_id, submission_id, field, value, value_index, created_at)"
    " VALUES ('c', 'p', 's', 'last_name', '', 'i', '2026-11-23 15:00:00')"
)


def test_migrations_build_exactly_the_tables_of_the_code(bare_db: Database) -> None:
    """Nobody can change a table and forget its migration."""
    migrate(bare_db)
    with bare_db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_people_and_all_that_refers_to_them_outlive_a_table_made_anew(bare_db: Database) -> None:
    """SQLite changes a constraint by dropping the table: what refers to it must not go with it."""
    with bare_db.engine.execution_options(luxe_write=True).begin() as connection:
        config = alembic_config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0005")
        connection.execute(text(PERSON))
        connection.execute(text(CONFLICT))
    assert migrate(bare_db).ready
    with bare_db.engine.connect() as connection:
        assert connection.execute(text("SELECT patient_id FROM patient_conflicts")).scalars().all() == ["p"]
        assert connection.execute(text("SELECT id, phone_place, language FROM patients")).all() == [
            ("p", 0, "")
        ]
        if bare_db.is_sqlite:
            assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1
    with pytest.raises(IntegrityError), bare_db.engine.begin() as connection:
        connection.execute(text("INSERT INTO namesake_checks (patient_id) VALUES ('nobody')"))


def test_a_database_knows_whether_it_is_ready(bare_db: Database) -> None:
    """Processes refuse a schema that is not theirs; they must be able to tell."""
    assert not schema_state(bare_db).ready
    assert migrate(bare_db).ready
    assert schema_state(bare_db).ready


def test_processes_that_migrate_at_once_do_not_disturb_each_other(bare_db: Database) -> None:
    """Several machines may start a new version at the same moment."""
    outcomes: list[bool | Exception] = []

    def run() -> None:
        try:
            outcomes.append(migrate(bare_db).ready)
        except Exception as error:
            outcomes.append(error)

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes == [True, True, True]
