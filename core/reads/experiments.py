"""Experiments: those under way with how they stand, drafts, and what came of the others. No patient is read here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from core import library, plans, trials
from core.domain.roles import Actor, Permission, require
from core.experiments import store
from core.experiments.means import Sample
from core.experiments.rules.fixed import Running
from core.experiments.rules.guardrails import Tally
from core.experiments.rules.verdict import Verdict, verdict
from core.experiments.store import Experiment
from core.experiments.tables import DRAFT, ENDED, RUNNING
from core.reference import Reference
from core.staff.store import people

Counts = Mapping[str, Mapping[str, int]]  # by metric, by variant


@dataclass(frozen=True)
class Standing:
    """One experiment with its counts. `also`: what else those people did within their days, by metric and variant;
    `value`: the dollars of treatment that they brought, by variant; both empty once it is over."""

    experiment: Experiment
    verdict: Verdict
    tallies: tuple[Tally, ...]
    also: Counts
    value: Mapping[str, Sample] = field(default_factory=dict)


@dataclass(frozen=True)
class Page:
    """`undecided` have ended and wait for a person; `past` are those of which nothing is asked any more, the newest
    first. `names`: of staff, by id; `titles`: of templates and sequences in use, by key."""

    running: tuple[Standing, ...]
    undecided: tuple[Standing, ...]
    drafts: tuple[Experiment, ...]
    past: tuple[Experiment, ...]
    names: Mapping[str, str]
    titles: Mapping[str, str]

    @property
    def is_empty(self) -> bool:
        return not (self.running or self.undecided or self.drafts or self.past)


def read(session: Session, actor: Actor, reference: Reference, *, now: datetime) -> Page:
    """Everything that the page shows. Raises Denied."""
    require(actor, Permission.SEE_RESULTS)
    found = store.every(session)
    over = [one for one in found if one.state not in (DRAFT, RUNNING)]
    undecided = [one for one in over if one.state == ENDED and one.decision is None]
    return Page(
        running=tuple(_under_way(session, one, reference, now) for one in found if one.state == RUNNING),
        undecided=tuple(standing for one in undecided if (standing := _as_read(one))),
        drafts=tuple(one for one in found if one.state == DRAFT),
        past=tuple(one for one in over if one not in undecided),
        names=people.names(session, {id_ for one in found for id_ in _staff(one)}),
        titles=_titles(session),
    )


def _titles(session: Session) -> dict[str, str]:
    templates = {key: one.title for key, one in library.published(session).items()}
    return templates | {key: one.title for key, one in plans.published(session).items()}


def _under_way(session: Session, one: Experiment, reference: Reference, now: datetime) -> Standing:
    running = Running(one.id, one.fixed, one.started_at or now)
    tallies = trials.tallies(session, running, now)
    stands = verdict(one.fixed.design, reference.guardrails, tallies, running.started_at, now)
    also = {code: trials.reached_by(session, one.id, code, now) for code in trials.METRICS}
    return Standing(one, stands, tallies, also, trials.treated_value(session, running, now))


def _as_read(one: Experiment) -> Standing | None:
    kept = one.reading
    return Standing(one, kept.verdict, kept.tallies, {}) if kept and kept.verdict else None


def _staff(one: Experiment) -> set[str]:
    return {id_ for id_ in (one.made_by, one.started_by, one.stopped_by, one.decided_by) if id_}
