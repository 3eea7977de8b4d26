"""What an administrator does to an account: asked for in the table, confirmed in a dialog."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import streamlit as st
from sqlalchemy.orm import Session

from console.parts import step_up
from console.parts.component import Handler, Message
from console.process import current_app
from console.shell import Outcome, Visit, act, origin
from console.staff_access.view import QUESTIONS, question
from core.domain.roles import Actor
from core.flows.access import keeping_accounts, passwords
from core.flows.staff import closing
from core.reads.staff_access import AccountLine

ASKED = "staff_access.asked"
SEEN = "staff_access.seen"
HERE = "sign-in and access"
Flow = Callable[..., Any]
FLOWS: dict[str, Flow] = {
    "end_sessions": keeping_accounts.end_sessions,
    "clear_delays": keeping_accounts.clear_delays,
    "reset_second_factor": keeping_accounts.reset_second_factor,
}


def ask(message: Message) -> Outcome:
    """The dialog of this run confirms it."""
    if str(message.get("what")) not in QUESTIONS:
        return Outcome("refused", "This page is older than the server. Reload it.")
    st.session_state[ASKED] = (str(message["what"]), str(message["id"]))
    return Outcome("done")


ACTIONS: dict[str, Handler] = {"ask": ask}


def open_asked(here: Visit, lines: list[AccountLine]) -> None:
    """Open the dialog where the table asked for it in this run."""
    what, staff_id = st.session_state.pop(ASKED, ("", ""))
    line = next((one for one in lines if one.id == staff_id), None)
    if line is not None:
        st.dialog(question(what, line.name).title, on_dismiss="rerun")(confirm)(here, what, line)


def confirm(_here: Visit, what: str, line: AccountLine) -> None:
    """What it means, whether it is still the same admin, the button; then what came of it."""
    if st.session_state.pop(SEEN, False):
        st.rerun()
    asked = question(what, line.name)
    if not step_up.ask(asked.means):
        return
    st.markdown(asked.means)
    if not st.button(asked.verb, type="primary"):
        return
    if what == "reset_password":
        reset_password(line)
        return
    outcome = act(flow_of(what, line.id))
    if outcome.ok and isinstance(outcome.value, str):
        st.success(outcome.value)
        st.button("Done", on_click=_seen)
        return
    if outcome.ok:
        st.rerun()
    st.error(outcome.words, icon=":material/error:")


def flow_of(what: str, staff_id: str) -> Callable[[Session, Actor, datetime], Any]:
    """The story that a question leads to."""
    if what == "disable":
        return lambda session, actor, now: _close(session, actor, staff_id, now)
    if what == "enable":
        return lambda session, actor, now: keeping_accounts.set_active(
            session, actor, staff_id, active=True, now=now, origin=origin(HERE)
        )
    return lambda session, actor, now: FLOWS[what](session, actor, staff_id, now=now, origin=origin(HERE))


def _close(session: Session, actor: Actor, staff_id: str, now: datetime) -> str:
    """What became of their leads, in words."""
    app = current_app()
    settings, reference = app.settings, app.reference
    return closing.close(session, reference, settings, actor, staff_id, now=now, origin=origin(HERE)).words


def reset_password(line: AccountLine) -> None:
    """The new password stands here, and nowhere else: neither in the page's state nor in a log."""
    fresh = passwords.new_one()
    made = passwords.hashed(fresh)
    outcome = act(
        lambda session, actor, now: keeping_accounts.reset_password(
            session, actor, line.id, made, now=now, origin=origin(HERE)
        )
    )
    if not outcome.ok:
        st.error(outcome.words, icon=":material/error:")
        return
    st.markdown(f"**{line.name}** ({line.username}) signs in with this once, and then chooses their own:")
    st.code(fresh, language=None)
    st.caption("It is not shown again. Tell it in person or by phone, not by text or email.")
    # The password is drawn in this run only: the next one, that of the button, closes the dialog.
    st.button("Done", on_click=_seen)


def _seen() -> None:
    st.session_state[SEEN] = True
