"""How each connector's sender proves itself: the key in the path of its address, and the secret it signs with."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from core.db.crypto import write_new
from core.intake.connectors import BY_WEBHOOK
from core.settings import Settings
from core.settings_checks import parse_form_keys

FILE = "form_keys.json"


@dataclass(frozen=True)
class FormKey:
    """`secret` is '' where the sender does not sign."""

    key: str
    secret: str

    def __repr__(self) -> str:
        return "FormKey(...)"


def load_form_keys(settings: Settings) -> dict[str, FormKey]:
    """By connector: from LUXE_FORM_KEYS, else from `form_keys.json` in LUXE_HOME, made on first use.

    Raises SettingsError where either is not what it should be. A connector without a key takes no forms.
    """
    found = parse_form_keys(settings.form_keys or _document(form_keys_path(settings)))
    return {name: FormKey(entry["key"], entry["secret"]) for name, entry in found.items() if entry["key"]}


def form_keys_path(settings: Settings) -> Path:
    return settings.home / FILE


def webhook_addresses(settings: Settings, keys: Mapping[str, FormKey]) -> dict[str, str]:
    """Where each connector's sender must post, for the doctor and the greeting. The address is itself a secret."""
    return {
        name: f"{settings.public}/webhooks/forms/{name}/{keys[name].key}"
        for name in BY_WEBHOOK
        if name in keys
    }


def _document(path: Path) -> str:
    if not path.exists():
        write_new(path, _fresh())
    return path.read_text()


def _fresh() -> str:
    keys = {
        name: {"key": secrets.token_urlsafe(24), "secret": secrets.token_urlsafe(32) if known.signs else ""}
        for name, known in BY_WEBHOOK.items()
    }
    return json.dumps(keys, indent=1)
