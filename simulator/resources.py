"""Texts and pictures as Twilio's REST API prints them."""

from datetime import datetime
from email.utils import format_datetime
from typing import Any

from simulator.config import SimulatorConfig
from simulator.texts import FINAL, Media, Origin, Text

API = "/2010-04-01/Accounts"
DIRECTIONS = {
    Origin.API: "outbound-api",
    Origin.TWIML: "outbound-reply",
    Origin.PROVIDER: "outbound-reply",
    Origin.PHONE: "inbound",
}
ERROR_WORDS = {
    30003: "Unreachable destination handset",
    30004: "Message blocked",
    30005: "Unknown destination handset",
    30006: "Landline or unreachable carrier",
    30007: "Message filtered",
    30008: "Unknown error",
}


def message_uri(account_sid: str, sid: str) -> str:
    """The address without its ending."""
    return f"{API}/{account_sid}/Messages/{sid}"


def message_resource(config: SimulatorConfig, text: Text) -> dict[str, Any]:
    """A Message. Sender and segments of a service's text are not known until it leaves, as with Twilio."""
    uri = message_uri(config.account_sid, text.sid)
    waiting = bool(text.service_sid) and text.status not in FINAL and text.sent_at is None
    return {
        "account_sid": config.account_sid,
        "api_version": "2010-04-01",
        "body": "" if text.redacted else text.body,
        "date_created": rfc2822(text.created_at),
        "date_sent": rfc2822(text.sent_at) if text.sent_at else None,
        "date_updated": rfc2822(text.updated_at),
        "direction": DIRECTIONS[text.origin],
        "error_code": text.error_code,
        "error_message": ERROR_WORDS.get(text.error_code, "Unknown error") if text.error_code else None,
        "from": None if waiting else text.sender,
        "messaging_service_sid": text.service_sid or None,
        "num_media": str(len(text.media)),
        "num_segments": "0" if waiting else str(text.segments),
        "price": None,
        "price_unit": "USD",
        "sid": text.sid,
        "status": text.status.value,
        "subresource_uris": {"media": f"{uri}/Media.json"},
        "to": text.to,
        "uri": f"{uri}.json",
    }


def media_resource(config: SimulatorConfig, text: Text, media: Media) -> dict[str, Any]:
    return {
        "account_sid": config.account_sid,
        "content_type": media.content_type,
        "date_created": rfc2822(text.created_at),
        "date_updated": rfc2822(text.updated_at),
        "parent_sid": text.sid,
        "sid": media.sid,
        "uri": f"{message_uri(config.account_sid, text.sid)}/Media/{media.sid}.json",
    }


def rfc2822(moment: datetime) -> str:
    """`Mon, 23 Nov 2026 14:00:00 +0000`."""
    return format_datetime(moment)
