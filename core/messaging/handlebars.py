"""A strict subset of Handlebars: `{{name}}` and `{{#if name}}...{{else}}...{{/if}}`, and nothing else.

What is in the subset renders as handlebars.js 4.7 does with `noEscape`. All else that begins with `{{` is refused when
the wording is read, with line and column: no attribute access, no expressions, no loops, no helpers, no escapes.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from math import isinf, isnan

from core.domain.errors import LuxeError

Value = str | bool | int | float | None

# What JavaScript takes for white space; Python's \s differs in seven characters.
BLANKS = "\t\n\v\f\r \u00a0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff" + "".join(
    map(chr, range(0x2000, 0x200B))
)
SPACE = f"[{BLANKS}]"
NAME = r"[A-Za-z_][A-Za-z0-9_]*"
# '}}}' ends another kind of tag. Only {{else}} is read whole before Handlebars looks at what follows.
END = rf"{SPACE}*\}}\}}(?!\}})"
VARIABLE = re.compile(rf"\{{\{{{SPACE}*({NAME}){END}")
OPEN_IF = re.compile(rf"\{{\{{#{SPACE}*if{SPACE}+({NAME}){END}")
ELSE = re.compile(rf"\{{\{{{SPACE}*else{SPACE}*\}}\}}")
CLOSE_IF = re.compile(rf"\{{\{{/{SPACE}*if{END}")
LINE_BREAK = re.compile(r"\r\n?|\n")
DEEPEST = 100

# Helpers and literals of the language: as a name they would mean something else there.
RESERVED = frozenset(
    {
        "if", "else", "unless", "each", "with", "lookup", "log", "this", "true", "false", "null", "undefined",
        "helperMissing", "blockHelperMissing",
    }
)  # fmt: skip
REFUSALS = (
    (r"\{\{\{", "three braces are not used; write {{firstName}} with two"),
    (r"\{\{~|\{\{[^{}]*~\}\}", "'~' is not used; leave it out"),
    (r"\{\{!", "comments are not used; leave it out"),
    (r"\{\{#?>", "wording can't be taken in from elsewhere"),
    (r"\{\{&", "'&' is not used; write {{firstName}}"),
    (
        rf"\{{\{{{SPACE}*\^|\{{\{{{SPACE}*else\b",
        "only a plain {{else}} is used; put another {{#if}} inside it",
    ),
    (rf"\{{\{{#{SPACE}*if\b", "{{#if}} takes one variable, as in {{#if firstName}}"),
    (r"\{\{#", "the only block is {{#if firstName}}...{{/if}}"),
    (r"\{\{/", "a block is closed with {{/if}}"),
    (r"\{\{[^{}]*\}\}\}", "one brace too many; two close a variable"),
)


class TemplateError(LuxeError):
    """Wording that can't be used. `line` and `column` count from 1; `words` is what is wrong without them."""

    def __init__(self, message: str, line: int, column: int) -> None:
        super().__init__(f"line {line}, column {column}: {message}")
        self.line = line
        self.column = column
        self.words = message


class UnknownVariable(TemplateError):
    """The `name` is none that this kind of wording may have."""

    def __init__(self, name: str, line: int, column: int) -> None:
        super().__init__(f"unknown variable {name}", line, column)
        self.name = name


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


def render_nodes(
    nodes: tuple[Node, ...], values: Mapping[str, Value], missing: Callable[[str], str] = lambda _: ""
) -> str:
    """The words with values as JavaScript prints them. `missing`: what stands in for one that prints nothing."""
    return printed(_joined(nodes, values, missing))


def _joined(nodes: tuple[Node, ...], values: Mapping[str, Value], missing: Callable[[str], str]) -> Value:
    """What Handlebars joins with `+`, from left to right: numbers that no words have met yet are added up there."""
    parts: list[str] = []
    sum_so_far: Value = None
    for node in nodes:
        part = _value(node, values, missing)
        if isinstance(part, str) or parts:
            parts += [printed(sum_so_far), printed(part)]
            sum_so_far = None
        else:
            sum_so_far = part if sum_so_far is None else _double(sum_so_far) + _double(part)
    return sum_so_far if sum_so_far is not None else "".join(parts)


def _value(node: Node, values: Mapping[str, Value], missing: Callable[[str], str]) -> Value:
    match node:
        case Text(words):
            return words
        case Variable(name):
            value = values.get(name)
            return missing(name) if value is None or value == "" else value
        case If(name, then, otherwise):
            return _joined(then if counts(values.get(name)) else otherwise, values, missing)


def counts(value: Value) -> bool:
    """Whether `{{#if}}` takes it for something: all but false, null, '', 0 and NaN."""
    return bool(value) and value == value


def printed(value: Value) -> str:
    """A value as JavaScript turns it into text; null is nothing."""
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return _number(value)


def _number(value: int | float) -> str:
    """ECMA-262, Number::toString."""
    number = _double(value)
    if isnan(number) or isinf(number):
        return "NaN" if isnan(number) else "Infinity" if number > 0 else "-Infinity"
    return f"-{_digits(-number)}" if number < 0 else _digits(number)


