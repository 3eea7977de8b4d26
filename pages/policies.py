"""SLA policies: how long there is for what, edited, tried out and published."""

import streamlit as st

from console.parts.component import LiveComponent
from console.policies.actions import ACTIONS
from console.policies.view import offered
from console.shell import page
from core.domain.roles import Permission

EDIT = LiveComponent("policies/policies")

with page(Permission.SEE_POLICIES, "SLA policies") as visit:
    EDIT.mount(
        key="policies",
        data={
            **offered(visit),
            "edits": visit.actor.may(Permission.EDIT_POLICIES),
            "target": st.query_params.get("target", ""),
        },
        actions=ACTIONS,
    )
