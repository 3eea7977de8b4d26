"""The people behind the funnel's insight, in a drawer, for those who may see leads."""

import streamlit as st

from console.funnel.view import not_tried
from console.parts import panels, people_list, results
from console.shell import Visit
from core.domain.roles import Permission
from core.flows.access.looking import Depth
from core.reads import funnel
from core.reads.funnel import Funnel

MOST = 100


def insight(here: Visit, found: Funnel, words: str, chosen: results.Filters) -> None:
    """The sentence, and the way to the people it speaks of."""
    many = not_tried(found)
    may = here.actor.may(Permission.SEE_LEADS)
    if panels.insight(words, f"Show the {many:,}" if may else ""):
        title = f"{many:,} {'person' if many == 1 else 'people'} nobody has tried to reach"
        st.dialog(title, position="right")(_drawer)(here, chosen, many)


def _drawer(here: Visit, chosen: results.Filters, many: int) -> None:
    found = here.read(funnel.untried, chosen.period, chosen.scope, most=MOST)
    here.saw([one.id for one in found], Depth.FOUND, "funnel")
    st.caption("Nobody has called or written to them yet. The newest come first.")
    people_list.show(here, found)
    if many > len(found):
        panels.note(f"And {many - len(found):,} more. A shorter period or a filter shows them.")
