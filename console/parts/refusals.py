"""What a page says where a password or a code was not taken, and how long it is until the next try."""

import math
from typing import Any

import streamlit as st

from console.parts.component import LiveComponent
from core.flows.access.sign_in import Refused

WAIT = LiveComponent("parts/wait")
COUNTS = ("No", "One", "Two", "Three", "Four")
SOON = 2  # from so many tries on the page says how many are left


def say(place: Any, refused: Refused, failed: str, key: str) -> None:
    """`failed`: what was wrong, where it was looked at. `key` names the place on the page."""
    with place.container():
        st.error(words_of(refused, failed), icon=":material/error:")
        if refused.seconds:
            seconds = math.ceil(refused.seconds)
            # A number of its own each time: a page that is drawn anew must not go on with an old count.
            turn = st.session_state["wait.turn"] = st.session_state.get("wait.turn", 0) + 1
            st.html(
                f'<p class="luxe-wait" role="timer" data-seconds="{seconds}" data-turn="{turn}">'
                f"Try again in <b>{span_words(seconds)}</b>.</p>"
            )
            WAIT.mount(key=f"wait.{key}", data={"turn": turn})


def words_of(refused: Refused, failed: str) -> str:
    """The same for a wrong name, a wrong password and a closed account."""
    if not refused.looked:
        return "Too many failed tries. This one was not looked at."
    if refused.seconds or not 0 < refused.left <= SOON:
        return failed
    tries = "try" if refused.left == 1 else "tries"
    return f"{failed} {COUNTS[refused.left]} more {tries} before you have to wait."


def span_words(seconds: int) -> str:
    """'12 s', '2:40 min'."""
    return f"{seconds} s" if seconds < 60 else f"{seconds // 60}:{seconds % 60:02d} min"
