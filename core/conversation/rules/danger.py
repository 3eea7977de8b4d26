"""Whether a text tells of danger to health or life, or asks something clinical. Pure.

A false alarm costs a call; a missed one may cost an eye. So whatever sounds like it happens now, to somebody, is an
alarm, also as a question. Not an alarm: what is denied ('no swelling at all'), over ('the swelling went down'), a
manner of speaking; nor what is long past, or only supposed ('can filler cause blindness?'): those are for a clinician.
"""

import re
from enum import Enum
from functools import cache
from itertools import pairwise

from core.conversation.lexicon import subject
from core.conversation.rules.assertion import (
    Clause,
    had,
    is_an_errand,
    is_asked_of_the_thing,
    is_bruise,
    is_denied,
    is_mild,
    is_of_another,
    is_over,
    is_over_by_now,
    is_past,
    is_supposed,
    kin,
    recedes,
    status,
)
from core.conversation.rules.patterns import Match, Patterns
from core.conversation.rules.words import Part, Said


class Health(Enum):
    """`RED` raises an alarm; `CLINICAL` is for a person with clinical training."""

    RED = "red"
    CLINICAL = "clinical"


_BUT = re.compile(
    r"\b(?:but|however|although|though|except|and now|pero|aunque|sino|excepto|salvo"
    r"|and my|and i|y me|y mi|so (?:now|i|my))\b"
)
_IF = re.compile(
    r"(?:(?:and|so|but|hi|y|pero) )?(?:what if|if|y si|si|que pasa si|que hago si|what happens if)\b"
)
_ALARM = re.compile(
    r"(?:help |it is |this is |es |esto es )*(?:an |una )?(?:emergency|urgent|emergencia|urgente)"
    r"(?: please| help| now| ayuda)*|911|emergency room"
)
_AND = re.compile(r"\b(?:and|y|e)(?: (?:i|ya|now))?$")
_DENIAL = re.compile(r"(?:cant|no|not|isnt|dont)\b")
_ADVICE = re.compile(r"\b(if|for|in)\b[^.!?]*\b(emergenc\w+|urgent)\b[^.!?]*", re.IGNORECASE)
# Where a slight degree is no alarm; skin that turns white a little is one.
_BY_DEGREE = frozenset(
    {"body_swelling", "body_pain", "body_bleeding", "body_fever", "body_allergy", "body_sick"}
)


_ALWAYS_NOW = ("life_self", "life_lost")  # also as a question: whoever asks so is in it


@cache
def _danger() -> Patterns:
    return subject("danger").of("life_*", "body_*")


def heard(said: Said) -> Health | None:
    """What a text says about somebody's health; None where nothing."""
    if _ALARM.fullmatch(said.words):
        return Health.RED
    verdicts = [_sentence(clauses, said) for clauses in said.clauses_by_sentence]
    if Health.RED in verdicts:
        return Health.RED
    return Health.CLINICAL if Health.CLINICAL in verdicts else None


def outside_advice(said: Said) -> Health | None:
    """The same, without what a machine advises: 'if this is an emergency, call 911'."""
    return heard(Said(_ADVICE.sub(" ", said.raw)))


def _sentence(parts: tuple[Part, ...], said: Said) -> Health | None:
    whole = status("idiom").without(" ".join(part.words for part in parts))
    if not whole:
        return None
    found: set[Health | None] = set()
    before: Clause | None = None
    for part in parts:
        for words in _pieces(status("idiom").without(part.words)):
            before = Clause(words, whole, part.asks, before)
            found |= {_weigh(before, match, said) for match in _danger().find(words)}
    if Health.RED in found:
        return Health.RED
    asks = any(part.asks for part in parts)
    return Health.CLINICAL if Health.CLINICAL in found or _clinical(whole, asks=asks) else None


def _pieces(words: str) -> list[str]:
    """A clause parts where it turns: 'no fever but I can't see'."""
    turns = [] if _IF.match(words) else [match.start() for match in _BUT.finditer(words)]
    cuts = [0, *turns, len(words)]
    return [piece for start, end in pairwise(cuts) if (piece := words[start:end].strip())]


def _weigh(clause: Clause, match: Match, said: Said) -> Health | None:
    before, after = clause.words[: match.start].strip(), clause.words[match.end :].strip()
    named = clause.words[match.start : match.end]
    denied = is_denied(before, after, clause, named) and not _stands_alone(before, named)
    if denied or is_over(before, after) or recedes(clause.words, match):
        return None
    if match.entry == "body_blanching" and is_bruise(clause.words):
        return Health.CLINICAL
    if match.entry in _ALWAYS_NOW:
        return Health.CLINICAL if is_past(clause, match.entry) else Health.RED
    if match.entry == "life_help" and is_an_errand(clause.sentence, said.words):
        return None
    if match.entry in ("body_fever", "body_sick") and is_of_another(clause.sentence):
        return Health.CLINICAL
    if match.entry.startswith("body") and had(clause.words) and is_over_by_now(clause):
        return Health.CLINICAL
    if is_supposed(before, clause) or is_past(clause, match.entry) or is_asked_of_the_thing(clause):
        return Health.CLINICAL
    return Health.CLINICAL if match.entry in _BY_DEGREE and is_mild(clause.words, match) else Health.RED


def _stands_alone(before: str, named: str) -> bool:
    """'No rash and I can't swallow', 'no idea, can't see': what is itself a denial is not denied by an earlier one."""
    return bool((not before or _AND.search(before)) and _DENIAL.match(named))


@cache
def _health(*names: str) -> Patterns:
    return subject("health").of(*names)


def _clinical(sentence: str, *, asks: bool) -> bool:
    if _health("careful").holds(sentence):
        return False
    waits = bool(
        re.match(r"(how long|when|until|cuando|cuanto)\b", sentence)
    )  # 'until it goes away' is not over
    told = {
        match.entry
        for match in _health("body", "history").find(sentence)
        if _is_told(sentence, match, waits=waits)
    }
    if "body" in told or ("history" in told and (asks or not kin().holds(sentence))):
        return True
    if (asks or status("opener").holds(sentence)) and _health("own_risk").holds(sentence):
        return True
    return _health("care_asked").holds(sentence) and _health("care").holds(sentence)


def _is_told(sentence: str, match: Match, *, waits: bool) -> bool:
    before, after = sentence[: match.start].strip(), sentence[match.end :].strip()
    lasts = waits or status("easing").holds(after)
    return not is_denied(before, after) and (lasts or not is_over(before, after))
