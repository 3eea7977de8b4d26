"""How many emails went to patients since a moment, and what became of them."""

from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from core.messaging.actions import State
from core.messaging.store.emails import BOUNCED, COMPLAINED, FAILED
from core.messaging.tables import emails, timed_actions

E, A = emails.c, timed_actions.c
OUTCOMES = ("handed_over", "failed", "bounced", "complained")


def since(session: Session, start: datetime) -> dict[str, int]:
    """By OUTCOMES. A bounce that a report told later was handed over too; what was taken back between two tries is
    neither."""
    failed = (E.status == FAILED) & (A.state == State.FAILED.value)
    sums = [
        func.count(E.sent_at),
        *(func.coalesce(func.sum(case((one, 1), else_=0)), 0) for one in (failed, E.status == BOUNCED)),
        func.coalesce(func.sum(case((E.status == COMPLAINED, 1), else_=0)), 0),
    ]
    mine = select(*sums).join_from(emails, timed_actions, A.id == E.action_id)
    row = session.execute(mine.where(E.created_at >= start, A.audience == "patient")).one()
    return dict(zip(OUTCOMES, map(int, row), strict=True))
