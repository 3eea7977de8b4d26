"""Whose words a text holds, where several people share the number. Pure.

A name in the text says it; else who it was that we, or rather a colleague, last wrote to. Where neither tells, the text
is unclear: it is shown to all of them, and automation steps aside for all until a person says whose it is.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.domain.names import fold, words

LIVELY = timedelta(hours=48)  # an answer comes within two days, or it begins something new
SAYS = r"(?:this is|it is|it'?s|i am|i'?m|my name is|soy|habla|es)"


@dataclass(frozen=True)
class Member:
    """Somebody on the number. `waiting`: a request of theirs is open."""

    patient_id: str
    first_name: str
    waiting: bool


@dataclass(frozen=True)
class Spoken:
    """We wrote to a member, or they to us and a colleague said that it was they. `by_person`: no machine's text."""

    patient_id: str
    at: datetime
    by_person: bool


@dataclass(frozen=True)
class Guess:
    """Whose it is, or most probably is. `sure`: nobody else's follow-up need stop for it."""

    patient_id: str
    sure: bool


def guess(body: str, members: Sequence[Member], spoken: Sequence[Spoken], now: datetime) -> Guess:
    """Whose text this is. `members`, at least one, the likeliest first where nothing else tells."""
    named = [member for member in members if _names_itself(body, member.first_name)]
    if len(members) == 1 or len(named) == 1:
        return Guess((named or members)[0].patient_id, sure=True)
    known = {member.patient_id for member in members}
    lately = [one for one in spoken if now - one.at <= LIVELY and one.patient_id in known]
    if not lately:
        waiting = [member for member in members if member.waiting]
        return Guess((waiting or members)[0].patient_id, sure=len(waiting) == 1)
    last = max(lately, key=lambda one: one.at)
    alone = len({one.patient_id for one in lately}) == 1
    return Guess(last.patient_id, sure=alone or last.by_person)


def _names_itself(body: str, first_name: str) -> bool:
    """'Casey here', 'this is Casey', 'Thanks! - Casey'. Not 'Casey can't come': that is said about her, not by her."""
    name = " ".join(words(first_name))
    if not name:
        return False
    told = fold(body).replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    bare = re.escape(name)
    patterns = (
        rf"\b{bare} here\b",
        rf"\b{SAYS} {bare}\b(?!\s*('s|and|y)\b)",
        rf"(?:^|[-\u2014~,.!])\s*{bare}[\s.!]*$",
    )
    return any(re.search(pattern, told) for pattern in patterns)
