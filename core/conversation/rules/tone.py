"""Whether a text complains, only thanks, or asks. Pure."""

import re
from functools import cache

from core.conversation.lexicon import subject
from core.conversation.rules.patterns import Patterns
from core.conversation.rules.words import Said

_FRIENDLY = re.compile(
    "[\u2764\u2665\u2763\U0001f48b-\U0001f49f\U0001f90d\U0001f90e\U0001f9e1\U0001f64f\U0001f60d\U0001f970\U0001f618\U0001f917"
    "\U0001f60a\U0001f642\U0001f600-\U0001f604\U0001f389\U0001f973\U0001f44f\U0001f64c\U0001f31f\u2b50\U0001f339\U0001f490\U0001faf6\u2728\U0001f979]"
)


@cache
def _of(*names: str) -> Patterns:
    return subject("tone").of(*names)


def complains(said: Said) -> bool:
    return _of("complaint").holds(_of("complaint_not").without(said.words))


def only_thanks(said: Said) -> bool:
    """Thanks and the words that go with them, or a friendly sign alone; nothing that wants an answer."""
    words = subject("status").of("idiom").without(said.words)
    if not said.words:
        return bool(_FRIENDLY.search(said.raw)) and not said.asks
    if said.asks:
        return False
    if _of("praise").holds(words):
        return True
    return _of("thanks").holds(words) and _of("thankful").covers(words)


def asks(said: Said) -> bool:
    if _of("no_question").holds(said.words) or not said.words:
        return False
    told = [_of("question_not").without(sentence.words) for sentence in said.sentences]
    return said.asks or any(_of("question").holds(words) for words in told)
