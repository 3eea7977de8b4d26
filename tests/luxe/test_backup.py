"""A backup can be put back, and nothing is overwritten by accident."""

import shutil
from pathlib import Path

import pytest
from sqlalchemy import text

from core.db.crypto import new_keyset
from core.db.migrate import migrate
from core.operations import store as operations
from luxe import backup as backups
from tests.luxe.conftest import Luxe
from tests.luxe.test_keys import add_patients, names


def test_what_was_backed_up_comes_back(migrated: Luxe, tmp_path: Path) -> None:
    """Later changes are gone, everything from before is there and reads."""
    add_patients(migrated, 3)
    file = tmp_path / "copy.db"
    done = migrated.run("backup", str(file))
    assert done.exit_code == 0, done.output
    assert "keyset.json" in done.output
    assert file.stat().st_mode & 0o777 == 0o600
    add_patients(migrated, 2)
    assert len(names(migrated)) == 5
    refused = migrated.run("restore", str(file))
    assert refused.exit_code == 1
    assert "--force" in refused.output
    assert len(names(migrated)) == 5
    done = migrated.run("restore", str(file), "--force")
    assert done.exit_code == 0, done.output
    assert names(migrated) == ["Omar0", "Omar1", "Omar2"]


def test_a_backup_never_replaces_a_file_unasked(migrated: Luxe, tmp_path: Path) -> None:
    """Yesterday's backup is worth more than a typing slip."""
    file = tmp_path / "copy.db"
    file.write_text("yesterday")
    assert migrated.run("backup", str(file)).exit_code == 1
    assert file.read_text() == "yesterday"


def test_a_running_scheduler_stops_a_restore(migrated: Luxe, tmp_path: Path) -> None:
    """A process that sends from the old database must not wake up in another one."""
    file = tmp_path / "copy.db"
    migrated.run("backup", str(file))
    app = migrated.open()
    with app.db.write() as session:
        now = app.clock.now()
        operations.beat(session, "vm:1:ab", "scheduler", started_at=now, now=now)
    app.db.engine.dispose()
    done = migrated.run("restore", str(file), "--force")
    assert done.exit_code == 1
    assert "while the scheduler is running" in done.output


def test_a_file_that_is_damaged_or_foreign_is_refused(migrated: Luxe, tmp_path: Path) -> None:
    """The database stays as it is until the backup is known to be good."""
    file = tmp_path / "copy.db"
    file.write_bytes(b"not a database at all, only words" * 40)
    done = migrated.run("restore", str(file), "--force")
    assert done.exit_code == 1
    assert "no backup of ours" in done.output
    add_patients(migrated, 1)
    migrated.run("backup", str(file), "--force")
    (migrated.home / "keyset.json").write_text(new_keyset())
    done = migrated.run("restore", str(file), "--force")
    assert done.exit_code == 1
    assert "other keys" in done.output


@pytest.mark.postgres
@pytest.mark.skipif(shutil.which("pg_dump") is None, reason="pg_dump is not installed")
@pytest.mark.parametrize("bare_url", ["postgresql"], indirect=True)
def test_postgresql_is_backed_up_with_its_own_programs(
    bare_url: str, luxe: Luxe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same two commands serve the larger database."""
    monkeypatch.setenv("LUXE_DATABASE_URL", bare_url)
    app = luxe.open()
    migrate(app.db)
    add_patients(luxe, 2)
    file = tmp_path / "copy.dump"
    backups.backup(app, file, force=False)
    with app.db.write() as session:
        session.execute(text("DELETE FROM patients"))
    app.db.engine.dispose()
    backups.restore(app, file, force=True)
    with app.db.write() as session:
        assert operations.gate(session).stopped == "not_confirmed"
    app.db.engine.dispose()
    assert names(luxe) == ["Omar0", "Omar1"]
