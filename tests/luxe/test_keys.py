"""Keys can be replaced without losing a value, however often one is interrupted."""

import json
from pathlib import Path

import pytest
from sqlalchemy import LargeBinary, insert, select, text, type_coerce

from core.db.crypto import rotated
from core.db.rotation import any_stale, encrypted_tables, rewrite_all
from core.domain.ids import new_id
from core.operations import store as operations
from core.patients.tables import patients
from luxe import keys
from luxe.opening import CommandError
from tests.luxe.conftest import Luxe


def add_patients(luxe: Luxe, count: int) -> None:
    app = luxe.open()
    now = app.clock.now()
    row = {
        "created_at": now, "updated_at": now, "last_name": "Reyes", "phone": "+14075550155", "zone": "America/New_York",
        "location": "downtown", "status": "new", "source": "website", "acquired_at": now,
    }  # fmt: skip
    with app.db.write() as session:
        session.execute(
            insert(patients), [row | {"id": new_id(now), "first_name": f"Omar{i}"} for i in range(count)]
        )
    app.db.engine.dispose()


def names(luxe: Luxe) -> list[str]:
    app = luxe.open()
    with app.db.read() as session:
        found = list(session.execute(select(patients.c.first_name).order_by(patients.c.id)).scalars())
    app.db.engine.dispose()
    return found


def stored_key_ids(luxe: Luxe) -> set[str]:
    app = luxe.open()
    with app.db.read() as session:
        raw = session.execute(select(type_coerce(patients.c.first_name, LargeBinary))).scalars()
        ids = {value[:4].hex() for value in raw}
    app.db.engine.dispose()
    return ids


def test_after_a_rotation_everything_reads_and_nothing_is_under_the_old_key(migrated: Luxe) -> None:
    """The new key covers every row; whoever had only the old one reads nothing new."""
    add_patients(migrated, 1203)
    before = stored_key_ids(migrated)
    done = migrated.run("keys", "rotate")
    assert done.exit_code == 0, done.output
    assert "1,203 rows" in done.output
    assert names(migrated) == [f"Omar{i}" for i in range(1203)]
    assert stored_key_ids(migrated).isdisjoint(before)
    assert (migrated.home / "keyset.json").stat().st_mode & 0o777 == 0o600


def test_a_rotation_that_was_interrupted_is_finished_by_the_next_one(migrated: Luxe) -> None:
    """A second run goes on with the same key instead of adding one more."""
    add_patients(migrated, 1203)
    app = migrated.open()
    path = migrated.home / "keyset.json"
    path.write_text(rotated(path.read_text()))
    half = migrated.open()
    next(rewrite_all(half.db))
    assert any_stale(half.db)
    app.db.engine.dispose()
    half.db.engine.dispose()
    done = migrated.run("keys", "rotate")
    assert "finishing it" in done.output
    assert len(json.loads(path.read_text())["keys"]) == 2
    assert names(migrated) == [f"Omar{i}" for i in range(1203)]


def test_keys_are_not_rotated_under_a_running_process(migrated: Luxe) -> None:
    """A process that holds the old keys could not read what is written under the new one."""
    app = migrated.open()
    now = app.clock.now()
    with app.db.write() as session:
        operations.beat(session, "vm:1", "scheduler", started_at=now, now=now)
    with pytest.raises(CommandError, match="while the scheduler is running"):
        keys.rotate(app, print)
    app.db.engine.dispose()


def test_a_wrong_label_is_noticed(migrated: Luxe) -> None:
    """Rewriting checks what it reads: a value that was moved between columns stops it."""
    add_patients(migrated, 1)
    app = migrated.open()
    with app.db.write() as session:
        session.execute(text("UPDATE patients SET first_name = last_name"))
    app.db.engine.dispose()
    done = migrated.run("keys", "rotate")
    assert done.exit_code != 0


def test_every_encrypted_column_is_found() -> None:
    """New tables are covered without anybody listing them."""
    found = {(table.name, name) for table, names in encrypted_tables() for name in names}
    assert {("patients", "phone"), ("raw_payloads", "body"), ("form_submissions", "form_data")} <= found
    assert ("patients", "zone") not in found


def test_a_keyset_in_the_environment_is_not_rotated_behind_ones_back(
    migrated: Luxe, monkeypatch: pytest.MonkeyPatch
) -> None:
    """We can't change an environment; the sentence says what to do."""
    monkeypatch.setenv("LUXE_KEYSET", Path(migrated.home / "keyset.json").read_text())
    done = migrated.run("keys", "rotate")
    assert done.exit_code == 78
    assert "LUXE_KEYSET" in done.output
