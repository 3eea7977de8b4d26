"""Unread forms: what was sent to us and could not be taken, for a person to make a lead of or to put aside."""

from console.parts.component import LiveComponent
from console.shell import page
from console.unread_forms import view
from console.unread_forms.actions import ACTIONS
from core.domain.roles import Permission

LIST = LiveComponent("unread_forms/unread_forms")

with page(Permission.SEE_DEAD_LETTERS, "Unread forms"):
    LIST.mount(key="unread_forms", data=view.settings(), actions=ACTIONS)
