"""What a person on call wants to know, in a handful of statements."""

from dataclasses import asdict, dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from core.conversation import store as conversation
from core.db.prepared import Query
from core.domain.hours import at
from core.intake import store as intake
from core.intake.tables import raw_payloads
from core.leads.tables import leads
from core.messaging.actions import State
from core.messaging.tables import sms_messages, timed_actions
from core.operations import store as operations
from core.operations.tables import heartbeats
from core.reads.parts import sending_state
from core.reads.parts.sending_state import StopShown

A = timed_actions.c
FAILED = ("failed", "undelivered")


@dataclass(frozen=True)
class SchedulerBeat:
    """One scheduler's sign of life. `alive` when it is younger than the allowance."""

    owner: str
    beat_at: datetime
    age_seconds: float
    alive: bool


@dataclass(frozen=True)
class Status:
    """Counts of now; 'today' is the clinic's day. `oldest_lag_seconds` is product time, 0 when nothing is due.

    `to_check`: forms that look as if no person had sent them. `alarms`: patients who may be in danger, and nobody has
    acknowledged it.
    `backups`: what is wrong with the nightly ones, '' where nothing is.
    `stopped` is '' or the reason word why nothing may leave; `stops` is everything that stops something.
    """

    schema_version: str
    schema_wanted: str
    pending: int
    due: int
    overdue: int
    oldest_lag_seconds: float
    sending: int
    unknown: int
    failed_today: int
    sent_today: int
    schedulers: tuple[SchedulerBeat, ...]
    dead_letters: int
    to_check: int
    alarms: int
    sending_paused: bool
    stopped: str
    stops: tuple[StopShown, ...]
    backups: str = ""

    @property
    def needs_a_hand(self) -> tuple[str, ...]:
        """What somebody should look at, in words; empty when all is well."""
        checks = (
            (
                self.alarms > 0,
                f"{self.alarms} patients may be in danger and nobody has acknowledged it (lead queue)",
            ),
            (
                self.schema_version != self.schema_wanted,
                "the schema is not this version's; run 'luxe migrate'",
            ),
            (not any(beat.alive for beat in self.schedulers), "no scheduler is running; texts wait"),
            (self.overdue > 0, f"{self.overdue} overdue"),
            (self.unknown > 0, f"{self.unknown} with an unknown outcome (page Resend)"),
            (bool(self.backups), f"{self.backups}; run 'luxe backup'"),
            (self.dead_letters > 0, f"{self.dead_letters} forms that could not be read (page Unread forms)"),
        )
        stops = tuple(f"{stop.title} {stop.why} {stop.what_to_do}".rstrip(".") for stop in self.stops)
        return stops + tuple(words for holds, words in checks if holds)

    def document(self) -> dict[str, Any]:
        """The same as plain values for JSON, with `ok` and `needs_a_hand`."""
        beats = [asdict(beat) | {"beat_at": beat.beat_at.isoformat()} for beat in self.schedulers]
        stops = [asdict(stop) | {"since": stop.since.isoformat()} for stop in self.stops]
        return asdict(self) | {
            "schedulers": beats,
            "stops": stops,
            "confirmed": self.stopped != operations.NOT_CONFIRMED,
            "needs_a_hand": list(self.needs_a_hand),
            "ok": not self.needs_a_hand,
        }


def read(
    session: Session, *, schema: tuple[str, str], zone: ZoneInfo, patience: timedelta, now: datetime
) -> Status:
    """`schema` is (found, wanted). Due for longer than `patience` is overdue; a beat older than it is a dead one."""
    planned = A.state == State.PLANNED.value
    since = at(now.astimezone(zone).date(), time.min, zone)
    state = sending_state.read(session)
    oldest = session.execute(select(func.min(A.due_at)).where(planned, A.due_at <= now)).scalar()
    return Status(
        schema_version=schema[0],
        schema_wanted=schema[1],
        pending=_count(session, _actions(State.PLANNED)),
        due=_count(session, _actions(State.PLANNED).where(A.due_at <= now)),
        overdue=_count(session, _actions(State.PLANNED).where(A.due_at <= now - patience)),
        oldest_lag_seconds=round((now - oldest).total_seconds(), 1) if oldest else 0.0,
        sending=_count(session, _actions(State.SENDING)),
        unknown=_count(session, _actions(State.UNKNOWN)),
        failed_today=_failed(session, since),
        sent_today=_count(session, _actions(State.SENT).where(A.kind == "text", A.settled_at >= since)),
        schedulers=_beats(session, patience, now),
        dead_letters=_dead_letters(session),
        to_check=intake.to_check_count(session),
        alarms=conversation.open_alarms(session),
        sending_paused=operations.sending_paused(session),
        stopped=state.stopped,
        stops=state.stops,
    )


def _actions(state: State) -> Select[int]:
    return select(func.count()).select_from(timed_actions).where(A.state == state.value)


def _count(session: Session, statement: Select[int]) -> int:
    return int(session.execute(statement).scalar_one())


def _failed(session: Session, since: datetime) -> int:
    c = sms_messages.c
    statement = select(func.count()).where(c.status.in_(FAILED), c.created_at >= since)
    return _count(session, statement)


def _dead_letters(session: Session) -> int:
    return _count(session, select(func.count()).where(raw_payloads.c.state == "dead"))


def _beats(session: Session, patience: timedelta, now: datetime) -> tuple[SchedulerBeat, ...]:
    ages = [(beat, now - beat.beat_at) for beat in operations.beating(session, "scheduler")]
    beats = tuple(
        SchedulerBeat(beat.owner, beat.beat_at, round(age.total_seconds(), 1), age <= patience)
        for beat, age in ages
    )
    # One that was killed never says goodbye: it is of interest only while nobody took its place.
    return tuple(beat for beat in beats if beat.alive) or beats[:1]


def last_moment(session: Session) -> datetime | None:
    """When this database was last worked on, by a process's sign of life or a lead; None for an empty one."""
    beat, lead = session.execute(
        select(
            select(func.max(heartbeats.c.beat_at)).scalar_subquery(),
            select(func.max(leads.c.created_at)).scalar_subquery(),
        )
    ).one()
    return max((moment for moment in (beat, lead) if moment), default=None)


_NEWEST = Query(select(func.max(leads.c.number)))


def has_leads(session: Session) -> bool:
    """Whether any lead was ever stored."""
    return _NEWEST.rows(session)[0][0] is not None
