"""Every lead that waits for somebody, counted and paged by the database: for when there are more than a list holds.

What counts and what is due first are the queue's own (`core.reads.lead_rows`), said in SQL.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, false, func, null, or_, select, true, union_all
from sqlalchemy.orm import Session

from core.db.prepared import Query
from core.db.types import is_word
from core.leads.store.reviewing import COLD_AND_UNSEEN
from core.leads.tables import leads, tasks
from core.reads.parts.next_steps import PLANNED_BY_PEOPLE
from core.reads.parts.sql import gathered, one_of
from core.sla.rules import FIRST_CONVERSATION, RESPONSES
from core.sla.tables import sla_clocks

L, C, T = leads.c, sla_clocks.c, tasks.c
PAGE = 100
NEW_SHOWN = 20
SOON = timedelta(minutes=5)  # what the queue calls due now
MOST_PAGES = 10_000
MOST_SOURCES = 40  # anybody may invent one in a link


@dataclass(frozen=True)
class Chosen:
    """Which leads: a segment of the queue, and '' for any owner, form or source. `me`: whose are 'mine'. `since`: from
    when on cold leads are to be reviewed."""

    segment: str = "all"
    me: str = ""
    owner: str = ""
    form: str = ""
    source: str = ""
    since: datetime | None = None


@dataclass(frozen=True)
class Group:
    """How many leads of one owner, form and source each segment holds. Source '': the rare ones together."""

    owner: str | None
    form: str
    source: str
    all: int
    due: int
    overdue: int
    unread: int
    new: int
    review: int


_CLOCKS = (
    select(
        C.lead_id,
        func.min(case((C.target != FIRST_CONVERSATION, C.due_at))).label("first"),
        func.min(case((C.target == FIRST_CONVERSATION, C.due_at))).label("talk"),
    )
    .where(one_of(C.state, ("running", "paused")), C.state == "running")  # the first names the index
    .where(one_of(C.target, RESPONSES))
    .group_by(gathered(C.lead_id))
    .cte("running")
)
_PLANNED = (
    select(T.lead_id, func.min(T.due_at).label("due"))
    .where(T.done_at.is_(None), PLANNED_BY_PEOPLE)
    .group_by(gathered(T.lead_id))
    .cte("planned")
)
_FIRST, _TALK, _TASK = _CLOCKS.c.first, _CLOCKS.c.talk, _PLANNED.c.due
_SOONER = case((_TASK.is_(None), _FIRST), (or_(_FIRST.is_(None), _TASK < _FIRST), _TASK), else_=_FIRST)
_DUE = case(
    (L.snoozed_until.is_not(None), null()),
    (_SOONER.is_not(None), _SOONER),
    (L.attempted_at.is_not(None), _TALK),
    else_=null(),
).label("due")
IS_NEW = and_(L.viewed_at.is_(None), L.contacted_at.is_(None))
_SAID: list[Any] = [
    L.id, L.owner_id, L.form_type, L.source, L.unread, L.last_event_at, IS_NEW.label("new"), _DUE,
    case((COLD_AND_UNSEEN, L.created_at), else_=null()).label("cold_since"),
]  # fmt: skip
# Two selects, not one condition with OR: that would walk through every lead there ever was.
_OPEN = (
    select(*_SAID)
    .outerjoin(_CLOCKS, _CLOCKS.c.lead_id == L.id)
    .outerjoin(_PLANNED, _PLANNED.c.lead_id == L.id)
    .where(is_word(L.state, "open"))
)
_BOOKED = (
    select(*_SAID)
    .select_from(_CLOCKS)
    .join(leads, L.id == _CLOCKS.c.lead_id)
    .outerjoin(_PLANNED, _PLANNED.c.lead_id == L.id)
    .where(is_word(L.state, "booked"))
)
_WAITING = union_all(_OPEN, _BOOKED).subquery("waiting")
W = _WAITING.c


def _segment(name: str, me: str, now: datetime, since: datetime | None = None) -> ColumnElement[bool]:
    segments = {
        "due": W.due <= now + SOON,
        "overdue": W.due <= now,
        "mine": W.owner_id == me,
        "unassigned": W.owner_id.is_(None),
        "unread": W.unread > 0,
        "new": W.new,
        "review": W.cold_since >= since if since else false(),
    }
    return segments.get(name, true())


def _how_many(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


def counts(session: Session, now: datetime, since: datetime | None = None) -> list[Group]:
    """How many wait, by owner, form and source; all of them, whatever a list can hold."""
    segments = [
        _how_many(_segment(name, "", now, since)) for name in ("due", "overdue", "unread", "new", "review")
    ]
    found = session.execute(
        select(W.owner_id, W.form_type, W.source, func.count(), *segments).group_by(
            W.owner_id, W.form_type, W.source
        )
    )
    return _rare_together([Group(*key, *map(int, figures)) for *key, figures in _split(found)])


def _split(found: Iterable[Any]) -> Iterable[tuple[Any, ...]]:
    return ((*row[:3], row[3:]) for row in found)


def _rare_together(groups: list[Group]) -> list[Group]:
    by_source: Counter[str] = Counter()
    for group in groups:
        by_source[group.source] += group.all
    kept = {source for source, _ in by_source.most_common(MOST_SOURCES)}
    sums: dict[tuple[str | None, str, str], list[int]] = {}
    for one in groups:
        sum_ = sums.setdefault((one.owner, one.form, one.source if one.source in kept else ""), [0] * 6)
        for place, figure in enumerate((one.all, one.due, one.overdue, one.unread, one.new, one.review)):
            sum_[place] += figure
    return [Group(*key, *sum_) for key, sum_ in sums.items()]


_IN_ORDER = select(W.id).order_by(W.due.is_(None), W.due, (W.unread > 0).desc(), W.last_event_at.desc(), W.id)
_DUE_FIRST = Query(_IN_ORDER.limit(PAGE))


def due_first(session: Session) -> list[str]:
    """Ids of the first page of all: what is due first is due first at any time."""
    return [id_ for (id_,) in _DUE_FIRST.rows(session)]


def page(session: Session, chosen: Chosen, number: int, now: datetime) -> list[str]:
    """Ids of the leads of one page, the first is 1: what is due first, then what waits, unread ones first."""
    asked = _IN_ORDER.where(_segment(chosen.segment, chosen.me, now, chosen.since))
    for column, value in ((W.owner_id, chosen.owner), (W.form_type, chosen.form), (W.source, chosen.source)):
        if value:
            asked = asked.where(column == value)
    return list(session.execute(asked.limit(PAGE).offset(PAGE * (min(number, MOST_PAGES) - 1))).scalars())


_NEWEST = Query(
    select(L.id).where(is_word(L.state, "open"), IS_NEW).order_by(L.created_at.desc()).limit(NEW_SHOWN)
)


def newest(session: Session) -> list[str]:
    """Ids of the newest forms that nobody has looked at: whatever else waits, these are seen."""
    return [id_ for (id_,) in _NEWEST.rows(session)]
