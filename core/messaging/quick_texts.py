"""Quick texts: wordings that staff start a text of their own from. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.domain.errors import FieldError, InvalidInput
from core.messaging.templates import Template, parse_template

KNOWN = frozenset(
    {
        "firstName", "staffName", "clinicName", "clinicShortName", "clinicPhone", "locationName", "address",
        "openToday",
    }
)  # fmt: skip
LONGEST_TITLE = 30  # it stands on a button above the composer
LONGEST_BODY = 1600


@dataclass(frozen=True)
class QuickText:
    """One wording with the title on its button."""

    key: str
    title: str
    template: Template


def parse_quick_text(key: str, number: int, body: Mapping[str, Any]) -> QuickText:
    """Read `{"title", "body"}`. Raises InvalidInput (title, body) and TemplateError with line and column."""
    title, words = str(body.get("title") or "").strip(), str(body.get("body") or "")
    errors = [*_title_errors(title), *_body_errors(words.strip())]
    if errors:
        raise InvalidInput(errors)
    return QuickText(key, title, parse_template(key, number, "manual", words, KNOWN))


def _title_errors(title: str) -> list[FieldError]:
    if not title:
        return [FieldError("title", "Give it a short title; staff choose by it.")]
    if len(title) > LONGEST_TITLE:
        return [
            FieldError("title", f"A title has at most {LONGEST_TITLE} characters; this one {len(title)}.")
        ]
    return []


def _body_errors(words: str) -> list[FieldError]:
    if not words:
        return [FieldError("body", "Write the wording.")]
    if len(words) > LONGEST_BODY:
        return [FieldError("body", f"A text has at most {LONGEST_BODY} characters; this one {len(words)}.")]
    return []
