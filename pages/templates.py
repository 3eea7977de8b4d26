"""Templates: the wordings of texts that leave by themselves, edited, checked and published."""

import streamlit as st

from console.parts.component import LiveComponent
from console.shell import page
from console.templates.actions import ACTIONS
from console.templates.view import offered
from core.domain.roles import Permission

EDIT = LiveComponent("templates/templates")

with page(Permission.SEE_TEMPLATES, "Templates") as visit:
    edits = visit.actor.may(Permission.EDIT_TEMPLATES)
    EDIT.mount(
        key="templates",
        data={
            **offered(visit.app, people=visit.actor.may(Permission.SEE_LEADS)),
            "edits": edits,
            "tests": edits,
            "template": st.query_params.get("template", ""),
        },
        actions=ACTIONS,
    )
