"""'Is it still you?': asked in a dialog before something leaves the house, opens keys or erases.

def export(here):                       # the body of a dialog
    if step_up.ask("Patients' data is about to leave the house."):
        st.download_button(...)

def connect(message):                   # an action of a component
    return step_up.needed("A chat tool is about to get your alerts.") or act(...)
step_up.open_asked()                    # at the end of its page
"""

import streamlit as st

from console.parts import refusals
from console.process import current_app
from console.shell import Outcome, visitor
from console.signed_in import current_session
from core.domain.clock import real_time
from core.flows.access import stepping_up
from core.flows.access.sign_in import Refused

LABELS = {"code": "Code of your authenticator app", "password": "Your password"}
ASKED = "step_up.asked"
FIRST = "Show once more that it is you, then press again. Nothing was changed."
FAILED = {"code": "This code is not right, or was used already.", "password": "This is not your password."}


def fresh() -> bool:
    """Whether the signed-in person has proved who they are within the last ten minutes."""
    app, who = current_app(), current_session()
    return who is not None and not stepping_up.needs_step_up(app, who, app.clock.now())


def ask(why: str) -> bool:
    """Whether the signed-in person has just proved who they are; where not, the question stands in the page instead."""
    app, who = current_app(), current_session()
    if who is None:
        st.info("You are signed out. Sign in again; nothing was changed.")
        return False
    if not stepping_up.needs_step_up(app, who, app.clock.now()):
        return True
    kind = stepping_up.asks_for(who)
    st.markdown(f"{why} Show once more that it is you; it holds for ten minutes.")
    problem = st.empty()
    with st.form("step_up", border=False):
        if kind == "password":
            typed = st.text_input(LABELS[kind], type="password", autocomplete="current-password")
        else:
            typed = st.text_input(LABELS[kind], autocomplete="one-time-code", max_chars=20)
        sent = st.form_submit_button("Confirm that it is me", type="primary")
    if not sent:
        return False
    refused = stepping_up.step_up(app, who, typed, visitor("confirming"), at=real_time(), now=app.clock.now())
    if isinstance(refused, Refused):
        refusals.say(problem, refused, FAILED[kind], "step_up")
        return False
    st.rerun(scope="fragment")


def needed(why: str) -> Outcome | None:
    """For an action of a component: None where the proof is fresh; else its answer, and the page asks in a dialog."""
    if fresh():
        return None
    st.session_state[ASKED] = why
    return Outcome("refused", FIRST)


def open_asked() -> None:
    """Open the dialog where an action asked for it in this run."""
    why = st.session_state.pop(ASKED, "")
    if why:
        st.dialog("Is it still you?", on_dismiss="rerun")(_asked)(why)


def _asked(why: str) -> None:
    if ask(why):
        st.rerun()
