"""Quick texts: the wordings that staff start a text of their own from, edited and published."""

import streamlit as st

from console.parts.component import LiveComponent
from console.parts.resend_words import CENTS_A_SEGMENT
from console.quick_texts.view import EDITOR, VARIABLES
from console.shell import page
from core.domain.roles import Permission

EDIT = LiveComponent("quick_texts/quick_texts")

with page(Permission.SEE_QUICK_TEXTS, "Quick texts") as visit:
    EDIT.mount(
        key="quick_texts",
        data={
            "edits": visit.actor.may(Permission.EDIT_QUICK_TEXTS),
            "text": st.query_params.get("text", ""),
            "variables": VARIABLES,
            "cents": CENTS_A_SEGMENT,
        },
        actions=EDITOR.actions,
    )
