"""What the delivery page says of the parts around the sender: who was heard from when, how fast, what waits unread.

Nothing of a form's or a text's content is read here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from statistics import median
from typing import Any

from sqlalchemy import Select, func, select, text
from sqlalchemy.orm import Session

from core.domain.roles import Actor, Permission, require
from core.intake.tables import form_submissions, raw_payloads
from core.leads.tables import leads
from core.messaging.tables import attempts, sms_messages
from core.operations import store as operations
from core.reads.parts.sql import one_of, seconds_between
from core.reads.unread_forms import WAITING

F, R, S, T = form_submissions.c, raw_payloads.c, sms_messages.c, attempts.c
LOOK_BACK = timedelta(days=30)
SAMPLE = 500
SHOWN = 3


@dataclass(frozen=True)
class Day:
    """What came and went since midnight, and the gateway's last sign of life."""

    gateway_at: datetime | None
    forms: int
    last_form_at: datetime | None
    texts: int


def day(session: Session, actor: Actor, since: datetime) -> Day:
    """Small counts for the live strip; texts to staff are counted too. Raises Denied."""
    require(actor, Permission.SEE_DELIVERY)
    beats = operations.beating(session, "gateway")
    out = select(func.count()).where(S.created_at >= since, S.direction == "outbound", S.sent_at.is_not(None))
    forms = select(func.count(), func.max(F.received_at)).where(F.received_at >= since)
    count, last = session.execute(forms).one()
    return Day(beats[0].beat_at if beats else None, int(count), last, int(session.scalar(out) or 0))


@dataclass(frozen=True)
class Speed:
    """Seconds from a form to the hand-over of its confirmation: half, and 99 of 100, of the newest were faster."""

    half: float
    most: float
    texts: int


@dataclass(frozen=True)
class Unread:
    """A form that could not be read."""

    connector: str
    received_at: datetime
    why: str


@dataclass(frozen=True)
class Standing:
    """`forms`: the last form by connector, in LOOK_BACK. Twilio's moments are those of its last report and text.

    `answer_seconds`: the provider's median answer of late. `database_bytes`: what the data take.
    """

    forms: dict[str, datetime]
    status_at: datetime | None
    inbound_at: datetime | None
    speed: Speed | None
    answer_seconds: float | None
    unread: int
    newest_unread: tuple[Unread, ...]
    database_bytes: int


def read(session: Session, actor: Actor, *, now: datetime) -> Standing:
    """Raises Denied."""
    require(actor, Permission.SEE_DELIVERY)
    return Standing(
        forms=_last_forms(session, now - LOOK_BACK),
        status_at=session.scalar(_newest(S.delivered_at, "outbound")),
        inbound_at=session.scalar(_newest(S.created_at, "inbound")),
        speed=_speed(session),
        answer_seconds=_answer(session),
        unread=int(session.scalar(select(func.count()).where(one_of(R.state, WAITING))) or 0),
        newest_unread=_newest_unread(session),
        database_bytes=_size(session),
    )


def _last_forms(session: Session, since: datetime) -> dict[str, datetime]:
    """Of what was read and of what was not: both say that the sender lives."""
    found: dict[str, datetime] = {}
    for connector, received_at in ((F.connector, F.received_at), (R.connector, R.received_at)):
        last = select(connector, func.max(received_at)).where(received_at >= since).group_by(connector)
        for name, moment in session.execute(last):
            found[name] = max(moment, found.get(name, moment))
    return found


def _newest(moment: Any, direction: str) -> Select[Any]:
    """The latest of the newest few hundred: neither moment has an index of its own."""
    newest = select(moment.label("moment")).where(S.direction == direction)
    few = newest.order_by(S.created_at.desc()).limit(SAMPLE).subquery()
    return select(func.max(few.c.moment))


def _speed(session: Session) -> Speed | None:
    statement = (
        select(seconds_between(leads.c.created_at, S.sent_at))
        .join(leads, leads.c.id == S.lead_id)
        .where(S.purpose == "confirmation", S.sent_at.is_not(None))
        .order_by(S.created_at.desc())
        .limit(SAMPLE)
    )
    spans = sorted(float(span) for span in session.scalars(statement))
    return Speed(median(spans), percentile(spans, 0.99), len(spans)) if spans else None


def percentile(ordered: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` of them do not exceed (nearest rank)."""
    return ordered[max(0, ceil(share * len(ordered)) - 1)]


def _answer(session: Session) -> float | None:
    """Identifiers sort by time, which spares an index on a table that every text writes to."""
    statement = (
        select(seconds_between(T.started_at, T.finished_at))
        .where(T.finished_at.is_not(None), T.outcome == "accepted")
        .order_by(T.id.desc())
        .limit(SAMPLE)
    )
    spans = [float(span) for span in session.scalars(statement)]
    return median(spans) if spans else None


def _newest_unread(session: Session) -> tuple[Unread, ...]:
    statement = select(R.connector, R.received_at, func.coalesce(R.error, ""))
    waiting = statement.where(one_of(R.state, WAITING)).order_by(R.received_at.desc()).limit(SHOWN)
    return tuple(Unread(*row) for row in session.execute(waiting))


def _size(session: Session) -> int:
    if session.get_bind().dialect.name == "postgresql":
        return int(session.scalar(text("SELECT pg_database_size(current_database())")) or 0)
    pages, size = (session.scalar(text(f"PRAGMA {name}")) for name in ("page_count", "page_size"))
    return int(pages or 0) * int(size or 0)
