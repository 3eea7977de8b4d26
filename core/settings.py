"""The only reader of the environment. CONTRACT: names and meanings of every LUXE_ variable."""

import json
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from core.domain.clock import Clock, SystemClock, parse_clock, real_time
from core.domain.errors import SettingsError

TWILIO_API = "https://api.twilio.com"
# The simulator's own account. Not a secret: it opens nothing but the stand-in on this machine.
SIMULATOR_SID = "AC" + "5" * 32
SIMULATOR_TOKEN = "simulator-token"  # noqa: S105
SIMULATOR_SENDER = "+15125550100"
DEMO_CLOCK = "demo-clock"


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
    form_rate: int = Field(10, ge=0)
    clinic_timezone: str = "America/New_York"
    keyset: str = ""
    form_keys: str = ""
    demo_password: SecretStr = SecretStr("")
    slots: int = Field(32, ge=1, le=400)
    metrics_token: SecretStr = SecretStr("")
    deadman_url: SecretStr = SecretStr("")
    audit_anchors: str = ""
    audit_many: int = Field(120, ge=0)

    @field_validator("clinic_timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError("is not a time zone; use a name such as America/New_York") from error
        return value

    @field_validator("public_url", "console_url", "twilio_api_url")
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
        if self.twilio_api == TWILIO_API:
            raise SettingsError(
                "LUXE_CLOCK", "can't be set while texts go to Twilio itself; unset one of the two"
            )
        try:
            return parse_clock(
                self.clock, self.clock_origin if self.clock_origin is not None else real_time()
            )
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
    _check(settings)
    return settings


def _check(settings: Settings) -> None:
    if settings.database_url and not settings.database_url.startswith(
        ("sqlite:///", "postgresql+psycopg://")
    ):
        raise SettingsError("LUXE_DATABASE_URL", "must begin with sqlite:/// or postgresql+psycopg://")
    if settings.twilio_account_sid and not settings.twilio_auth_token.get_secret_value():
        raise SettingsError("LUXE_TWILIO_AUTH_TOKEN", "is needed with LUXE_TWILIO_ACCOUNT_SID")
    if settings.twilio_account_sid and not settings.sender:
        raise SettingsError("LUXE_TWILIO_FROM", "or LUXE_TWILIO_MESSAGING_SERVICE_SID is needed to send from")
    if settings.form_keys:
        parse_form_keys(settings.form_keys)


def parse_form_keys(text: str) -> dict[str, dict[str, str]]:
    """`{"typeform": {"key": "...", "secret": "..."}}`. Raises SettingsError where it is not that."""
    try:
        document = json.loads(text)
        keys = {
            name: {"key": str(entry["key"]), "secret": str(entry.get("secret", ""))}
            for name, entry in document.items()
        }
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SettingsError(
            "LUXE_FORM_KEYS", 'must be JSON such as {"typeform": {"key": "...", "secret": "..."}}'
        ) from error
    return keys
