"""Backups in a bucket: sealed and without keys as in a folder, kept by the same rule, put back by their address."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.db.key_rows import KeyRow
from core.flows.upkeep import key_copies
from luxe.backups import nightly, sealed_file
from tests.adapters.s3_server import BREAK_OFF, BUCKET, KEY_ID, S3, SECRET, serving
from tests.luxe.backup_cases import forget_patient, keys_of, patient_ids
from tests.luxe.conftest import Luxe
from tests.luxe.test_keys import add_patients, names

PLACE = f"s3://{BUCKET}/nightly"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[S3]:
    """A bucket that the nightly backups go to."""
    with serving() as s3:
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            monkeypatch.delenv(name)
        monkeypatch.setenv("LUXE_BACKUP_TO", PLACE)
        monkeypatch.setenv("LUXE_BACKUP_KEEP", "2")
        monkeypatch.setenv("LUXE_BACKUP_S3_ENDPOINT", s3.url)
        monkeypatch.setenv("LUXE_BACKUP_S3_REGION", "us-east-1")
        monkeypatch.setenv("LUXE_BACKUP_S3_KEY_ID", KEY_ID)
        monkeypatch.setenv("LUXE_BACKUP_S3_SECRET", SECRET)
        yield s3


def said(luxe: Luxe, *words: str, code: int = 0) -> str:
    done = luxe.run(*words)
    assert done.exit_code == code, done.output
    return done.output


def dated(server: S3) -> list[str]:
    """Addresses of what lies there and is a nightly backup."""
    found = [key.rpartition("/") for key in sorted(server.objects)]
    return [
        f"{PLACE}/{name}" for place, _, name in found if place == "nightly" and nightly.NAME.fullmatch(name)
    ]


def copied(server: S3, tmp_path: Path) -> list[KeyRow]:
    file = tmp_path / "copied"
    file.write_bytes(server.objects["nightly/data-keys"])
    return list(key_copies.read_copy(file))


def test_what_was_backed_up_there_comes_back(clinic: Luxe, server: S3, tmp_path: Path) -> None:
    """On both databases. What lies there is sealed and has no key; the copy of the keys beside it has all."""
    add_patients(clinic, 3)
    told = said(clinic, "backup")
    (address,) = dated(server)
    assert f"Wrote {address}" in told
    assert f"{PLACE}/data-keys" in told
    assert server.objects[address.removeprefix(f"s3://{BUCKET}/")].startswith(sealed_file.MAGIC)
    assert copied(server, tmp_path) == keys_of(clinic)
    add_patients(clinic, 2)
    told = said(clinic, "restore", address, "--force")
    assert f"Restored {address}." in told
    assert str(clinic.home / "backup-on-its-way") not in told
    assert names(clinic) == ["Omar0", "Omar1", "Omar2"]


def test_nothing_that_was_on_its_way_is_left_here(migrated: Luxe, server: S3) -> None:
    """Nor what a command left that was killed."""
    room = migrated.home / "backup-on-its-way"
    room.mkdir()
    (room / "luxe-20260101T083000Z.backup.copy").write_text("left behind by a backup that was killed")
    add_patients(migrated, 1)
    said(migrated, "backup")
    assert list(room.iterdir()) == []
    (address,) = dated(server)
    said(migrated, "restore", address, "--force")
    assert list(room.iterdir()) == []
    assert [
        path.name for path in migrated.home.iterdir() if path.name.startswith("data-keys-") and path.is_dir()
    ] == []


def test_another_machine_needs_the_keyset_and_nothing_else(
    migrated: Luxe, server: S3, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The copy of the data keys is fetched from beside the backup."""
    add_patients(migrated, 3)
    said(migrated, "backup")
    (address,) = dated(server)
    keyset = (migrated.home / "keyset.json").read_text()
    new = Luxe(tmp_path / "new")
    new.home.mkdir()
    (new.home / "keyset.json").write_text(keyset)
    monkeypatch.setenv("LUXE_HOME", str(new.home))
    elsewhere = server.objects.pop("nightly/data-keys")
    refused = said(new, "restore", address, code=1)
    assert f"neither in the database in use nor in {PLACE}/data-keys" in refused
    server.objects["safe/data-keys"] = elsewhere
    said(new, "restore", address, "--keys", f"s3://{BUCKET}/safe/data-keys")
    assert names(new) == ["Omar0", "Omar1", "Omar2"]


def test_the_oldest_days_go_once_a_new_one_is_good(migrated: Luxe, server: S3) -> None:
    """The same rule as in a folder; other files are nobody's business."""
    for name in (
        "luxe-20260101T083000Z.backup",
        "luxe-20260102T083000Z.backup",
        "luxe-20260103T083000Z.backup",
        "letter.txt",
    ):
        server.objects[f"nightly/{name}"] = b"made before"
    server.objects["luxe-20260101T083000Z.backup"] = b"another's, above our prefix"
    assert "Removed 2 older ones" in said(migrated, "backup")
    assert [address.rpartition("/")[2] for address in dated(server)][:-1] == ["luxe-20260103T083000Z.backup"]
    assert {"nightly/letter.txt", "luxe-20260101T083000Z.backup"} <= set(server.objects)


def test_whoever_does_not_know_the_name_is_told_what_lies_there(migrated: Luxe, server: S3) -> None:
    """In an emergency nobody has the other program at hand that lists a bucket."""
    said(migrated, "backup")
    (address,) = dated(server)
    for asked in (PLACE, f"{PLACE}/", f"{PLACE}/luxe-20260101T083000Z.backup"):
        assert f"  {address} (" in said(migrated, "restore", asked, "--force", code=1)
    assert "There is no backup at s3://clinic/empty" in said(migrated, "restore", "s3://clinic/empty", code=1)


