"""What a caller of the booking API sends, read field by field: JSON in the research's names, and who may ask."""

import hmac
import json
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request

from core.domain.errors import FieldError, InvalidInput, UnreadablePayload
from core.flows.booking.api_repeats import FIELD
from core.flows.booking.by_api import BookingRequest, Contact, Named
from core.intake import text
from gateway.security import read_body

LIMIT = 64_000
LONGEST, LONGEST_KEY, MOST_TRACKING = 500, 255, 40
BEARER = "bearer "
NOT_TEXT = "Send this as text, or leave it out."


def caller_of(request: Request, keys: Mapping[str, str]) -> str:
    """The name whose secret was sent, '' for nobody. Every one is compared, in a time that tells nothing."""
    given = request.headers.get("authorization", "")
    secret = given[len(BEARER) :].strip() if given[: len(BEARER)].lower() == BEARER else ""
    found = ""
    for name, known in keys.items():
        if hmac.compare_digest(known.encode(), secret.encode(errors="replace")) and secret:
            found = name
    return found


async def document_of(request: Request) -> dict[str, Any]:
    """The JSON object of the body; an empty one where nothing was sent. Raises TooLarge, InvalidInput(body)."""
    body = await read_body(request, LIMIT)
    try:
        return text.load_object(body) if body.strip() else {}
    except UnreadablePayload as refused:
        raise InvalidInput.of("body", str(refused)) from None


def texts_of(document: Mapping[str, Any], *names: str) -> dict[str, str]:
    """These fields as text, '' where they are left out. Raises InvalidInput with every one that is none."""
    wrong = [FieldError(name, NOT_TEXT) for name in names if not _is_text(document.get(name))]
    if wrong:
        raise InvalidInput(wrong)
    return {name: text.words(document.get(name))[:LONGEST] for name in names}


def _is_text(value: object) -> bool:
    return value is None or isinstance(value, str)


def booking_request_of(document: Mapping[str, Any]) -> BookingRequest:
    """Raises InvalidInput."""
    names = (
        "treatment", "provider", "location", "date", "time", "patientId", "formSubmissionId", "firstName", "lastName",
        "phone", "email", "source", "campaign",
    )  # fmt: skip
    said = texts_of(document, *names)
    return BookingRequest(
        treatment=said["treatment"],
        date=said["date"],
        time=said["time"],
        contact=Contact(said["firstName"], said["lastName"], said["phone"], said["email"]),
        provider=said["provider"],
        location=said["location"],
        patient_id=said["patientId"],
        submission_id=said["formSubmissionId"],
        source=said["source"],
        campaign=said["campaign"],
        tracking=_tracking(document.get("utm_params")),
    )


def _tracking(given: object) -> dict[str, str]:
    if given is None:
        return {}
    if not isinstance(given, dict) or not all(_is_text(value) for value in given.values()):
        raise InvalidInput.of("utm_params", 'Send an object of texts, such as {"utm_source": "google"}.')
    return {str(name): value for name, value in list(given.items())[:MOST_TRACKING] if value}


def named_of(request: Request, caller: str, document: Mapping[str, Any]) -> Named | None:
    """The request's own name, None without one. Raises InvalidInput(Idempotency-Key)."""
    key = request.headers.get("idempotency-key", "").strip()
    if not key:
        return None
    if len(key) > LONGEST_KEY:
        raise InvalidInput.of(FIELD, f"Use {LONGEST_KEY} characters at most.")
    return Named(caller, key, json.dumps(document, sort_keys=True))
