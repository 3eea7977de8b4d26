"""When an automatic answer stays unsent, so that two machines never talk and nobody hears a machine twice. Pure.

Asked when an answer is planned and again at hand-over: between the two another may have gone. The confirmation of an
opt-out (once, ever), emergency advice (once an hour) and whether a free time is theirs (once for each offer) go
whatever went before; to a machine nothing goes. A HELP or a START that follows a STOP is a person's, and carriers want
it answered (compliance.md A4).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

AFTER_HOURS = "after_hours"
SAFETY = "safety_reply"
CONFIRMATION = "opt_out_confirmation"
# What becomes of an offer of the waitlist is said once for each offer and answer (`waitlist_replies`).
OF_OFFERS = frozenset({"waitlist_taken", "waitlist_late"})
OWED = frozenset({SAFETY, CONFIRMATION}) | OF_OFFERS
APART = timedelta(minutes=10)
MOST, AN_HOUR = 3, timedelta(hours=1)
LOOK_BACK = AN_HOUR


@dataclass(frozen=True)
class Said:
    """One text of ours to a number. `action_id` tells a second try of an answer from another answer."""

    action_id: str
    at: datetime
    by_person: bool = False
    answer: str = ""  # of which wording, where no person gave it


@dataclass(frozen=True)
class Night:
    """What bears on the answer of a closed clinic. `person_since`: since when a person's text says that one is here."""

    opted_out: bool
    in_danger: bool
    open: bool
    person_since: datetime


def echo(template: str, said: Iterable[Said], now: datetime, action_id: str = "") -> bool:
    """Whether this answer would follow another too closely: ten minutes, or three in the hour before."""
    if template in OWED:
        return False
    answers = [one for one in said if one.answer and one.action_id != action_id and one.at > now - AN_HOUR]
    lately = [one for one in answers if one.answer != CONFIRMATION and one.at > now - APART]
    return bool(lately) or len(answers) >= MOST


def bar(template: str, said: Iterable[Said], night: Night | None, now: datetime, action_id: str = "") -> str:
    """Why an answer to a person must not go, as a word of REASONS, or ''. `night` for answers of a closed clinic."""
    said = tuple(said)
    if night:
        if night.opted_out:
            return "opted_out"
        if night.in_danger:
            return "in_danger"
        if night.open:
            return "clinic_open"
        if any(one.by_person and one.at > night.person_since for one in said):
            return "person_writes"
    return "just_answered" if echo(template, said, now, action_id) else ""
