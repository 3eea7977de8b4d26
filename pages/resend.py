"""Resend: texts that did not arrive, why, and sending them again."""

import streamlit as st

from console.resend_drawer import ACTIONS, DONE, open_chosen
from console.shell import page
from console.views.resend import SPANS
from console.widgets import panels
from console.widgets.component import LiveComponent
from core.domain.roles import Permission

LIST = LiveComponent("resend_list")

with page(Permission.RESEND, "Resend") as visit:
    panels.style()
    span = st.query_params.get("span", "")
    LIST.mount(
        key="resend_list",
        data={"span": span if span in SPANS else "week", "done": st.session_state.get(DONE)},
        actions=ACTIONS,
    )
    st.page_link(
        st.session_state["pages"]["delivery"], label="How texts are delivered", icon=":material/vital_signs:"
    )
    open_chosen(visit)