def test_nothing_is_removed_and_nothing_kept_where_an_upload_breaks_off(migrated: Luxe, server: S3) -> None:
    """The scheduler sees the exit code and tries again in an hour; status tells."""
    for day in (1, 2, 3):
        server.objects[f"nightly/luxe-2026010{day}T083000Z.backup"] = b"made before"
    before = dict(server.objects)
    server.fault = lambda one: BREAK_OFF if one.method == "PUT" else None
    told = said(migrated, "backup", code=1)
    assert "Nothing was kept of this backup: LUXE_BACKUP_TO:" in told
    assert server.objects == before
    assert "no backup was made yet" in said(migrated, "status", code=1)


def test_a_backup_that_was_cut_short_there_is_refused_and_nothing_is_touched(
    migrated: Luxe, server: S3
) -> None:
    add_patients(migrated, 2)
    said(migrated, "backup")
    (address,) = dated(server)
    key = address.removeprefix(f"s3://{BUCKET}/")
    server.objects[key] = server.objects[key][:-100]
    add_patients(migrated, 1)
    told = said(migrated, "restore", address, "--force", code=1)
    assert f"{address} is damaged, or not all of it is there." in told
    assert len(names(migrated)) == 3


def test_who_was_forgotten_is_forgotten_there_too(migrated: Luxe, server: S3, tmp_path: Path) -> None:
    """The copy of the keys is written anew, wherever it lies; one that can't be is named by doctor and mended later."""
    add_patients(migrated, 3)
    said(migrated, "backup")
    (address,) = dated(server)
    forget_patient(migrated, patient_ids(migrated)[1])
    assert copied(server, tmp_path) == keys_of(migrated)
    server.fault = lambda one: 403 if one.method == "PUT" else None
    app = migrated.open()
    assert key_copies.rewrite_copies(app) == [PLACE]
    server.fault = lambda _: None
    server.objects["nightly/data-keys"] = server.objects["nightly/data-keys"][:-20]
    assert [state.place for state in key_copies.states(app) if state.trouble] == [PLACE]
    assert key_copies.mend(app) == 0
    app.db.engine.dispose()
    assert copied(server, tmp_path) == keys_of(migrated)
    said(migrated, "restore", address, "--force")
    assert [str(name) for name in names(migrated)] == ["Omar0", "(erased)", "Omar2"]


def bucket_line(luxe: Luxe) -> str:
    return next(line for line in luxe.run("doctor").output.splitlines() if "  bucket " in line)


def test_doctor_tries_the_bucket_and_leaves_nothing_in_it(migrated: Luxe, server: S3) -> None:
    """A key may write and not read, or not delete: each is found before the night in which it is needed."""
    assert "ok " in bucket_line(migrated)
    assert server.objects == {}
    for method in ("PUT", "GET", "DELETE"):
        server.fail_always(403, method=method)
        assert "LUXE_BACKUP_TO: s3://clinic/nightly refuses us (AccessDenied)" in bucket_line(migrated)


@pytest.mark.parametrize(
    ("setting", "value", "words"),
    [
        ("LUXE_BACKUP_TO", "s3://", "LUXE_BACKUP_TO: must be s3://bucket or s3://bucket/prefix"),
        ("LUXE_BACKUP_TO", "gs://clinic", "LUXE_BACKUP_TO: must be a folder, or s3://bucket/prefix"),
        ("LUXE_BACKUP_S3_ENDPOINT", "minio:9000", "LUXE_BACKUP_S3_ENDPOINT: must begin with http"),
        ("LUXE_BACKUP_S3_SECRET", "", "LUXE_BACKUP_S3_KEY_ID: and LUXE_BACKUP_S3_SECRET belong together"),
    ],
)
def test_a_wrong_setting_is_named(
    migrated: Luxe, server: S3, monkeypatch: pytest.MonkeyPatch, setting: str, value: str, words: str
) -> None:
    monkeypatch.setenv(setting, value)
    assert words in said(migrated, "backup", code=78)


def test_two_at_once_do_not_take_each_other_s_files(migrated: Luxe, server: S3) -> None:
    """The nightly one and one by hand."""
    told: list[Any] = []

    def meanwhile(one: Any) -> None:
        if one.method == "PUT" and not told:
            told.append("")
            told[0] = other(migrated)

    server.fault = meanwhile
    said(migrated, "backup")
    assert "Another backup or restore is on its way" in told[0]


def other(luxe: Luxe) -> str:
    """The output of a second command, in a process of its own."""
    words = [sys.executable, "-m", "luxe", "backup", f"{PLACE}/by-hand"]
    return subprocess.run(words, capture_output=True, text=True, check=False).stderr


def test_a_backup_by_hand_replaces_none_unasked(migrated: Luxe, server: S3) -> None:
    said(migrated, "backup", f"{PLACE}/by-hand")
    assert "add --force" in said(migrated, "backup", f"{PLACE}/by-hand", code=1)
    said(migrated, "backup", f"{PLACE}/by-hand", "--force")
    assert "Name the file too" in said(migrated, "backup", f"s3://{BUCKET}", code=1)


def test_no_log_and_no_sentence_has_a_key(migrated: Luxe, server: S3) -> None:
    """As the scheduler starts it, with a server that answers with the key's id."""
    server.fault = lambda one: 403 if one.method == "PUT" else None
    done = subprocess.run(
        [sys.executable, "-m", "luxe", "backup"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "refuses us" in done.stderr
    assert KEY_ID not in done.stdout + done.stderr
    assert SECRET not in done.stdout + done.stderr
    assert json.loads(said(migrated, "status", "--json", code=1))["backups"] == "no backup was made yet"
