"""Wording with variables: a strict subset of Handlebars.

`{{name}}` and `{{#if name}}...{{else}}...{{/if}}`, nothing else: no attribute access, no expressions, no loops.
Every mistake is found when the template is read, with its line and column; a value that is missing at send time
becomes an empty string and never prints braces.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from core.domain.errors import LuxeError

TAG = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
NAME = re.compile(r"^[A-Za-z][A-Za-z0-9]*$")
SPACES = re.compile(r"[ \t]{2,}")


class TemplateError(LuxeError):
    """A template that can't be used. `line` and `column` count from 1."""

    def __init__(self, message: str, line: int, column: int) -> None:
        super().__init__(f"line {line}, column {column}: {message}")
        self.line = line
        self.column = column


@dataclass(frozen=True)
class Text:
    """Literal words."""

    words: str


@dataclass(frozen=True)
class Variable:
    """A value to fill in."""

    name: str


@dataclass(frozen=True)
class If:
    """One of two bodies, by whether the variable has a value."""

    name: str
    then: tuple["Node", ...]
    otherwise: tuple["Node", ...]


Node = Text | Variable | If


@dataclass(frozen=True)
class Template:
    """A template that was read without mistakes."""

    key: str
    version: int
    purpose: str
    body: str
    nodes: tuple[Node, ...]

    def render(self, values: Mapping[str, str]) -> str:
        """The text with its values filled in, spaces that an empty value left behind closed up."""
        return SPACES.sub(" ", _render(self.nodes, values)).strip()


def _render(nodes: tuple[Node, ...], values: Mapping[str, str]) -> str:
    parts = []
    for node in nodes:
        match node:
            case Text(words):
                parts.append(words)
            case Variable(name):
                parts.append(values.get(name, ""))
            case If(name, then, otherwise):
                parts.append(_render(then if values.get(name) else otherwise, values))
    return "".join(parts)


def parse_template(key: str, version: int, purpose: str, body: str, known: frozenset[str]) -> Template:
    """Read a template whose variables must be among `known`. Raises TemplateError with line and column."""
    return Template(key, version, purpose, body, _Parser(body, known).parse())


@dataclass
class _Open:
    """A block that waits for its end."""

    name: str
    offset: int
    then: list[Node]
    otherwise: list[Node]
    in_else: bool = False


class _Parser:
    def __init__(self, body: str, known: frozenset[str]) -> None:
        self.body = body
        self.known = known
        self.root: list[Node] = []
        self.stack: list[_Open] = []

    def parse(self) -> tuple[Node, ...]:
        position = 0
        for tag in TAG.finditer(self.body):
            self._literal(self.body[position : tag.start()], position)
            self._tag(tag.group(1).strip(), tag.start())
            position = tag.end()
        self._literal(self.body[position:], position)
        if self.stack:
            raise self._error(
                f"{{{{#if {self.stack[-1].name}}}}} is never closed; add {{{{/if}}}}", self.stack[-1].offset
            )
        return tuple(self.root)

    def _literal(self, words: str, offset: int) -> None:
        for braces in ("{{", "}}"):
            if braces in words:
                raise self._error(f"'{braces}' without its partner", offset + words.index(braces))
        if words:
            self._target().append(Text(words))

    def _tag(self, inside: str, offset: int) -> None:
        if inside.startswith("#if "):
            self.stack.append(_Open(self._name(inside[4:].strip(), offset), offset, [], []))
        elif inside == "else":
            self._else(offset)
        elif inside == "/if":
            self._close(offset)
        else:
            self._target().append(Variable(self._name(inside, offset)))

    def _else(self, offset: int) -> None:
        if not self.stack or self.stack[-1].in_else:
            raise self._error("{{else}} stands outside an {{#if}}", offset)
        self.stack[-1].in_else = True

    def _close(self, offset: int) -> None:
        if not self.stack:
            raise self._error("{{/if}} closes nothing", offset)
        block = self.stack.pop()
        self._target().append(If(block.name, tuple(block.then), tuple(block.otherwise)))

    def _name(self, name: str, offset: int) -> str:
        if not NAME.match(name):
            raise self._error(f"{name!r} is not a variable; write a name such as {{{{firstName}}}}", offset)
        if name not in self.known:
            raise self._error(f"unknown variable {name}", offset)
        return name

    def _target(self) -> list[Node]:
        if not self.stack:
            return self.root
        return self.stack[-1].otherwise if self.stack[-1].in_else else self.stack[-1].then

    def _error(self, message: str, offset: int) -> TemplateError:
        before = self.body[:offset]
        return TemplateError(message, before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1)
