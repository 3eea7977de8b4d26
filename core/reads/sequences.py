"""Sequences: those in use and those that are being written, who is under way in them, and how far people got."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from core import library, plans
from core.domain.hours import at
from core.domain.roles import Actor, Permission, require
from core.kinds import SEQUENCE
from core.messaging.store import reach as became
from core.operations import store as operations
from core.reads.parts import versions
from core.reads.parts.versions import Entry
from core.reference import sequences_around
from core.sequences import store_reach
from core.sequences.rules.soundness import Message
from core.sequences.store import ACTIVE
from core.sequences.store_reach import ENTERED, EVERY_VERSION, Count
from core.sequences.tables import enrollments
from core.shipped import texting_hours

E = enrollments.c
COUNTED = "sequence_reach"  # the job's mark (core/flows/analytics/counting_reach.py)
FRESH = timedelta(
    minutes=15
)  # the job counts each two minutes: where it does not, nobody is shown old numbers
NOT_THEIRS = frozenset({"staff", "emergency"})  # classes of templates that no sequence sends


@dataclass(frozen=True)
class Listed:
    """One sequence as the list shows it. `under_way`: people by version; `used`: what leads to it, in words."""

    entry: Entry
    under_way: Mapping[int, int]
    used: tuple[str, ...]


@dataclass(frozen=True)
class Choice:
    """A template that a step may send."""

    key: str
    title: str
    message: Message


@dataclass
class StepReach:
    """What became of one step for those who entered. `left`: people who left just before it, by why; `dropped`: for
    whom it did not go though they were still there, by why; `waiting`: for whom it is still to come."""

    reached: int = 0
    waiting: int = 0
    left: Counter[str] = field(default_factory=Counter)
    dropped: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Reach:
    """Of those who entered since a moment, how many came how far. `steps` by name. `counted_at`: when that was counted,
    None for just now."""

    entered: int
    steps: Mapping[str, StepReach]
    counted_at: datetime | None = None


def read(session: Session, actor: Actor) -> list[Listed]:
    """Every one with what is published and what is drafted. Raises Denied."""
    entries = versions.entries(session, actor, SEQUENCE)
    counts = _under_way(session)
    return [
        Listed(entry, counts.get(entry.key, {}), tuple(SEQUENCE.used(session, entry.key)))
        for entry in entries
    ]


def _under_way(session: Session) -> dict[str, dict[int, int]]:
    """People by key and version: one walk over the index of those who are under way."""
    found: dict[str, dict[int, int]] = {}
    counted = select(E.sequence, E.version, func.count()).where(E.state == ACTIVE)
    for key, version, people in session.execute(counted.group_by(E.sequence, E.version)):
        found.setdefault(key, {})[version] = people
    return found


def choices(session: Session, actor: Actor) -> list[Choice]:
    """The templates in use that a step may send, by title. Raises Denied."""
    require(actor, Permission.SEE_SEQUENCES)
    catalogue = library.published(session)
    messages = sequences_around(catalogue, plans.published(session), texting_hours()).messages
    found = [
        Choice(key, catalogue[key].title, message)
        for key, message in messages.items()
        if message.text_class not in NOT_THEIRS
    ]
    return sorted(found, key=lambda one: one.title)


def reach(
    session: Session,
    actor: Actor,
    key: str,
    since: datetime,
    version: int = EVERY_VERSION,
    *,
    zone: ZoneInfo,
    now: datetime,
) -> Reach:
    """Those who entered `since` then, in one version or in every one; `zone`: the clinic's. Raises Denied.

    From the counts of each day while those are fresh and `since` begins a day, else from the steps themselves.
    """
    require(actor, Permission.SEE_SEQUENCES)
    day = since.astimezone(zone).date()
    counted = operations.reached(session, COUNTED) if at(day, time.min, zone) == since else None
    if counted and now - counted <= FRESH:
        return _reach(store_reach.summed(session, key, day, version), counted)
    return live(session, store_reach.entered(key, since, version=version))


def live(session: Session, people: Select[Any]) -> Reach:
    """The same from the steps themselves, of whom `store_reach.entered` names."""
    counts = store_reach.people_in(session, people)
    rows = became.became(session, people, under_way=ACTIVE) if counts else []
    return _reach([*counts, *(Count(*row) for row in rows)], None)


def _reach(counts: Iterable[Count], counted_at: datetime | None) -> Reach:
    entered, steps = 0, dict[str, StepReach]()
    for one in counts:
        if one.state == ENTERED:
            entered += one.people
        else:
            _add(steps.setdefault(one.step, StepReach()), one)
    return Reach(entered, steps, counted_at)


def _add(step: StepReach, one: Count) -> None:
    if one.state == became.REACHED:
        step.reached += one.people
    elif one.state == became.PLANNED:
        step.waiting += one.people
    elif one.state == became.DROPPED:
        step.dropped[one.reason] += one.people
    elif one.state == became.LEFT:
        step.left[one.reason] += one.people
