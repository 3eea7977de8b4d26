"""The composition root: the one place that chooses adapters."""

from collections.abc import Callable
from dataclasses import dataclass

from core.adapters.deadman import deadman
from core.adapters.twilio import TwilioSms, signature_is_valid
from core.db.crypto import load_keyring
from core.db.engine import Database, connect
from core.domain.clock import Clock
from core.domain.ports import SmsProvider
from core.reference import Reference, load_reference
from core.settings import Settings


@dataclass(frozen=True)
class App:
    """What an edge needs: built once for each process and handed down."""

    settings: Settings
    db: Database
    clock: Clock
    sms: SmsProvider
    reference: Reference
    all_is_well: Callable[[], bool] = lambda: False  # tells a watcher outside; whether it heard

    def is_from_twilio(self, path: str, params: dict[str, str], signature: str) -> bool:
        """Whether Twilio signed a webhook to `path` (with its query) of our public address."""
        url = f"{self.settings.public}{path}"
        return signature_is_valid(self.settings.auth_token, url, params, signature)


def build_app(settings: Settings) -> App:
    """Open the database and choose the adapters. Raises SettingsError."""
    settings.home.mkdir(parents=True, exist_ok=True)
    keyring = load_keyring(settings.keyset or None, settings.home)
    database = connect(settings.database, keyring)
    return App(
        settings,
        database,
        settings.build_clock,
        TwilioSms(settings),
        load_reference(settings.zone),
        deadman(settings.deadman_url.get_secret_value()),
    )
