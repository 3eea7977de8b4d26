"""Sequences: what follows a form, a booking or a visit by itself, edited, tried out and published."""

import streamlit as st

from console.parts.component import LiveComponent
from console.sequences.actions import ACTIONS
from console.sequences.view import offered
from console.shell import page
from core.domain.roles import Permission

EDIT = LiveComponent("sequences/sequences")

with page(Permission.SEE_SEQUENCES, "Sequences") as visit:
    EDIT.mount(
        key="sequences",
        data={
            **offered(visit),
            "edits": visit.actor.may(Permission.EDIT_SEQUENCES),
            "people": visit.actor.may(Permission.SEE_LEADS),
            "sequence": st.query_params.get("sequence", ""),
        },
        actions=ACTIONS,
    )
