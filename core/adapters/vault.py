"""A keyset that HashiCorp's Vault keeps: `LUXE_KEYSET=vault:MOUNT/PATH#FIELD`.

Where Vault is, and who asks, is said as to its other clients: VAULT_ADDR, VAULT_TOKEN, VAULT_NAMESPACE. The keyset is
read when a process starts, and stays in its memory.
"""

from typing import Any

from core.db.crypto import VAULT
from core.domain.errors import SettingsError

SECONDS = 10
SETTING = "LUXE_KEYSET"
LOOK = "look at VAULT_ADDR, VAULT_TOKEN and the path"


class VaultKeyset:
    """One field of one secret of the key-value engine, version 2."""

    def __init__(self, setting: str) -> None:
        where, _, self._field = setting.removeprefix(VAULT).partition("#")
        self._mount, _, self._path = where.partition("/")
        if not (self._mount and self._path and self._field):
            raise SettingsError(SETTING, "must be vault:MOUNT/PATH#FIELD")

    def __str__(self) -> str:
        return f"Vault ({self._mount}/{self._path})"

    def read(self) -> str:
        found = self._asked(lambda secrets: secrets.read_secret_version(
            self._path, mount_point=self._mount, raise_on_deleted_version=True
        ))  # fmt: skip
        text = found["data"]["data"].get(self._field)
        if not isinstance(text, str):
            raise SettingsError(SETTING, f"Vault has the secret, and no field '{self._field}' in it")
        return text

    def changed(self) -> str | None:
        """A running process keeps what it has read: start it again after a rotation."""
        return None

    def replace(self, text: str) -> None:
        self._asked(lambda secrets: secrets.patch(self._path, {self._field: text}, mount_point=self._mount))

    def _asked(self, ask: Any) -> Any:
        try:
            import hvac
        except ImportError as error:
            raise SettingsError(SETTING, "names Vault; install its client: pip install hvac") from error
        try:
            return ask(hvac.Client(timeout=SECONDS).secrets.kv.v2)
        except (hvac.exceptions.VaultError, OSError) as error:
            raise SettingsError(
                SETTING, f"can't be had from Vault: {type(error).__name__}; {LOOK}"
            ) from error
