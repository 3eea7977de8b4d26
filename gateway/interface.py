"""The JSON interface in words for /openapi.json: what a sender may post, and what it is answered."""

from typing import Any

from core.intake.rules import FORM_TYPES

TEXT = {"type": "string"}
BOOLEAN = {"type": "boolean"}
ERRORS = {
    "type": "object",
    "required": ["errors"],
    "properties": {
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "field": {**TEXT, "description": "The field at fault, '' where it is none."},
                    "message": {**TEXT, "description": "What is wrong, and the way out."},
                },
            },
        }
    },
}
SUBMISSION: dict[str, Any] = {
    "type": "object",
    "description": "The generic connector's form. Unknown keys are kept with the submission.",
    "required": ["contact"],
    "properties": {
        "source": {**TEXT, "examples": ["website"]},
        "form_type": {**TEXT, "enum": list(FORM_TYPES)},
        "external_id": {**TEXT, "description": "Your own id: the same id of the same source is stored once."},
        "submitted_at": {**TEXT, "format": "date-time"},
        "contact": {
            "type": "object",
            "description": "A phone or an email.",
            "properties": {
                "first_name": TEXT,
                "last_name": TEXT,
                "name": {**TEXT, "description": "In place of the two above."},
                "phone": {**TEXT, "description": "United States or Canada.", "examples": ["407-555-0155"]},
                "email": {**TEXT, "format": "email"},
                "date_of_birth": {**TEXT, "format": "date"},
                "zip": TEXT,
            },
        },
        "fields": {
            "type": "object",
            "description": "treatment, timeframe, budget, notes, best_time, heard_from, location, and your own.",
            "additionalProperties": True,
        },
        "consent": {
            "type": "object",
            "description": "What the boxes said, with their words. Without it nothing is assumed.",
            "properties": {
                "sms_transactional": BOOLEAN,
                "sms_marketing": BOOLEAN,
                "sms_unencrypted": BOOLEAN,
                "email_marketing": {**BOOLEAN, "description": "Needs words that speak of emails."},
                "text": TEXT,
                "version": TEXT,
                "ip": TEXT,
                "captured_at": {**TEXT, "format": "date-time", "description": "When the person agreed."},
            },
        },
        "utm": {"type": "object", "additionalProperties": TEXT},
        "is_test": {**BOOLEAN, "description": "Stored, but nobody is texted or called."},
    },
}


def _json(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


SET_ASIDE = {
    **ERRORS["properties"]["errors"],  # type: ignore[index]
    "description": "Fields that could not be used, while phone or email could: staff see them.",
}
STORED: dict[str, Any] = {
    "type": "object",
    "required": ["submission_id", "set_aside"],
    "properties": {"submission_id": TEXT, "set_aside": SET_ASIDE},
}


def _object_of(name: str) -> dict[str, Any]:
    return {"type": "object", "required": [name], "properties": {name: TEXT}}


WEBHOOK: dict[str, Any] = {
    "summary": "Send a form",
    "responses": {
        201: _json("Stored.", STORED),
        200: _json("It was here before; the same id.", STORED),
        202: _json("Could not be taken in by itself, and is kept for staff.", _object_of("kept")),
        401: _json("The key or the signature is wrong. Nothing was stored.", ERRORS),
        404: _json("No such connector.", ERRORS),
        413: _json("Larger than 1 MB.", ERRORS),
        422: _json(
            "Neither phone nor email can be used, somebody is under 18, or the body is no form. The payload is kept.",
            ERRORS,
        ),
        429: _json("More than 100 a second; see Retry-After.", ERRORS),
    },
    "openapi_extra": {
        "parameters": [
            {
                "name": "X-Signature",
                "in": "header",
                "schema": TEXT,
                "description": "sha256=<hex HMAC of the raw body>, where the connector has a secret.",
            },
            {
                "name": "Idempotency-Key",
                "in": "header",
                "schema": TEXT,
                "description": "In place of external_id.",
            },
        ],
        "requestBody": {"required": True, "content": {"application/json": {"schema": SUBMISSION}}},
    },
}
