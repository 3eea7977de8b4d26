"""Filters of a native page, kept in the address: what one sees can be sent to a colleague, and Back brings it back.

    name = filters.choice("time", view.SPANS, view.USUAL, label="Time", segments=True)

What the address holds wins when a link, Back or Forward changed it; else what the person chose last. A value that is
not on offer reads as the usual one, and the usual one is left out of the address.
"""

from collections.abc import Container, Mapping, Sequence
from typing import Any

import streamlit as st

from console.shell import Visit
from core.reads.parts.periods import PERIODS, USUAL, Period
from core.reads.parts.periods import period as period_of

LONGEST_TEXT = 80
NARROW, WIDE = 260, 420  # pixels: a box across the page would say that it is the page's most important thing
OPEN = ""  # a box that narrows nothing


def given(name: str, options: Container[str], usual: str) -> str:
    """One word of the address, for a component that keeps it there by itself."""
    found = st.query_params.get(name, usual)
    return found if found in options else usual


def choice(name: str, options: Mapping[str, str], usual: str, *, label: str, segments: bool = False) -> str:
    """One of `options`, code to words; as a box, or as segments where there are few."""
    key = _follow(name, given(name, options, usual))
    common: dict[str, Any] = {
        "format_func": options.__getitem__,
        "key": key,
        "label_visibility": "collapsed",
        "on_change": _keep,
        "args": (name, usual),
    }
    codes = list(options)
    chosen = (
        st.segmented_control(label, codes, required=True, **common)
        if segments
        else st.selectbox(label, codes, **common)
    )
    return chosen or usual


def box(name: str, everything: str, options: Mapping[str, str]) -> str:
    """One filter; '' while it is open, which reads as `everything`."""
    return choice(name, {OPEN: everything, **options}, OPEN, label=everything)


def several(name: str, options: Sequence[str], *, label: str) -> tuple[str, ...]:
    """Any number of `options`; none of them chosen narrows nothing."""
    found = [one for one in st.query_params.get_all(name) if one in options]
    chosen: list[str] = st.multiselect(
        label,
        list(options),
        key=_follow(name, found),
        placeholder=label,
        label_visibility="collapsed",
        width=WIDE,
        on_change=_keep,
        args=(name, []),
    )
    return tuple(chosen)


def text(name: str, *, label: str) -> str:
    """Words to look for, folded to lower case."""
    typed = st.text_input(
        label,
        key=_follow(name, st.query_params.get(name, "")[:LONGEST_TEXT]),
        placeholder=label,
        max_chars=LONGEST_TEXT,
        label_visibility="collapsed",
        width=NARROW,
        on_change=_keep,
        args=(name, ""),
    )
    return typed.strip().casefold()


def period(here: Visit) -> tuple[str, Period]:
    """7 days, 30 days, this month or the quarter: its name and its days."""
    name = choice("period", PERIODS, USUAL, label="Period", segments=True)
    return name, period_of(name, here.app.reference.clinic.zone, here.now)


def _follow(name: str, value: Any) -> str:
    """The widget's key, its value brought up to date where the address was changed by something else."""
    key, seen = f"filter.{name}", f"filter.{name}.seen"
    if key not in st.session_state or st.session_state.get(seen) != value:
        st.session_state[key] = value
    st.session_state[seen] = value
    return key


def _keep(name: str, usual: Any) -> None:
    chosen = st.session_state.get(f"filter.{name}") or usual
    if chosen == usual:
        st.query_params.pop(name, None)
    else:
        st.query_params[name] = chosen
    st.session_state[f"filter.{name}.seen"] = chosen
