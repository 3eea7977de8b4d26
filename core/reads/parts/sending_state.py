"""Whether texts leave, and if not: why, since when, by whom, and what opens it. For a banner and for who is on call."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from core.audit.tables import audit_events
from core.db.types import is_word
from core.messaging.actions import EMAIL_LANE, LEAVES, NOTICE_LANES, Lane, State
from core.messaging.tables import sms_messages, timed_actions
from core.operations import alarms, store_stops
from core.operations.store import PAUSED, STOPS, TEMPLATE
from core.operations.store_stops import Stop
from core.staff.tables import staff

A = timed_actions.c


@dataclass(frozen=True)
class StopShown:
    """One stop. `name` is what `pausing.resume` or `breaking.reset` lifts; `template` is '' where it stops all.

    `by` is a person's name, '' where it stopped by itself; `reason` is what that person wrote.
    """

    name: str
    template: str
    title: str
    why: str
    what_to_do: str
    since: datetime
    by: str
    reason: str


@dataclass(frozen=True)
class SendingState:
    """`stops`: everything that stops something, what stops all first."""

    stops: tuple[StopShown, ...]

    @property
    def stopped(self) -> str:
        """The first reason word why nothing at all leaves, '' where texts leave."""
        names = {stop.name for stop in self.stops}
        return next((name for name in STOPS if name in names), "")


def read(session: Session) -> SendingState:
    """For everybody who is signed in: whoever relies on texts must know. One small statement while all is well."""
    shown = [_shown(session, stop) for stop in store_stops.stops(session)]
    return SendingState(tuple(sorted(shown, key=lambda stop: (stop.template != "", stop.since))))


def _shown(session: Session, stop: Stop) -> StopShown:
    words = alarms.words(stop.name, stop.figures)
    return StopShown(
        name=stop.name,
        template=stop.name[len(TEMPLATE) :] if stop.name.startswith(TEMPLATE) else "",
        title=words.title,
        why=words.why,
        what_to_do=words.what_to_do,
        since=stop.since,
        by=_name(session, stop.by),
        reason=_reason(session, stop) if stop.name == PAUSED else "",
    )


def _name(session: Session, staff_id: str | None) -> str:
    if staff_id is None:
        return ""
    return (
        session.execute(select(staff.c.name).where(staff.c.id == staff_id)).scalar_one_or_none() or "Somebody"
    )


def _reason(session: Session, stop: Stop) -> str:
    """What was written with the pause: it stands, encrypted, in the audit trail of the same moment."""
    e = audit_events.c
    statement = select(e.reason).where(e.at == stop.since, e.action == "sending_paused")
    return session.execute(statement.limit(1)).scalar_one_or_none() or ""


@dataclass(frozen=True)
class Waiting:
    """What a person should know before texts leave again.

    `overdue_to_send` became due and is still of use; `overdue_to_drop` is too late to be of use. `last_sent_at` is the
    last text that this database knows of.
    """

    last_sent_at: datetime | None
    overdue_to_send: int
    overdue_to_drop: int
    in_doubt: int


def waiting(session: Session, now: datetime) -> Waiting:
    """Each of them is decided again at hand-over: consent, hours and the rest may still hold or drop it."""
    due = (
        select(func.count())
        .select_from(timed_actions)
        .where(
            is_word(A.state, State.PLANNED),
            A.lane.in_([*Lane, EMAIL_LANE, *NOTICE_LANES]),
            A.due_at <= now,
            A.kind.in_(LEAVES),
        )
    )
    in_doubt = select(func.count()).where(A.state.in_((State.SENDING.value, State.UNKNOWN.value)))
    last = select(sms_messages.c.sent_at).where(sms_messages.c.sent_at.is_not(None))
    return Waiting(
        last_sent_at=session.execute(last.order_by(sms_messages.c.created_at.desc()).limit(1)).scalar(),
        overdue_to_send=_count(session, due.where(or_(A.useful_until.is_(None), A.useful_until >= now))),
        overdue_to_drop=_count(session, due.where(A.useful_until < now)),
        in_doubt=_count(session, in_doubt),
    )


def _count(session: Session, statement: Select[int]) -> int:
    return int(session.execute(statement).scalar_one())
