"""The ways in, with what a person must paste elsewhere: addresses for form builders, links of hosted forms."""

import json
from dataclasses import dataclass

from core.form_keys import load_form_keys, webhook_addresses
from core.settings import Settings


@dataclass(frozen=True)
class WayIn:
    """One connector: where its sender must post, and the secret it signs with ('' where there is none)."""

    name: str
    key: str
    secret: str
    url: str


def ways_in(settings: Settings) -> list[WayIn]:
    """Every connector with its key, made on first use. Raises SettingsError where the keys can't be read."""
    keys = load_form_keys(settings)
    addresses = webhook_addresses(settings, keys)
    return [WayIn(name, keys[name].key, keys[name].secret, url) for name, url in addresses.items()]


def keys_document(settings: Settings) -> str:
    """The keys as LUXE_FORM_KEYS wants them, for a process that must not look into LUXE_HOME."""
    return json.dumps({way.name: {"key": way.key, "secret": way.secret} for way in ways_in(settings)})
