"""Deliver the inputs from the field as their sender would, and look at what came of them."""

import base64
import hashlib
import hmac
import json
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import select

from core.messaging.tables import sms_messages
from tests.flows.dispatching import run_due
from tests.gateway.asking import Gateway

CASES = Path(__file__).parent / "cases"
GENERIC_SECRET, TYPEFORM_SECRET = "generic-secret", "tf-secret"


def case(name: str) -> str:
    return (CASES / name).read_text()


def generic(gateway: Gateway, document: dict[str, Any]) -> httpx.Response:
    """Signed over the raw bytes, as CONTRACT says."""
    body = json.dumps(document).encode()
    digest = hmac.new(GENERIC_SECRET.encode(), body, hashlib.sha256).hexdigest()
    return gateway.post("generic", body, {"X-Signature": f"sha256={digest}"})


def typeform(gateway: Gateway, document: dict[str, Any]) -> httpx.Response:
    body = json.dumps(document).encode()
    digest = base64.b64encode(hmac.new(TYPEFORM_SECRET.encode(), body, hashlib.sha256).digest()).decode()
    return gateway.post("typeform", body, {"Typeform-Signature": f"sha256={digest}"})


def jotform(
    gateway: Gateway, raw_request: dict[str, Any], submission_id: str = "6100000000000000900"
) -> httpx.Response:
    """Multipart, the answers as JSON in `rawRequest`."""
    parts = {
        "formID": "243000000000009",
        "submissionID": submission_id,
        "formTitle": "Ask us",
        "rawRequest": json.dumps(raw_request),
        "ip": "203.0.113.24",
    }
    answer: httpx.Response = gateway.client.post(
        "/webhooks/forms/jotform/j-key", files={name: (None, value) for name, value in parts.items()}
    )
    return answer


def texts(gateway: Gateway) -> list[tuple[str, str]]:
    """(to, body) of every text that left for a patient once everything due was sent."""
    run_due(gateway.app)
    s = sms_messages.c
    with gateway.app.db.read() as session:
        rows = session.execute(
            select(s.phone, s.message_body).where(s.direction == "outbound", s.origin != "staff_alert")
        )
        return [(row.phone, row.message_body) for row in rows]
