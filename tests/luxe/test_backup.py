"""A backup can be put back, holds nothing without the keys beside it, and nothing is overwritten by accident."""

import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text, update

from core.app import App
from core.db.crypto import new_keyset
from core.db.data_keys import data_keys
from core.db.migrate import schema_state, take_back
from core.operations import store as operations
from luxe.backups import restoring, sealed_file, sqlite_files
from luxe.opening import CommandError
from tests.luxe.backup_cases import copied, forget_patient, keys_of, patient_ids
from tests.luxe.conftest import Luxe
from tests.luxe.test_keys import add_patients, names
from tests.store.before_data_keys import set_back


def back_up(luxe: Luxe, file: Path, *words: str) -> str:
    done = luxe.run("backup", str(file), *words)
    assert done.exit_code == 0, done.output
    return done.output


def put_back(luxe: Luxe, file: Path, *words: str) -> str:
    done = luxe.run("restore", str(file), "--force", *words)
    assert done.exit_code == 0, done.output
    return done.output


def refused(luxe: Luxe, *words: str) -> str:
    done = luxe.run("restore", *words)
    assert done.exit_code == 1, done.output
    return done.output


def say_to_database(luxe: Luxe, statement: str) -> None:
    app = luxe.open()
    with app.db.engine.begin() as connection:
        connection.execute(text(statement))
    app.db.engine.dispose()


def test_what_was_backed_up_comes_back(clinic: Luxe, shelf: Path) -> None:
    """Later changes are gone, everything from before is there and reads, on both databases."""
    add_patients(clinic, 3)
    file = shelf / "monday"
    said = back_up(clinic, file)
    assert "keyset.json" in said
    assert str(shelf / "data-keys") in said
    assert [path.stat().st_mode & 0o777 for path in shelf.iterdir()] == [0o600, 0o600]
    add_patients(clinic, 2)
    assert len(names(clinic)) == 5
    assert "--force" in refused(clinic, str(file))
    assert len(names(clinic)) == 5
    put_back(clinic, file)
    assert names(clinic) == ["Omar0", "Omar1", "Omar2"]
    app = clinic.open()
    with app.db.read() as session:
        assert operations.gate(session).stopped == "not_confirmed"
    app.db.engine.dispose()


def test_a_backup_holds_no_data_key_and_the_file_beside_it_holds_all(clinic: Luxe, shelf: Path) -> None:
    """Whoever is forgotten is forgotten in every backup: none of them holds what would open their values."""
    add_patients(clinic, 4)
    back_up(clinic, shelf / "monday")
    assert copied(shelf) == keys_of(clinic)
    app = clinic.open()
    plain = b"".join(sealed_file.read(shelf / "monday", app.db.keyring))
    app.db.engine.dispose()
    for key in keys_of(clinic):
        assert key.wrapped not in plain
        assert key.wrapped.hex().encode() not in plain


def test_nothing_of_a_deleted_key_is_left_in_the_free_pages_of_a_copy(migrated: Luxe, tmp_path: Path) -> None:
    """SQLite leaves deleted rows lying where they were; a copy made page by page would carry them along."""
    add_patients(migrated, 300)
    wrapped = [key.wrapped for key in keys_of(migrated)]
    app = migrated.open()
    with closing(sqlite3.connect(app.db.path, isolation_level=None)) as older:
        older.execute("PRAGMA secure_delete=OFF")  # as a version did that left what it deleted
        older.execute("DELETE FROM data_keys WHERE rowid <= 200")
        older.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert len(keys_of(migrated)) == len(wrapped) - 200
    assert sum(key in app.db.path.read_bytes() for key in wrapped) > len(wrapped) - 100
    copy = tmp_path / "copy.db"
    copy.touch()
    sqlite_files.copy_without_keys(app.db.path, copy)
    app.db.engine.dispose()
    found = copy.read_bytes()
    assert not any(key in found or key[4:32] in found for key in wrapped)
    assert not (tmp_path / "copy.db-wal").exists()


