"""What the Unread forms page does: open one, read it again, put it aside."""

import html
from datetime import datetime

import streamlit as st
from sqlalchemy.orm import Session

from console.parts.component import Handler, Message
from console.parts.words import connector_name
from console.process import current_app
from console.shell import Outcome, act
from core.domain.roles import Actor
from core.flows.intake import unread_forms
from core.flows.intake.unread_forms import OpenForm

CHOSEN = "unread.chosen"


def open_one(message: Message) -> Outcome:
    """The drawer of this run shows it."""
    st.session_state[CHOSEN] = str(message["id"])
    return Outcome("done")


def replay(message: Message) -> Outcome:
    """Read it again; the list shows the lead that it became."""
    return _replay(str(message["id"]))


def _replay(raw_id: str) -> Outcome:
    app = current_app()
    said: list[str] = []

    def flow(session: Session, actor: Actor, now: datetime) -> None:
        done = unread_forms.replay(session, app.reference, app.settings, actor, raw_id, now=now)
        said.append(
            "It had been read before; nothing new was made" if done.repeated else "Read: it is a lead now"
        )

    outcome = act(flow)
    return Outcome("done", said[0]) if outcome.ok else outcome


def dismiss(raw_id: str, reason: str) -> Outcome:
    outcome = act(lambda session, actor, now: unread_forms.dismiss(session, actor, raw_id, reason, now=now))
    if outcome.ok and not outcome.value:
        return Outcome("lost", "Somebody had handled it already. Your click changed nothing.")
    return Outcome("done", "Dismissed") if outcome.ok else outcome


ACTIONS: dict[str, Handler] = {"open": open_one, "replay": replay}


def open_chosen() -> None:
    """Open the drawer when the list asked for it in this run. The look is noted once, here."""
    chosen = st.session_state.pop(CHOSEN, None)
    if not chosen:
        return
    opened: list[OpenForm] = []

    def flow(session: Session, actor: Actor, now: datetime) -> None:
        opened.append(unread_forms.open_form(session, actor, chosen, now=now))

    outcome = act(flow)
    if outcome.ok:
        st.dialog(connector_name(opened[0].connector), position="right")(drawer)(opened[0])
    else:
        st.error(outcome.words, icon=":material/error:")


def drawer(form: OpenForm) -> None:
    """The content, and what can be done with it."""
    st.caption("Your look at it is kept in the audit trail.")
    st.html(content(form))
    if not form.waits:
        st.info("It was handled already.", icon=":material/check:")
        return
    if st.button("Read it again", type="primary"):
        _show(_replay(form.id))
    st.caption("Once the cause is mended: a field that was renamed, a connector that learned this form.")
    reason = st.text_input("Reason to dismiss it, kept in the audit trail", max_chars=200)
    if st.button("Dismiss", disabled=not reason.strip()):
        _show(dismiss(form.id, reason.strip()))


def _show(outcome: Outcome) -> None:
    """A refusal stays beside the button; success closes the drawer, and the list says what became of it."""
    if outcome.ok:
        st.rerun()
    st.error(outcome.words, icon=":material/error:")


def content(form: OpenForm) -> str:
    """The lines as HTML, escaped: what a stranger sent is never read as markup."""
    lines = "".join(
        f"<dt>{html.escape(name)}</dt><dd>{html.escape(value)}</dd>"
        if name
        else f"<dd class=all>{html.escape(value)}</dd>"
        for name, value in form.lines
    )
    return f'<dl class="luxe-content">{lines}</dl>' if lines else '<p class="luxe-note">It is empty.</p>'
