"""The booking API in words for /openapi.json: each route, what it takes, what it is answered."""

from typing import Any

from gateway.interface import ERRORS, TEXT

KEY = {"name": "Authorization", "in": "header", "required": True, "schema": TEXT,
       "description": "Bearer and a secret of LUXE_API_KEYS."}  # fmt: skip
ONE = {"name": "appointmentId", "in": "path", "required": True, "schema": TEXT,
       "description": "As create answered it."}  # fmt: skip
PROVIDER = {**TEXT, "description": "Id or name; 'any' or left out is whoever is free."}
MOMENT = {**TEXT, "format": "date-time", "description": "On the location's wall, with its offset."}
DAY, CLOCK = {**TEXT, "format": "date", "examples": ["2026-12-01"]}, {**TEXT, "examples": ["14:30"]}
PLAIN = "United States or Canada."


def _object(required: list[str], **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": required, "properties": properties}


def _json(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


SLOT = _object(
    ["start", "end", "provider", "location"],
    start=MOMENT, end=MOMENT, provider={**TEXT, "description": "The id to book with."}, providerName=TEXT,
    location=TEXT,
)  # fmt: skip
SLOTS = {"type": "array", "items": SLOT}
FREE = _object(
    ["slots", "next"],
    slots={**SLOTS, "description": "Each time once, with whom it suits best."},
    next={"anyOf": [SLOT, {"type": "null"}], "description": "The first free time after the days asked for."},
)
BOOKED = _object(
    ["success", "appointmentId", "confirmationNumber", "status", "appointmentDetails", "nextSteps"],
    success={"type": "boolean"},
    appointmentId=TEXT,
    confirmationNumber={**TEXT, "examples": ["LX-7K4M2"]},
    status={**TEXT, "enum": ["booked", "attended", "no_show", "cancelled", "withdrawn"]},
    appointmentDetails=_object(
        ["treatment", "provider", "dateTime", "duration", "price"],
        treatment=TEXT, service=TEXT, provider=TEXT, providerId=TEXT, location=TEXT, dateTime=MOMENT,
        duration={"type": "integer", "description": "Minutes."}, price={"type": "number", "description": "Dollars."},
    ),
    nextSteps=_object([], formsUrl=TEXT, calendarInvite=TEXT, cancellationPolicy=TEXT),
)  # fmt: skip
GONE = _object(["errors"], errors=ERRORS["properties"]["errors"], alternatives=SLOTS)  # type: ignore[index]
BOOKING_REQUEST: dict[str, Any] = {
    **_object(
        ["treatment", "date", "time"],
        patientId={**TEXT, "description": "A patient of ours; then no name is needed."},
        formSubmissionId={**TEXT, "description": "A form that was sent in; then no name is needed."},
        treatment={**TEXT, "description": "The code of a treatment or a service, or as a form spells it."},
        provider=PROVIDER,
        location={
            **TEXT,
            "description": "Code or name; else the provider's, the patient's, the clinic's usual one.",
        },
        date=DAY,
        time={**CLOCK, "description": "On the location's wall; the earlier one where it comes twice."},
        firstName=TEXT,
        lastName=TEXT,
        phone={**TEXT, "description": PLAIN, "examples": ["407-555-0155"]},
        email={**TEXT, "format": "email"},
        source=TEXT,
        campaign=TEXT,
        utm_params={"type": "object", "additionalProperties": TEXT},
    ),
    "description": "Phone or email is needed unless patientId or formSubmissionId is given. No consent is assumed.",
}
_KEYED = {
    401: _json("No key, or none of ours.", ERRORS),
    422: _json("What is wrong, field by field.", ERRORS),
    429: _json("Too many at once, or too many wrong keys from one address; see Retry-After.", ERRORS),
}
_CHANGED = {**_KEYED, 200: _json("As it is now.", BOOKED), 404: _json("No such appointment.", ERRORS),
            413: _json("Larger than 64 kB.", ERRORS)}  # fmt: skip
_OVER = "It is over, or somebody changed it meanwhile"


def _query(name: str, schema: dict[str, Any], required: bool = False) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": required, "schema": schema}


def _body(schema: dict[str, Any]) -> dict[str, Any]:
    return {"required": True, "content": {"application/json": {"schema": schema}}}


AVAILABILITY: dict[str, Any] = {
    "summary": "Free times",
    "responses": {
        200: _json("Free times in order.", FREE),
        422: _KEYED[422],
        429: _KEYED[429],
        503: _json("Many others are looking for a time just now; see Retry-After.", ERRORS),
    },
    "openapi_extra": {
        "parameters": [
            _query("treatment", TEXT, required=True),
            _query("location", TEXT),
            _query("provider", PROVIDER),
            _query("from", DAY),
            _query("days", {"type": "integer", "minimum": 1, "maximum": 31, "default": 14}),
        ]
    },
}
CREATE: dict[str, Any] = {
    "summary": "Book a time",
    "responses": {
        201: _json("Booked.", BOOKED),
        200: _json("The same Idempotency-Key came before: the same answer.", BOOKED),
        409: _json("The time is gone, with others near it; or the person has a visit ahead.", GONE),
        413: _json("Larger than 64 kB.", ERRORS),
        **_KEYED,
    },
    "openapi_extra": {
        "parameters": [
            KEY,
            {"name": "Idempotency-Key", "in": "header", "schema": TEXT,
             "description": "The request's own name, honoured for 24 hours."},
        ],
        "requestBody": _body(BOOKING_REQUEST),
    },
}  # fmt: skip
SHOW: dict[str, Any] = {
    "summary": "Look at an appointment",
    "responses": {
        200: _json("As it is now.", BOOKED),
        401: _KEYED[401],
        404: _CHANGED[404],
        429: _KEYED[429],
    },
    "openapi_extra": {"parameters": [ONE, KEY]},
}
RESCHEDULE: dict[str, Any] = {
    "summary": "Move an appointment",
    "responses": {**_CHANGED, 409: _json(f"The time is gone, with others near it. {_OVER}.", GONE)},
    "openapi_extra": {
        "parameters": [ONE, KEY],
        "requestBody": _body(_object(["date", "time"], date=DAY, time=CLOCK, provider={
            **PROVIDER, "description": "Left out it stays the same one; 'any' is whoever is free."})),
    },
}  # fmt: skip
CANCEL: dict[str, Any] = {
    "summary": "Cancel an appointment",
    "responses": {**_CHANGED, 409: _json(f"{_OVER}.", ERRORS)},
    "openapi_extra": {
        "parameters": [ONE, KEY],
        "requestBody": _body(
            _object([], reason={**TEXT, "description": "A code of the clinic's, such as unwell."})
        ),
    },
}
