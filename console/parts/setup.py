"""What to set up before the first lead, in order: shown where there is nothing else to show yet."""

import html

import streamlit as st
from sqlalchemy.orm import Session

from console.parts import panels
from console.parts.words import sentence_case
from console.shell import Visit
from core.domain.roles import Permission
from core.reads import setup, status
from core.reads.setup import State, Step

MARKS = {State.DONE: "Done", State.TO_DO: "To do", State.LATER: "Later"}


def show(here: Visit, session: Session) -> bool:
    """Show the steps while no lead has ever come in; whether it did."""
    if status.has_leads(session):
        return False
    steps = setup.read(session, here.app.settings, here.app.reference, here.now)
    panels.style()
    panels.heading("Before the first lead", "In this order. 'luxe doctor' says the same.")
    if here.actor.may(Permission.SEE_SETUP):
        st.page_link(
            st.session_state["pages"]["setup"], label="Set it up on page Clinic", icon=":material/storefront:"
        )
    st.html(f'<ol class="luxe-steps">{"".join(_step(step) for step in steps)}</ol>')
    return True


def _step(step: Step) -> str:
    return (
        f'<li class="{step.state.value}"><b>{html.escape(sentence_case(step.about))}</b>'
        f"<em>{MARKS[step.state]}</em><span>{html.escape(sentence_case(step.words))}</span></li>"
    )
