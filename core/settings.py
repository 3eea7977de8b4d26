"""The only reader of the environment. CONTRACT: names and meanings of every LUXE_ variable."""

import re
from datetime import time
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from core import settings_checks
from core.domain import buckets
from core.domain.addresses import Network, networks
from core.domain.clock import Clock, SystemClock, parse_clock, real_time
from core.domain.errors import SettingsError
from core.domain.mail_servers import MailServer, is_loopback, parse_mail_server
from core.domain.roles import Role

TWILIO_API = "https://api.twilio.com"
# The simulator's own account. Not a secret: it opens nothing but the stand-in on this machine.
SIMULATOR_SID = "AC" + "5" * 32
SIMULATOR_TOKEN = "simulator-token"  # noqa: S105
SIMULATOR_SENDER = "+15125550100"
SIMULATOR_EMAIL = "hello@luxe.example.com"
DEMO_CLOCK = "demo-clock"
_ADDRESS = re.compile(r"[^\s@<>,;:\"]+@[^\s@<>,;:\"]+\.[^\s@<>,;:\"]+", re.ASCII)


def _listed(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


class Settings(BaseSettings):
    """Settings with their defaults. Build with `load_settings`, which turns mistakes into SettingsError."""

    model_config = SettingsConfigDict(env_prefix="LUXE_", env_file=".env", extra="ignore", frozen=True)

    home: Path = Path("var")
    database_url: str = ""
    gateway_port: int = Field(8000, ge=1, le=65535)
    console_port: int = Field(8501, ge=1, le=65535)
    simulator_port: int = Field(8090, ge=1, le=65535)
    bind: str = "127.0.0.1"
    public_url: str = ""
    console_url: str = ""
    twilio_account_sid: str = ""
    twilio_auth_token: SecretStr = SecretStr("")
    twilio_messaging_service_sid: str = ""
    twilio_from: str = ""
    twilio_api_url: str = ""
    clock: str = ""
    clock_origin: float | None = None
    sender_rate: float | None = Field(None, ge=0)
    smtp_url: SecretStr = SecretStr("")
    simulator_smtp_port: int = Field(8025, ge=1, le=65535)
    email_from: str = ""
    email_name: str = ""
    email_reply_to: str = ""
    email_rate: float = Field(2.0, ge=0)
    email_key: SecretStr = SecretStr("")
    alert_gather: float = Field(3.0, ge=0, le=60)
    push_key: SecretStr = SecretStr("")
    push_contact: str = ""
    push_hosts: str = ""
    chat_hosts: str = ""
    webhook_hosts: str = ""
    form_rate: int = Field(10, ge=0)
    form_number_hour: int = Field(3, ge=0)
    form_number_day: int = Field(6, ge=0)
    form_new_numbers: int = Field(120, ge=0)
    form_network: int = Field(20, ge=0)
    form_words: int = Field(3, ge=0)
    form_signs: int = Field(2, ge=0, le=2)
    trusted_proxies: str = "127.0.0.1,::1"
    connections_each: int = Field(200, ge=0)
    clinic_timezone: str = "America/New_York"
    keyset: str = ""
    form_keys: str = ""
    api_keys: SecretStr = SecretStr("")
    demo_password: SecretStr = SecretStr("")
    slots: int = Field(32, ge=1, le=400)
    metrics_token: SecretStr = SecretStr("")
    deadman_url: SecretStr = SecretStr("")
    audit_anchors: str = ""
    backup_to: str = ""
    backup_at: time = time(3, 30)
    backup_keep: int = Field(14, ge=1)
    backup_s3_endpoint: str = ""
    backup_s3_region: str = ""
    backup_s3_key_id: str = ""
    backup_s3_secret: SecretStr = SecretStr("")
    audit_many: int = Field(120, ge=0)
    totp_roles: str = ""
    oidc_metadata_url: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: SecretStr = SecretStr("")
    oidc_name: str = "your work account"
    console_connections: int = Field(2000, ge=10)
    console_rate: int = Field(300, ge=0)
    console_pages: int = Field(20, ge=1)
    console_topics: int = Field(60, ge=1)

    @field_validator("clinic_timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError("is not a time zone; use a name such as America/New_York") from error
        return value

    @field_validator("backup_to")
    @classmethod
    def _folder_or_bucket(cls, value: str) -> str:
        if "://" in value and not buckets.is_bucket(value):
            raise ValueError("must be a folder, or s3://bucket/prefix")
        if buckets.is_bucket(value):
            buckets.parts(value)
        return value

    @field_validator("public_url", "console_url", "twilio_api_url", "oidc_metadata_url", "backup_s3_endpoint")
    @classmethod
    def _address(cls, value: str) -> str:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("must begin with http:// or https://")
        return value.rstrip("/")

    @field_validator("deadman_url")
    @classmethod
    def _secret_address(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value() and not value.get_secret_value().startswith(("http://", "https://")):
            raise ValueError("must begin with http:// or https://")
        return value

    @field_validator("smtp_url")
    @classmethod
    def _mail_server(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value():
            parse_mail_server(value.get_secret_value())
        return value

    @field_validator("email_from", "email_reply_to")
    @classmethod
    def _email_address(cls, value: str) -> str:
        if value and not _ADDRESS.fullmatch(value):
            raise ValueError("must be a bare address such as hello@luxe.example.com")
        return value

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, value: str) -> str:
        networks(value)
        return value

    @property
    def proxies(self) -> tuple[Network, ...]:
        """Networks whose word is taken for whom they forward."""
        return networks(self.trusted_proxies)

    @field_validator("totp_roles")
    @classmethod
    def _known_roles(cls, value: str) -> str:
        unknown = sorted(set(_listed(value)) - set(Role))
        if unknown:
            raise ValueError(
                f"names no role: {', '.join(unknown)}; use {', '.join(Role)}, with commas between"
            )
        return value

    @property
    def needs_second_factor(self) -> frozenset[Role]:
        """Roles that can do nothing without a second factor."""
        return frozenset(Role(name) for name in _listed(self.totp_roles))

    @property
    def oidc(self) -> bool:
        """Whether staff may sign in by an identity provider, too."""
        return bool(self.oidc_metadata_url)

    @property
    def own_push_hosts(self) -> frozenset[str]:
        """Push services that need not lie at a public address: for tests."""
        return frozenset(_listed(self.push_hosts))

    @property
    def own_chat_hosts(self) -> frozenset[str]:
        """The clinic's own chat servers."""
        return frozenset(_listed(self.chat_hosts))

    @property
    def own_webhook_hosts(self) -> frozenset[str]:
        """Receivers of webhooks that need not lie at a public address."""
        return frozenset(_listed(self.webhook_hosts))

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.clinic_timezone)

    @property
    def anchors(self) -> Path:
        """Where it is written down, outside the database, how far the audit trail had come."""
        return Path(self.audit_anchors) if self.audit_anchors else self.home / "audit-anchors.jsonl"

    @property
    def demo_clock(self) -> Path:
        """Where a demo keeps the clock that it runs on."""
        return self.home / DEMO_CLOCK

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite:///{(self.home / 'luxe.db').resolve()}"

    @property
    def simulated(self) -> bool:
        """No Twilio credentials: texts go to the simulator on this machine."""
        return not self.twilio_account_sid

    @property
    def public(self) -> str:
        return self.public_url or f"http://127.0.0.1:{self.gateway_port}"

    @property
    def console(self) -> str:
        return self.console_url or f"http://127.0.0.1:{self.console_port}"

    @property
    def twilio_api(self) -> str:
        if self.twilio_api_url:
            return self.twilio_api_url
        return f"http://127.0.0.1:{self.simulator_port}" if self.simulated else TWILIO_API

    @property
    def account_sid(self) -> str:
        return self.twilio_account_sid or SIMULATOR_SID

    @property
    def auth_token(self) -> str:
        return self.twilio_auth_token.get_secret_value() or (SIMULATOR_TOKEN if self.simulated else "")

    @property
    def sender(self) -> str:
        """The From number or Messaging Service that texts leave from."""
        return (
            self.twilio_messaging_service_sid
            or self.twilio_from
            or (SIMULATOR_SENDER if self.simulated else "")
        )

    @property
    def mail_server(self) -> MailServer | None:
        """Where emails are handed over: the simulator where texts go there too, None where none is set up."""
        url = self.smtp_url.get_secret_value()
        if not url and self.simulated:
            url = f"smtp://127.0.0.1:{self.simulator_smtp_port}"
        return parse_mail_server(url) if url else None

    @property
    def email_sender(self) -> str:
        """The address that emails come from, '' where no mail server is set up."""
        return self.email_from or SIMULATOR_EMAIL if self.mail_server else ""

    @property
    def push_from(self) -> str:
        """Whom a push service writes to about our pushes (RFC 8292); '' where there is nobody, and none are sent."""
        by_email = f"mailto:{self.email_sender}" if self.email_sender else ""
        address = self.console if self.console.startswith("https://") else ""
        return self.push_contact or by_email or address

    @property
    def emails_leave(self) -> bool:
        """Whether emails go to a mail server outside this machine."""
        return self.mail_server is not None and not is_loopback(self.mail_server.host)

    def on_clock(self, clock: str, origin: float) -> "Settings":
        """The same settings with another clock."""
        settings = self.model_copy(update={"clock": clock, "clock_origin": origin})
        settings.__dict__.pop("build_clock", None)  # a copy brings along what was built already
        return settings

    @cached_property
    def build_clock(self) -> Clock:
        """The product's clock. Raises SettingsError when a made-up time would reach real phones."""
        if not self.clock:
            return SystemClock()
        if self.twilio_api == TWILIO_API or self.emails_leave:
            whom = (
                "texts go to Twilio itself" if self.twilio_api == TWILIO_API else "emails leave this machine"
            )
            raise SettingsError("LUXE_CLOCK", f"can't be set while {whom}; unset one of the two")
        try:
            return parse_clock(self.clock, real_time() if self.clock_origin is None else self.clock_origin)
        except ValueError as error:
            raise SettingsError("LUXE_CLOCK", f"{error}; write it as 2026-11-23T09:00:00-05:00@60") from error


def load_settings(**overrides: object) -> Settings:
    """Settings from the environment and `.env`, on demo time where a demo runs. Raises SettingsError."""
    return _on_demo_time(read_settings(**overrides))


def _on_demo_time(settings: Settings) -> Settings:
    """A command beside a demo reads the demo's clock, else it would take everything of today for long past."""
    path = settings.demo_clock
    if settings.clock or not settings.simulated or not path.exists():
        return settings
    clock, _, origin = path.read_text().strip().partition(" ")
    return settings.on_clock(clock, float(origin))


def read_settings(**overrides: object) -> Settings:
    """Settings as they are written down. Raises SettingsError naming the variable and the way out."""
    try:
        settings = Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        name = f"LUXE_{'_'.join(str(part) for part in first['loc']).upper()}"
        raise SettingsError(name, first["msg"].removeprefix("Value error, ")) from error
    settings_checks.check(settings)
    return settings
