"""The experiments under way, and what came of one so far."""

from datetime import datetime

from sqlalchemy.orm import Session

from core.compliance import store as compliance
from core.experiments import store
from core.experiments.means import Sample
from core.experiments.rules.fixed import Running, mark
from core.experiments.rules.guardrails import Tally
from core.kept import Kept
from core.leads.store import cohorts as leads
from core.messaging.store import cohorts as texts
from core.sla import store_cohorts as clocks

METRICS = {"replied": texts.replied, "booked": leads.booked}  # what can be counted


def trials() -> Kept[tuple[Running, ...]]:
    """Those under way, for one process: the stamp changes as an experiment starts and as it ends."""
    return Kept(store.running, ())


def tallies(session: Session, running: Running, now: datetime) -> tuple[Tally, ...]:
    """What came of each variant by now, in the order that was fixed."""
    everybody = store.cohort(running.id)
    counts = store.counts(session, running.id, now)
    reached = reached_by(session, running.id, running.fixed.design.metric.code, now)
    opted_out = compliance.opted_out_in(session, everybody)
    complained = texts.complained(session, everybody)
    marks = {key: mark(running.id, key) for key in running.fixed.design.shares}
    sent = texts.sent_by(session, list(marks.values()))
    late = clocks.late(session, leads.requests_of(everybody))
    return tuple(
        Tally(
            key,
            *counts.get(key, (0, 0)),
            reached.get(key, 0),
            opted_out.get(key, 0),
            complained.get(key, 0),
            *sent.get(marked, (0, 0)),
            late.get(key, 0),
        )
        for key, marked in marks.items()
    )


def reached_by(session: Session, experiment_id: str, metric: str, now: datetime) -> dict[str, int]:
    """By variant: how many of those who count did so within their days. Raises KeyError for what nothing counts."""
    return METRICS[metric](session, store.cohort(experiment_id, counted_at=now))


def treated_value(session: Session, running: Running, now: datetime) -> dict[str, Sample]:
    """By variant, the dollars of treatment that those who count brought within their days, nothing for most."""
    sums = leads.treated_value(session, store.cohort(running.id, counted_at=now))
    counts = store.counts(session, running.id, now)
    return {key: Sample(counted, *sums.get(key, (0.0, 0.0))) for key, (_everybody, counted) in counts.items()}
