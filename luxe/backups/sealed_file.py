"""The encrypted file of a backup: a header in the clear, then chunks under a key that this file alone has.

`magic | length of the header | header (JSON) | chunk | chunk | ... | last chunk`. The keyring wraps the file's key,
which is bound to the header. Each chunk is AES-256-GCM; its number and whether it is the last one are its nonce (the
STREAM construction), so that a file that was cut short, reordered, mixed with another or added to is found out.
"""

import base64
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from core.db.crypto import Keyring
from luxe.opening import CommandError

MAGIC = b"LUXEBKP1"
CHUNK = 1 << 20
TAG = 16
LONGEST_HEADER = 4096


@dataclass(frozen=True)
class About:
    """What a backup says of itself. `kind`: sqlite or postgresql; `schema`: the revision, '' for none."""

    kind: str
    schema: str
    made_at: str

    @property
    def moment(self) -> datetime:
        return datetime.fromisoformat(self.made_at)


def is_sealed(path: Path) -> bool:
    """Whether this is an encrypted backup; earlier versions wrote plain ones."""
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def write(file: IO[bytes], keyring: Keyring, about: About, plain: Iterable[bytes]) -> None:
    """Write a whole file; one chunk is in memory."""
    told = json.dumps(asdict(about), sort_keys=True)
    secret = AESGCM.generate_key(256)
    wrapped = keyring.encrypt(secret, _label(told))
    header = json.dumps({"about": told, "key": base64.b64encode(wrapped).decode()}).encode()
    file.write(MAGIC + len(header).to_bytes(4) + header)
    cipher = AESGCM(secret)
    number, waiting = 0, b""
    for chunk in _in_chunks(plain):
        if number:
            file.write(cipher.encrypt(_nonce(number, last=False), waiting, None))
        number, waiting = number + 1, chunk
    file.write(cipher.encrypt(_nonce(max(number, 1), last=True), waiting, None))


def _in_chunks(plain: Iterable[bytes]) -> Iterator[bytes]:
    held = bytearray()
    for piece in plain:
        held += piece
        while len(held) >= CHUNK:
            yield bytes(held[:CHUNK])
            del held[:CHUNK]
    if held:
        yield bytes(held)


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11) + bytes([last])


def _label(told: str) -> bytes:
    return b"backup\0" + told.encode()


def about(path: Path) -> About:
    """What a file says of itself, before anything of it is believed. Raises CommandError."""
    with path.open("rb") as file:
        return About(**json.loads(_header(path, file)["about"]))


def read(path: Path, keyring: Keyring) -> Iterator[bytes]:
    """What is in it, chunk by chunk. Raises CommandError, at the latest at its end: only then is it all there."""
    with path.open("rb") as file:
        cipher = _file_key(path, keyring, _header(path, file))
        number, ahead = 1, file.read(CHUNK + TAG)
        while True:
            chunk, ahead = ahead, file.read(CHUNK + TAG)
            try:
                yield cipher.decrypt(_nonce(number, last=not ahead), chunk, None)
            except InvalidTag as error:
                raise CommandError(f"{path} is damaged, or not all of it is there.") from error
            if not ahead:
                return
            number += 1


def _header(path: Path, file: IO[bytes]) -> dict[str, Any]:
    magic, length = file.read(len(MAGIC)), int.from_bytes(file.read(4))
    try:
        if magic != MAGIC or length > LONGEST_HEADER:
            raise ValueError
        header: Any = json.loads(file.read(length))
        About(**json.loads(header["about"]))
        base64.b64decode(header["key"], validate=True)
    except (ValueError, KeyError, TypeError) as error:
        raise CommandError(f"{path} is no backup of ours.") from error
    return dict(header)


def _file_key(path: Path, keyring: Keyring, header: dict[str, Any]) -> AESGCM:
    wrapped = base64.b64decode(header["key"])
    try:
        return AESGCM(keyring.decrypt(wrapped, _label(header["about"])))
    except KeyError as error:
        raise CommandError(
            f"{path} was made with another keyset (its key is {wrapped[:4].hex()})."
            " Put the keyset that belongs to it into place first."
        ) from error
    except InvalidTag as error:
        raise CommandError(f"{path} is damaged at its beginning.") from error
