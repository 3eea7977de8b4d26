"""What phones and other people's machines send in a person's name: reactions and automatic replies. Pure.

Neither is an answer: they start no clock, end no sequence, and are never answered, so that two machines never talk.
"""

import re
from functools import cache

from core.conversation import lexicon
from core.conversation.rules import danger, stops
from core.conversation.rules.words import Said, fold

_HIDDEN = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u200e\u200f\u2060\u2068\u2069\ufeff\ufe0f"))
_QUOTE, _ENDQUOTE = "[\"\u201c\u201e\u201f\u00ab\u2018']", "[\"\u201d\u00bb\u2019\u201c']"
_PHONES_OWN = "\u201c\u00ab"  # no thumb types these
_SIGN = r"(?:[^\w\s\"'.,!?;:()\[\]/\\-]{1,12})"
_TAKEN_BACK = r"(?:an? |una? )?[\w\s]{2,25}"
# A quotation from so many words on with a stop word in it is our own line, whenever we said it.
_LEAST_QUOTED = 6


def is_reaction(said: Said, last_words: tuple[str, ...]) -> bool:
    """'Liked \"...\"' as phones write it. `last_words`: texts of ours, newest first, that it may quote."""
    raw = said.raw.translate(_HIDDEN)
    match = _reaction().fullmatch(raw)
    if match is None:
        return False
    quoted = match.group("quoted")
    return quoted is None or match.group("mark") in _PHONES_OWN or _is_quotation(fold(quoted), last_words)


@cache
def _reaction() -> re.Pattern[str]:
    verbs = "|".join(map(_as_written, sorted(lexicon.reactions("reacted"), key=len, reverse=True)))
    things = "|".join(map(re.escape, lexicon.reactions("quoted")))
    return re.compile(
        rf"\s*(?:{verbs})\s+(?:(?:a |el |the )?(?:{things})\s*"
        rf"|(?P<mark>{_QUOTE})(?P<quoted>.*?)(?:{_ENDQUOTE}|\u2026|\.\.\.)?\s*)",
        re.IGNORECASE | re.DOTALL,
    )


def _as_written(verb: str) -> str:
    """Older phones leave the accents out."""
    either = {"\u00f3": "[o\u00f3]", "\u00e9": "[e\u00e9]", "\u00ed": "[i\u00ed]"}
    plain = "".join(either.get(char, re.escape(char)) for char in verb)
    return plain.replace(r"\{sign\}", _SIGN).replace(r"\{thing\}", _TAKEN_BACK)


def _is_quotation(quoted: str, last_words: tuple[str, ...]) -> bool:
    """What we said, from its beginning, cut off or not. Else a text further back, unless it could be a stop."""
    said = [fold(words) for words in last_words]
    if any(words.startswith(quoted) for words in said) or len(quoted.split()) >= _LEAST_QUOTED:
        return True
    stop = stops.heard(Said(quoted))
    return stop is None or (not said and stop is not stops.Stop.KEYWORD)


def is_automatic(said: Said) -> bool:
    """Out of office, driving, other companies' answers, carriers' refusals. A cry for help beside it is a person's."""
    words, machines = said.words, lexicon.subject("machines")
    machine = machines.of("sure").holds(words) or (
        machines.of("thanks_for").holds(words) and machines.of("we_will").holds(words)
    )
    return machine and danger.outside_advice(said) is not danger.Health.RED
