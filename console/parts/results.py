"""What the pages of results share: reads kept for 30 seconds for everybody, and the filters in the address."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import streamlit as st

from console.parts.figures import label
from console.shell import Visit
from core.reads import funnel, sources
from core.reads.parts import scopes
from core.reads.parts.periods import PERIODS, USUAL, Period, period
from core.reads.parts.scopes import Choices, Scope

KEPT_SECONDS = 30
CHOICES_KEPT_SECONDS = 300
LOOK_BACK = timedelta(days=184)
ALL = ""


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
    return _funnel(here, chosen.period, chosen.key(here))


def sources_of(here: Visit, chosen: Filters, grouping: str) -> tuple[sources.SourceRow, ...]:
    return _sources(here, chosen.period, chosen.key(here, grouping))


def choices_of(here: Visit) -> Choices:
    return _choices(here, Key(here.actor.role.value, "", Scope()))


def period_control(here: Visit) -> tuple[str, Period]:
    """7 days, 30 days, this month or the quarter, kept in the address."""
    name = _kept_choice("period", "results.period", list(PERIODS), USUAL)
    chosen = st.segmented_control(
        "Period",
        list(PERIODS),
        format_func=PERIODS.__getitem__,
        key="results.period",
        required=True,
        label_visibility="collapsed",
        on_change=_keep,
        args=("period", "results.period", USUAL),
    )
    name = chosen or USUAL
    return name, period(name, here.app.reference.clinic.zone, here.now)


def filter_box(name: str, everything: str, codes: Sequence[str], labels: Mapping[str, str]) -> str:
    """One filter; '' while it is open. A value in the address that is not on offer reads as open."""
    options = [ALL, *codes]
    key = f"results.{name}"
    _kept_choice(name, key, options, ALL)
    chosen = st.selectbox(
        everything,
        options,
        format_func=lambda code: labels.get(code, label(code)) if code else everything,
        key=key,
        label_visibility="collapsed",
        on_change=_keep,
        args=(name, key, ALL),
    )
    return chosen or ALL


def _kept_choice(name: str, key: str, options: Sequence[str], usual: str) -> str:
    """What the address says, also to the widget: after Back it would go on showing what was chosen later."""
    found = st.query_params.get(name, usual)
    st.session_state[key] = found if found in options else usual
    return str(st.session_state[key])


def _keep(name: str, key: str, usual: str) -> None:
    """Bring the address up to date, so that it can be copied to a colleague."""
    chosen = st.session_state.get(key)
    if chosen and chosen != usual:
        st.query_params[name] = chosen
    else:
        st.query_params.pop(name, None)
