"""What may be drafted and published, what is in use, and how two versions differ. Pure."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby, zip_longest
from typing import TYPE_CHECKING, Any

from core.domain.reading import Problem
from core.domain.roles import Permission

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

Body = Mapping[str, Any]
SHIPPED_NUMBER = 1
# A variable is one word: half of '{{firstName}}' means nothing to anybody.
WORDS = re.compile(r"\{\{.*?\}\}|\w+|\s+|[^\w\s]")
SAME, GONE, NEW, CHANGED = "same", "gone", "new", "changed"


@dataclass(frozen=True)
class Kind:
    """One kind of thing that is edited, with all its rules as data.

    `noun` is what people call one. `sees` is asked of who looks, `permission` of who edits. `parse` finds what bars
    publishing. `shipped` gives what comes with the product, by key, as version 1. `shown` is a body as people read it,
    by label: what two versions are compared by. `used` says where a key is used, in words: such a one is not retired.
    `sound` finds what bars publishing and only the database tells: what else is in use that it leads to.
    `follows` is done in the transaction that publishes a body, None where it was retired.
    `owner`: whose own a body is, '' for the clinic's: their owner edits such ones without the permission, and nobody
    else does.
    """

    name: str
    noun: str
    sees: Permission
    permission: Permission
    parse: Callable[[Body], list[Problem]]
    shipped: Callable[[], Mapping[str, Body]]
    shown: Callable[[Body], Mapping[str, str]]
    used: "Callable[[Session, str], list[str]]" = lambda _session, _key: []
    owner: Callable[[Body], str] = lambda _body: ""
    sound: "Callable[[Session, str, Body], list[Problem]]" = lambda _session, _key, _body: []
    follows: "Callable[[Session, Body | None, datetime], None]" = lambda _session, _body, _now: None


@dataclass(frozen=True)
class InUse:
    """What is used of one key now, and the version number that work under way is pinned to."""

    key: str
    number: int
    body: Body
    retired: bool = False


def in_use(shipped: Mapping[str, Body], published: Iterable[InUse]) -> dict[str, InUse]:
    """The clinic's own where it published one, else what the product ships; without what was retired.

    In the order of the shipped ones; the clinic's further ones follow by key.
    """
    own = {one.key: one for one in sorted(published, key=lambda one: one.key)}
    came = {key: InUse(key, SHIPPED_NUMBER, body) for key, body in shipped.items()}
    return {key: one for key, one in {**came, **own}.items() if not one.retired}


def only(published: Iterable[InUse]) -> InUse | None:
    """What is in use of a kind with one key; None where it was retired, and the clinic is back at what ships."""
    return next((one for one in published if not one.retired), None)


@dataclass(frozen=True)
class Span:
    """A stretch of words. `how`: same, gone, new."""

    how: str
    words: str


@dataclass(frozen=True)
class Line:
    """One line of a comparison. `how`: same, gone, new, or changed, whose spans say where."""

    how: str
    spans: tuple[Span, ...]


def compare(before: str, after: str) -> list[Line]:
    """Both texts line by line; where a line was changed, word by word."""
    old, new = before.splitlines(), after.splitlines()
    lines: list[Line] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            lines += [Line(SAME, (Span(SAME, line),)) for line in old[a:b]]
        else:
            lines += [_changed(*pair) for pair in zip_longest(old[a:b], new[c:d])]
    return lines


def _changed(old: str | None, new: str | None) -> Line:
    if old is None or new is None:
        how = NEW if old is None else GONE
        return Line(how, (Span(how, (new if old is None else old) or ""),))
    return Line(CHANGED, tuple(_spans(WORDS.findall(old), WORDS.findall(new))))


def _spans(old: Sequence[str], new: Sequence[str]) -> list[Span]:
    spans: list[Span] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            spans.append(Span(SAME, "".join(old[a:b])))
        else:
            spans += [Span(GONE, "".join(old[a:b])), Span(NEW, "".join(new[c:d]))]
    return _joined(span for span in spans if span.words)


def _joined(spans: Iterable[Span]) -> list[Span]:
    """A space alone between two changes belongs to them: 'Book here' for 'Pick a time' is one change, not three."""
    found: list[Span] = []
    for kept, run in groupby(spans, key=lambda span: span.how == SAME and bool(span.words.strip())):
        stretch = list(run)
        if kept or all(span.how == SAME for span in stretch):
            found += stretch
            continue
        gone = "".join(span.words for span in stretch if span.how != NEW)
        new = "".join(span.words for span in stretch if span.how != GONE)
        found += [span for span in (Span(GONE, gone), Span(NEW, new)) if span.words]
    return found
