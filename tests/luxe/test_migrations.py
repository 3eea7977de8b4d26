"""The schema that migrations build is the schema that the code expects."""

import threading

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from core.db.engine import Database
from core.db.migrate import migrate, schema_state
from core.db.schema import metadata


def test_migrations_build_exactly_the_tables_of_the_code(bare_db: Database) -> None:
    """Nobody can change a table and forget its migration."""
    migrate(bare_db)
    with bare_db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


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
