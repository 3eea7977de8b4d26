"""Experiments over the made-up history: one that was read, one that was void, and one under way.

Nothing differed between the made-up people, so what is read says so: it is a check of the method.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.app import App
from core.db.types import derived_key
from core.domain.roles import Actor, Role
from core.experiments import store
from core.experiments.rules import reading
from core.experiments.rules.assigning import assign
from core.experiments.rules.designing import Metric
from core.experiments.rules.fixed import Running
from core.experiments.rules.proposal import MOMENT, WORDING, Offered, Proposal
from core.experiments.rules.verdict import Ended, Void, verdict
from core.experiments.store import Assignment
from core.flows.experiments import starting
from core.flows.experiments.trying import KEY
from core.leads.tables import leads
from core.staff.tables import staff
from core.trials import tallies

DAY = timedelta(days=1)
SPLIT = (("as today", 50), ("the other", 50))
# How variants were handed out. The key that hands them out differs in each demo, and 70 people came:
# seven in eight is seen as at fault whatever the key.
FAIR, AT_FAULT = {"A": 50, "B": 50}, {"A": 88, "B": 12}


@dataclass(frozen=True)
class Trial:
    """From `began` to `over` days ago; `over` None for one under way. `note`: why today's was kept."""

    proposal: Proposal
    began: int
    over: int | None
    shares: Mapping[str, int]
    note: str = ""


def add_trials(app: App, now: datetime) -> None:
    """Three, over the leads that are there. The fault of one shows only where enough people came."""
    with app.db.write() as session:
        by_name = {
            row.username: Actor(row.id, row.name, Role(row.role)) for row in session.execute(select(staff))
        }
        for trial in _trials(now):
            _tell(session, app, trial, by_name["marketing"], by_name["manager"], now)


def _trials(now: datetime) -> list[Trial]:
    again = Proposal(
        title="The same text twice",
        kind="template",
        key="lead_question",
        what=WORDING,
        variants=_offered("lead_question"),
        metric=Metric("replied", 7),
        baseline=0.3,
        smallest_difference=0.2,
        people_a_month=120,
        planned_end=now - 35 * DAY,
    )
    evening = _with(
        again, "Offer first, or reviews first", now - 5 * DAY, key="lead_offer", other="lead_reviews"
    )
    sooner = Proposal(
        **{
            **vars(again),
            "title": "Second call after 20 min, not 30",
            "kind": "step",
            "key": "lead/minute-30",
            "what": MOMENT,
            "variants": (Offered("after 30 min", 50), Offered("after 20 min", 50, offset="20m")),
            "metric": Metric("booked", 14),
            "smallest_difference": 0.15,
            "planned_end": now + 160 * DAY,
        }
    )
    return [
        Trial(again, 100, 35, FAIR, "No difference, as it should be"),
        Trial(evening, 33, 5, AT_FAULT),
        Trial(sooner, 20, None, FAIR),
    ]


def _offered(other: str) -> tuple[Offered, ...]:
    (first, percent), (second, rest) = SPLIT
    return Offered(first, percent), Offered(second, rest, template=other)


def _with(proposal: Proposal, title: str, end: datetime, *, key: str, other: str) -> Proposal:
    changed = {"title": title, "planned_end": end, "key": key, "variants": _offered(other)}
    return Proposal(**{**vars(proposal), **changed})


def _tell(session: Session, app: App, trial: Trial, by: Actor, decides: Actor, now: datetime) -> None:
    began, over = now - trial.began * DAY, now - (trial.over or 0) * DAY
    id_ = starting.draft(session, by, trial.proposal, now=began)
    starting.start(session, by, id_, now=began)
    running = next(one for one in store.running(session) if one.id == id_)
    _give(session, trial, running, min(over, running.fixed.design.takes_people_until))
    if trial.over is not None:
        _end(session, app, trial, running, decides, over)


def _give(session: Session, trial: Trial, running: Running, until: datetime) -> None:
    """Everybody who came meanwhile has a variant since then."""
    c = leads.c
    came = session.execute(
        select(c.patient_id, c.created_at)
        .where(c.created_at >= running.started_at, c.created_at < until)
        .order_by(c.created_at)
    )
    window = running.fixed.design.metric.window
    secret = derived_key(session, KEY)
    for patient, at in came.all():
        variant = assign(secret, running.id, patient, trial.shares)
        store.assign(session, [Assignment(running.id, patient, variant, at + window)], at)


def _end(session: Session, app: App, trial: Trial, running: Running, by: Actor, over: datetime) -> None:
    counted = tallies(session, running, over)
    found = verdict(running.fixed.design, app.reference.guardrails, counted, running.started_at, over)
    state = "void" if isinstance(found, Void) else "ended"
    kept = reading.as_kept(found, counted) if found.final else reading.as_kept(Ended(()), counted)
    store.finish(session, running.id, state, kept, now=over)
    if state == "ended":
        control = running.fixed.control
        store.decide(
            session, running.id, state, control, trial.note or "Too few came", by=by.staff_id, now=over
        )
