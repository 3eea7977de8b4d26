"""The encrypted file of a backup: whole and unchanged, or refused."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.db.crypto import Keyring, new_keyset, parse_keyset, rotated
from luxe.backups import sealed_file
from luxe.backups.sealed_file import CHUNK, MAGIC, TAG, About
from luxe.opening import CommandError

ABOUT = About("sqlite", "0017", "2026-11-23T08:30:00+00:00")


def sealed(keyring: Keyring, plain: bytes, path: Path, piece: int = 300_000) -> Path:
    pieces = (plain[at : at + piece] for at in range(0, len(plain), piece))
    with path.open("wb") as file:
        sealed_file.write(file, keyring, ABOUT, pieces)
    return path


def opened(keyring: Keyring, path: Path) -> bytes:
    return b"".join(sealed_file.read(path, keyring))


@pytest.mark.parametrize("length", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 17])
def test_what_was_sealed_comes_out_whatever_its_length(keyring: Keyring, tmp_path: Path, length: int) -> None:
    plain = bytes(i * 7 % 251 for i in range(1000)) * (length // 1000 + 1)
    path = sealed(keyring, plain[:length], tmp_path / "file")
    assert opened(keyring, path) == plain[:length]
    assert sealed_file.about(path) == ABOUT


def chunks_of(path: Path) -> tuple[bytes, list[bytes]]:
    """(what is in front, the encrypted chunks)."""
    whole = path.read_bytes()
    start = len(MAGIC) + 4 + int.from_bytes(whole[len(MAGIC) : len(MAGIC) + 4])
    body = whole[start:]
    return whole[:start], [body[at : at + CHUNK + TAG] for at in range(0, len(body), CHUNK + TAG)]


def test_a_file_that_was_cut_reordered_mixed_or_added_to_is_refused(keyring: Keyring, tmp_path: Path) -> None:
    """Cut exactly between two chunks too: the last one is known as such."""
    path = sealed(keyring, b"a" * (3 * CHUNK + 5), tmp_path / "file")
    other = sealed(keyring, b"b" * (3 * CHUNK + 5), tmp_path / "other")
    head, (one, two, three, last) = chunks_of(path)
    _, (_, foreign, *_) = chunks_of(other)
    for spoiled in (
        [one, two, three],
        [one, two],
        [],
        [one, two, last],
        [two, one, three, last],
        [one, foreign, three, last],
        [one, two, three, last, last],
        [one, two, three, last + b"x"],
        [one, two, three, last[:-1]],
        [one[:-1] + bytes([one[-1] ^ 1]), two, three, last],
    ):
        path.write_bytes(head + b"".join(spoiled))
        with pytest.raises(CommandError, match="damaged, or not all of it is there"):
            opened(keyring, path)


def test_what_a_file_says_of_itself_can_not_be_changed(keyring: Keyring, tmp_path: Path) -> None:
    """An older schema or another day would be believed before the rest is read."""
    path = sealed(keyring, b"a", tmp_path / "file")
    path.write_bytes(path.read_bytes().replace(b"0017", b"0013"))
    with pytest.raises(CommandError, match="damaged at its beginning"):
        opened(keyring, path)


def test_another_keyset_is_told_apart_from_damage_and_an_older_key_still_opens(
    keyring: Keyring, tmp_path: Path
) -> None:
    text = new_keyset()
    path = sealed(parse_keyset(text), b"a", tmp_path / "file")
    with pytest.raises(CommandError, match="made with another keyset"):
        opened(keyring, path)
    assert opened(parse_keyset(rotated(text)), path) == b"a"


def test_no_two_files_share_a_key(keyring: Keyring, tmp_path: Path) -> None:
    """The same bytes twice are two files that tell nothing of each other."""
    one, two = (chunks_of(sealed(keyring, b"same" * 100, tmp_path / name))[1] for name in ("one", "two"))
    assert one != two


def test_one_chunk_is_in_memory_however_large_the_file_is(keyring: Keyring) -> None:
    """What is read is written before more is read."""
    written = io.BytesIO()

    def pieces() -> Iterator[bytes]:
        for number in range(8):
            assert written.tell() >= (number - 3) * CHUNK
            yield bytes(CHUNK)

    sealed_file.write(written, keyring, ABOUT, pieces())
    assert written.tell() > 8 * CHUNK


@pytest.mark.parametrize(
    "start", [b"", b"SQLite format 3", MAGIC, MAGIC + b"\0\0\0\2{}", MAGIC + b"\xff" * 40]
)
def test_what_is_no_backup_is_refused_in_a_sentence(keyring: Keyring, tmp_path: Path, start: bytes) -> None:
    (tmp_path / "file").write_bytes(start)
    with pytest.raises(CommandError, match="is no backup of ours"):
        opened(keyring, tmp_path / "file")
