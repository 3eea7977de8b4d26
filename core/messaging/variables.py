"""What a wording may name: each variable with its class, samples and what is printed where it is missing. Pure data.

A new one is an entry of `data/variables.toml`; where the product can fill it in, `core/flows/sending/filling.py` does.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

LANGUAGES = {"en": "English", "es": "Spanish"}
CLASSES = ("identifying", "health", "clinic", "link", "schedule")
PATIENT, STAFF, QUICK, EMAIL = "patient", "staff", "quick", "email"


@dataclass(frozen=True)
class Variable:
    """One name. `users`: the kinds of wording that may have it.

    By language: a `sample`, the `longest` value that a text is measured with, and the `fallback`, '' where a hole is
    closed.
    """

    name: str
    label: str
    kind: str
    users: frozenset[str]
    sample: Mapping[str, str]
    longest: Mapping[str, str]
    fallback: Mapping[str, str]

    @property
    def is_health(self) -> bool:
        return self.kind == "health"


@cache
def variables() -> Mapping[str, Variable]:
    """All of them, in the order of the picker. Raises KeyError or ValueError where the data is broken."""
    raw = tomllib.loads((files("data") / "variables.toml").read_text(encoding="utf-8"))
    return {name: _variable(name, entry) for name, entry in raw.items()}


def _variable(name: str, entry: Mapping[str, Any]) -> Variable:
    if entry["class"] not in CLASSES:
        raise ValueError(f"{name}.class is {entry['class']!r}, and must be one of {', '.join(CLASSES)}")
    return Variable(
        name,
        entry["label"],
        entry["class"],
        frozenset(entry["users"]),
        {language: entry.get(f"sample_{language}", entry["sample"]) for language in LANGUAGES},
        {language: entry.get(f"longest_{language}", entry["longest"]) for language in LANGUAGES},
        {language: entry.get(language, "") for language in LANGUAGES},
    )


@cache
def known_to(user: str) -> frozenset[str]:
    """The names that a wording of this kind (PATIENT, STAFF, QUICK, EMAIL) may have; an email what a text may, too."""
    users = {user, PATIENT} if user == EMAIL else {user}
    return frozenset(name for name, one in variables().items() if users & one.users)


@cache
def clinic_classed() -> frozenset[str]:
    """What is the same for everybody: all that a subject may have, which any server on the way can read."""
    return frozenset(name for name, one in variables().items() if one.kind == "clinic") & known_to(PATIENT)


@cache
def health_classed() -> frozenset[str]:
    """What says something about somebody's body or treatment."""
    return frozenset(name for name, one in variables().items() if one.is_health)


@cache
def fallbacks(language: str) -> Mapping[str, str]:
    """What is printed for a missing value, by name; a name that is not there leaves a hole that is closed."""
    return {name: one.fallback[language] for name, one in variables().items() if one.fallback.get(language)}


def samples(language: str) -> dict[str, str]:
    """Every variable with a usual value."""
    return {name: one.sample[language] for name, one in variables().items()}


def longest(language: str) -> dict[str, str]:
    """Every variable with the longest value that is real."""
    return {name: one.longest[language] for name, one in variables().items()}
