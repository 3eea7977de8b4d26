"""Unread forms: what was sent to us and could not be taken, for a person to read again or put aside."""

from console.shell import page
from console.unread_drawer import ACTIONS, open_chosen
from console.widgets import panels
from console.widgets.component import LiveComponent
from core.domain.roles import Permission

LIST = LiveComponent("unread_forms")

with page(Permission.SEE_DEAD_LETTERS, "Unread forms"):
    panels.style()
    LIST.mount(key="unread_forms", data={}, actions=ACTIONS)
    open_chosen()
