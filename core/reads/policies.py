"""How often each SLA policy was kept lately: what a manager looks at before making a target shorter or longer."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from core.domain.roles import Actor, Permission, require
from core.sla.tables import sla_clocks

C = sla_clocks.c


@dataclass(frozen=True)
class Kept:
    """Clocks of one policy that ended in a period: `met` of `ended`. What counts for nothing is in neither."""

    target: str
    policy: str
    met: int
    ended: int


def kept(session: Session, actor: Actor, since: datetime) -> list[Kept]:
    """Each policy by the name that its clocks have kept, of every version. Raises Denied."""
    require(actor, Permission.SEE_POLICIES)
    met = func.sum(case((C.state == "met", 1), else_=0))
    ended = select(C.target, C.policy, met, func.count()).where(
        C.ended_at >= since, C.state.in_(("met", "missed"))
    )
    rows = session.execute(ended.group_by(C.target, C.policy).order_by(C.target, C.policy))
    return [Kept(target, policy, int(on_time), int(of)) for target, policy, on_time, of in rows]
