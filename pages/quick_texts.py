"""Quick texts: the wordings that staff start a text of their own from, edited and published."""

import streamlit as st

from console.parts.component import LiveComponent
from console.parts.resend_words import CENTS_A_SEGMENT
from console.quick_texts.view import EDITOR, VARIABLES
from console.shell import page
from core.domain.roles import ALLOWED, ROLE_NAMES, Permission, Role

WRITERS = [role for role in Role if role in ALLOWED[Permission.SEE_QUICK_TEXTS]]
EDIT = LiveComponent("quick_texts/quick_texts")

with page(Permission.SEE_QUICK_TEXTS, "Quick texts") as visit:
    EDIT.mount(
        key="quick_texts",
        data={
            "me": visit.actor.staff_id,
            "roles": [[role.value, ROLE_NAMES[role]] for role in WRITERS],
            "places": [[one.slug, one.name] for one in visit.app.reference.clinic.locations.values()],
            "edits": visit.actor.may(Permission.EDIT_QUICK_TEXTS),
            "text": st.query_params.get("text", ""),
            "variables": VARIABLES,
            "cents": CENTS_A_SEGMENT,
        },
        actions=EDITOR.actions,
    )
