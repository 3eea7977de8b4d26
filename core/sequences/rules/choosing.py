"""Who enters which sequence. Pure."""

from collections.abc import Iterable

from core.sequences.rules.definition import Anchor, Sequence

BY_FORM = (Anchor.SUBMISSION, Anchor.FORM_OPENED)


def for_form(sequences: Iterable[Sequence], form_type: str) -> Sequence | None:
    """The one that names the form, else the one for every other form; None where there is neither."""
    by_form = [one for one in sequences if one.starts_on in BY_FORM]
    naming = [one for one in by_form if form_type in one.forms]
    others = [one for one in by_form if is_default(one)]
    return next(iter([*naming, *others]), None)


def is_default(sequence: Sequence) -> bool:
    """Whether every form that no sequence names starts it."""
    return sequence.starts_on is Anchor.SUBMISSION and not sequence.forms


def starting_on(sequences: Iterable[Sequence], anchor: Anchor) -> list[Sequence]:
    """Those that begin with such a moment. One that names forms begins with those forms instead."""
    return [one for one in sequences if one.starts_on is anchor and not (one.forms and anchor in BY_FORM)]
