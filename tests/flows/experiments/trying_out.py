"""A clinic that tries something out: proposals, an experiment under way, and people who come by."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from core.app import App
from core.experiments import store
from core.experiments.rules.designing import Metric
from core.experiments.rules.proposal import MOMENT, Offered, Proposal
from core.experiments.store import Assignment, Experiment
from core.flows.experiments import starting
from core.intake.submission import Submission
from core.messaging.tables import sms_messages
from tests.conftest import TestApp
from tests.factories import submission
from tests.flows.staffing import do, rows, who
from tests.reads.made_up import add_lead, add_patient

TODAY, OTHER = "lead_question", "lead_pick_a_time"  # two texts of one class and purpose


def wording(app: App, **changes: Any) -> Proposal:
    """Another text two minutes after the form, for half of the people."""
    usual = Proposal(
        title="A question, or a time at once",
        kind="template",
        key="lead_what_to_expect",
        what="wording",
        variants=(Offered("what to expect", 50), Offered("a time", 50, template=OTHER)),
        metric=Metric("booked", 14),
        baseline=0.26,
        smallest_difference=0.15,
        people_a_month=118,
        planned_end=app.clock.now() + timedelta(days=150),
    )
    return replace(usual, **changes)


def moment(app: App, **changes: Any) -> Proposal:
    """The second call ten minutes earlier."""
    variants = (Offered("after 30 minutes", 50), Offered("after 20 minutes", 50, offset="20m"))
    usual = {"kind": "step", "key": "lead/minute-30", "what": MOMENT, "variants": variants}
    return wording(app, **(usual | changes))


def drafted(app: TestApp, proposal: Proposal, by: str = "marketing") -> str:
    id_: str = do(app, starting.draft, who(app, by), proposal)
    return id_


def started(app: TestApp, proposal: Proposal, by: str = "marketing") -> str:
    id_ = drafted(app, proposal, by)
    do(app, starting.start, who(app, by), id_)
    return id_


def look(app: App, experiment_id: str) -> Experiment:
    with app.db.read() as session:
        found = store.find(session, experiment_id)
    assert found
    return found


def form(number: int, **changes: Any) -> Submission:
    """The form of another person each time."""
    usual = {
        "external_id": f"form-{number}",
        "phone": f"+1407555{100 + number:04d}",
        "email": f"p{number}@example.com",
        "last_name": f"Reyes{'abcdefghijklmnopqrstuvwxyz'[number % 26]}",
    }
    return submission(**(usual | changes))


def people(
    app: App, experiment_id: str, variant: str, many: int, *, first: int = 0, **lead: Any
) -> list[str]:
    """So many made-up people who were given a variant now; their ids. `lead`: columns of the lead of each."""
    now, days = app.clock.now(), look(app, experiment_id).fixed.design.metric.window
    with app.db.write() as session:
        ids = [add_patient(session, now, first + number) for number in range(many)]
        for id_ in ids:
            add_lead(session, id_, now - timedelta(minutes=1), **lead)
        store.assign(session, [Assignment(experiment_id, id_, variant, now + days) for id_ in ids], now)
    return ids


def sent(app: TestApp, template: str) -> list[Any]:
    return rows(app, sms_messages, sms_messages.c.template_id == template)
