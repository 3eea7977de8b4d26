"""Whether the number is somebody else's by now. Pure."""

import re
from functools import cache

from core.conversation.lexicon import subject
from core.conversation.rules.patterns import Patterns
from core.conversation.rules.words import Said, fold

_GREETED = re.compile(
    r"^(?:(?:hi|hello|hey|hola|buenas|dear)[ ,]+)?([^\W\d_][\w'\u2019-]{1,24})[,:!]|\bfor ([A-Z][\w'\u2019-]{1,24})\b",
    re.IGNORECASE,
)
_BARE = re.compile(r"^(?:sorry |hi |hello |this is )?wrong(?: number)?(?: sorry)?$")


@cache
def _of(name: str) -> Patterns:
    return subject("numbers").of(name)


def heard(said: Said, last_words: str | None) -> bool:
    """`last_words` may greet by a name that the person says is not theirs."""
    if _of("own_mistake").holds(said.words):
        return False
    return _of("stranger").holds(said.words) or bool(_BARE.match(said.words)) or _denies(said, last_words)


def _denies(said: Said, last_words: str | None) -> bool:
    greeted = _GREETED.match((last_words or "").strip())
    if greeted is None:
        return False
    name = re.escape(fold(greeted.group(1) or greeted.group(2)))
    return any(
        _of("denied_name").holds(re.sub(rf"\b{name}(s?)\b", r"name\1", clause.words))
        for clause in (*said.clauses, *said.sentences)
    )
