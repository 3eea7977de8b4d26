"""Clinic: what it is called and how it is reached, its locations with their hours, what it offers; and what comes
before the first lead."""

import streamlit as st

from console.parts.component import LiveComponent
from console.setup.actions import ACTIONS
from console.setup.view import offered
from console.shell import page
from core.domain.roles import Permission

EDIT = LiveComponent("setup/setup")

with page(Permission.SEE_SETUP, "Clinic") as visit:
    EDIT.mount(
        key="setup",
        data={**offered(visit), "part": st.query_params.get("part", "")},
        actions=ACTIONS,
    )