def test_who_was_forgotten_stays_so_in_older_backups(clinic: Luxe, shelf: Path) -> None:
    """Neither the keys of the database in use nor the copy beside the backup bring them back; it says how many."""
    add_patients(clinic, 3)
    back_up(clinic, shelf / "monday")
    wrapped = forget_patient(clinic, patient_ids(clinic)[1])
    assert wrapped not in [key.wrapped for key in copied(shelf)]
    said = put_back(clinic, shelf / "monday")
    assert "of patients can't be read" in said
    assert [str(name) for name in names(clinic)] == ["Omar0", "(erased)", "Omar2"]


def test_another_machine_takes_the_keys_from_beside_the_backup(
    migrated: Luxe, shelf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it takes to begin anew: the backup, the newest data-keys, the keyset. --keys names them elsewhere."""
    add_patients(migrated, 3)
    back_up(migrated, shelf / "monday")
    keyset = (migrated.home / "keyset.json").read_text()
    monkeypatch.setenv("LUXE_HOME", str(tmp_path / "new"))
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "keyset.json").write_text(keyset)
    new = Luxe(tmp_path / "new")
    elsewhere = tmp_path / "elsewhere"
    (shelf / "data-keys").rename(elsewhere)
    assert "no data keys at hand" in refused(new, str(shelf / "monday"))
    done = new.run("restore", str(shelf / "monday"), "--keys", str(elsewhere))
    assert done.exit_code == 0, done.output
    assert names(new) == ["Omar0", "Omar1", "Omar2"]


def test_a_copy_of_keys_that_was_cut_short_is_not_taken(migrated: Luxe, shelf: Path) -> None:
    """With a part of the keys a part of the patients would be lost, and nobody would know."""
    add_patients(migrated, 3)
    back_up(migrated, shelf / "monday")
    lines = (shelf / "data-keys").read_text().splitlines(keepends=True)
    for kept in (lines[:-1], lines[:1], [*lines[:2], *lines[3:]]):
        (shelf / "cut").write_text("".join(kept))
        said = refused(migrated, str(shelf / "monday"), "--force", "--keys", str(shelf / "cut"))
        assert "not whole" in said
    (shelf / "cut").write_text("monday\n")
    assert "holds no data keys" in refused(
        migrated, str(shelf / "monday"), "--force", "--keys", str(shelf / "cut")
    )


def test_keys_of_another_clinic_are_refused_before_anything_is_touched(
    clinic: Luxe, shelf: Path, tmp_path: Path
) -> None:
    add_patients(clinic, 3)
    back_up(clinic, shelf / "monday")
    with (shelf / "data-keys").open() as file:
        head = file.readline()
    (tmp_path / "others").write_text(head + '{"count": 0}\n')
    said = refused(clinic, str(shelf / "monday"), "--force", "--keys", str(tmp_path / "others"))
    assert "Nothing was changed" in said
    assert "of patients" in said
    assert names(clinic) == ["Omar0", "Omar1", "Omar2"]


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


def test_a_file_that_is_damaged_or_foreign_is_refused(clinic: Luxe, shelf: Path) -> None:
    """The database stays as it is until the backup is known to be good."""
    add_patients(clinic, 1)
    file = shelf / "copy"
    file.write_bytes(b"not a database at all, only words" * 40)
    assert "no" in refused(clinic, str(file), "--force")
    back_up(clinic, file, "--force")
    whole = file.read_bytes()
    for spoiled in (whole[:-1], whole[:-20_000], whole + b"more", whole[:50_000] + b"x" + whole[50_001:]):
        file.write_bytes(spoiled)
        assert "damaged, or not all of it is there" in refused(clinic, str(file), "--force")
    file.write_bytes(whole)
    (clinic.home / "keyset.json").write_text(new_keyset())
    assert "made with another keyset" in refused(clinic, str(file), "--force")


def test_what_is_replaced_is_kept_and_can_be_put_back(clinic: Luxe, shelf: Path) -> None:
    """Finding 26: the wrong file, or the wrong day, costs nothing; kept without keys, like every backup."""
    add_patients(clinic, 1)
    back_up(clinic, shelf / "monday")
    add_patients(clinic, 2)
    said = put_back(clinic, shelf / "monday")
    kept = next(path for path in clinic_files(clinic) if "replaced-" in path.name)
    assert str(kept) in said
    assert kept.stat().st_mode & 0o777 == 0o600
    assert names(clinic) == ["Omar0"]
    put_back(clinic, kept)
    assert names(clinic) == ["Omar0", "Omar0", "Omar1"]


def clinic_files(luxe: Luxe) -> list[Path]:
    return [*luxe.home.iterdir(), *luxe.home.parent.iterdir()]


def test_a_database_that_can_not_be_read_is_put_aside_as_it_is(migrated: Luxe, shelf: Path) -> None:
    """The day on which one restores is the day on which the file is broken."""
    add_patients(migrated, 2)
    back_up(migrated, shelf / "monday")
    database = migrated.home / "luxe.db"
    for ending in ("-wal", "-shm"):
        database.with_name(database.name + ending).unlink(missing_ok=True)
    database.write_bytes(b"what is left of it" * 5000)
    said = put_back(migrated, shelf / "monday")
    kept = next(path for path in migrated.home.iterdir() if "replaced-" in path.name)
    assert kept.read_bytes().startswith(b"what is left of it")
    assert "nobody is forgotten in it" in said
    assert str(kept) in said
    assert names(migrated) == ["Omar0", "Omar1"]


def test_a_newer_version_s_backup_is_refused_by_name(clinic: Luxe, shelf: Path) -> None:
    """Finding 26: its schema is not known here, and 'luxe migrate' would end in a traceback."""
    add_patients(clinic, 1)
    app = clinic.open()
    wanted = schema_state(app.db).wanted
    app.db.engine.dispose()
    say_to_database(clinic, "UPDATE alembic_version SET version_num = '0099'")
    done = clinic.run("backup", str(shelf / "monday"))
    assert done.exit_code == 0, done.output
    say_to_database(clinic, f"UPDATE alembic_version SET version_num = '{wanted}'")
    said = refused(clinic, str(shelf / "monday"), "--force")
    assert "its schema is 0099" in said
    assert names(clinic) == ["Omar0"]


def test_a_backup_of_which_a_part_is_damaged_says_how_much_of_which_table(clinic: Luxe, shelf: Path) -> None:
    """Finding 26: one first name used to stand for all of it."""
    add_patients(clinic, 7)
    first = patient_ids(clinic)[0]
    app = clinic.open()
    with app.db.write() as session:
        session.execute(update(data_keys).where(data_keys.c.subject == first).values(wrapped=os.urandom(60)))
    app.db.engine.dispose()
    assert "3 of 21 values of patients can't be read" in back_up(clinic, shelf / "monday")
    assert "3 of 21 values of patients can't be read" in put_back(clinic, shelf / "monday")


def test_a_backup_that_can_not_be_read_again_gets_no_name(clinic: Luxe, shelf: Path) -> None:
    """Better no backup than one that is found to be worthless on the day it is needed; the older one stays."""
    add_patients(clinic, 2)
    back_up(clinic, shelf / "monday")
    before = (shelf / "monday").read_bytes()
    say_to_database(
        clinic, "UPDATE patients SET first_name = last_name, last_name = first_name, phone = first_name"
    )
    done = clinic.run("backup", str(shelf / "monday"), "--force")
    assert done.exit_code == 1
    assert "values of patients can't be read" in done.output
    assert (shelf / "monday").read_bytes() == before
    assert sorted(path.name for path in shelf.iterdir()) == ["data-keys", "monday"]


def test_a_plain_file_of_an_earlier_version_can_still_be_put_back(migrated: Luxe, shelf: Path) -> None:
    """Its values are bound to no row; the keyset takes them again until they have been written anew."""
    add_patients(migrated, 2)
    path = migrated.home / "keyset.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"row_bound": False}))
    app = migrated.open()
    set_back(app.db)
    take_back(app.db, "0013")
    plain = shelf / "older.db"
    sqlite_files.copy(app.db.path, plain)
    app.db.engine.dispose()
    path.write_text(json.dumps(json.loads(path.read_text()) | {"row_bound": True}))
    said = put_back(migrated, plain)
    assert "luxe keys rotate" in said
    assert names(migrated) == ["Omar0", "Omar1"]
    assert migrated.run("keys", "rotate").exit_code == 0
    assert names(migrated) == ["Omar0", "Omar1"]
    assert json.loads(path.read_text())["row_bound"] is True


def test_a_backup_is_made_before_migrating_and_put_back_after_it(clinic: Luxe, shelf: Path) -> None:
    """The moment at which everybody makes one: the new program is installed, the database is still the old one."""
    add_patients(clinic, 2)
    path = clinic.home / "keyset.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"row_bound": False}))
    app = clinic.open()
    set_back(app.db)
    take_back(app.db, "0013")
    app.db.engine.dispose()
    back_up(clinic, shelf / "before")
    assert [path.name for path in shelf.iterdir()] == ["before"]
    assert clinic.run("migrate").exit_code == 0
    add_patients(clinic, 1)
    held = {key.id for key in keys_of(clinic)}
    said = put_back(clinic, shelf / "before")
    app = clinic.open()
    assert schema_state(app.db).ready
    app.db.engine.dispose()
    assert names(clinic) == ["Omar0", "Omar1"]
    assert held <= {key.id for key in keys_of(clinic)}
    assert "earlier version" in said
    kept = next(file for file in clinic_files(clinic) if "replaced-" in file.name)
    put_back(clinic, kept)
    assert names(clinic) == ["Omar0", "Omar1", "Omar0"]


def test_two_restores_in_one_second_keep_both(
    clinic: Luxe, shelf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the first one kept is what the second puts back: it must not be written over meanwhile."""
    monkeypatch.setenv("LUXE_CLOCK", "2026-11-24T10:40:00-05:00@0.001")
    add_patients(clinic, 1)
    back_up(clinic, shelf / "one")
    add_patients(clinic, 1)
    put_back(clinic, shelf / "one")
    kept = next(file for file in clinic_files(clinic) if "replaced-" in file.name)
    put_back(clinic, kept)
    assert len(names(clinic)) == 2
    assert len([file for file in clinic_files(clinic) if "replaced-" in file.name]) == 2


@pytest.mark.postgres
@pytest.mark.parametrize("bare_url", ["postgresql"], indirect=True)
def test_a_dump_that_ends_early_while_it_is_put_back_changes_nothing(
    clinic: Luxe, shelf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk fails between the look and the deed: half a script, properly closed, would be committed."""
    add_patients(clinic, 2)
    back_up(clinic, shelf / "monday")
    add_patients(clinic, 1)
    held = keys_of(clinic)
    whole, looks = restoring._plain, []

    def fails_the_second_time(app: App, source: Path) -> Iterator[bytes]:
        looks.append(source)
        chunks = b"".join(whole(app, source))
        yield chunks[: len(chunks) // 2]
        if len(looks) > 1:
            raise CommandError(f"{source} is damaged.")
        yield chunks[len(chunks) // 2 :]

    monkeypatch.setattr(restoring, "_plain", fails_the_second_time)
    assert "is damaged" in refused(clinic, str(shelf / "monday"), "--force")
    assert len(looks) == 2
    assert names(clinic) == ["Omar0", "Omar1", "Omar0"]
    assert keys_of(clinic) == held
