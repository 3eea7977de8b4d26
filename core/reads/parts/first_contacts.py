"""The first contacts of a period's leads, one row a lead: what the leaderboard and the speed screen are made of.

The leads are the funnel's, those that came in within the period, and so are the stages; the times are those of the
clocks, as in the SLA monitor. Moments come as seconds since 1970: ten thousand rows are read at a time.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, case, literal, null, or_, select
from sqlalchemy.orm import Session

from core.db.types import UtcDateTime
from core.leads.tables import leads
from core.messaging.tables import timed_actions
from core.reads.parts.periods import Period
from core.reads.parts.scopes import Scope, in_scope, reached
from core.reads.parts.sql import seconds_between
from core.reference import Reference
from core.sla.open_table import OpenTable
from core.sla.rules import FIRST_CONTACT
from core.sla.store_cohorts import MISSED
from core.sla.tables import sla_clocks

A, C, L = timed_actions.c, sla_clocks.c, leads.c
LIVE, ENDED = ("running", "paused"), ("met", "missed")
MARGIN = timedelta(days=2)  # a clock starts at the sender's moment, a day before it came in at most
MET, MISSED_IT, WAITING, VOID = "met", "missed", "waiting", "void"
SOONEST_ESCALATION = 60  # seconds
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def unix(moment: ColumnElement[Any]) -> ColumnElement[float]:
    """Seconds since 1970 with their fraction."""
    return seconds_between(literal(EPOCH, UtcDateTime()), moment)


def flag(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return case((condition, 1), else_=0)


# How a first contact stands. `void`: nobody has to make it, or it never had a target.
HOW = case((C.state == "met", MET), (MISSED, MISSED_IT), (C.state.in_(LIVE), WAITING), else_=VOID)
# When a person tried; a clock that became void ended by no contact.
TRIED_AT = case((C.state.in_(ENDED), C.ended_at), else_=null())


class Contact(NamedTuple):
    """One lead. `how`: met, missed, waiting, void. `started`, `tried`, `seen` in seconds since 1970, None for never.

    `contacted`: a person tried, as the funnel counts it; `by` who ended the clock.
    """

    lead_id: str
    location: str
    owner_id: str | None
    contacted: int
    booked: int
    how: str
    by: str | None
    started: float | None
    tried: float | None
    seen: float | None
    escalated: int


def joined(*columns: Any) -> Select[Any]:
    """`columns` of leads, each with the clock of its first contact where it has one."""
    clock = and_(C.lead_id == L.id, C.target == FIRST_CONTACT, C.round == 1)
    return select(*columns).select_from(leads).outerjoin(sla_clocks, clock)


def contacts(session: Session, period: Period, scope: Scope) -> list[Contact]:
    """Every lead of the period and scope, in no order."""
    escalated = select(literal(1)).where(
        A.key == literal("escalation:").concat(L.id).concat(":1:1"), A.state == "sent"
    )
    # Who was reached within a minute had not to be escalated: half of the look-ups are saved.
    slow = or_(TRIED_AT.is_(None), seconds_between(C.started_at, C.ended_at) > SOONEST_ESCALATION)
    statement = joined(
        L.id,
        L.location,
        L.owner_id,
        flag(reached("attempted", period.end)),
        flag(reached("booked", period.end)),
        HOW,
        C.ended_by,
        unix(C.started_at),
        unix(TRIED_AT),
        unix(L.viewed_at),
        case((slow, flag(escalated.correlate(leads).exists())), else_=0),
    ).where(in_scope(scope, period.start, period.end))
    return [Contact._make(row) for row in session.execute(statement).all()]


class Stopwatch:
    """Seconds between two moments at a location: of its opening hours, or of the wall."""

    def __init__(self, reference: Reference, period: Period, *, wall: bool) -> None:
        self._clinic, self._period, self.wall = reference.clinic, period, wall
        self._tables: dict[str, OpenTable] = {}

    def seconds(self, location: str, start: float, end: float) -> float:
        """Never below nothing: two clocks of two machines may differ a little."""
        if end <= start:
            return 0.0
        return end - start if self.wall else self._table(location).seconds(start, end)

    def within(self, location: str, start: float, end: float, most: float) -> bool:
        """Whether no more than `most` seconds lie between: opening time is never more than all of it."""
        if end - start <= most:
            return True
        return not self.wall and self._table(location).seconds(start, end) <= most

    def is_open(self, location: str, moment: float) -> bool:
        """Whether the location was open then."""
        return self._table(location).is_open(moment)

    def _table(self, location: str) -> OpenTable:
        found = self._tables.get(location)
        if found is None:
            hours = self._clinic.location(location).hours
            first, last = self._period.start - MARGIN, self._period.end + MARGIN
            found = self._tables[location] = OpenTable(hours, first, last)
        return found


def whose(contact: Contact, holders: Mapping[str, str]) -> str:
    """Whom a lead counts for: who reached it in time; who had it as its target passed; else who has it. '' nobody.

    So a lead counts once, and reaching what a colleague was late with never costs anything.
    """
    if contact.how == MET:
        return contact.by or contact.owner_id or ""
    if contact.how == MISSED_IT:
        return holders.get(contact.lead_id, "")
    return contact.owner_id or ""
