"""A sequence is tried out before it is published: for a lead's patient, or somebody made up.

The dry run is that of `dry_run`; here stands who may ask, and what of. Changes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from core import plans
from core.app import App
from core.domain.errors import InvalidInput, LuxeError
from core.domain.roles import Actor, Permission, require
from core.flows.sequences import dry_run
from core.flows.sequences.dry_run import Backdrop, Person
from core.flows.sequences.pieces import EFFECTS, Event, Outcome
from core.sequences.rules.definition import Anchor, FaultySequence, Sequence
from core.sequences.rules.reading import parse_sequence
from core.versions.rules import Body

MOST_EVENTS = 20


@dataclass(frozen=True)
class Course:
    """When somebody enters, when their visit is where the sequence knows one, and what they do meanwhile."""

    at: datetime
    visit_at: datetime | None = None
    events: tuple[Event, ...] = ()


@dataclass(frozen=True)
class Tried:
    """What would become of each step. `titles`: of the sequences that are named, by key."""

    outcomes: list[Outcome]
    titles: Mapping[str, str]


def for_somebody(
    session: Session, app: App, actor: Actor, key: str, body: Body, person: Person, course: Course
) -> Tried:
    """Somebody made up, in sample words. Raises Denied, InvalidInput by field, LuxeError for a faulty body."""
    require(actor, Permission.SEE_SEQUENCES)
    plan, in_use = _plan(key, body), plans.published(session)
    anchors = _anchors(plan, course)
    backdrop = Backdrop(app.reference, app.library.now(session), in_use)
    outcomes = dry_run.dry_run(plan, person, anchors, course.events, backdrop, words=True)
    return Tried(outcomes, _titles(plan, in_use))


def for_lead(
    session: Session, app: App, actor: Actor, key: str, body: Body, lead_id: str, course: Course
) -> Tried:
    """A lead's patient, with all that is known of them, in the words that they would get. Raises NotFound, too."""
    require(actor, Permission.SEE_SEQUENCES)
    require(actor, Permission.SEE_LEADS)
    plan = _plan(key, body)
    anchors = _anchors(plan, course)
    outcomes = dry_run.for_lead(session, app, lead_id, plan, anchors, course.events, now=course.at)
    return Tried(outcomes, _titles(plan, plans.published(session)))


def _plan(key: str, body: Body) -> Sequence:
    try:
        return parse_sequence(key, 0, body)
    except FaultySequence as faulty:
        raise LuxeError("It can be tried as soon as nothing bars publishing any more.") from faulty


def _anchors(plan: Sequence, course: Course) -> dict[Anchor, datetime]:
    _must_be_known(course)
    anchors = {plan.starts_on: course.at}
    if Anchor.VISIT in plan.known:
        if course.visit_at is None:
            raise InvalidInput.of("visit", "Say when the visit is.")
        anchors[Anchor.VISIT] = course.visit_at
    return anchors


def _must_be_known(course: Course) -> None:
    if len(course.events) > MOST_EVENTS:
        raise InvalidInput.of("events", f"At most {MOST_EVENTS} events.")
    unknown = sorted({event.what for event in course.events} - set(EFFECTS))
    if unknown:
        raise InvalidInput.of("events", f"Choose among {', '.join(EFFECTS)}.")


def _titles(plan: Sequence, in_use: Mapping[str, Sequence]) -> dict[str, str]:
    return {key: one.title for key, one in {**in_use, plan.key: plan}.items()}
