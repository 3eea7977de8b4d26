"""SLA monitor, and the same for a screen on the wall (?wall=1)."""

import streamlit as st

from console.parts.component import LiveComponent
from console.shell import page
from console.sla_monitor import view
from core.domain.roles import Permission

BOARD = LiveComponent("sla_board")

with page(Permission.SEE_SLA, "SLA monitor") as visit:
    wall = st.query_params.get("wall") == "1"
    BOARD.mount(
        key="sla_wall" if wall else "sla_board",
        data=view.settings(visit.app, st.query_params.to_dict(), wall=wall),
    )
