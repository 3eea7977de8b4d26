"""What the pages of results share: reads kept for 30 seconds for everybody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import streamlit as st

from console.parts.figures import day, label
from console.shell import Visit
from core.reads import funnel, sources
from core.reads.parts import scopes
from core.reads.parts.periods import Period
from core.reads.parts.scopes import Choices, Scope

KEPT_SECONDS = 30
CHOICES_KEPT_SECONDS = 300
LOOK_BACK = timedelta(days=184)


@dataclass(frozen=True)
class Key:
    """What a kept read is found by. The role is part of it: what one role may see is never handed to another."""

    role: str
    period: str
    scope: Scope
    grouping: str = ""


@dataclass(frozen=True)
class Filters:
    """The period by name and as days, and what the leads are narrowed to."""

    name: str
    period: Period
    scope: Scope

    def key(self, here: Visit, grouping: str = "") -> Key:
        return Key(here.actor.role.value, self.name, self.scope, grouping)


def days(period: Period) -> str:
    """'Oct 20 to Nov 19'"""
    return f"{day(period.first)} to {day(period.last)}"


def days_compared(period: Period) -> str:
    """'Oct 20 to Nov 19, before it Sep 20 to Oct 19'"""
    return f"{days(period)}, before it {day(period.before_first)} to {day(period.before_last)}"


@st.cache_data(ttl=KEPT_SECONDS, show_spinner=False, max_entries=200)
def _funnel(_here: Visit, _period: Period, key: Key) -> funnel.Funnel:
    return _here.read(funnel.read, _period, key.scope, _here.app.reference.clinic.zone)


@st.cache_data(ttl=KEPT_SECONDS, show_spinner=False, max_entries=200)
def _sources(_here: Visit, _period: Period, key: Key) -> tuple[sources.SourceRow, ...]:
    return _here.read(sources.read, _period, key.scope, key.grouping)


@st.cache_data(ttl=CHOICES_KEPT_SECONDS, show_spinner=False)
def _choices(_here: Visit, key: Key) -> Choices:  # noqa: ARG001
    return _here.read(scopes.choices, _here.now - LOOK_BACK)


def funnel_of(here: Visit, chosen: Filters) -> funnel.Funnel:
    asked = (here, chosen.period, chosen.key(here))
    found = _funnel(*asked)
    if not found.stages[0]:  # not kept: who sent the first form looks for it at once
        _funnel.clear(*asked)
    return found


def sources_of(here: Visit, chosen: Filters, grouping: str) -> tuple[sources.SourceRow, ...]:
    asked = (here, chosen.period, chosen.key(here, grouping))
    found = _sources(*asked)
    if not found:
        _sources.clear(*asked)
    return found


def choices_of(here: Visit) -> Choices:
    return _choices(here, Key(here.actor.role.value, "", Scope()))


def labelled(codes: Sequence[str]) -> dict[str, str]:
    """Codes of sources in words."""
    return {code: label(code) for code in codes}
