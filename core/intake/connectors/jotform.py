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
from core.intake.labels import field_of, form_type_by_title, is_tracking, speaks_of_consent, spelled
from core.intake.submission import ConsentGiven, Origin
from core.intake.whose import CHOSEN, Asked, flat, own

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
        raise UnreadablePayload(
            "The answers of this form did not come with it: rawRequest or submissionID is missing."
        )
    asked = dict(_asked(text.load_object(parts["rawRequest"].encode())))
    title = text.line(parts.get("formTitle"))
    form_id = text.line(parts.get("formID"))
    boxes = {slug: given for slug, value in asked.items() if (given := _consents(slug, value, form_id))}
    tracking = {slug: value for slug, value in asked.items() if is_tracking(slug)}
    questions = {slug: value for slug, value in asked.items() if slug not in {*boxes, *tracking}}
    answers, used = _answers(questions)
    return Draft(
        connector=NAME,
        external_id=text.line(parts["submissionID"]),
        form_type=form_type_by_title(title),
        answers=answers,
        consents=tuple(box for given in boxes.values() for box in given),
        tracking=tracking,
        extra={slug: value for slug, value in questions.items() if slug not in used} | {"form": title},
        origin=Origin(ip=text.line(parts.get("ip")), verified=False),
        is_test=parts.get("is_test", "") == "1",
    )


def _asked(document: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    """(slug, answer) of each question, under its whole key where two have one slug; uploads have a bare slug."""
    seen: set[str] = set()
    for key, value in document.items():
        question = QUESTION.match(key)
        if question or key not in BOOKKEEPING:
            slug = question[1] if question and question[1] not in seen else key
            seen.add(slug)
            yield slug, value


def _is_box(slug: str, value: object) -> bool:
    """A question for consent by its name, or a choice whose words speak of it; what somebody wrote freely is none."""
    if speaks_of_consent(slug):
        return True
    may_be_one = isinstance(value, list) or (isinstance(value, str) and not field_of(slug))
    return may_be_one and speaks_of_consent(text.line(value))


def _answers(questions: Mapping[str, object]) -> tuple[dict[str, object], set[str]]:
    """(what the person said by our names, the slugs that were used up for it)."""
    slugs = list(questions)
    taken = own(
        [
            Asked((slug,), flat(value), CHOSEN if isinstance(value, list) else "")
            for slug, value in questions.items()
        ]
    )
    found: dict[str, object] = {}
    for name, place in taken.items():
        value = questions[slugs[place]]
        found[name] = flat(value)
        if name == "name" and isinstance(value, dict):
            found |= {"first_name": value.get("first", ""), "last_name": value.get("last", "")}
    return found, {slugs[place] for place in taken.values()}


def _consents(slug: str, value: object, form_id: str) -> tuple[ConsentGiven, ...]:
    """A ticked box sends its own words; one left empty sends nothing that could be kept as evidence."""
    if not _is_box(slug, value):
        return ()
    answers = [text.paragraph(box) for box in value] if isinstance(value, list) else [value]
    return consent_rules.of_one_question(
        given
        for answer in answers
        for given in consent_rules.by_answer(answer, "", asked=spelled(slug), version=form_id)
    )


JOTFORM = Connector(NAME, None, read, signs=False, accepts_garbage=True)
