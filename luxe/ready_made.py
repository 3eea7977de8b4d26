"""Commands to paste into a shell that post one made-up lead through each connector, signed where it signs."""

import base64
import hashlib
import hmac
import json
import shlex
from collections.abc import Callable
from datetime import datetime

from luxe.connectors import WayIn
from luxe.demo.words import CONSENT, CONSENT_VERSION

JSON_HEADER = ("-H", "Content-Type: application/json")


def curl(way: WayIn, now: datetime) -> str | None:
    """One line for this connector, or None for one that is not tried by hand. `now` makes the form a new one."""
    make = MAKERS.get(way.name)
    return shlex.join(["curl", "-sS", *make(way, f"try-{now:%Y%m%d-%H%M%S}", now), way.url]) if make else None


def _generic(way: WayIn, form: str, now: datetime) -> list[str]:
    document = {
        "source": "website",
        "form_type": "consultation_request",
        "external_id": form,
        "submitted_at": now.isoformat(timespec="seconds"),
        "contact": {
            "first_name": "Omar",
            "last_name": "Reyes",
            "phone": "407-555-0155",
            "email": "omar@example.com",
        },
        "fields": {"treatment": "botox", "timeframe": "this_week", "budget": "500-1000"},
        "consent": {
            "sms_transactional": True,
            "sms_marketing": True,
            "text": CONSENT["marketing"],
            "version": CONSENT_VERSION,
        },
        "utm": {"utm_source": "google", "utm_campaign": "spring"},
    }
    body = json.dumps(document, separators=(",", ":"))
    digest = hmac.new(way.secret.encode(), body.encode(), hashlib.sha256).hexdigest()
    signature = ["-H", f"X-Signature: sha256={digest}"] if way.secret else []
    return [*JSON_HEADER, *signature, "-d", body]


def _typeform(way: WayIn, form: str, now: datetime) -> list[str]:
    questions = (
        ("first_name", "text", "Ava"),
        ("last_name", "text", "Nguyen"),
        ("phone", "phone_number", "+13055550142"),
        ("email", "email", "ava@example.com"),
        ("treatment", "choice", {"label": "Lip filler"}),
        ("sms_consent", "boolean", True),
    )
    titles = {"sms_consent": CONSENT["marketing"]}
    fields = [
        {"id": ref, "ref": ref, "title": titles.get(ref, ref.replace("_", " "))} for ref, _, _ in questions
    ]
    answers = [
        {"type": kind, kind: value, "field": {"id": ref, "ref": ref}} for ref, kind, value in questions
    ]
    response = {
        "form_id": "LxConsult",
        "token": form,
        "submitted_at": now.isoformat(timespec="seconds"),
        "definition": {"id": "LxConsult", "title": "Consultation request", "fields": fields},
        "answers": answers,
    }
    document = {"event_id": form, "event_type": "form_response", "form_response": response}
    body = json.dumps(document, separators=(",", ":"))
    digest = hmac.new(way.secret.encode(), body.encode(), hashlib.sha256).digest()
    signature = f"Typeform-Signature: sha256={base64.b64encode(digest).decode()}"
    return [*JSON_HEADER, *(["-H", signature] if way.secret else []), "-d", body]


def _jotform(_way: WayIn, form: str, _now: datetime) -> list[str]:
    answers = {
        "q3_name": {"first": "Maya", "last": "Ortiz"},
        "q4_phoneNumber": {"full": "(214) 555-0117"},
        "q5_email": "maya@example.com",
        "q6_treatment": "Chemical peel",
        "q8_smsConsent": [CONSENT["marketing"]],
        "q9_utm_source": "instagram",
    }
    parts = {
        "formID": "243000000000001",
        "formTitle": "Consultation request",
        "submissionID": form,
        "rawRequest": json.dumps(answers, separators=(",", ":")),
    }
    # --form-string: a value that begins with @ or < must not be read as a file.
    return [word for name, value in parts.items() for word in ("--form-string", f"{name}={value}")]


MAKERS: dict[str, Callable[[WayIn, str, datetime], list[str]]] = {
    "generic": _generic,
    "typeform": _typeform,
    "jotform": _jotform,
}
