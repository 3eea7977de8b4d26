"""Sequences: what bars one from being published, and what leads to it."""

from sqlalchemy.orm import Session

from core import library, plans
from core.domain.reading import Problem
from core.domain.roles import Permission
from core.experiments import store as experiments
from core.experiments.rules.fixed import Running
from core.kinds.trials import under_way
from core.reference import sequences_around
from core.sequences.rules import in_words, soundness
from core.sequences.rules.definition import FaultySequence
from core.sequences.rules.reading import parse_sequence
from core.shipped import shipped_sequences, texting_hours
from core.versions.rules import Body, Kind


def _sequence_problems(body: Body) -> list[Problem]:
    try:
        parse_sequence("draft", 0, body)
    except FaultySequence as faulty:
        return [Problem(fault.field, fault.message) for fault in faulty.faults]
    return []


def _sequence_sound(session: Session, key: str, body: Body) -> list[Problem]:
    """What its steps lead to is in use, and goes when they say."""
    sequence, known = parse_sequence(key, 0, body), plans.published(session)
    around = sequences_around(library.published(session), known | {key: sequence}, texting_hours())
    tried = [
        Problem("steps", under_way(one))
        for one in _trials_in(session, key)
        if key in known and sequence.step(one.fixed.place[1]) != known[key].step(one.fixed.place[1])
    ]
    return [Problem(fault.field, fault.message) for fault in soundness.faults(sequence, around)] + tried


def _sequence_used(session: Session, key: str) -> list[str]:
    """Which other sequences lead to it, and which experiments are under way in it."""
    leading = [
        f"step {step.name} of the sequence '{plan.title}' leads to it"
        for plan in plans.published(session).values()
        for step in plan.planned()
        if step.then == key
    ]
    trials = _trials_in(session, key)
    return [*leading, *(f"the experiment '{one.fixed.title}' is under way in it" for one in trials)]


def _trials_in(session: Session, sequence: str) -> list[Running]:
    return [one for one in experiments.running(session) if one.fixed.place[0] == sequence]


SEQUENCE = Kind(
    name=plans.KIND,
    noun="sequence",
    sees=Permission.SEE_SEQUENCES,
    permission=Permission.EDIT_SEQUENCES,
    parse=_sequence_problems,
    shipped=shipped_sequences,
    shown=in_words.shown,
    used=_sequence_used,
    sound=_sequence_sound,
)
