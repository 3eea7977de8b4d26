"""Answers to what we had asked, and the keywords that stand for themselves. Pure.

A digit is a choice only where the last question offered it: '2' to a text without a menu is for a person to read.
"""

import re
from functools import cache

from core.conversation.lexicon import subject
from core.conversation.rules.patterns import Patterns
from core.conversation.rules.words import Said

_REPLY = (
    r"(?:reply|respond|text|send|press|enter|type|answer|choose|pick|responda|responde|conteste|contesta|marque|marca"
    r"|env[i\u00ed]e|env[i\u00ed]a|escriba|escribe|oprima|elija|elige|mande)"
)
_INVITES = re.compile(
    rf"\b{_REPLY}\b(?:\s+\w+){{0,2}}\s*:?\s*[\"'\u201c]?[1-3]\b|(?m:^\s*1\b)|\ufe0f?\u20e3", re.IGNORECASE
)
_OFFERED = re.compile(  # a digit where an option begins: after a verb, a comma, 'or', a colon, a line's end
    rf"(?:^|\n|[,;:.(!?\u2014-]\s*|\b(?:or|and|o|y|u|then|with|con|el|{_REPLY})\s+)[\"'\u201c]?([123])(?=[\"'\u201d]?\ufe0f?\u20e3?(?:[\s.,;:=)\u2014-]|$))"
    r"(?!\s*(?:am|pm|a\.m|p\.m|hours?|days?|weeks?|months?|horas?|d[i\u00ed]as?|semanas?|%|/|:\d|,\d|\.\d)\b)",
    re.IGNORECASE,
)
_DIGITS = {"digits_1": "1", "digits_2": "2", "digits_3": "3"}
_LEADING = re.compile(  # one way to match blanks: with two of them side by side a text of blanks takes seconds
    r"\s*[(#\"'\u201c]?([123])(?![\d:/%]|[.,]\d)\ufe0f?\u20e3?[\"'\u201d]?(?P<stopped>[.):,!\u2014-]*)(?:\s|$)"
)
_ASKED = re.compile(
    rf"\?|\b{_REPLY}\s+[\"'\u201c]?(?:yes|book|call|here|s[i\u00ed]|cita|llamar|aqu[i\u00ed]|[123])\b",
    re.IGNORECASE,
)
_WANTS_YES = re.compile(
    rf"\?|\b{_REPLY}\s+[\"'\u201c]?(?:yes|s[i\u00ed]|y|c|[123])\b|\bconfirm", re.IGNORECASE
)
_THUMB = re.compile(
    "[\\s\ufe0f]*(?:[\U0001f44d\U0001f44c\U0001f4af\u2705\u2714][\\s\U0001f3fb-\U0001f3ff\ufe0f]*)+"
)
_NEGATED = re.compile(
    r"\b(dont|not|never|no|wont|didnt|doesnt|havent|hasnt|isnt|wouldnt|wasnt|nobody|unless|if)\b"
)
_BY_MISTAKE = re.compile(r"\b(mistake|accident\w*|didnt mean|error|equivocacion)\b")
_FEW = 12


@cache
def _of(*names: str) -> Patterns:
    return subject("answers").of(*names)


def asks(words: str) -> bool:
    """Whether a text of ours asks for an answer: the newest that does is what a digit answers."""
    return bool(_ASKED.search(words))


def offered(last_words: tuple[str, ...]) -> frozenset[str]:
    """The digits of the newest text that asked anything. `last_words` newest first."""
    question = next((words for words in last_words if asks(words)), "")
    return frozenset(_OFFERED.findall(question)) if _INVITES.search(question) else frozenset()


def option(said: Said, last_words: tuple[str, ...]) -> str | None:
    """'1', '2' or '3' where it was offered: bare, with courtesy, or as '1. yes please'."""
    digit = _chosen(said)
    return digit if digit and digit in offered(last_words) else None


def _chosen(said: Said) -> str | None:
    words = said.words
    if not words or _of("choice_not").holds(" ".join(words.split()[:2])):
        return None
    heads = {match.entry: words[match.start : match.end] for match in _of("digits_*").find(words)}
    if len(heads) > 1:  # 'the third one', 'the second one'
        heads = {entry: word for entry, word in heads.items() if word not in ("one", "una", "uno")}
    if len(heads) == 1 and _of("digits_*", "choice_around").covers(words):
        return _DIGITS[next(iter(heads))]
    leading = _LEADING.match(said.raw)
    if leading and (leading["stopped"] or _of("choice_follows").holds(" ".join(words.split()[1:2]))):
        return leading[1]
    return None


def is_help(said: Said) -> bool:
    return _of("help").whole(said.words)


def is_start(said: Said) -> bool:
    """Words that switch texts on again; 'yes' is one only after an opt-out."""
    words = said.words
    return _of("start").holds(words) and (not _NEGATED.search(words) or bool(_BY_MISTAKE.search(words)))


def is_plain_yes(said: Said) -> bool:
    """The word itself: the only yes that switches texts on again."""
    declines = _of("yes_declines").whole(said.words)
    return bool(said.words) and not said.asks and not declines and _is_made_of("yes", said.words)


def is_yes(said: Said, last_words: tuple[str, ...]) -> bool:
    """'ok' is an answer only to a question."""
    asked, words = bool(last_words) and bool(_WANTS_YES.search(last_words[0])), said.words
    if not words:
        return asked and bool(_THUMB.fullmatch(said.raw))
    if is_plain_yes(said):
        return True
    plain = _is_made_of("yes_where_asked", words) and not _of("thanked").holds(words)
    return asked and not said.asks and (plain or _begins_with_yes(words))


def _begins_with_yes(words: str) -> bool:
    begins = _of("yes_begins").holds(words) and len(words.split()) <= _FEW
    others = ("book", "call", "here")
    return begins and not _of("yes_but").holds(words) and not any(_of(name).holds(words) for name in others)


def _is_made_of(name: str, words: str) -> bool:
    """The answer and what may stand around it, and nothing else."""
    return _of(name).holds(words) and _of(name, f"{name.split('_')[0]}_around").covers(words)


def is_no(said: Said) -> bool:
    return not said.asks and _is_made_of("no", said.words)


def is_book(said: Said) -> bool:
    return _of("book").holds(_of("book_not").without(said.words))


def is_call(said: Said) -> bool:
    return _of("call").holds(said.words) and not _of("call_not").holds(said.words)


def is_here(said: Said) -> bool:
    words = said.words
    near = len(words.split()) <= _FEW and not said.asks
    return near and _of("here").holds(words) and not _of("here_not").holds(words)
