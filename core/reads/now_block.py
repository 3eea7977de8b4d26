"""What every page shows at its edge: what is overdue, what is unread, whether the scheduler lives."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import CompoundSelect, func, select, union
from sqlalchemy.orm import Session

from core.conversation import store as conversation
from core.conversation.tables import alarms
from core.db.types import is_word
from core.domain.roles import Actor, Permission, require
from core.intake import store as intake
from core.leads.tables import leads
from core.operations import store as operations
from core.reads.parts import next_steps, pairs, waiting
from core.reads.parts.sql import one_of
from core.sla.rules import FIRST_CONVERSATION
from core.sla.tables import sla_clocks

L, C = leads.c, sla_clocks.c
MOST_DUES = 500


@dataclass(frozen=True)
class Share:
    """What of it is one colleague's. `dues` as below."""

    dues: tuple[datetime, ...] = ()
    unread: int = 0


@dataclass(frozen=True)
class NowBlock:
    """`dues`: for each open lead with a running clock, when the first of them is due; first first.

    `unread`: open leads with a text that its owner has not read. `by_owner`: both by the owner's id; what nobody owns
    is in no share. They count what the queue lists. `unread_forms` and possible `duplicates` wait for a person.
    `beat_at`: the scheduler's last sign of life. `first_due`: when the automatic text that waits longest was due; None
    when nothing waits. `urgent`: leads of the first priority that nobody contacted, and those in alarm; `alarms`: those
    nobody has acknowledged.
    """

    dues: tuple[datetime, ...]
    unread: int
    unread_forms: int
    duplicates: int
    urgent: int
    alarms: int
    beat_at: datetime | None
    first_due: datetime | None
    by_owner: Mapping[str, Share]


def read(session: Session, actor: Actor) -> NowBlock:
    """Raises Denied."""
    require(actor, Permission.SEE_LEADS)
    dues, unread = _dues(session), _unread(session)
    beats = operations.beating(session, "scheduler")
    return NowBlock(
        dues=tuple(due for _, due in dues),
        unread=sum(unread.values()),
        unread_forms=intake.waiting_count(session),
        duplicates=pairs.waiting(session),
        urgent=_urgent(session),
        alarms=conversation.open_alarms(session),
        beat_at=beats[0].beat_at if beats else None,
        first_due=waiting.first_due(session),
        by_owner=_shares(dues, unread),
    )


def _urgent(session: Session) -> int:
    in_alarm = select(alarms.c.lead_id).where(alarms.c.ended_at.is_(None))
    first = select(L.id).where(is_word(L.state, "open"), L.priority == 1, L.attempted_at.is_(None))
    # Not one condition with OR: it would walk through every lead.
    return _count(session, union(first, in_alarm))


def _dues(session: Session) -> list[tuple[str | None, datetime]]:
    """(owner, when) for each lead, as the queue shows it: a task that somebody planned stands before the clock of the
    first conversation, any other clock beside it."""
    rows = session.execute(
        select(C.lead_id, L.owner_id, C.target, C.due_at)
        .join(leads, L.id == C.lead_id)
        .where(one_of(C.state, ("running", "paused")), C.state == "running")  # the first names the index
        .where(one_of(L.state, ("open", "booked")), L.snoozed_until.is_(None))
        .order_by(C.due_at)
        .limit(MOST_DUES)
    ).all()
    tasks = next_steps.of_open_leads(session, awake=True)
    due = {lead_id: (task.owner_id, task.due_at) for lead_id, task in tasks.items()}
    for row in rows:
        if row.target != FIRST_CONVERSATION:
            known = due.get(row.lead_id)
            due[row.lead_id] = (row.owner_id, min(row.due_at, known[1]) if known else row.due_at)
    for row in rows:
        due.setdefault(row.lead_id, (row.owner_id, row.due_at))
    return sorted(due.values(), key=lambda one: one[1])[:MOST_DUES]


def _unread(session: Session) -> dict[str | None, int]:
    rows = session.execute(
        select(L.owner_id, func.count()).where(is_word(L.state, "open"), L.unread > 0).group_by(L.owner_id)
    )
    return {owner: int(count) for owner, count in rows}


def _shares(dues: list[tuple[str | None, datetime]], unread: Mapping[str | None, int]) -> dict[str, Share]:
    owners = {owner for owner, _ in dues} | set(unread)
    return {
        owner: Share(tuple(due for theirs, due in dues if theirs == owner), unread.get(owner, 0))
        for owner in sorted(filter(None, owners))
    }


def _count(session: Session, rows: CompoundSelect[Any]) -> int:
    return int(session.execute(select(func.count()).select_from(rows.subquery())).scalar_one())
