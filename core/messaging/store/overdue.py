"""SQL of what became due while it could not leave: left out, or sent at last."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from core.db.types import is_word
from core.messaging.actions import EMAIL_LANE, LEAVES, NOTICE_LANES, Lane, State
from core.messaging.rules.send_hold_drop import STOPPED_TEMPLATE
from core.messaging.store.planning import record_moves, withdraw_texts
from core.messaging.tables import timed_actions

REASON = "overdue_dropped"
LANES = (*map(int, Lane), EMAIL_LANE, *NOTICE_LANES)


def drop(session: Session, now: datetime) -> int:
    """Texts and emails to patients that are due by now never go out; how many. Alerts to staff stay."""
    c = timed_actions.c
    overdue = (is_word(c.state, State.PLANNED), c.lane.in_(LANES), c.due_at <= now)
    statement = (
        update(timed_actions)
        .where(*overdue, c.kind.in_(LEAVES), c.audience == "patient")
        .values(state=State.DROPPED.value, reason=REASON, settled_at=now)
        .returning(c.id)
    )
    dropped = list(session.execute(statement).scalars())
    withdraw_texts(session, dropped)
    record_moves(session, [(id_, State.DROPPED, REASON, {}) for id_ in dropped], now=now)
    return len(dropped)


def release(session: Session, template: str, now: datetime) -> int:
    """Texts that were held because their template was stopped are decided anew now; how many."""
    c = timed_actions.c
    # Held for no longer than that: the index of due times ends the search there.
    held = (is_word(c.state, State.PLANNED), c.lane.in_(LANES), c.due_at <= now + STOPPED_TEMPLATE)
    statement = (
        update(timed_actions)
        .where(*held, c.template == template, c.reason == "template_stopped")
        .values(due_at=now)
        .returning(c.id)
    )
    return len(session.execute(statement).scalars().all())
