"""The SLA board as rows that browsers follow: clocks, the day's figures, who is on shift.

`sla` is the board with patients' names, `wall` the same with references only, for a screen on the wall.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from console.live import READER, Topic, millis
from console.parts.words import FORMS, TARGETS
from core.app import App
from core.domain.ids import reference
from core.domain.roles import Permission
from core.reads import on_shift, sla_monitor
from core.reads.sla_monitor import ClockRow, Day
from core.sla.rules import DANGER, NEXT_REPLY

MEDIAN_GOAL_SECONDS = 300  # the research, last chapter: a first response within 5 minutes on average
ANSWERS = (NEXT_REPLY, DANGER)  # clocks that a patient's own words started
ON_TIME_GOAL = 0.95  # the same chapter: more than 95 % within their target


def _named(app: App, session: Session, _argument: str, now: datetime) -> Iterable[dict[str, Any]]:
    return rows(app, session, now, names=True)


def _unnamed(app: App, session: Session, _argument: str, now: datetime) -> Iterable[dict[str, Any]]:
    return rows(app, session, now, names=False)


def rows(app: App, session: Session, now: datetime, *, names: bool) -> Iterator[dict[str, Any]]:
    """Everything on the board. Rows of one kind share their fields; `kind` tells them apart."""
    clocks = sla_monitor.clocks(session, READER, names=names)
    yield from (_clock(clock) for clock in clocks)
    if len(clocks) == sla_monitor.MOST_CLOCKS:
        live = sla_monitor.how_many_live(session, READER)
        yield {"id": "rest", "kind": "rest", "more": live - len(clocks)}
    yield from (_day(day) for day in sla_monitor.today(session, READER, app.reference, now))
    for person in on_shift.read(session, READER, app.reference, now):
        yield asdict(person) | {"id": f"staff:{person.id}", "kind": "staff"}


def _clock(clock: ClockRow) -> dict[str, Any]:
    """One clock. Words that never change with time are made here; what is left of it is the browser's to say."""
    return {
        "id": clock.id,
        "kind": "clock",
        "ref": reference(clock.number),
        "name": clock.name,
        "goal": target_words(clock),
        "reply": clock.target in ANSWERS,
        "urgent": clock.target == DANGER,
        "target": clock.target_seconds * 1000,
        "due": millis(clock.due_at),
        "since": millis(clock.started_at),
        "state": clock.state,
        "paused": millis(clock.paused_at),
        "back": millis(clock.back_at),
        "location": clock.location,
        "form": clock.form,
        "owner": clock.owner,
        "seen": clock.seen,
    }


def target_words(clock: ClockRow) -> str:
    """'First contact, VIP, 10 min'."""
    parts = [TARGETS.get(clock.target, clock.target)]
    parts += ["VIP"] if clock.vip else []
    parts += ["call only"] if clock.call_only else []
    return ", ".join([*parts, span_words(clock.target_seconds)])


def span_words(seconds: int) -> str:
    """'5 min', '1 h', '1 h 30'."""
    hours, minutes = divmod(round(seconds / 60), 60)
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
        "location": query.get("location", "") if query.get("location", "") in places else "",
        "form": query.get("form", "") if query.get("form", "") in FORMS else "",
        "median_goal": MEDIAN_GOAL_SECONDS,
        "on_time_goal": ON_TIME_GOAL,
    }


TOPIC = Topic("sla", Permission.SEE_SLA, _named)
WALL_TOPIC = Topic("wall", Permission.SEE_SLA, _unnamed)
