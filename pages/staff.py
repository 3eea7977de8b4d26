"""Staff: who is on when this week, where nobody is, and who they are."""

import streamlit as st

from console.parts import step_up
from console.parts.component import LiveComponent
from console.shell import page
from console.staff import adding, view
from console.staff.actions import ACTIONS
from core.domain.roles import Permission

STAFF = LiveComponent("staff/staff")

with page(Permission.SEE_STAFF, "Staff and shifts") as here:
    settings = view.settings(here.app.reference, here.actor, st.query_params.get("week", ""))
    STAFF.mount(key="staff", data=settings, actions=ACTIONS)
    adding.open_asked(here)
    step_up.open_asked()
