"""Files in a bucket: whole or not at all, read again, and every refusal in words that name the setting."""

import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core.adapters import s3 as adapter
from core.adapters.s3 import S3Bucket
from core.domain.errors import SettingsError
from core.domain.ports import Kept, OutOfReach
from core.settings import Settings
from tests.adapters.s3_server import BREAK_OFF, BUCKET, KEY_ID, S3, SECRET, serving

SMALL_PART = 5 << 20  # S3 takes none that is smaller


@pytest.fixture
def server() -> Iterator[S3]:
    with serving() as found:
        yield found


@pytest.fixture(autouse=True)
def _small_and_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts of the least size, and nothing that this machine's own environment says of S3."""
    monkeypatch.setattr(adapter, "PART", SMALL_PART)
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)


def bucket(server: S3, address: str = f"s3://{BUCKET}/nightly", **changes: Any) -> S3Bucket:
    settings = Settings(
        _env_file=None,
        backup_s3_endpoint=server.url,
        backup_s3_region="us-east-1",
        backup_s3_key_id=changes.pop("key_id", KEY_ID),
        backup_s3_secret=SECRET,
    )
    return S3Bucket(settings, address)


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """More than three parts."""
    file = tmp_path / "large"
    file.write_bytes(os.urandom(3 * SMALL_PART + 1000))
    return file


@pytest.fixture
def small(tmp_path: Path) -> Path:
    file = tmp_path / "small"
    file.write_bytes(b"a few words")
    return file


def test_what_was_kept_comes_back_and_is_listed_by_its_name(server: S3, small: Path, tmp_path: Path) -> None:
    """Of one prefix only; what lies deeper is somebody else's."""
    ours = bucket(server)
    ours.put("monday", small)
    bucket(server, f"s3://{BUCKET}/nightly/older").put("sunday", small)
    bucket(server, f"s3://{BUCKET}").put("letter", small)
    assert ours.kept() == [Kept("monday", 11)]
    assert bucket(server, f"s3://{BUCKET}").kept() == [Kept("letter", 11)]
    ours.get("monday", tmp_path / "back")
    assert (tmp_path / "back").read_bytes() == b"a few words"
    ours.remove("monday")
    assert ours.kept() == []


def test_a_large_file_goes_and_comes_in_parts(server: S3, large: Path, tmp_path: Path) -> None:
    """Neither we nor the server ever hold it as a whole; every request is signed, or it would be refused."""
    bucket(server).put("large", large)
    assert server.largest_body() <= SMALL_PART
    assert len([one for one in server.asked if "partNumber" in one.query]) == 4
    bucket(server).get("large", tmp_path / "back")
    assert (tmp_path / "back").read_bytes() == large.read_bytes()
    ranges = [
        one.headers["range"] for one in server.asked if one.method == "GET" and one.key.endswith("large")
    ]
    assert len(ranges) == 8  # once to compare, once to fetch


@pytest.mark.parametrize("status", [503, BREAK_OFF])
def test_a_part_that_fails_once_is_sent_again(server: S3, large: Path, status: int) -> None:
    """A busy server, or a connection that was cut in the middle of the upload."""
    failed: list[int] = []

    def fault(one: Any) -> int | None:
        if one.query.get("partNumber") == "2" and not failed:
            failed.append(status)
            return status
        return None

    server.fault = fault
    bucket(server).put("large", large)
    assert failed == [status]
    assert server.objects["nightly/large"] == large.read_bytes()


def test_an_upload_that_is_cut_for_good_leaves_nothing(server: S3, large: Path) -> None:
    """Neither half a file under its name nor parts that cost money unseen."""
    server.fault = lambda one: BREAK_OFF if one.query.get("partNumber") == "3" else None
    with pytest.raises(OutOfReach, match="does not answer; look at LUXE_BACKUP_S3_ENDPOINT"):
        bucket(server).put("large", large)
    assert (server.objects, server.uploads) == ({}, {})


def test_what_is_kept_otherwise_than_sent_is_noticed_and_taken_away(server: S3, large: Path) -> None:
    """A server that loses a part and says 'kept': the size alone may even fit."""

    def lose(one: Any) -> None:
        if one.method == "HEAD":
            server.objects["nightly/large"] = bytes(len(large.read_bytes()))

    server.fault = lose
    with pytest.raises(OutOfReach, match="kept something else as large than was sent"):
        bucket(server).put("large", large)
    assert server.objects == {}


def refused(ask: Callable[[], object]) -> str:
    with pytest.raises(OutOfReach) as error:
        ask()
    return str(error.value)


def test_a_refusal_names_the_setting_and_what_is_missing_and_no_key(server: S3, small: Path) -> None:
    """The server's own answer has the key's id in it; whoever reads a log needs the way out, not that."""
    stranger = bucket(server, key_id="SOMEBODYELSE")
    for ask in (lambda: stranger.put("monday", small), stranger.kept, lambda: stranger.get("x", small)):
        said = refused(ask)
        assert said.startswith(f"LUXE_BACKUP_TO: s3://{BUCKET}/nightly refuses us (")
        assert "the right to list, read, write and delete" in said
        assert KEY_ID not in said
        assert SECRET not in said


def test_a_bucket_that_is_not_there_is_named(server: S3, small: Path) -> None:
    wrong = bucket(server, "s3://wrong/nightly")
    for ask in (lambda: wrong.put("monday", small), wrong.kept):
        assert refused(ask) == "LUXE_BACKUP_TO: there is no bucket wrong; make it, or correct the setting"


def test_a_server_that_stays_busy_or_silent_is_told_apart(
    server: S3, small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapter, "RETRY", {**adapter.RETRY, "max_retries": 1})
    server.fault = lambda _: 503
    assert "answered 503 SlowDown; try again later" in refused(lambda: bucket(server).put("monday", small))
    nowhere = replace(server, url="http://127.0.0.1:9")
    assert "does not answer" in refused(bucket(nowhere).kept)


def test_a_client_that_is_not_installed_is_named(server: S3, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is an extra: most clinics keep backups on a disk of their own."""
    monkeypatch.setitem(sys.modules, "obstore.store", None)
    with pytest.raises(SettingsError, match="LUXE_BACKUP_TO: names a bucket; install its client"):
        bucket(server)


def test_what_is_not_there_is_a_file_that_is_not_there(server: S3, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=f"no such file in s3://{BUCKET}/nightly"):
        bucket(server).get("tuesday", tmp_path / "back")


def test_a_file_that_is_replaced_while_it_is_read_is_no_mixture(
    server: S3, large: Path, tmp_path: Path
) -> None:
    """Half of the old copy of the keys and half of the new one would be neither."""
    bucket(server).put("large", large)
    server.asked.clear()

    def replaced(one: Any) -> None:
        if len([asked for asked in server.asked if asked.method == "GET"]) == 2:
            server.objects["nightly/large"] = bytes(3 * SMALL_PART)

    server.fault = replaced
    assert "was written to while it was read; try again" in refused(
        lambda: bucket(server).get("large", tmp_path / "back")
    )
