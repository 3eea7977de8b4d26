"""The lead page without a lead: what happened, and where to go."""

import streamlit as st

from console import nav
from core.domain.errors import NotFound


def show(missing: NotFound) -> None:
    st.html('<h1 class="luxe-title">No such lead</h1>')
    st.html(f'<p class="luxe-muted">{missing} A reference looks like A-1042.</p>')
    if st.button("Back to the lead queue", type="primary"):
        st.switch_page(st.session_state["pages"][nav.ENTRIES[0].url])
