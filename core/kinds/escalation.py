"""The levels of escalation."""

from collections.abc import Mapping
from functools import cache

from core.alerting import rules
from core.domain.reading import Problem
from core.domain.roles import Permission
from core.shipped import read_toml
from core.versions.rules import Body, Kind

LEVELS_KEY = "levels"  # one key: each level says what comes after the one before


def _problems(body: Body) -> list[Problem]:
    return [Problem(field, words) for field, words in rules.faults(body)]


@cache
def _shipped() -> Mapping[str, Body]:
    return {LEVELS_KEY: read_toml("escalation.toml")}


ESCALATION = Kind(
    name="escalation",
    noun="list of levels",
    sees=Permission.SEE_SLA,
    permission=Permission.EDIT_ESCALATION,
    parse=_problems,
    shipped=_shipped,
    shown=rules.shown,
)
