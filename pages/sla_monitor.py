"""SLA monitor, and the same for a screen on the wall (?wall=1)."""

import streamlit as st

from console.parts.component import LiveComponent
from console.shell import page
from console.sla_monitor import actions, view, wall_links
from core.domain.roles import Permission

BOARD = LiveComponent("sla_monitor/sla_board")

with page(Permission.SEE_SLA, "SLA monitor") as visit:
    wall = st.query_params.get("wall") == "1"
    more = {
        "shares": visit.actor.may(Permission.SHARE_WALL),
        "me": visit.actor.staff_id,
        "hands": visit.actor.may(Permission.HAND_OVER),
        "acknowledges": visit.actor.may(Permission.ACKNOWLEDGE),
    }
    BOARD.mount(
        key="sla_wall" if wall else "sla_board",
        data=view.settings(visit.app, st.query_params.to_dict(), wall=wall) | more,
        actions=actions.ACTIONS,
    )
    wall_links.open_asked(visit)
