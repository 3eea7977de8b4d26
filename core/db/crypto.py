"""Keys at rest: AES-256-GCM for values, HMAC-SHA256 for blind indexes.

A stored value is `key id (4 bytes) | nonce (12) | ciphertext and tag`. The key id lets keys rotate: new values
use the primary key, old ones stay readable. The label of the column is authenticated with the value, so a value
moved into another column does not decrypt.
"""

import base64
import hashlib
import hmac
import json
import os
import secrets
import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from core.db.index_seals import LENGTH, IndexSeals
from core.domain.errors import SettingsError

NONCE = 12
VAULT = "vault:"  # a keyset setting that names a key service begins so
OLDER_SIGNING_KEYS = 2
SHORTEST_SIGNATURE = 16  # characters: 96 bits


class KeysetHome(Protocol):
    """Where a keyset is kept: a file, or a key service."""

    def read(self) -> str:
        """The document. Raises SettingsError where it can't be had."""
        ...

    def changed(self) -> str | None:
        """What it holds now, once for each time it was replaced; None where it is as it was."""
        ...

    def replace(self, text: str) -> None:
        """Whole or not at all: a keyset that is cut short would lose every value. Raises SettingsError."""
        ...


class KeysetFile:
    """A keyset in a file, which its owner alone can read."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen = self._stamp()

    def read(self) -> str:
        return self._path.read_text()

    def changed(self) -> str | None:
        stamp = self._stamp()
        if stamp == self._seen:
            return None
        self._seen = stamp
        return self.read()

    def replace(self, text: str) -> None:
        try:
            os.replace(_draft(self._path.parent, text), self._path)
        except OSError as error:
            raise SettingsError(
                "LUXE_KEYSET", f"can't be written: {self._path} ({error.strerror})"
            ) from error

    def __str__(self) -> str:
        return str(self._path)

    def _stamp(self) -> tuple[int, int]:
        about = self._path.stat()
        return about.st_ino, about.st_mtime_ns


@dataclass(frozen=True)
class Keyring:
    """`keys` by their 4-byte id, the `primary` id, the key of the blind indexes, the `seals` over them (they rotate,
    the key can't: a number's STOP is known by its fingerprint alone), and the signing keys, the present one first.

    `audit_key` holds the audit trail together, and never changes. `row_bound`: every value is under a data key and
    bound to its row; one that is not was put there by somebody else.
    """

    primary: bytes
    keys: dict[bytes, AESGCM]
    index_key: bytes
    signing_keys: list[bytes]
    audit_key: bytes
    row_bound: bool = False
    seals: IndexSeals = field(default_factory=lambda: IndexSeals({}), compare=False)
    home: KeysetHome | None = field(default=None, compare=False)

    def encrypt(self, value: bytes, label: bytes) -> bytes:
        nonce = os.urandom(NONCE)
        return self.primary + nonce + self.keys[self.primary].encrypt(nonce, value, label)

    def decrypt(self, stored: bytes, label: bytes) -> bytes:
        """Raises KeyError for an unknown key, InvalidTag for a value that was tampered with or moved."""
        return self._cipher(stored[:4]).decrypt(stored[4 : 4 + NONCE], stored[4 + NONCE :], label)

    def _cipher(self, name: bytes) -> AESGCM:
        """Keys are rotated while we run: one that we don't know may be in the file by now."""
        if name not in self.keys:
            self._look_again()
        return self.keys[name]

    def _look_again(self) -> bool:
        """Take over what another process put into the file; whether there was anything."""
        fresh = self.home.changed() if self.home else None
        if fresh is None:
            return False
        new = parse_keyset(fresh)
        self.keys.update(new.keys)
        self.signing_keys[:] = new.signing_keys
        self.seals.learn(new.seals)
        return True

    def blind(self, purpose: str, value: str) -> str:
        """A keyed fingerprint for exact look-up: 32 hex digits, equal only for equal purpose and value."""
        return self.seals.through(self._fingerprint(purpose, value))

    def settle_index(self, purpose: str, value: str, index: str) -> bool:
        """Seal from now on as this index was, which the database holds of something known; False where none did so."""
        fingerprint = self._fingerprint(purpose, value)
        if self.seals.settle(fingerprint, index):
            return True
        return self._look_again() and self.seals.settle(fingerprint, index)

    def _fingerprint(self, purpose: str, value: str) -> str:
        made = hmac.new(self.index_key, f"{purpose}\0{value}".encode(), hashlib.sha256)
        return made.hexdigest()[:LENGTH]

    def derived(self, purpose: str) -> bytes:
        """A key of its own for one purpose, 32 bytes: for what must come out the same for good."""
        return hmac.digest(self.index_key, f"key\0{purpose}".encode(), hashlib.sha256)

    def sign(self, purpose: str, value: str) -> str:
        """A keyed signature of a link or cookie, 43 URL-safe characters."""
        return _signature(self.signing_keys[0], purpose, value)

    def signed(self, purpose: str, value: str, signature: str) -> bool:
        """Whether `sign` made this signature, or the beginning of it that was kept; under an older key too."""
        given = signature.encode(errors="replace")
        while len(signature) >= SHORTEST_SIGNATURE:
            made = (_signature(key, purpose, value)[: len(signature)] for key in self.signing_keys)
            if any(hmac.compare_digest(given, one.encode()) for one in made):
                return True
            if not self._look_again():
                break
        return False


