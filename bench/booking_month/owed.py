"""What every visit is owed: its confirmation, and each reminder whose moment came while it stood.

When a text could have gone is worked out from the hours of data/quiet_hours.toml, from what went to that number, and
from the distance of two hours to texts of other sequences: nobody asks the product why it kept one back.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from bench.booking_month.judge import BY_HAND, HOUR, MINUTE, Facts, Found, Text
from bench.booking_month.record import State

GAP, STEP = 2 * HOUR, 5 * MINUTE
LATE = 40 * MINUTE  # what a dead scheduler, a busy provider and a distance of a quarter of an hour may cost
VISIT_SEQUENCE = "pre_treatment"


class Step(NamedTuple):
    """A step of the sequence before a visit. `offset` None: it counts from the booking."""

    kind: str
    offset: timedelta | None
    useful: timedelta


STEPS = (
    Step("confirmed", None, 12 * HOUR),
    Step("reminder", -72 * HOUR, 20 * HOUR),
    Step("prepare", -48 * HOUR, 20 * HOUR),
    Step("reminder", -24 * HOUR, 16 * HOUR),
    Step("today", -4 * HOUR, 2 * HOUR),
    Step("check_in", timedelta(), 30 * MINUTE),
)
AT_ONCE = ("confirmed", "check_in")  # they keep no distance


@dataclass(frozen=True)
class Stretch:
    """A visit stood at one time from one moment to another. `booked`: from the moment on in which it was booked."""

    state: State
    since: datetime
    until: datetime
    booked: bool


def missing(facts: Facts) -> Found:
    """Texts that were owed and could have gone, and did not."""
    for states in facts.diary.visits.values():
        if not _stopped(facts, states[0].person):
            for stretch in stretches(states, facts.until):
                for step in STEPS:
                    if _is_missing(facts, stretch, step):
                        yield f"no {step.kind}", _in_words(facts, stretch)


def _stopped(facts: Facts, person: int) -> bool:
    return any(words == "STOP" for _, _, words in facts.diary.said.get(person, ()))


def stretches(states: list[State], end: datetime) -> Iterator[Stretch]:
    """What follows in a visit's states at one time is one stretch; it ends with arrival."""
    booked, current, since = True, states[0], states[0].at
    for state in states[1:]:
        if state.stands and not state.here and state.starts_at == current.starts_at and current.stands:
            continue
        if current.stands and not current.here:
            yield Stretch(current, since, state.at, booked)
        booked = booked and not (current.stands and not current.here)
        current, since = state, state.at
    if current.stands and not current.here:
        yield Stretch(current, since, end, booked)


def _is_missing(facts: Facts, stretch: Stretch, step: Step) -> bool:
    starts_at = stretch.state.starts_at
    due = stretch.since if step.offset is None else starts_at + step.offset
    if (step.offset is None and not stretch.booked) or due < stretch.since:
        return False
    last = due + step.useful
    could = first_moment(facts, stretch.state.person, step, due, last)
    ends = min(stretch.until, facts.until, last)
    if could is None or could + min(LATE, step.useful / 2) > ends:
        return False
    return not any(_is_it(facts, text, stretch, step, due, last) for text in _of(facts, stretch))


def _of(facts: Facts, stretch: Stretch) -> list[Text]:
    return facts.by_person[stretch.state.person]


def _is_it(facts: Facts, text: Text, stretch: Stretch, step: Step, due: datetime, last: datetime) -> bool:
    within = due <= text.taken.at <= last + LATE
    named = step.kind == "check_in" or facts.names(text.taken, stretch.state)
    return text.kind == step.kind and within and named


def first_moment(facts: Facts, person: int, step: Step, due: datetime, last: datetime) -> datetime | None:
    """The first moment from `due` on at which it could go, None where there is none up to `last`."""
    at = due
    while at <= last:
        if _free(facts, person, step, at):
            return at
        at += STEP
    return None


def _free(facts: Facts, person: int, step: Step, at: datetime) -> bool:
    if not facts.may_go(facts.people[person], at) or facts.capped(person, at):
        return False
    return step.kind in AT_ONCE or not any(_near(text, at) for text in facts.by_person[person])


def _near(text: Text, at: datetime) -> bool:
    """A text of another sequence went out within two hours, before or after."""
    other = text.label.sequence not in ("", VISIT_SEQUENCE) and text.label.purpose not in BY_HAND
    return other and abs(text.taken.at - at) < GAP


def _in_words(facts: Facts, stretch: Stretch) -> str:
    state, person = stretch.state, facts.people[stretch.state.person]
    return (
        f"visit of {person.number} ({person.zone}) at {state.starts_at:%b %d %H:%M}, which stood"
        f" {stretch.since:%b %d %H:%M} to {stretch.until:%b %d %H:%M}"
    )
