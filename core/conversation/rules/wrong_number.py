"""Whether the number is somebody else's by now. Pure."""

import re

from core.conversation.rules.words import Said, fold

_STRANGER = re.compile(
    r"\bwrong (number|person|phone|guy|girl|lady|man|woman)\b|\b(have|got|texting|reached) the wrong\b"
    r"|\bnot my name\b|\b(im|i am) not (her|him|that person|who you)\b"
    r"|\b(numero|persona) equivocad[oa]\b|\bequivoc\w+ de (numero|persona)\b"
    r"|\bno longer (her|his|their|\w+s) (number|phone|cell)\b|\b(number|phone) (doesnt|does not"
    r"|no longer) belongs?\b"
    r"|\bbelongs to (someone|somebody) else\b|\bjust got this (phone|number)\b|\bthis (isnt|is not) (her"
    r"|his|their|\w+s) (number|phone|cell)\b"
    r"|\b(este )?(ya )?no es (el|su) (numero|telefono) de\b|\b(este )?(ya )?no es su (numero|telefono)\b"
)
_OWN_MISTAKE = re.compile(
    r"\b(i|we|form|me) (\w+ )?(put|gave|typed|entered|wrote|listed|used|had|filled|left"
    r"|gave you) (\w+ ){0,4}wrong\b"
    r"|\b(is this|do i have|did i (text|call|get)) (\w+ ){0,3}wrong\b"
)
_GREETED = re.compile(r"^(?:hi |hello |hey )?([^\W\d_][\w'\u2019-]{1,24}),", re.IGNORECASE)


def heard(said: Said, last_words: str | None) -> bool:
    """`last_words` may greet by a name that the person says is not theirs."""
    if _OWN_MISTAKE.search(said.words):
        return False
    return bool(_STRANGER.search(said.words)) or _denies(said.words, last_words)


def _denies(words: str, last_words: str | None) -> bool:
    greeted = _GREETED.match((last_words or "").strip())
    if greeted is None:
        return False
    name = re.escape(fold(greeted.group(1)))
    return bool(
        re.search(
            rf"\b(im|i am|this is|its|it is) not {name}\b|\b(isnt|not) {name}$|^(this )?(isnt|is not|not) {name}\b"
            rf"|\bno {name} (here|at|lives)\b|\bwho(s| is| the \w+ is)? {name}\b|\bno soy {name}\b"
            rf"|\bdont know (a |any )?{name}\b"
            rf"|\b{name} (no longer|doesnt|does not) (has|have|owns?|uses?|lives?)\b",
            words,
        )
    )
