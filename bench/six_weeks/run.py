"""Six weeks of a clinic: time jumps from what is due to what happens, and the whole is judged at the end."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bench.simulated.jumping import Time
from bench.simulated.people import Person, people
from bench.simulated.provider import Provider, digest
from bench.simulated.schedulers import Schedulers, Trouble
from bench.six_weeks.clinic import Clinic
from bench.six_weeks.judge import Judge, Label
from bench.six_weeks.people import diary
from bench.six_weeks.record import Record
from bench.six_weeks.story import Story
from core.adapters.fakes import FakeClock
from core.app import App
from core.messaging.tables import action_moves, timed_actions
from core.sequences.tables import enrollments
from tests.factories import actor

BEGINS = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)  # a Monday, 9:00 in New York
CALM = Trouble()


@dataclass(frozen=True)
class Outcome:
    """What was found. `held` counts why texts waited or were dropped, as the product says; `sequences` texts."""

    violations: dict[str, list[str]]
    texts: int
    digest: str
    happened: Counter[str]
    held: Counter[str]
    sequences: Counter[str]
    judge: Judge

    @property
    def faults(self) -> int:
        return sum(map(len, self.violations.values()))


def run(app: App, *, patients: int, span: timedelta, seed: int, trouble: Trouble = CALM) -> Outcome:
    """Play it on an app with staff and rules in an otherwise empty database, and judge."""
    clock, record = FakeClock(BEGINS), Record()
    provider = Provider(clock, record=record)
    app = replace(app, clock=clock, sms=provider)
    everybody, time = people(patients, seed), Time(clock)
    clinic, story = _cast(app, everybody, record, time)
    schedulers = Schedulers(app, provider, trouble, seed, time.later)
    clinic.begin()
    clinic.plan(BEGINS, span, time.later)
    for one in everybody:
        for planned in sorted(diary(one, BEGINS, span, seed), key=lambda what: (what.at, what.what)):
            time.later(planned.at, lambda planned=planned: story.happen(planned))  # type: ignore[misc]
    time.run(schedulers.work, BEGINS + span)
    happened = story.seen + clinic.seen + schedulers.seen
    return _judged(app, everybody, record, happened)


def _cast(app: App, everybody: list[Person], record: Record, time: Time) -> tuple[Clinic, Story]:
    with app.db.read() as session:
        desk, manager = actor(session, "frontdesk"), actor(session, "manager")
        provider_id = actor(session, "provider").staff_id
    return Clinic(app, manager, record), Story(app, time.later, everybody, record, desk, provider_id)


def _judged(app: App, everybody: list[Person], record: Record, happened: Counter[str]) -> Outcome:
    by_number = {one.phone: one for one in everybody}
    with app.db.read() as session:
        judge = Judge(record, by_number, _labels(session), app.reference.clinic.zone)
        held = _held(session)
    mine = [one for one in record.taken if one.to in by_number]
    of_each = Counter(
        found.sequence for one in mine if (found := judge.labels.get(one.action_id)) and found.sequence
    )
    return Outcome(judge.violations(), len(mine), digest(mine), happened, held, of_each, judge)


def _labels(session: Session) -> dict[str, Label]:
    """What each text was planned as: columns that never change."""
    a, e = timed_actions.c, enrollments.c
    columns = (
        a.id,
        a.purpose,
        a.step,
        a.lead_id,
        e.id,
        e.sequence,
        e.version,
        e.occurrence,
        e.visit_id,
        e.started_at,
    )
    joined = timed_actions.outerjoin(enrollments, a.enrollment_id == e.id)
    rows = session.execute(select(*columns).select_from(joined).where(a.kind == "text"))
    return {row[0]: _label(*row[1:]) for row in rows}


def _label(purpose: str, step: str | None, lead: str | None, *enrolled: Any) -> Label:
    key, sequence, version, occurrence, visit, at = enrolled
    if key is None:
        return Label(purpose, lead or "")
    return Label(purpose, lead or "", key, sequence, version, occurrence, visit or "", step or "", at)


def _held(session: Session) -> Counter[str]:
    m = action_moves.c
    rows = session.execute(select(m.state, m.reason, func.count()).group_by(m.state, m.reason))
    return Counter({f"{state} {reason}": many for state, reason, many in rows})
