"""The content of a delivery as a person can read it, whatever it is: questions and answers in order. Pure."""

import json
import re
from collections.abc import Iterator
from typing import Any

from core.domain.errors import UnreadablePayload
from core.intake.connectors.form_body import parts_of
from core.intake.labels import CAMEL

MOST_LINES = 60
LONGEST = 500
ABOUT_THE_SENDER = frozenset(
    {
        "slug", "jsExecutionTracker", "eventObserver", "buildDate", "timeToSubmit", "submitDate", "submitSource",
        "uploadServerUrl", "event_id", "event_type", "temp_upload", "webhookURL", "validatedNewRequiredFieldIDs",
        "visitedPages", "definition", "ref", "boxes",
    }
)  # fmt: skip
# Envelopes that say nothing to a reader.
WRAPPERS = frozenset({"contact", "fields", "rawRequest", "form_response", "answers", "utm", "full"})
NAMES = {
    "utm_source": "Source of the link",
    "utm_medium": "Kind of link",
    "utm_campaign": "Campaign",
    "sms_transactional": "Texts about the request",
    "sms_marketing": "Marketing texts",
    "dob": "Date of birth",
    "ip": "Address of the connection",
    "From": "From",
    "Body": "Text",
}
NUMBERED = re.compile(r"^q\d+_")
Line = tuple[str, str]


def readable(body: bytes, content_type: str) -> tuple[Line, ...]:
    """At most MOST_LINES pairs of name and value; plain text where it is no form and no JSON."""
    lines = list(_lines(body, content_type))
    shown = [(name, _short(value)) for name, value in lines if value.strip()][:MOST_LINES]
    return (
        (*shown, ("", f"{len(lines) - MOST_LINES} more lines")) if len(lines) > MOST_LINES else tuple(shown)
    )


def _lines(body: bytes, content_type: str) -> Iterator[Line]:
    kind = content_type.casefold()
    if "form" in kind:
        try:
            yield from _flat(parts_of(body, content_type), ())
            return
        except UnreadablePayload:
            pass  # it says that it is a form and is none: show what it is
    text = body.decode(errors="replace")
    document = _json(text)
    if document is None:
        yield "", "".join(c if c.isprintable() or c in "\n\t" else "\N{REPLACEMENT CHARACTER}" for c in text)
    elif _is_typeform(document):
        yield from _typeform(document["form_response"])
    else:
        yield from _flat(document, ())


def _is_typeform(document: Any) -> bool:
    response = document.get("form_response") if isinstance(document, dict) else None
    return isinstance(response, dict) and isinstance(response.get("answers"), list)


def _typeform(response: dict[str, Any]) -> Iterator[Line]:
    """Answers carry no question there: each is shown under the question that it answers."""
    definition = response.get("definition")
    questions = definition.get("fields") if isinstance(definition, dict) else None
    titles = {
        str(question.get("id")): str(question.get("title", ""))
        for question in (questions if isinstance(questions, list) else [])
        if isinstance(question, dict)
    }
    for answer in response["answers"]:
        known = answer if isinstance(answer, dict) else {"": answer}
        field = known.get("field")
        title = titles.get(str(field.get("id")), "") if isinstance(field, dict) else ""
        for _, value in _flat(
            {name: said for name, said in known.items() if name not in ("field", "type")}, ()
        ):
            yield title or "Answer", value
    yield from _flat({name: value for name, value in response.items() if name == "hidden"}, ())


def _json(text: str) -> Any:
    """A JSON object or list, or None."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict | list) else None


def _flat(value: Any, path: tuple[str, ...], depth: int = 0) -> Iterator[Line]:
    """'Name, first' and its value; JSON inside a text is opened, as Jotform nests it."""
    if isinstance(value, str) and value[:1] in "{[":
        value = _json(value) or value
    if depth > 8 or not isinstance(value, dict | list):
        yield _spelled(path), _said(value)
        return
    entries = value.items() if isinstance(value, dict) else enumerate(value, start=1)
    for key, inner in entries:
        if key not in ABOUT_THE_SENDER:
            yield from _flat(inner, (*path, str(key)), depth + 1)


def _spelled(path: tuple[str, ...]) -> str:
    """The last names of a path as words: 'q3_name > first' as 'Name, first'."""
    parts = [part for part in path if part not in WRAPPERS]
    words = [NAMES.get(part) or _words(part) for part in parts]
    spelled = ", ".join(filter(None, words))
    return spelled[:1].upper() + spelled[1:]


def _words(part: str) -> str:
    plain = CAMEL.sub(" ", NUMBERED.sub("", part)).replace("_", " ").replace("-", " ").strip()
    return plain if " " not in plain and plain.isupper() else plain.lower()


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return "" if value is None else str(value)


def _short(value: str) -> str:
    return value if len(value) <= LONGEST else f"{value[:LONGEST]} ..."
