"""The SLA board as rows that browsers follow: clocks, the day's figures, who is on shift.

`sla` is the board with patients' names, `wall` the same with references only, for a screen on the wall.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from console.live import READER, Topic, millis
from console.parts.alarms import alerted
from console.parts.words import FORMS, TARGETS, TELLABLE
from core.alerting.rules import APOLOGY, BACKUP, URGENT, Escalation
from core.app import App
from core.domain.ids import reference
from core.domain.roles import ROLE_NAMES, Permission, Role
from core.reads import on_shift, sla_backlog, sla_clocks, sla_monitor
from core.reads.sla_clocks import ClockRow
from core.reads.sla_monitor import Day
from core.sla.rules import DANGER, PATIENT

NEXT = {APOLOGY: "apology to patient", BACKUP: "another owner", URGENT: "urgent"}
TEAMS = {role.value: ROLE_NAMES[role] for role in (Role.FRONT_DESK, Role.MANAGER, Role.PROVIDER, Role.ADMIN)}
MEDIAN_GOAL_SECONDS = 300  # the research, last chapter: a first response within 5 minutes on average
ON_TIME_GOAL = 0.95  # the same chapter: more than 95 % within their target


def _named(app: App, session: Session, _argument: str, now: datetime) -> Iterable[dict[str, Any]]:
    return rows(app, session, now, names=True)


def _unnamed(app: App, session: Session, _argument: str, now: datetime) -> Iterable[dict[str, Any]]:
    return rows(app, session, now, names=False)


def rows(app: App, session: Session, now: datetime, *, names: bool) -> Iterator[dict[str, Any]]:
    """Everything on the board. Rows of one kind share their fields; `kind` tells them apart."""
    clocks = sla_clocks.clocks(session, READER, names=names, levels=app.reference.escalation)
    coming = levels_now(app, session)
    yield from (row(clock, coming) for clock in clocks)
    if len(clocks) == sla_clocks.MOST_CLOCKS:
        # As of this reading: a clock that runs out is a change, and read anew.
        groups = [asdict(group) for group in sla_backlog.counts(session, READER, now=now)]
        yield {"id": "rest", "kind": "rest", "groups": groups, "page": sla_backlog.PAGE}
    yield from (_day(day) for day in sla_monitor.today(session, READER, app.reference, now))
    for person in on_shift.read(session, READER, app.reference, now):
        yield asdict(person) | {"id": f"staff:{person.id}", "kind": "staff"}


@dataclass(frozen=True)
class Levels:
    """What comes next: the levels in use, and the first colleague of each title and role."""

    escalation: Escalation
    people: Mapping[str, str]


def levels_now(app: App, session: Session) -> Levels:
    """As the levels and the people are now."""
    return Levels(app.reference.escalation, sla_clocks.first_of(session, READER))


def row(clock: ClockRow, levels: Levels) -> dict[str, Any]:
    """One clock. Words that never change with time are made here; what is left of it is the browser's to say."""
    return {
        "id": clock.id,
        "kind": "clock",
        "ref": reference(clock.number),
        "name": clock.name,
        "goal": target_words(clock),
        "list": sla_backlog.kind_of(clock.target),
        "urgent": clock.target == DANGER,
        "target": clock.target_seconds * 1000,
        "warn": clock.warn_seconds * 1000 if clock.warn_seconds else None,
        "due": millis(clock.due_at),
        "since": millis(clock.started_at),
        "state": clock.state,
        "paused": millis(clock.paused_at),
        "back": millis(clock.back_at),
        "waits": clock.paused_for == PATIENT,
        "location": clock.location,
        "form": clock.form,
        "owner": clock.owner,
        "team": clock.team,
        "seen": clock.seen,
        "next": millis(clock.next_at),
        "nextWho": next_words(clock, levels),
        "lead": clock.lead_id,
        "ownerId": clock.owner_id,
        "alert": alerted(clock.alerted),
    }


def next_words(clock: ClockRow, levels: Levels) -> str:
    """'Dana, team lead': who is told next if nobody acts, or what is done; '' where nothing is to come."""
    number = int(clock.next_level) if clock.next_level.isdecimal() else 0
    level = levels.escalation.level(number) if clock.next_at else None
    if level is None:
        return ""
    if not level.tell:
        return ", ".join(NEXT[one] for one in level.does if one in NEXT)
    first = level.tell[0]
    who, title = levels.people.get(first, ""), TELLABLE[first].lower()
    return f"{who.split()[0]}, {title}" if who else title


def target_words(clock: ClockRow) -> str:
    """'First contact, VIP, 10 min'."""
    parts = [TARGETS.get(clock.target, clock.target)]
    parts += ["VIP"] if clock.vip else []
    parts += ["call only"] if clock.call_only else []
    return ", ".join([*parts, span_words(clock.target_seconds)])


def span_words(seconds: int) -> str:
    """'30 s', '5 min', '1 h', '1 h 30', '3 days'."""
    if seconds < 60:
        return f"{seconds} s"
    hours, minutes = divmod(round(seconds / 60), 60)
    if hours >= 48 and hours % 24 == 0 and not minutes:
        return f"{hours // 24} days"
    if not hours:
        return f"{minutes} min"
    return f"{hours} h {minutes:02d}" if minutes else f"{hours} h"


def _day(day: Day) -> dict[str, Any]:
    return asdict(day) | {"id": f"day:{day.location}:{day.form}", "kind": "day", "hours": list(day.hours)}


def settings(app: App, query: Mapping[str, str], *, wall: bool) -> dict[str, Any]:
    """What the component must know besides the rows: names, goals, and where the address's filters stand."""
    places = {slug: place.name for slug, place in app.reference.clinic.locations.items()}
    return {
        "wall": wall,
        "clinic": app.reference.clinic.short_name,
        "places": places,
        "forms": FORMS,
        "teams": TEAMS,
        "team": query.get("team", "") if query.get("team", "") in TEAMS else "",
        "location": query.get("location", "") if query.get("location", "") in places else "",
        "form": query.get("form", "") if query.get("form", "") in FORMS else "",
        "median_goal": MEDIAN_GOAL_SECONDS,
        "on_time_goal": ON_TIME_GOAL,
    }


TOPIC = Topic("sla", Permission.SEE_SLA, _named)
WALL_TOPIC = Topic("wall", Permission.SEE_SLA, _unnamed)