def _double(value: Value) -> float:
    """JavaScript has one kind of number, and true is 1."""
    try:
        return float(value or 0)
    except OverflowError:
        return float(str(value))  # a whole number that is too large reads as infinite


def _digits(number: float) -> str:
    _, figures, exponent = Decimal(repr(number)).normalize().as_tuple()
    digits = "".join(map(str, figures))
    point = len(digits) + int(exponent)  # digits before the decimal point
    if digits == "0":
        return digits
    if len(digits) <= point <= 21:
        return digits.ljust(point, "0")
    if 0 < point <= 21:
        return f"{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return f"0.{'0' * -point}{digits}"
    fraction = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{digits[0]}{fraction}e{point - 1:+d}"


@dataclass
class Words:
    """Literal words while they are read: `original` is what stands there, `left` what standalone tags leave of it."""

    original: str
    left: str
    cut_before: bool = False
    cut_after: bool = False


@dataclass
class Block:
    """An `{{#if}}` while it is read. `otherwise` is None where there is no `{{else}}`."""

    name: str
    offset: int
    then: "list[Draft]" = field(default_factory=list)
    otherwise: "list[Draft] | None" = None

    @property
    def body(self) -> "list[Draft]":
        return self.then if self.otherwise is None else self.otherwise


Draft = Words | Variable | Block


def read_blocks(body: str, known: frozenset[str] | None) -> "list[Draft]":
    """The wording as it stands, blanks and line breaks untouched. Raises TemplateError.

    Variables must be among `known`; None takes every well-formed name.
    """
    return _Reader(body, known).read()


class _Reader:
    def __init__(self, body: str, known: frozenset[str] | None) -> None:
        self.body = body
        self.known = known
        self.root: list[Draft] = []
        self.open: list[Block] = []

    def read(self) -> "list[Draft]":
        if "\0" in self.body:
            raise self._error("a NUL character can't stand in a text", self.body.index("\0"))
        position = 0
        while (start := self.body.find("{{", position)) >= 0:
            self._words(self.body[position:start])
            if self.body[max(position, start - 1) : start] == "\\":
                raise self._error("a backslash can't stand before '{{'", start - 1)
            position = self._tag(start)
        self._words(self.body[position:])
        if self.open:
            block = self.open[-1]
            raise self._error(f"{{{{#if {block.name}}}}} is never closed; add {{{{/if}}}}", block.offset)
        return self.root

    def _words(self, words: str) -> None:
        if words:
            self._target().append(Words(words, words))

    def _tag(self, start: int) -> int:
        """Take in the tag at `start`; where it ends."""
        if found := ELSE.match(self.body, start):
            self._else(start)
        elif found := CLOSE_IF.match(self.body, start):
            self._close(start)
        elif found := OPEN_IF.match(self.body, start):
            self._open(self._name(found[1], start), start)
        elif found := VARIABLE.match(self.body, start):
            self._target().append(Variable(self._name(found[1], start)))
        else:
            raise self._error(_why_refused(self.body[start:]), start)
        return found.end()

    def _open(self, name: str, start: int) -> None:
        if len(self.open) == DEEPEST:
            raise self._error(f"blocks stand in one another at most {DEEPEST} deep", start)
        block = Block(name, start)
        self._target().append(block)
        self.open.append(block)

    def _else(self, start: int) -> None:
        if not self.open:
            raise self._error("{{else}} stands outside an {{#if}}", start)
        if self.open[-1].otherwise is not None:
            raise self._error("this {{#if}} has an {{else}} already", start)
        self.open[-1].otherwise = []

    def _close(self, start: int) -> None:
        if not self.open:
            raise self._error("{{/if}} closes nothing", start)
        self.open.pop()

    def _name(self, name: str, start: int) -> str:
        if name in RESERVED:
            raise self._error(f"'{name}' is no variable, but a word of the template language", start)
        if self.known is not None and name not in self.known:
            raise UnknownVariable(name, *self._position(start))
        return name

    def _target(self) -> "list[Draft]":
        return self.open[-1].body if self.open else self.root

    def _error(self, message: str, offset: int) -> TemplateError:
        return TemplateError(message, *self._position(offset))

    def _position(self, offset: int) -> tuple[int, int]:
        """Line and column, from 1."""
        breaks = [found.end() for found in LINE_BREAK.finditer(self.body, 0, offset)]
        return len(breaks) + 1, offset - (breaks[-1] if breaks else 0) + 1


def _why_refused(rest: str) -> str:
    """What is wrong with the tag at the beginning of `rest`."""
    end = rest.find("}}")
    inside = rest[2:end]
    if end < 0 or ("{{" in inside and not rest.startswith("{{{")):
        return "'{{' is never closed; add '}}'"
    for pattern, why in REFUSALS:
        if re.match(pattern, rest):
            return why
    return f"{inside.strip()!r} is not a variable; write a name such as {{{{firstName}}}}"
