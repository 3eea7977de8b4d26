"""Wording as the product sends it: the strict subset of Handlebars, and what we do where a value is missing.

Every mistake is found when the template is read, with its line and column. A value that is missing at send time leaves
neither braces nor holes, and what a stranger called a name is printed only where it is plainly one.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from core.domain.names import greeting_name, without_unseen
from core.messaging.handlebars import Node, Value, read_blocks, render_nodes
from core.messaging.handlebars import TemplateError as TemplateError
from core.messaging.standalone import settle

ADDRESSEE = "firstName"  # the one variable that a form fills
# Noncharacters keep the place of what is missing until the words around it are known.
NOBODY = "\ufdd0"
NOTHING = "\ufdd1"

ASIDE = re.compile(rf",[ \t]*{NOBODY}(?=[.!?:;,]|\Z)")
OPENING = re.compile(rf"(\A\s*|[.!?:\n]\s+){NOBODY}(?=[,.!])")
HOLE = re.compile(rf"(?:\A|(?<=\n)){NOTHING}+[ \t]*|[ \t]*{NOTHING}+(?=[\s,.;:!?]|\Z)|{NOTHING}")
SPACES = re.compile(r"[ \t]{2,}")


@dataclass(frozen=True)
class Template:
    """A template that was read without mistakes."""

    key: str
    version: int
    purpose: str
    body: str
    nodes: tuple[Node, ...]

    def render(self, values: Mapping[str, str]) -> str:
        """The text as it leaves: no value with what can't be seen, no holes, and 'Hi there' for who has no name.

        This is where a name is judged, so that no way to a text goes around it.
        """
        return _tidy(render_nodes(self.nodes, _fit(values), _place)).strip()


def parse_template(key: str, version: int, purpose: str, body: str, known: frozenset[str]) -> Template:
    """Read a template whose variables must be among `known`. Raises TemplateError with line and column."""
    return Template(key, version, purpose, body, settle(read_blocks(body, known)))


def render_bare(body: str, values: Mapping[str, Value]) -> str:
    """The text as handlebars.js has it, without any policy of ours and with any names. Raises TemplateError."""
    return render_nodes(settle(read_blocks(body, None)), values)


def _fit(values: Mapping[str, str]) -> dict[str, str]:
    fit = {name: without_unseen(value) for name, value in values.items()}
    return fit | {ADDRESSEE: greeting_name(values.get(ADDRESSEE, ""))}


def _place(name: str) -> str:
    return NOBODY if name == ADDRESSEE else NOTHING


def _tidy(words: str) -> str:
    """Close what missing values left: 'the wait, {{firstName}}: reply' becomes 'the wait: reply'."""
    if NOBODY in words:
        words = OPENING.sub(r"\1Hi there", ASIDE.sub("", words)).replace(NOBODY, "there")
    if NOTHING in words:
        words = HOLE.sub("", words)
    return SPACES.sub(" ", words)
