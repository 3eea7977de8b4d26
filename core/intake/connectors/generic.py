"""Our own JSON, as CONTRACT.md prints it: for Zapier, Make, a clinic's own site.

Two signatures are understood: `X-Signature: sha256=<hex HMAC of the body>`, and `t=<unix>,v1=<hex HMAC of
"t.body">`. An old `t` is no danger: a delivery that is played again is a repeat.
"""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from core.intake import consent_rules, dates, text
from core.intake.connectors.connector import Connector, hex_hmac, same
from core.intake.draft import Delivery, Draft
from core.intake.labels import is_tracking
from core.intake.submission import ConsentGiven, Origin, SetAside
from core.intake.whose import fill_gaps

NAME = "generic"
PARTS = ("contact", "fields", "consent", "utm")
CONSENT_FLAGS = {
    "sms_transactional": consent_rules.TRANSACTIONAL,
    "sms_marketing": consent_rules.MARKETING,
    "sms_unencrypted": consent_rules.UNENCRYPTED,
}
EMAIL_FLAG = "email_marketing"
OWN_KEYS = frozenset(
    {
        "source", "form_type", "external_id", "submitted_at", "contact", "fields", "consent", "utm", "is_test",
        "page_url", "referrer",
    }
)  # fmt: skip


def verify(body: bytes, headers: Mapping[str, str], secret: str) -> bool:
    signature = headers.get("x-signature", "")
    if signature.startswith("t="):
        parts = dict(part.partition("=")[::2] for part in signature.split(","))
        moment = parts.get("t", "").encode(errors="replace")
        return same(parts.get("v1", ""), hex_hmac(secret, moment + b"." + body))
    return same(signature, f"sha256={hex_hmac(secret, body)}")


def read(delivery: Delivery) -> Draft:
    document = text.load_object(delivery.body)
    return read_document(NAME, document, delivery)


def read_document(connector: str, document: Mapping[str, Any], delivery: Delivery) -> Draft:
    """What the document says; a part that is no object is a fault of the draft."""
    contact, fields, consent, utm = (_part(document, name) for name in PARTS)
    tracking = {key: value for key, value in fields.items() if is_tracking(key)} | dict(utm)
    answers = {key: value for key, value in fields.items() if key not in tracking} | dict(contact)
    return Draft(
        connector=connector,
        external_id=_external_id(document, delivery),
        source=text.line(document.get("source")) or "website",
        form_type=text.line(document.get("form_type")),
        submitted_at=text.line(document.get("submitted_at")),
        answers=fill_gaps(answers, [*contact.items(), *fields.items()]),
        consents=_consents(consent),
        tracking=tracking,
        extra={key: value for key, value in document.items() if key not in OWN_KEYS},
        origin=Origin(
            page_url=text.line(document.get("page_url") or consent.get("page_url")),
            referrer=text.line(document.get("referrer")),
            ip=text.line(consent.get("ip")),
            user_agent=text.line(consent.get("user_agent")),
            verified=delivery.verified,
        ),
        faults=tuple(_faults(document)),
        is_test=document.get("is_test") is True,
    )


def _part(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = document.get(name)
    return part if isinstance(part, dict) else {}


def _faults(document: Mapping[str, Any]) -> Iterator[SetAside]:
    for name in PARTS:
        part = document.get(name)
        if part is not None and not isinstance(part, dict):
            example = f'"{name}" must be a JSON object, such as {{"{name}": {{...}}}}.'
            yield SetAside(name, example, text.paragraph(part))


def _external_id(document: Mapping[str, Any], delivery: Delivery) -> str:
    """The sender's id, by source: two sources behind one key may count from 1 both."""
    named = text.line(document.get("external_id")) or text.line(delivery.headers.get("idempotency-key"))
    if not named:
        return f"sha256:{hashlib.sha256(delivery.body).hexdigest()}"
    source = text.line(document.get("source"))
    return f"{source}:{named}" if source else named


def _consents(consent: Mapping[str, Any]) -> tuple[ConsentGiven, ...]:
    flags = {scope: consent[key] for key, scope in CONSENT_FLAGS.items() if consent.get(key) is not None}
    wording, version = text.paragraph(consent.get("text")), text.line(consent.get("version"))
    given = consent_rules.by_scope(flags, wording, version=version)
    given += consent_rules.by_email_flag(consent.get(EMAIL_FLAG), wording, version=version)
    return consent_rules.captured(given, dates.moment_of(consent.get("captured_at")))


GENERIC = Connector(NAME, verify, read, signs=False, accepts_garbage=False)
