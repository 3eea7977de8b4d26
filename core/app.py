"""The composition root: the one place that chooses adapters."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from core.adapters.calendar_feeds import CalendarFeeds
from core.adapters.calendar_reading import busy_times
from core.adapters.chat import AppriseChat
from core.adapters.deadman import deadman
from core.adapters.pictures import redraw
from core.adapters.s3 import S3Bucket
from core.adapters.smtp import NoEmail, SmtpEmail
from core.adapters.twilio import TwilioSms, signature_is_valid
from core.adapters.vault import VaultKeyset
from core.adapters.web_push import NoPush, WebPush
from core.adapters.webhooks import SignedWebhooks
from core.db.crypto import VAULT, Keyring, from_home, keyset_path, load_keyring, make_keyset
from core.db.engine import Database, connect
from core.db.key_check import is_bare, prove_keys
from core.domain.clock import Clock
from core.domain.errors import SettingsError
from core.domain.hours import Span
from core.domain.ports import (
    Bucket,
    CalendarSource,
    ChatProvider,
    EmailProvider,
    Frame,
    PushProvider,
    Redrawn,
    SmsProvider,
    WebhookProvider,
)
from core.experiments.rules.fixed import Running
from core.in_use import Following, InUse
from core.kept import Kept
from core.library import library
from core.messaging.library import Catalogue
from core.reference import Reference, load_reference
from core.settings import Settings
from core.trials import trials

VAPID = "web push"  # what the key by which browsers know us is derived for


def no_bucket(address: str) -> Bucket:
    """For who was given none."""
    raise SettingsError("LUXE_BACKUP_TO", f"nothing here reaches {address}")


@dataclass(frozen=True)
class App:
    """What an edge needs: built once for each process and handed down. The clinic's own is laid over `shipped`."""

    settings: Settings
    db: Database
    clock: Clock
    sms: SmsProvider
    shipped: Reference
    library: Kept[Catalogue] = field(default_factory=library)
    trials: Kept[tuple[Running, ...]] = field(default_factory=trials)
    all_is_well: Callable[[], bool] = lambda: False  # tells a watcher outside; whether it heard
    bucket_at: Callable[[str], Bucket] = no_bucket  # by its address
    redraw: Callable[[str, bytes], Redrawn] = redraw  # (decoder, picture) -> its pixels alone
    email: EmailProvider = field(default_factory=NoEmail)
    push: PushProvider = field(default_factory=NoPush)
    chat: ChatProvider = field(default_factory=AppriseChat)
    webhooks: WebhookProvider = field(default_factory=SignedWebhooks)
    calendars: CalendarSource = field(default_factory=CalendarFeeds)
    busy_times: Callable[[bytes, Frame], list[Span]] = busy_times  # of a calendar; raises FeedTrouble
    in_use: InUse = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "in_use", InUse(self.shipped))

    @property
    def reference(self) -> Reference:
        """The reference data in use now: read once for what belongs together."""
        return self.in_use.reference

    def follow(self, *, told: bool = False) -> Following:
        """Start to hear of what is published in other processes; the caller stops it. `told`: it is told of changes."""
        following = Following(self.in_use, self.db, told=told)
        following.look()
        following.start()
        return following

    def is_from_twilio(self, path: str, params: dict[str, str], signature: str) -> bool:
        """Whether Twilio signed a webhook to `path` (with its query) of our public address."""
        url = f"{self.settings.public}{path}"
        return signature_is_valid(self.settings.auth_token, url, params, signature)


def build_app(settings: Settings) -> App:
    """Open the database, with the keys that it was written with, and choose the adapters.

    Raises SettingsError, and OperationalError where the database does not answer.
    """
    app = build_unproven(settings)
    prove_keys(app.db)
    return app


def build_unproven(settings: Settings) -> App:
    """The same for who will find out about the keys later: a restore replaces the database that they don't fit."""
    reference, keyring = load_reference(settings.zone), _keyring(settings)
    return App(
        settings,
        connect(settings.database, keyring),
        settings.build_clock,
        TwilioSms(settings),
        reference,
        all_is_well=deadman(settings.deadman_url.get_secret_value()),
        bucket_at=partial(S3Bucket, settings),
        email=_email(settings, reference.clinic.name),
        push=WebPush(settings, keyring.derived(VAPID)) if settings.push_from else NoPush(),
        chat=AppriseChat(settings.own_chat_hosts),
        webhooks=SignedWebhooks(settings.own_webhook_hosts),
    )


def _email(settings: Settings, clinic: str) -> EmailProvider:
    server = settings.mail_server
    return SmtpEmail(settings, server, settings.email_name or clinic) if server else NoEmail()


def _keyring(settings: Settings) -> Keyring:
    """The keys in use; made only where nobody can have written anything that they would not read."""
    try:
        settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        missing = not settings.keyset and not keyset_path(None, settings.home).exists()
        if missing and is_bare(settings.database):
            make_keyset(settings.home)
    except OSError as error:
        words = f"{settings.home} can't be written to ({error.strerror}); make it the folder of this user"
        raise SettingsError("LUXE_HOME", words) from error
    if settings.keyset.startswith(VAULT):
        return from_home(VaultKeyset(settings.keyset))
    return load_keyring(settings.keyset or None, settings.home)
