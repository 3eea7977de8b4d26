"""Texts, phones and log lines as the page and the control interface see them."""

from typing import Any

from simulator.ledger import Ledger, Phone
from simulator.requests_log import LogLine
from simulator.texts import Media, Text

TEXTS_OF_A_PHONE = 40


def text_view(text: Text) -> dict[str, Any]:
    """For a bubble. `at` is the shared clock's. The phone keeps what the provider redacted or deleted."""
    return {
        "sid": text.sid,
        "phone": text.phone,
        "mine": text.inbound,
        "body": text.body,
        "at": text.created_at.isoformat(),
        "status": text.status.value,
        "code": text.error_code,
        "origin": text.origin.value,
        "pictures": [_picture_view(text, media) for media in text.media],
    }


def _picture_view(text: Text, media: Media) -> dict[str, Any]:
    """`own` pictures are shown; a link of the clinic is only named: the page loads nothing else."""
    return {"href": media.url or f"control/media/{text.sid}/{media.sid}", "own": not media.url}


def phone_view(ledger: Ledger, phone: Phone) -> dict[str, Any]:
    """A whole phone: its latest texts, oldest first, and how many there are in all."""
    latest = [text for sid in phone.sids[-TEXTS_OF_A_PHONE:] if (text := ledger.get(sid))]
    return {**phone_head(phone), "texts": [text_view(text) for text in latest]}


def phone_head(phone: Phone) -> dict[str, Any]:
    return {
        "number": phone.number,
        "name": phone.name,
        "opted_out": phone.opted_out,
        "touched": phone.touched,
        "total": len(phone.sids),
    }


def line_view(line: LogLine) -> dict[str, Any]:
    return {
        "number": line.number,
        "at": line.at.isoformat(),
        "way": line.way,
        "what": line.what,
        "phone": line.phone,
        "answer": line.answer,
        "sid": line.sid,
        "state": line.state,
    }


def message_view(text: Text) -> dict[str, Any]:
    """For `/control/messages`: `accepted_at` and `delivered_at` real, `clock_at` the shared clock's."""
    return {
        "sid": text.sid,
        "direction": "inbound" if text.inbound else "outbound",
        "origin": text.origin.value,
        "to": text.to,
        "from": text.sender,
        "body": text.body,
        "action_id": text.action_id,
        "status_callback": text.callback or None,
        "status": text.status.value,
        "error_code": text.error_code,
        "segments": text.segments,
        "media": [media.content_type for media in text.media],
        "redacted": text.redacted,
        "deleted": text.deleted,
        "accepted_at": text.accepted_at.isoformat(timespec="milliseconds"),
        "delivered_at": text.delivered_at.isoformat(timespec="milliseconds") if text.delivered_at else None,
        "clock_at": text.created_at.isoformat(timespec="milliseconds"),
    }
