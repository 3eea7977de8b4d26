"""Levels tried before they are published: what is unwise in them, and what would come of one made-up lead.

Nothing is written. Who is named are the colleagues of today, by the shifts as they are planned.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from core.alerting.concerns import Concern, concerns
from core.alerting.rules import Escalation, Level, faults, parse_escalation
from core.domain.errors import InvalidInput
from core.domain.roles import Actor, Permission, require
from core.flows.staff.planned import on_shift_at
from core.reference import Reference
from core.sla.rules import FIRST_CONTACT, due_after, strictest
from core.staff.alert_rules import Colleague, of_escalation, one_alert
from core.staff.store import people


@dataclass(frozen=True)
class Stage:
    """One moment of a made-up lead. `number`: the level, 0 for its beginning, whose `level` is None.

    `told`: who hears of it, beside its owner; `instead`: of those whom the level names nobody can be told then.
    """

    number: int
    at: datetime
    told: tuple[Colleague, ...]
    level: Level | None = None
    instead: bool = False


@dataclass(frozen=True)
class Played:
    """`anybody`: whether somebody who takes leads is at work as it comes. `opens`: when its location does, None where
    it is open or never will be.

    `stages` in order, none where its priority has no levels.
    """

    anybody: bool
    opens: datetime | None
    stages: tuple[Stage, ...]


def concerns_of(
    session: Session, actor: Actor, reference: Reference, body: Mapping[str, Any]
) -> list[Concern]:
    """What is unwise in a body; nothing while it can't be read. Raises Denied."""
    require(actor, Permission.SEE_SLA)
    if any(faults(body)):
        return []
    found = parse_escalation(body)
    everybody = people.colleagues(session)
    goal = strictest(reference.policies, FIRST_CONTACT)
    return [*concerns(found, int(goal.total_seconds() // 60)), *_of_nobody(found, everybody)]


def readable(body: Mapping[str, Any]) -> Escalation:
    """Raises InvalidInput(levels) with the first fault."""
    for _field, words in faults(body):
        raise InvalidInput.of("levels", f"This can be tried once it can be published: {words}")
    return parse_escalation(body)


def _of_nobody(found: Escalation, everybody: Sequence[Colleague]) -> list[Concern]:
    """Levels that name people of whom there is none who can be told."""
    unwise = []
    for at, level in enumerate(found.levels):
        named = frozenset(level.tell)
        if named and not any(one.can_be_told and named & {one.role, one.title} for one in everybody):
            unwise.append(Concern(f"levels.{at}", _instead(of_escalation(everybody, level.tell, (), ()))))
    return unwise


def _instead(told: Sequence[Colleague]) -> str:
    if not told:
        return "Nobody can be told: neither whom this level names, nor anybody else. Give them phones under Staff."
    names = ", ".join(one.name for one in told)
    return f"Nobody whom this level names works here, or can be told. Instead it would be told to {names}."


def play(
    session: Session,
    actor: Actor,
    reference: Reference,
    body: Mapping[str, Any],
    *,
    priority: int,
    location: str,
    moment: datetime,
) -> Played:
    """What comes of a lead to whom nobody reaches out. Raises Denied, InvalidInput(levels)."""
    require(actor, Permission.SEE_SLA)
    found = readable(body)
    everybody, hours = people.colleagues(session), reference.clinic.location(location).hours
    here = on_shift_at(session, reference, moment)
    takers = {one.id for one in people.pool(session)}
    anybody = bool(takers & here)
    waits = () if anybody else tuple(one_alert(everybody, None, here))
    stages = [Stage(0, moment, waits)]
    for number, level in found.of(priority):
        due = due_after(hours, moment, level.after)
        if due:
            stages.append(_stage(session, reference, everybody, number, level, due))
    opens = None if hours.is_open(moment) else hours.next_open(moment)
    return Played(anybody, opens, tuple(stages) if len(stages) > 1 else ())


def _stage(
    session: Session,
    reference: Reference,
    everybody: Sequence[Colleague],
    number: int,
    level: Level,
    due: datetime,
) -> Stage:
    if not level.tell:
        return Stage(number, due, (), level)
    told = of_escalation(everybody, level.tell, (), on_shift_at(session, reference, due))
    named = frozenset(level.tell)
    return Stage(number, due, tuple(told), level, not any(named & {one.role, one.title} for one in told))
