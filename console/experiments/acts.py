"""What is done with an experiment: started, stopped, decided. Each asks once more, and says what follows."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import streamlit as st
from sqlalchemy.orm import Session

from console.experiments import view
from console.shell import Outcome, act
from core.domain.roles import Actor
from core.experiments.store import Experiment
from core.flows.experiments import deciding, judging, starting
from core.flows.experiments.judging import LONGEST_REASON

SAID = "experiments.said"


def said() -> None:
    """What was done before this run, once."""
    words = st.session_state.pop(SAID, "")
    if words:
        st.toast(words)


def of_running(one: Experiment) -> None:
    """The button of one that is under way."""
    if st.button("Stop", key=f"exp_stop_{one.id}", icon=":material/stop_circle:"):
        st.dialog(f"Stop '{one.fixed.title}'?")(_stop)(one)


def of_draft(one: Experiment) -> bool:
    """The buttons of a draft; whether somebody wants to change it."""
    with st.container(horizontal=True):
        if st.button("Start", key=f"start.{one.id}", type="primary", icon=":material/play_arrow:"):
            st.dialog(f"Start '{one.fixed.title}'?")(_start)(one)
        change = st.button("Change", key=f"change.{one.id}", icon=":material/edit:")
        if st.button("Discard", key=f"discard.{one.id}", icon=":material/delete:"):
            _do(
                lambda session, actor, _now: starting.discard(session, actor, one.id),
                "The draft is discarded.",
            )
    return change


def of_ended(one: Experiment) -> None:
    """A button for each variant that could be used from now on."""
    with st.container(horizontal=True):
        for variant in one.fixed.design.variants:
            today = variant.key == one.fixed.control
            words = f"Keep {variant.key}" if today else f"Use {variant.key} for everybody"
            if st.button(words, key=f"use.{one.id}.{variant.key}", type="secondary" if today else "primary"):
                st.dialog(f"{words}?")(_decide)(one, variant.key)


def _start(one: Experiment) -> None:
    st.markdown(
        "From now on people are given variants, and nothing of it can be changed: another experiment would begin. "
        f"It is read once, at {one.fixed.design.least_per_arm:,} people a side. While it runs, the templates and the "
        "step that it is about can't be published anew."
    )
    if st.button("Start it", type="primary"):
        _do(
            lambda session, actor, now: starting.start(session, actor, one.id, now=now),
            "It runs from now on.",
        )


def _stop(one: Experiment) -> None:
    st.markdown(
        "Everybody gets what they got before, at once. It is not read: whoever stops when it looks good stops at a "
        "chance lead. It can't go on later."
    )
    words = _asked("Why? The list and the audit trail keep it.", "Stop it", "stop.reason")
    if words is not None:
        _do(
            lambda session, actor, now: judging.stop(session, actor, one.id, words, now=now), "It is stopped."
        )


def _decide(one: Experiment, variant: str) -> None:
    today = variant == one.fixed.control
    st.markdown(
        "Nothing is published: everybody gets what they get today."
        if today
        else f"What '{view.named(one.fixed, variant)}' does is published as a version, for everybody from now on. "
        "Whoever is under way in a sequence stays in the version that they entered."
    )
    words = _asked("Why? The history keeps it.", "Keep it" if today else "Publish it", "decide.note")
    if words is not None:
        _do(
            lambda session, actor, now: deciding.decide(session, actor, one.id, variant, words, now=now),
            "Decided." if today else "Published.",
        )


def _asked(label: str, button: str, key: str) -> str | None:
    """What was written, once the button was pressed; the story says whether it will do."""
    with st.form(key, border=False):
        words = st.text_input(label, max_chars=LONGEST_REASON)
        return words if st.form_submit_button(button, type="primary") else None


def _do(flow: Callable[[Session, Actor, datetime], Any], done: str) -> None:
    """A refusal stays beside the button."""
    outcome: Outcome = act(flow)
    if outcome.ok:
        st.session_state[SAID] = done
        st.rerun()
    st.error(outcome.words, icon=":material/error:")
