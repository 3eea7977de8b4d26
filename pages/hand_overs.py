"""Hand-over: what one leaves to whoever comes next, and what colleagues have left."""

from console.hand_overs import view
from console.hand_overs.actions import ACTIONS
from console.parts.component import LiveComponent
from console.shell import page
from core.domain.roles import Permission
from core.flows.access.looking import Depth
from core.reads import hand_overs

HAND_OVERS = LiveComponent("hand_overs/hand_overs")

with page(Permission.WORK_LEADS, "Hand-over") as here:
    desk = here.read(hand_overs.read, here.app.reference, now=here.now)
    shown = [*desk.mine, *(lead for one in desk.left for lead in one.leads)]
    here.saw([lead.row.id for lead in shown], Depth.FOUND, "hand-overs")
    HAND_OVERS.mount(key="hand_overs", data=view.page(here, desk), actions=ACTIONS)
