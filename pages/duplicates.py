"""Duplicates: two profiles that may be one person, for staff to merge or keep apart."""

from console.parts.component import LiveComponent
from console.parts.people_actions import ACTIONS
from console.shell import page
from core.domain.roles import Permission

LIST = LiveComponent("duplicates/duplicates")

with page(Permission.WORK_LEADS, "Duplicates"):
    LIST.mount(key="duplicates", data={}, actions=ACTIONS)
