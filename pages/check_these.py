"""Check these: forms that look as if no person had sent them, to send on or to put aside."""

from console.check_these.actions import ACTIONS
from console.parts.component import LiveComponent
from console.shell import page
from core.domain.roles import Permission

LIST = LiveComponent("check_these/check_these")

with page(Permission.CHECK_FORMS, "Check these"):
    LIST.mount(key="check_these", data={}, actions=ACTIONS)
