"""Stopping all texts and letting them go on: asked for from any page, confirmed here, with a reason."""

from collections.abc import Callable
from datetime import datetime

import streamlit as st
from sqlalchemy.orm import Session

from console.delivery import view
from console.parts.component import Handler, Message
from console.shell import Outcome, Visit, act
from core.domain.roles import Actor
from core.flows.sending import breaking, pausing
from core.operations.store import PAUSED
from core.reads.parts import sending_state

ASKED = "sending.asked"
PAUSE = "pause"


def ask_pause(_message: Message) -> Outcome:
    """The dialog of this run confirms it."""
    st.session_state[ASKED] = PAUSE
    return Outcome("done")


def ask_resume(message: Message) -> Outcome:
    """The same for what stands stopped: `id` is the stop's name."""
    st.session_state[ASKED] = str(message["id"])
    return Outcome("done")


ACTIONS: dict[str, Handler] = {"pause": ask_pause, "resume": ask_resume}


def open_asked(here: Visit) -> None:
    """Open the dialog where a component asked for it in this run."""
    asked = st.session_state.pop(ASKED, None)
    if asked == PAUSE:
        st.dialog("Pause all texts?")(pause)(here)
    elif asked:
        st.dialog("Let texts go out again?")(resume)(here, asked)


def pause(_here: Visit) -> None:
    """What it means, the reason, the button."""
    st.markdown(
        "Nothing leaves until somebody resumes: no confirmations, no reminders, no alerts to staff. "
        "Forms and replies still come in, and texts that are out already still arrive."
    )
    reason = _asked_reason("Why? Everybody sees it, and it is kept in the audit trail.", "Pause all texts")
    if reason:
        _do(lambda session, actor, now: pausing.pause(session, actor, reason, now=now))


def resume(here: Visit, name: str) -> None:
    """What would leave at once, the reason, the button."""
    with here.app.db.read() as session:
        waits = sending_state.waiting(session, here.app.clock.now())
        stops = sending_state.read(session).stops
    stop = next((stop for stop in stops if stop.name == name), None)
    if stop is None:
        st.info("Somebody has resumed it already. Nothing is left to do.", icon=":material/check:")
        return
    for words in view.before_resuming(stop, waits, [other for other in stops if other != stop]):
        st.markdown(words)
    if name == PAUSED:
        reason = _asked_reason("Why now? It is kept in the audit trail.", "Resume")
        if reason:
            _do(lambda session, actor, now: pausing.resume(session, actor, reason, now=now))
    elif st.button("Resume", type="primary"):
        _do(lambda session, actor, now: breaking.reset(session, here.app, actor, name, now=now))


def _asked_reason(label: str, button: str) -> str:
    """The reason once the button was pressed with one; '' until then."""
    with st.form("sending.reason", border=False):
        reason = st.text_input(label, max_chars=pausing.LONGEST_REASON).strip()
        pressed = st.form_submit_button(button, type="primary")
    if pressed and not reason:
        st.error("Say why, in a few words.", icon=":material/edit:")
    return reason if pressed else ""


def _do(flow: Callable[[Session, Actor, datetime], bool]) -> None:
    """A refusal stays beside the button; what was done shows in the banner, which everybody gets by push."""
    outcome = act(flow)
    if outcome.ok:
        st.rerun()
    st.error(outcome.words, icon=":material/error:")
