"""What a new experiment can be about, and what is known beforehand: how many come, and how many of them do it today."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core import library, plans
from core.domain.roles import Actor, Permission, require
from core.experiments.rules.designing import Subject, why_untouched
from core.experiments.rules.fixed import SEPARATOR, STEP
from core.experiments.rules.planning import MONTH
from core.leads.store import cohorts as leads
from core.messaging.actions import TEXT
from core.messaging.library import Catalogue
from core.messaging.store import cohorts as texts
from core.sequences import store as sequences
from core.sequences.rules.definition import GATES, MESSAGES, Sequence, Step, StepKind

QUARTER = timedelta(days=90)
DOING = {"replied": texts.written_since, "booked": leads.booked_since}


@dataclass(frozen=True)
class Choice:
    """One subject. `template` is the text that it sends today, '' for a task or an email; `about` names its sequence,
    `offset` says when its step is due there."""

    kind: str
    key: str
    title: str
    template: str
    about: str = ""
    offset: timedelta | None = None


@dataclass(frozen=True)
class Choices:
    """`subjects` that may be tried out; `templates` of texts by key, each with its title and its class and purpose:
    only those that have both in common can take each other's place."""

    subjects: tuple[Choice, ...]
    templates: Mapping[str, tuple[str, tuple[str, str]]]


@dataclass(frozen=True)
class Estimate:
    """Of the last 90 days: how many people come within 30 days, and how many `of` those who had their days did it."""

    people_a_month: float
    did: int
    of: int


def choices(session: Session, actor: Actor) -> Choices:
    """Raises Denied."""
    require(actor, Permission.SEE_RESULTS)
    catalogue = library.published(session)
    templates = [
        Choice("template", key, one.title, key)
        for key, one in catalogue.items()
        if one.channel == TEXT and _open_template(catalogue, key)
    ]
    steps = [
        _step(plan, step, catalogue)
        for plan in plans.published(session).values()
        for step in plan.planned()
        if _open_step(catalogue, step)
    ]
    titles = {
        key: (one.title, (one.text_class, str(one.purpose)))
        for key, one in catalogue.items()
        if one.channel == TEXT
    }
    return Choices((*templates, *steps), titles)


def _open_template(catalogue: Catalogue, key: str) -> bool:
    one = catalogue[key]
    return not why_untouched(Subject("template", key, one.text_class, one.group, one.purpose))


def _open_step(catalogue: Catalogue, step: Step) -> bool:
    if step.kind in GATES:
        return False
    return step.kind not in MESSAGES or (
        step.template in catalogue and _open_template(catalogue, step.template)
    )


def _step(plan: Sequence, step: Step, catalogue: Catalogue) -> Choice:
    sends = step.kind in MESSAGES
    title = catalogue[step.template].title if sends else step.title
    text = step.template if step.kind is StepKind.TEXT else ""
    key = f"{plan.key}{SEPARATOR}{step.name}"
    return Choice(STEP, key, title, text, plan.title, plan.own_offset(step))


def estimate(
    session: Session, actor: Actor, kind: str, key: str, metric: str, days: int, *, now: datetime
) -> Estimate:
    """What the last 90 days say of a subject; a metric that nothing counts was reached by nobody. Raises Denied."""
    require(actor, Permission.SEE_RESULTS)
    came = _came(session, kind, key, now - QUARTER, now)
    window = timedelta(days=days)
    judged = {patient: at for patient, at in came.items() if at <= now - window}
    did = _did(session, metric, judged, window, now)
    return Estimate(len(came) / (QUARTER / MONTH), len(did), len(judged))


def _came(session: Session, kind: str, key: str, since: datetime, until: datetime) -> Mapping[str, datetime]:
    """Who met the subject, and when first."""
    if kind == STEP:
        return sequences.entered(session, key.partition(SEPARATOR)[0], since, until)
    return texts.first_texts(session, key, since, until)


def _did(
    session: Session, metric: str, judged: Mapping[str, datetime], window: timedelta, now: datetime
) -> Collection[str]:
    if metric not in DOING or not judged:
        return ()
    done = DOING[metric](session, list(judged), now - QUARTER)
    return {patient for patient, at in done if judged[patient] < at <= judged[patient] + window}
