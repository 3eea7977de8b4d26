"""Deliveries as each sender makes them, with the throw-away secrets that they were signed with."""

from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Sample:
    """One request: what is posted, how, and the secret behind its signature ('' when unsigned)."""

    connector: str
    file: str
    content_type: str
    secret: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def body(self) -> bytes:
        return (HERE / self.file).read_bytes()


GENERIC = Sample(
    "generic",
    "generic.json",
    "application/json",
    "generic-secret",
    {"X-Signature": "t=1763653800,v1=889fa07a84846e131cfb8351e9c52f795a25efe8c54f5774b91e9771e34528f9"},
)
TYPEFORM = Sample(
    "typeform",
    "typeform.json",
    "application/json",
    "tf-secret",
    {"Typeform-Signature": "sha256=mAgwT2MaX4T1Nu39IiDtFO9jocKA4Q1B/26YyjuXRa8="},
)
JOTFORM = Sample(
    "jotform",
    "jotform.multipart",
    "multipart/form-data; boundary=------------------------JtFmBoundary0001",
)
CONNECTORS = (GENERIC, TYPEFORM, JOTFORM)

FORM_ENCODED = "application/x-www-form-urlencoded"
TWILIO_TOKEN = "twilio-auth-token"
TWILIO_URL = "https://hooks.example.com"
INBOUND = Sample(
    "twilio",
    "twilio_inbound_sms.form",
    FORM_ENCODED,
    TWILIO_TOKEN,
    {"X-Twilio-Signature": "IFMpGBKUYVvFbKdPDWCcgGe0da0="},
)
STATUS = Sample(
    "twilio",
    "twilio_status_delivered.form",
    FORM_ENCODED,
    TWILIO_TOKEN,
    {"X-Twilio-Signature": "BeyKe8dmPK6Hx+92qrYBhOxsltU="},
)
