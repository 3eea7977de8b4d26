"""What one simulator process is told when it starts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from core.domain.clock import Clock


@dataclass(frozen=True)
class FormKey:
    """How the gateway knows a connector: the key in the path, and the signing secret ('' when unsigned)."""

    key: str
    secret: str = ""


@dataclass(frozen=True)
class SimulatorConfig:
    """`callback_base` is the gateway's public address, `inbound_url` where patients' replies are posted.

    `clock` dates what the phones show; how long things take on the wire is always real time.
    """

    port: int
    account_sid: str
    auth_token: str
    callback_base: str
    inbound_url: str
    home: Path
    from_number: str
    clock: Clock
    bind: str = "127.0.0.1"
    messaging_service_sid: str = ""
    timezone: str = "America/New_York"
    clinic_name: str = "Luxe Medical Spa"
    smtp_port: int = 0  # where emails are taken; 0: nowhere
    form_keys: Mapping[str, FormKey] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """Where this process answers, as the base of media links."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def journal_path(self) -> Path:
        return self.home / "simulator.jsonl"

    @property
    def outbox_path(self) -> Path:
        return self.home / "simulator-outbox.jsonl"

    @property
    def media_path(self) -> Path:
        return self.home / "simulator-media"
