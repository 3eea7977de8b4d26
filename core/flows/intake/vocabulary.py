"""The clinic's words for what forms ask: reference data, in the shape that the intake rules read."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from core.domain.names import fold
from core.intake.draft import Vocabulary
from core.reference import Reference
from core.shipped import read_toml

# As who speaks it looks for it.
OWN_NAMES = {"en": "English", "es": "Español"}


@dataclass(frozen=True)
class Choice:
    """One option of a form: what is stored, and what is read."""

    code: str
    label: str


def vocabulary(reference: Reference) -> Vocabulary:
    """Every spelling we know."""
    return Vocabulary(
        treatments=reference.treatment_names,
        timeframes=_spellings("timeframes"),
        budgets=_spellings("budgets"),
        locations={
            fold(spelling): where.slug
            for where in reference.clinic.locations.values()
            for spelling in (where.slug, where.name)
        },
        sources=_options()["sources"],
    )


def choices(name: str, reference: Reference) -> tuple[Choice, ...]:
    """The options of one question, in the order of the data. Raises KeyError for a list that does not exist."""
    if name == "treatments":
        offered = (known for known in reference.treatments.values() if not known.retired)
        return tuple(Choice(known.code, known.label) for known in offered)
    if name == "languages":
        return tuple(Choice(code, label) for code, label in OWN_NAMES.items())
    entries = _options()[name]
    if name in ("timeframes", "budgets"):
        return tuple(Choice(code, entry["label"]) for code, entry in entries.items())
    # Free answers: what is read is what is kept.
    return tuple(Choice(label, label) for label in entries.values())


@cache
def _options() -> dict[str, Any]:
    return read_toml("forms/options.toml")


@cache  # for every form the same, and folding a hundred spellings took longer than reading the form
def _spellings(name: str) -> Mapping[str, str]:
    return {
        fold(spelling): code
        for code, entry in _options()[name].items()
        for spelling in (code, code.replace("_", " ").replace("-", " "), entry["label"], *entry["also"])
    }
