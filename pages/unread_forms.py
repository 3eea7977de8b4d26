"""Unread forms: what was sent to us and could not be taken, for a person to read again or put aside."""

from console.parts import panels
from console.parts.component import LiveComponent
from console.shell import page
from console.unread_forms.drawer import ACTIONS, open_chosen
from core.domain.roles import Permission

LIST = LiveComponent("unread_forms")

with page(Permission.SEE_DEAD_LETTERS, "Unread forms"):
    panels.style()
    LIST.mount(key="unread_forms", data={}, actions=ACTIONS)
    open_chosen()
