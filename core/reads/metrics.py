"""What a monitoring system is told at each scrape. Cheap however much is pending: only what is due is counted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from core.conversation import store as conversation
from core.db.types import is_word
from core.domain.hours import at
from core.intake import store as intake
from core.messaging.actions import EMAIL_LANE, Lane, State
from core.messaging.store.resend import FAILED
from core.messaging.tables import sms_messages, timed_actions
from core.operations import store as operations
from core.operations.rules import Backups
from core.operations.tables import heartbeats, switches
from core.reads.parts import email_counts, waiting
from core.reads.parts.sql import one_of

A, S = timed_actions.c, sms_messages.c
T = TypeVar("T")
LANES: Mapping[int, str] = {**{lane.value: lane.name.lower() for lane in Lane}, EMAIL_LANE: "email"}


@dataclass(frozen=True)
class Metrics:
    """`actions` by (state, lane): due (counted up to a limit), sending, unknown. `due_since` by lane, where any is;
    `in_flight_since` of the one that is out longest.

    `texts` of the clinic's day by outcome (handed_over, delivered, failed), of which each only grows until midnight.
    `emails` of the day to patients by outcome (handed_over, failed, bounced, complained).
    `failures` of the day by the provider's code, 0 where it gave none. `stopping`: names of the switches that stop
    something now, of one template ('template:...') or of all. `unread_forms`: what came in and waits for a person.
    `alarms`: patients who may be in danger, of whom nobody has taken notice.
    """

    actions: Mapping[tuple[str, str], int]
    due_since: Mapping[str, datetime]
    in_flight_since: datetime | None
    texts: Mapping[str, int]
    emails: Mapping[str, int]
    failures: Mapping[int, int]
    beat_at: datetime | None
    stopping: frozenset[str]
    unread_forms: int
    alarms: int
    backups: Backups


def read(session: Session, zone: ZoneInfo, now: datetime) -> Metrics:
    """Everything in a dozen small statements."""
    midnight = at(now.astimezone(zone).date(), time.min, zone)
    failures = _failures(session, midnight)
    return Metrics(
        actions=_actions(session, now),
        due_since=_named(waiting.due_since(session, now)),
        in_flight_since=waiting.in_flight_since(session),
        texts=_texts(session, midnight) | {"failed": sum(failures.values())},
        emails=email_counts.since(session, midnight),
        failures=failures,
        beat_at=_beat(session),
        stopping=_stopping(session),
        unread_forms=intake.waiting_count(session),
        alarms=conversation.open_alarms(session),
        backups=operations.backups(session),
    )


def _actions(session: Session, now: datetime) -> dict[tuple[str, str], int]:
    states = {
        "due": _due(session, now),
        "sending": _by_lane(session, is_word(A.state, State.SENDING)),
        # An alert to staff that nobody looks up any more is past: nobody has to decide about it.
        "unknown": _by_lane(session, is_word(A.state, State.UNKNOWN), waiting.UNDECIDED),
    }
    return {
        (state, name): counts.get(lane, 0) for state, counts in states.items() for lane, name in LANES.items()
    }


def _due(session: Session, now: datetime) -> dict[int, int]:
    texts = {int(lane): count for lane, count in waiting.due(session, now).items()}
    return texts | {EMAIL_LANE: waiting.emails_due(session, now)}


def _named(by_lane: Mapping[Lane, T]) -> dict[str, T]:
    return {LANES[lane]: value for lane, value in by_lane.items()}


def _by_lane(session: Session, *where: ColumnElement[bool]) -> dict[int, int]:
    statement = select(A.lane, func.count()).where(*where).group_by(A.lane)
    return dict(session.execute(statement).all())


def _texts(session: Session, midnight: datetime) -> dict[str, int]:
    handed_over, delivered = session.execute(
        select(func.count(S.sent_at), func.count(S.delivered_at)).where(
            S.created_at >= midnight, S.direction == "outbound"
        )
    ).one()
    return {"handed_over": handed_over, "delivered": delivered}


def _failures(session: Session, midnight: datetime) -> dict[int, int]:
    code = func.coalesce(S.error_code, 0)
    statement = select(code, func.count()).where(one_of(S.status, FAILED), S.created_at >= midnight)
    return dict(session.execute(statement.group_by(code)).all())


def _beat(session: Session) -> datetime | None:
    h = heartbeats.c
    living = select(func.max(h.beat_at)).where(h.process == "scheduler", h.stopped_at.is_(None))
    return session.execute(living).scalar()


def _stopping(session: Session) -> frozenset[str]:
    return frozenset(session.execute(select(switches.c.name).where(switches.c.stops.is_(True))).scalars())
