"""Jotform webhooks: multipart, with the answers as a JSON string in `rawRequest` under keys q{number}_{slug}.

Jotform signs nothing: the unguessable path key is the proof. `pretty` is not read: its commas and colons may be
the patient's.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from core.domain.errors import UnreadablePayload
from core.intake import consent_rules, text
from core.intake.connectors.connector import Connector
from core.intake.connectors.form_body import parts_of
from core.intake.draft import Delivery, Draft
from core.intake.labels import field_of, form_type_by_title, is_tracking, speaks_of_consent
from core.intake.submission import ConsentGiven, Origin

NAME = "jotform"
QUESTION = re.compile(r"^q\d+_(.+)$")
# Jotform's own bookkeeping in rawRequest: no answer of a person.
BOOKKEEPING = frozenset(
    {
        "slug", "submitSource", "submitDate", "buildDate", "uploadServerUrl", "eventObserver", "event_id", "path",
        "timeToSubmit", "temp_upload", "jsExecutionTracker", "validatedNewRequiredFieldIDs", "visitedPages",
    }
)  # fmt: skip


def read(delivery: Delivery) -> Draft:
    parts = parts_of(delivery.body, delivery.content_type)
    if not parts.get("submissionID") or not parts.get("rawRequest"):
        raise UnreadablePayload("submissionID or rawRequest is missing.")
    asked = dict(_asked(text.load_object(parts["rawRequest"].encode())))
    title = text.line(parts.get("formTitle"))
    boxes = {slug: value for slug, value in asked.items() if _is_box(slug, value)}
    tracking = {slug: value for slug, value in asked.items() if is_tracking(slug)}
    answers = _answers({slug: value for slug, value in asked.items() if slug not in {*boxes, *tracking}})
    used = {*boxes, *tracking, *(slug for slug in asked if field_of(slug) in answers)}
    return Draft(
        connector=NAME,
        external_id=text.line(parts["submissionID"]),
        form_type=form_type_by_title(title),
        answers=answers,
        consents=tuple(_consents(boxes, text.line(parts.get("formID")))),
        tracking=tracking,
        extra={slug: value for slug, value in asked.items() if slug not in used} | {"form": title},
        origin=Origin(ip=text.line(parts.get("ip")), verified=False),
        is_test=parts.get("is_test", "") == "1",
    )


def _asked(document: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    """(slug, answer) of each question; uploads stand under their bare slug."""
    for key, value in document.items():
        question = QUESTION.match(key)
        if question or key not in BOOKKEEPING:
            yield (question[1] if question else key), value


def _is_box(slug: str, value: object) -> bool:
    return speaks_of_consent(slug) or (isinstance(value, list) and speaks_of_consent(text.line(value)))


def _answers(asked: Mapping[str, object]) -> dict[str, object]:
    found: dict[str, object] = {}
    for slug, value in asked.items():
        name = field_of(slug)
        if name == "name" and isinstance(value, dict):
            found |= {"first_name": value.get("first", ""), "last_name": value.get("last", "")}
        if name and name not in found:
            found[name] = _flat(value)
    return found


def _flat(value: object) -> object:
    """Jotform's composed answers as one text: a date, a phone number, a full name."""
    if not isinstance(value, dict):
        return value
    if {"year", "month", "day"} <= value.keys():
        date = "-".join(text.line(value[part]).zfill(2) for part in ("year", "month", "day"))
        return date if date.strip("0-") else ""
    if "full" in value:
        return value["full"]
    return " ".join(filter(None, (text.line(part) for part in value.values())))


def _consents(boxes: Mapping[str, object], form_id: str) -> Iterator[ConsentGiven]:
    """A ticked box sends its own words; one left empty sends nothing that could be kept as evidence."""
    for value in boxes.values():
        for wording in value if isinstance(value, list) else [value]:
            written = text.paragraph(wording)
            if written:
                yield from consent_rules.by_wording(
                    written, ticked=not written.casefold().startswith("no"), version=form_id
                )


JOTFORM = Connector(NAME, None, read, signs=False, accepts_garbage=True)