def parse_keyset(text: str) -> Keyring:
    """Read a keyset document. Raises SettingsError where it is not one."""
    try:
        document = json.loads(text)
        keys = {bytes.fromhex(name): AESGCM(base64.b64decode(key)) for name, key in document["keys"].items()}
        primary = bytes.fromhex(document["primary"])
        index_key = base64.b64decode(document["index_key"])
        signing = [document["signing_key"], *document.get("older_signing_keys", [])]
        signing_keys = [base64.b64decode(key) for key in signing]
        given = base64.b64decode(document.get("audit_key", ""))
        seals = {name: base64.b64decode(key) for name, key in document.get("index_seals", {}).items()}
        index_seals = IndexSeals(seals)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SettingsError(
            "LUXE_KEYSET", f"is not a keyset ({type(error).__name__}); restore it from your backup"
        ) from error
    if primary not in keys or any(len(name) != 4 for name in keys):
        raise SettingsError(
            "LUXE_KEYSET", "names a primary key that it does not hold; restore it from your backup"
        )
    bound = document.get("row_bound") is True
    audit_key = given or _derived(signing_keys[0])
    return Keyring(primary, keys, index_key, signing_keys, audit_key, bound, index_seals)


def _signature(key: bytes, purpose: str, value: str) -> str:
    digest = hmac.new(key, f"{purpose}\0{value}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _derived(signing_key: bytes) -> bytes:
    """The audit key of a keyset that was made before there was one."""
    return hmac.new(signing_key, b"audit trail", hashlib.sha256).digest()


def new_keyset() -> str:
    """A fresh keyset document with one key."""
    name = secrets.token_hex(4)
    fresh = [base64.b64encode(secrets.token_bytes(32)).decode() for _ in range(3)]
    return json.dumps(
        {
            "primary": name,
            "keys": {name: fresh[0]},
            "index_key": fresh[1],
            "signing_key": fresh[2],
            "row_bound": True,
        },
        indent=1,
    )


def rotated(text: str) -> str:
    """The same keyset with one more key, which becomes the primary; `rotation_over` says that nothing is left to do."""
    document = json.loads(text)
    name = secrets.token_hex(4)
    document["keys"][name] = base64.b64encode(secrets.token_bytes(32)).decode()
    document["primary"] = name
    document["rotating"] = True
    derived = _derived(base64.b64decode(document["signing_key"]))
    document.setdefault("audit_key", base64.b64encode(derived).decode())
    # A link or cookie that was signed a while ago is still good: the last two keys open it, older ones do not.
    older = [document["signing_key"], *document.get("older_signing_keys", [])]
    document["older_signing_keys"] = older[:OLDER_SIGNING_KEYS]
    document["signing_key"] = base64.b64encode(secrets.token_bytes(32)).decode()
    return json.dumps(document, indent=1)


def with_new_seal(text: str) -> str:
    """The same keyset with one more seal of the blind indexes; the older ones stay, for older backups."""
    document = json.loads(text)
    fresh = base64.b64encode(secrets.token_bytes(32)).decode()
    document.setdefault("index_seals", {})[secrets.token_hex(4)] = fresh
    return json.dumps(document, indent=1)


def is_rotating(text: str) -> bool:
    """Whether a rotation began and did not end."""
    return json.loads(text).get("rotating") is True


def rotation_over(text: str) -> str:
    """The same keyset, for a database in which no value is left that is bound to its column alone."""
    document = {name: value for name, value in json.loads(text).items() if name != "rotating"}
    return json.dumps(document | {"row_bound": True}, indent=1)


def load_keyring(setting: str | None, home: Path) -> Keyring:
    """The keyring from a document or path in `setting`, else from `home`. Raises SettingsError where there is none."""
    if setting and setting.lstrip().startswith("{"):
        return parse_keyset(setting)
    path = keyset_path(setting, home)
    if not path.exists():
        raise SettingsError("LUXE_KEYSET", f"there is no file {path}; put the keyset of this database there")
    return from_home(KeysetFile(path))


def from_home(home: KeysetHome) -> Keyring:
    """The keyring that is kept there. Raises SettingsError."""
    return replace(parse_keyset(home.read()), home=home)


def make_keyset(home: Path) -> None:
    """Fresh keys in `home`; those that are there stay. For a database that nothing was written to yet."""
    write_new(keyset_path(None, home), new_keyset())


def keyset_path(setting: str | None, home: Path) -> Path:
    return Path(setting) if setting else home / "keyset.json"


def write_new(path: Path, text: str) -> None:
    """Create `path`, readable by its owner only, whole or not at all; keep an existing one.

    Several processes may start at once: the hard link makes exactly one of them win.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = _draft(path.parent, text)
    try:
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        os.unlink(draft)


def _draft(folder: Path, text: str) -> str:
    """A file that is whole and on the disk, for its owner alone, on its way to its name."""
    with tempfile.NamedTemporaryFile("w", dir=folder, delete=False) as draft:
        draft.write(text)
        draft.flush()
        os.fsync(draft.fileno())
    os.chmod(draft.name, 0o600)
    return draft.name
