"""What is no fault of a sequence, and still worth a word before it is published: steps that the limit of automatic
texts lets nobody get.

Found by playing it for somebody made up who agrees to everything and does nothing, at two hours of a weekday: what the
limit does to a step turns on the night that lies between. Changes nothing.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from core import plans
from core.app import App
from core.domain.hours import at
from core.domain.phone import read_phone
from core.domain.roles import Actor, Permission, require
from core.flows.sequences import dry_run
from core.flows.sequences.dry_run import Backdrop, Person
from core.flows.sequences.pieces import DROP, Outcome
from core.messaging.rules.send_hold_drop import DAILY_CAP
from core.sequences.rules.definition import Anchor, Fault, FaultySequence, Sequence
from core.sequences.rules.reading import parse_sequence
from core.versions.rules import Body

ANYBODY = Person(read_phone("407-555-0155"))
HOURS = {"in the morning": time(10), "towards evening": time(17, 30)}
CAP = "daily_cap"
WEEK, SATURDAY = 7, 5


def warnings(session: Session, actor: Actor, app: App, body: Body, *, now: datetime) -> list[Fault]:
    """By step, in words; none for a body that can't be read, whose faults are told instead. Raises Denied."""
    require(actor, Permission.SEE_SEQUENCES)
    try:
        plan = parse_sequence("draft", 0, body)
    except FaultySequence:
        return []
    backdrop = Backdrop(app.reference, app.library.now(session), plans.published(session))
    lost = {
        words: _lost(plan, enters, backdrop) for words, enters in _moments(app.reference.clinic.zone, now)
    }
    return [
        Fault(f"steps.{place}", _words(step.name, lost))
        for place, step in enumerate(plan.steps)
        if any(step.name in found for found in lost.values())
    ]


def _moments(zone: ZoneInfo, now: datetime) -> Iterator[tuple[str, datetime]]:
    """On the next weekday."""
    day = now.astimezone(zone).date() + timedelta(days=1)
    while day.weekday() >= SATURDAY:
        day += timedelta(days=1)
    for words, hour in HOURS.items():
        yield words, at(day, hour, zone)


def _lost(plan: Sequence, enters: datetime, backdrop: Backdrop) -> set[str]:
    """Names of steps that were too late to be of use when the limit let them go."""
    anchors = {plan.starts_on: enters}
    if Anchor.VISIT in plan.known:
        anchors[Anchor.VISIT] = enters + WEEK * timedelta(days=1)
    played = dry_run.dry_run(plan, ANYBODY, anchors, (), backdrop)
    return {one.step for one in played if one.sequence == plan.key and _is_lost(one)}


def _is_lost(one: Outcome) -> bool:
    return one.decision == DROP and any(wait.reason == CAP for wait in one.waited_for)


def _words(step: str, lost: Mapping[str, set[str]]) -> str:
    when = [words for words, found in lost.items() if step in found]
    whom = "most people" if len(when) == len(lost) else f"who enters {when[0]}"
    return (
        f"It would not go to {whom}: by then {DAILY_CAP} automatic texts have gone in 24 hours,"
        " and it is of no use any more when a fourth may."
    )
