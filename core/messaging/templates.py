"""Wording as the product sends it: the strict subset of Handlebars, and what we do where a value is missing.

Every mistake is found when the template is read, with its line and column. A value that is missing at send time leaves
neither braces nor holes, and what a stranger called a name is printed only where it is plainly one.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from core.domain.names import greeting_name, without_unseen
from core.messaging.handlebars import If, Node, Value, Variable, read_blocks, render_nodes
from core.messaging.handlebars import TemplateError as TemplateError
from core.messaging.handlebars import UnknownVariable as UnknownVariable
from core.messaging.standalone import settle
from core.messaging.variables import fallbacks

ADDRESSEE = "firstName"
NAMES = (ADDRESSEE, "lastName", "fullName")  # what a form fills in and a patient's text may print
LISTS = ("leadLines",)  # of our own making: they keep their lines
# Noncharacters keep the place of what is missing until the words around it are known.
NOBODY = "\ufdd0"
NOTHING = "\ufdd1"
INSTEAD = "\ufdd2"  # before words that stand in for a value

ASIDE = re.compile(rf",[ \t]*{NOBODY}(?=[.!?:;,]|\Z)")
OPENING = re.compile(rf"(\A\s*|[.!?:\n]\s+){NOBODY}(?=[,.!])")
HOLE = re.compile(
    rf",[ \t]*{NOTHING}+(?=[.!?:;,\n]|\Z)|(?:\A|(?<=\n)){NOTHING}+[ \t]*|[ \t]*{NOTHING}+(?=[\s,.;:!?]|\Z)|{NOTHING}"
)
SENTENCE = re.compile(rf"(\A\s*|[.!?\n]\s+){INSTEAD}(\w)")
SPACES = re.compile(r"[ \t]{2,}")
# How a text begins, and how it goes on, to somebody whose name we don't print.
GREETINGS = {"en": ("Hi there", "there"), "es": ("Hola", NOTHING)}


@dataclass(frozen=True)
class Template:
    """Words of one language that were read without mistakes. `names` are the variables that it turns on."""

    key: str
    version: int
    purpose: str
    body: str
    nodes: tuple[Node, ...]
    language: str
    names: frozenset[str]

    def render(self, values: Mapping[str, str]) -> str:
        """The text as it leaves: no value with what can't be seen, no holes, and 'Hi there' for who has no name.

        This is where a name is judged, so that no way to a text goes around it.
        """
        words = render_nodes(self.nodes, _fit(values), self._missing)
        return _tidy(words, *GREETINGS[self.language]).strip()

    def _missing(self, name: str) -> str:
        instead = fallbacks(self.language).get(name)
        return f"{INSTEAD}{instead}" if instead else _place(name)


def parse_template(
    key: str, version: int, purpose: str, body: str, known: frozenset[str], language: str = "en"
) -> Template:
    """Read a template whose variables must be among `known`. Raises TemplateError with line and column."""
    nodes = settle(read_blocks(body, known))
    return Template(key, version, purpose, body, nodes, language, frozenset(_names(nodes)))


def _names(nodes: Iterable[Node]) -> Iterator[str]:
    for node in nodes:
        match node:
            case Variable(name):
                yield name
            case If(name, then, otherwise):
                yield name
                yield from _names((*then, *otherwise))


def render_bare(body: str, values: Mapping[str, Value]) -> str:
    """The text as handlebars.js has it, without any policy of ours and with any names. Raises TemplateError."""
    return render_nodes(settle(read_blocks(body, None)), values)


def _fit(values: Mapping[str, str]) -> dict[str, str]:
    fit = {name: _lines(value) if name in LISTS else without_unseen(value) for name, value in values.items()}
    return fit | {name: greeting_name(values[name]) for name in NAMES if name in values}


def _lines(value: str) -> str:
    return "\n".join(map(without_unseen, value.split("\n")))


def _place(name: str) -> str:
    return NOBODY if name == ADDRESSEE else NOTHING


def _tidy(words: str, opening: str, nobody: str) -> str:
    """Close what missing values left: 'the wait, {{firstName}}: reply' becomes 'the wait: reply'."""
    if NOBODY in words:
        words = OPENING.sub(rf"\1{opening}", ASIDE.sub("", words)).replace(NOBODY, nobody)
    if INSTEAD in words:
        words = SENTENCE.sub(lambda found: found[1] + found[2].upper(), words).replace(INSTEAD, "")
    if NOTHING in words:
        words = HOLE.sub("", words)
    return SPACES.sub(" ", words)
