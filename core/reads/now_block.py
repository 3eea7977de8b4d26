"""What every page counts at its edge: what is overdue, what is unread, what else waits for a person."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import CompoundSelect, func, select, union
from sqlalchemy.orm import Session

from core.conversation import store as conversation
from core.conversation.tables import alarms, mentions
from core.db.types import is_word
from core.domain.roles import Actor, Permission, require
from core.intake import store as intake
from core.leads.tables import leads
from core.reads import lead_backlog
from core.reads.parts import next_steps, pairs
from core.reads.parts.sql import one_of
from core.sla.rules import FIRST_CONVERSATION, RESPONSES
from core.sla.tables import sla_clocks
from core.staff.shift_rules import AVAILABLE
from core.staff.tables import staff

L, C, M, S = leads.c, sla_clocks.c, mentions.c, staff.c
MOST_DUES = 500


@dataclass(frozen=True)
class Share:
    """What of it is one colleague's. `dues` as below."""

    dues: tuple[datetime, ...] = ()
    unread: int = 0


@dataclass(frozen=True)
class NowBlock:
    """`dues`: for each open lead with a running clock, when the first of them is due; first first.

    `cut`: there are more than MOST_DUES; `overdue` then says how many of all are past.
    `unread`: open leads with a text that its owner has not read. `by_owner`: both by the owner's id; what nobody owns
    is in no share. They count what the queue lists. `unread_forms`, forms `to_check` and possible `duplicates`
    wait for a person. `urgent`: leads of the first priority that nobody contacted, and those in alarm; `alarms`: those
    nobody has acknowledged. `mentions`: by person, the numbers of leads with a note that names them and that they have
    not looked at since, oldest first. `standing`: what those chose who did not say that they are available.
    """

    dues: tuple[datetime, ...]
    unread: int
    unread_forms: int
    to_check: int
    duplicates: int
    urgent: int
    alarms: int
    by_owner: Mapping[str, Share]
    mentions: Mapping[str, Sequence[int]] = field(default_factory=dict)
    cut: bool = False
    standing: Mapping[str, "Standing"] = field(default_factory=dict)


@dataclass(frozen=True)
class Standing:
    """What somebody chose, and when it ends by itself."""

    status: str
    until: datetime | None


def standing(session: Session, actor: Actor) -> Standing:
    """The actor's own."""
    require(actor, Permission.KEEP_ACCOUNT)
    row = session.execute(select(S.status, S.status_until).where(S.id == actor.staff_id)).one()
    return Standing(*row)


def read(session: Session, actor: Actor) -> NowBlock:
    """Raises Denied."""
    require(actor, Permission.SEE_LEADS)
    dues, unread = _dues(session), _unread(session)
    return NowBlock(
        dues=tuple(due for _, due in dues),
        unread=sum(unread.values()),
        unread_forms=intake.waiting_count(session),
        to_check=intake.to_check_count(session),
        duplicates=pairs.waiting(session),
        urgent=_urgent(session),
        alarms=conversation.open_alarms(session),
        by_owner=_shares(dues, unread),
        mentions=_mentions(session),
        cut=len(dues) == MOST_DUES,
        standing=_not_available(session),
    )


def overdue(session: Session, actor: Actor, *, now: datetime) -> Counter[str | None]:
    """How many leads of each owner are overdue, counted by the database. Raises Denied."""
    require(actor, Permission.SEE_LEADS)
    found: Counter[str | None] = Counter()
    for group in lead_backlog.counts(session, now):
        found[group.owner] += group.overdue
    return found


def _not_available(session: Session) -> dict[str, Standing]:
    rows = session.execute(select(S.id, S.status, S.status_until).where(S.active, S.status != AVAILABLE))
    return {row.id: Standing(row.status, row.status_until) for row in rows}


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
        .where(one_of(C.target, RESPONSES))
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


def _mentions(session: Session) -> dict[str, list[int]]:
    rows = session.execute(
        select(M.staff_id, L.number)
        .join(leads, L.id == M.lead_id)
        .where(M.seen_at.is_(None))
        .order_by(M.made_at)
    )
    found: dict[str, dict[int, None]] = {}
    for staff_id, number in rows:
        found.setdefault(staff_id, {})[number] = None
    return {staff_id: list(numbers) for staff_id, numbers in found.items()}


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
