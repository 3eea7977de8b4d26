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
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from core.domain.errors import SettingsError

NONCE = 12


@dataclass(frozen=True)
class Keyring:
    """`keys` by their 4-byte id, the `primary` id, and the key of the blind indexes (which can't rotate alone).

    `audit_key` holds the audit trail together, and never changes.
    """

    primary: bytes
    keys: dict[bytes, AESGCM]
    index_key: bytes
    signing_key: bytes
    audit_key: bytes

    def encrypt(self, value: bytes, label: bytes) -> bytes:
        nonce = os.urandom(NONCE)
        return self.primary + nonce + self.keys[self.primary].encrypt(nonce, value, label)

    def decrypt(self, stored: bytes, label: bytes) -> bytes:
        """Raises KeyError for an unknown key, InvalidTag for a value that was tampered with or moved."""
        return self.keys[stored[:4]].decrypt(stored[4 : 4 + NONCE], stored[4 + NONCE :], label)

    def blind(self, purpose: str, value: str) -> str:
        """A keyed fingerprint for exact look-up: 32 hex digits, equal only for equal purpose and value."""
        return hmac.new(self.index_key, f"{purpose}\0{value}".encode(), hashlib.sha256).hexdigest()[:32]

    def sign(self, purpose: str, value: str) -> str:
        """A keyed signature of a link or cookie, 43 URL-safe characters."""
        digest = hmac.new(self.signing_key, f"{purpose}\0{value}".encode(), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def parse_keyset(text: str) -> Keyring:
    """Read a keyset document. Raises SettingsError where it is not one."""
    try:
        document = json.loads(text)
        keys = {bytes.fromhex(name): AESGCM(base64.b64decode(key)) for name, key in document["keys"].items()}
        primary = bytes.fromhex(document["primary"])
        index_key, signing_key = (base64.b64decode(document[name]) for name in ("index_key", "signing_key"))
        given = base64.b64decode(document.get("audit_key", ""))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SettingsError(
            "LUXE_KEYSET", f"is not a keyset ({type(error).__name__}); restore it from your backup"
        ) from error
    if primary not in keys or any(len(name) != 4 for name in keys):
        raise SettingsError(
            "LUXE_KEYSET", "names a primary key that it does not hold; restore it from your backup"
        )
    return Keyring(primary, keys, index_key, signing_key, given or _derived(signing_key))


def _derived(signing_key: bytes) -> bytes:
    """The audit key of a keyset that was made before there was one."""
    return hmac.new(signing_key, b"audit trail", hashlib.sha256).digest()


def new_keyset() -> str:
    """A fresh keyset document with one key."""
    name = secrets.token_hex(4)
    fresh = [base64.b64encode(secrets.token_bytes(32)).decode() for _ in range(3)]
    return json.dumps(
        {"primary": name, "keys": {name: fresh[0]}, "index_key": fresh[1], "signing_key": fresh[2]}, indent=1
    )


def rotated(text: str) -> str:
    """The same keyset with one more key, which becomes the primary."""
    document = json.loads(text)
    name = secrets.token_hex(4)
    document["keys"][name] = base64.b64encode(secrets.token_bytes(32)).decode()
    document["primary"] = name
    derived = _derived(base64.b64decode(document["signing_key"]))
    document.setdefault("audit_key", base64.b64encode(derived).decode())
    return json.dumps(document, indent=1)


def load_keyring(setting: str | None, home: Path) -> Keyring:
    """The keyring from a document or path in `setting`, else from `home`, where it is made on first use."""
    if setting and setting.lstrip().startswith("{"):
        return parse_keyset(setting)
    path = keyset_path(setting, home)
    if not path.exists():
        if setting:
            raise SettingsError("LUXE_KEYSET", f"there is no file {path}")
        write_new(path, new_keyset())
    return parse_keyset(path.read_text())


def keyset_path(setting: str | None, home: Path) -> Path:
    return Path(setting) if setting else home / "keyset.json"


def write_new(path: Path, text: str) -> None:
    """Create `path`, readable by its owner only, whole or not at all; keep an existing one.

    Several processes may start at once: the hard link makes exactly one of them win.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False) as draft:
        draft.write(text)
        draft.flush()
        os.fsync(draft.fileno())
    os.chmod(draft.name, 0o600)
    try:
        os.link(draft.name, path)
    except FileExistsError:
        return
    finally:
        os.unlink(draft.name)
