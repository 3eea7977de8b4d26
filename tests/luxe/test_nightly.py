"""`luxe backup` without a file: into the folder of nightly backups, of which a number of days is kept."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from core.flows.upkeep import key_copies
from luxe.backups import nightly
from tests.luxe.backup_cases import copied, forget_patient, keys_of, patient_ids
from tests.luxe.conftest import Luxe
from tests.luxe.test_keys import add_patients, names


@pytest.fixture
def shelf(migrated: Luxe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "shelf"
    folder.mkdir()
    monkeypatch.setenv("LUXE_BACKUP_TO", str(folder))
    monkeypatch.setenv("LUXE_BACKUP_KEEP", "2")
    return folder


def backups_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name != key_copies.FILE)


def test_the_oldest_days_go_once_a_new_one_is_good(migrated: Luxe, shelf: Path) -> None:
    """Other files in the folder are nobody's business; several of one day count as one."""
    old = [f"luxe-202601{day:02}T0{hour}3000Z.backup" for day, hour in ((1, 8), (2, 8), (3, 8), (3, 9))]
    for name in [*old, "letter.txt", "luxe-20260101T083000Z.backup.old"]:
        (shelf / name).write_text("made before")
    (shelf / "luxe-20260104T083000Z.backup.copy").write_text("left behind by a backup that was killed")
    add_patients(migrated, 1)
    done = migrated.run("backup")
    assert done.exit_code == 0, done.output
    assert "Removed 2 older ones" in done.output
    kept = backups_in(shelf)
    assert set(kept) & {*old, "letter.txt"} == {*old[2:], "letter.txt"}
    assert "luxe-20260101T083000Z.backup.old" in kept
    fresh = next(name for name in kept if nightly.NAME.fullmatch(name) and name not in old)
    assert copied(shelf) == keys_of(migrated)
    assert migrated.run("restore", str(shelf / fresh), "--force").exit_code == 0
    assert names(migrated) == ["Omar0"]


def test_nothing_is_removed_where_the_new_one_is_not_good(migrated: Luxe, shelf: Path) -> None:
    """The days before are worth all the more."""
    for day in (1, 2, 3):
        (shelf / f"luxe-202601{day:02}T083000Z.backup").write_text("made before")
    before = backups_in(shelf)
    add_patients(migrated, 1)
    app = migrated.open()
    with app.db.engine.begin() as connection:
        connection.execute(
            text("UPDATE patients SET first_name = last_name, last_name = first_name, phone = first_name")
        )
    app.db.engine.dispose()
    assert migrated.run("backup").exit_code == 1
    assert backups_in(shelf) == before


def test_a_folder_that_is_not_there_is_not_made(
    migrated: Luxe, shelf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is a disk that is not mounted: a backup on the disk of the database is none."""
    monkeypatch.setenv("LUXE_BACKUP_TO", str(shelf / "disk"))
    done = migrated.run("backup")
    assert done.exit_code == 1
    assert "there is no folder" in done.output
    monkeypatch.delenv("LUXE_BACKUP_TO")
    assert "set LUXE_BACKUP_TO" in migrated.run("backup").output


def test_status_and_doctor_tell_until_there_is_a_good_one(migrated: Luxe, shelf: Path) -> None:
    assert "no backup was made yet" in migrated.run("status").output
    assert "no backup was made yet" in migrated.run("doctor").output
    assert migrated.run("backup").exit_code == 0
    assert json.loads(migrated.run("status", "--json").output)["backups"] == ""
    assert f"each day at 03:30 to {shelf}" in migrated.run("doctor").output


def test_erasing_and_rotating_reach_the_copy_beside_the_backups(migrated: Luxe, shelf: Path) -> None:
    """Neither a forgotten patient's key nor one that an older key opens is left lying there."""
    add_patients(migrated, 2)
    assert migrated.run("backup").exit_code == 0
    wrapped = {key.wrapped for key in copied(shelf)}
    assert migrated.run("keys", "rotate").exit_code == 0
    assert wrapped.isdisjoint(key.wrapped for key in copied(shelf))
    gone = patient_ids(migrated)[0]
    forget_patient(migrated, gone)
    assert gone not in {key.subject for key in copied(shelf)}


def test_it_runs_as_the_scheduler_starts_it(migrated: Luxe, shelf: Path) -> None:
    """A process of its own, which finds its settings by itself."""
    add_patients(migrated, 1)
    done = subprocess.run(
        [sys.executable, "-m", "luxe", "backup"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert [name for name in backups_in(shelf) if nightly.NAME.fullmatch(name)]
