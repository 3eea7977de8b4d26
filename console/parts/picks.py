"""What is pressed in a page at rest, a bar, a cell or a name: the leads behind it in a drawer at the right.

HTML carries `data-pick` (`panels.pick`), a mark of a figure its name as the last of its `customdata`
(`charts.show(picks=ask)`); both open the drawer in the next run, once.
"""

from collections.abc import Callable

import streamlit as st

from console.parts import panels, people_list
from console.parts.component import Handler, LiveComponent, Message
from console.shell import Outcome, Visit
from core.domain.roles import Permission
from core.flows.access.looking import Depth
from core.reads.behind_figures import Behind

PRESSES = LiveComponent("parts/picks")
ASKED = "picks.asked"
LONGEST = 80


def ask(name: str) -> None:
    """The drawer of this figure opens in this run."""
    st.session_state[ASKED] = name[:LONGEST]


def _pick(message: Message) -> Outcome:
    ask(str(message["figure"]))
    return Outcome("done")


ACTIONS: dict[str, Handler] = {"pick": _pick}


def may(here: Visit) -> bool:
    """Whether leads open for this person: results alone name nobody."""
    return here.actor.may(Permission.SEE_LEADS)


def listen(here: Visit, title: Callable[[str], str], behind: Callable[[str], Behind], where: str) -> None:
    """Once, at the end of a page. `title` names a figure ('' for none), `behind` reads its leads; `where` is the page
    in the trail."""
    if not may(here):
        return
    PRESSES.mount(key=f"{where}.picks", data={}, actions=ACTIONS)
    asked = st.session_state.pop(ASKED, "")
    if asked and title(asked):
        st.dialog(title(asked), position="right")(_drawer)(here, behind(asked), where)


def _drawer(here: Visit, found: Behind, where: str) -> None:
    here.saw([one.id for one in found.lines], Depth.FOUND, where)
    st.caption("One lead." if found.many == 1 else f"{found.many:,} leads. The slowest come first.")
    people_list.show(here, found.lines)
    if found.many > len(found.lines):
        panels.note(f"And {found.many - len(found.lines):,} more. A shorter period or a filter shows them.")
