"""What the checks of wording find: where, how bad, in whose words, and the change that mends it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

ERROR, WARNING = "error", "warning"


@dataclass(frozen=True)
class Edit:
    """Put `words` in the place of the characters from `start` to `end` of `field`, counted from 0."""

    field: str
    start: int
    end: int
    words: str


@dataclass(frozen=True)
class Fix:
    """What a click does, and the words of its link."""

    label: str
    edits: tuple[Edit, ...]


@dataclass(frozen=True)
class Finding:
    """One thing that a check found.

    `level`: an error bars publishing, a warning does not. `field` such as wordings.en.body. `line` and `column` from 1,
    0 where the whole field is meant; `length` in characters.
    """

    code: str
    level: str
    field: str
    message: str
    line: int = 0
    column: int = 0
    length: int = 0
    fix: Fix | None = None


def applied(text: str, edits: Sequence[Edit]) -> str:
    """A field's text after edits that do not overlap."""
    for edit in sorted(edits, key=lambda one: -one.start):
        text = text[: edit.start] + edit.words + text[edit.end :]
    return text
