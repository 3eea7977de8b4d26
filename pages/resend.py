"""Resend: texts and emails that did not arrive, why, and sending them again."""

import streamlit as st

from console.parts import filters, panels
from console.parts.component import LiveComponent
from console.parts.resend_drawer import ACTIONS, DONE, open_chosen
from console.parts.resend_words import SPANS
from console.shell import page
from core.domain.roles import Permission

LIST = LiveComponent("parts/resend_list")

with page(Permission.RESEND, "Resend") as visit:
    panels.style()
    LIST.mount(
        key="resend_list",
        data={"span": filters.given("span", SPANS, "week"), "done": st.session_state.get(DONE)},
        actions=ACTIONS,
    )
    st.page_link(
        st.session_state["pages"]["delivery"], label="How texts are delivered", icon=":material/vital_signs:"
    )
    open_chosen(visit)
