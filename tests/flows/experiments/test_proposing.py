"""What bars a start, by the field that it is about."""

from datetime import timedelta
from typing import Any

import pytest

from core.experiments.rules.designing import Metric
from core.experiments.rules.proposal import Offered, Proposal
from core.flows.experiments import proposing
from tests.conftest import TestApp
from tests.flows.experiments.trying_out import moment, wording


def fields(app: TestApp, proposal: Proposal) -> set[str]:
    with app.db.read() as session:
        weighed = proposing.weigh(session, proposal, now=app.clock.now())
    return {problem.field for problem in weighed.problems}


def test_what_is_sound_has_no_problem_and_shows_both_texts(app: TestApp) -> None:
    with app.db.read() as session:
        weighed = proposing.weigh(session, wording(app), now=app.clock.now())
    assert weighed.problems == ()
    assert weighed.fixed
    assert weighed.fixed.design.least_per_arm > 100
    assert all(change.text for change in weighed.fixed.changes.values())


def test_what_one_asked_for_can_be_read_back_from_what_is_fixed(app: TestApp) -> None:
    for proposal in (wording(app), moment(app)):
        with app.db.read() as session:
            fixed = proposing.sound(session, proposal, now=app.clock.now())
        assert proposing.proposal_of(fixed) == proposal


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": " "}, "title"),
        ({"key": "no_such_text"}, "subject"),
        ({"key": "opt_out_confirmation"}, "subject"),
        ({"key": "help"}, "subject"),
        ({"key": "safety_reply"}, "subject"),
        ({"key": "staff_new_lead"}, "subject"),
        ({"what": "moment"}, "what"),
        ({"what": "colour"}, "what"),
        ({"key": "email_after_visit"}, "what"),
        ({"variants": (Offered("today", 50), Offered("other", 50))}, "changes"),
        ({"variants": (Offered("today", 50), Offered("other", 50, template="lead_offer"))}, "changes"),
        ({"variants": (Offered("today", 50), Offered("other", 60, template="lead_question"))}, "shares"),
        ({"metric": Metric("clicked", 14)}, "metric"),
        ({"baseline": 0.0}, "baseline"),
        ({"smallest_difference": 0.001}, "smallest_difference"),
    ],
)
def test_what_is_wrong_is_said_by_field(app: TestApp, changes: dict[str, Any], field: str) -> None:
    assert field in fields(app, wording(app, **changes))


@pytest.mark.parametrize("offset", ["soon", "-5m", "30m", ""])
def test_a_moment_that_could_not_be_published_is_refused(app: TestApp, offset: str) -> None:
    """No span, before the form, today's own, none at all."""
    variants = (Offered("after 30 minutes", 50), Offered("other", 50, offset=offset))
    assert "changes" in fields(app, moment(app, variants=variants))


def test_a_step_that_is_not_there_is_refused(app: TestApp) -> None:
    assert "subject" in fields(app, moment(app, key="lead/minute-99"))
    assert "subject" in fields(app, moment(app, key="lead"))


def test_a_call_has_no_words_to_try_out(app: TestApp) -> None:
    variants = (Offered("today", 50), Offered("other", 50, template="lead_question"))
    assert "what" in fields(app, wording(app, kind="step", key="lead/minute-30", variants=variants))


def test_an_end_that_is_past_is_refused(app: TestApp) -> None:
    assert "planned_end" in fields(app, wording(app, planned_end=app.clock.now() - timedelta(days=1)))


def test_the_very_same_text_may_be_tried_to_check_the_counting(app: TestApp) -> None:
    variants = (Offered("today", 50), Offered("the same", 50, template="lead_what_to_expect"))
    assert fields(app, wording(app, variants=variants)) == set()
