"""What is fixed before the start: how many people, for how long, and what is never tried out."""

import math
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from core.experiments.rules.designing import Metric, Subject, Variant, problems, why_untouched
from core.experiments.rules.planning import Question, needed, plan, shorter, smallest_seen
from core.shipped import shipped_catalogue
from tests.unit.experiments.made_up import DAY, DESIGN, STARTED, THREE, design

QUESTION = Question(0.26, 0.09)


def fields(**changes: Any) -> list[str]:
    return [problem.field for problem in problems(design(**changes), STARTED)]


@pytest.mark.parametrize(
    ("question", "people_a_month", "words"),
    [
        (
            Question(0.34, 0.10),
            142,
            "To see 34% become 44%: 373 a side. With 142 people a month you need about 5 months.",
        ),
        (
            Question(0.34, 0.05),
            142,
            "To see 34% become 39%: 1,455 a side. With 142 people a month you need about 20 months.",
        ),
        (
            QUESTION,
            118,
            "To see 26% become 35%: 410 a side. With 118 people a month you need about 7 months.",
        ),
        (
            Question(0.26, 0.15),
            118,
            "To see 26% become 41%: 155 a side. With 118 people a month you need about 11 weeks.",
        ),
        (
            Question(0.26, 0.01),
            118,
            "To see 26% become 27%: 30,575 a side. With 118 people a month you need about 43 years.",
        ),
        (
            QUESTION,
            0,
            "To see 26% become 35%: 410 a side. Nobody comes at present, so there is no end to it.",
        ),
    ],
)
def test_it_is_said_beforehand_how_long_it_takes(
    question: Question, people_a_month: float, words: str
) -> None:
    assert plan(question, people_a_month).words == words


def test_a_smaller_share_makes_it_longer() -> None:
    """The variant that fills last decides."""
    halves, tenth = plan(QUESTION, 118), plan(Question(0.26, 0.09, smallest_percent=10), 118)
    assert (halves.people, tenth.people) == (820, 4100)
    assert halves.collecting
    assert tenth.collecting
    assert tenth.collecting / halves.collecting == pytest.approx(5)


def test_each_further_variant_asks_for_more_people() -> None:
    """Three chances to be fooled instead of one."""
    assert (
        needed(Question(0.26, 0.09, variants=4)) > needed(Question(0.26, 0.09, variants=3)) > needed(QUESTION)
    )


def test_what_a_shorter_one_would_overlook_is_shown() -> None:
    sizes = [one.per_arm for one in shorter(QUESTION, 118, (0.09, 0.12, 0.15, 0.9))]
    assert sizes == [410, 237, 155]


def test_the_smallest_difference_that_so_many_show_is_found() -> None:
    seen = smallest_seen(QUESTION, 410)
    assert seen == pytest.approx(0.09, abs=0.001)
    assert seen
    assert needed(Question(0.26, seen)) <= 410
    assert smallest_seen(QUESTION, 2) is None


def test_nobody_at_all_is_a_plan_without_an_end_and_hardly_anybody_one_of_a_century() -> None:
    assert plan(QUESTION, 0).collecting is None
    assert plan(QUESTION, 1e-12).collecting == timedelta(days=36500)


def test_a_sound_design_may_start() -> None:
    assert problems(DESIGN, STARTED) == []
    assert DESIGN.metric.words == "Booked within 14 days"
    assert DESIGN.takes_people_until == DESIGN.planned_end - 14 * DAY


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"variants": THREE[:1]}, "variants"),
        ({"variants": (Variant("A", "one", 100),)}, "variants"),
        ({"variants": tuple(Variant(key, "one", 20) for key in "ABCDE")}, "variants"),
        ({"variants": (Variant("A", "one", 50), Variant("A", "two", 50))}, "variants"),
        ({"variants": (Variant("A", "one", 50), Variant("B", " ", 50))}, "variants"),
        ({"variants": (Variant("A", "one", 50), Variant("B", "two", 40))}, "shares"),
        ({"variants": (Variant("A", "one", 100), Variant("B", "two", 0))}, "shares"),
        ({"metric": Metric("smiled", 14)}, "metric"),
        ({"metric": Metric("booked", 0)}, "window"),
        ({"metric": Metric("booked", 10**12)}, "window"),
        ({"planned_end": STARTED}, "planned_end"),
        ({"planned_end": STARTED + 13 * DAY, "metric": Metric("replied", 1)}, "planned_end"),
        ({"planned_end": STARTED + 14 * DAY}, "window"),
        ({"baseline": 0.0}, "baseline"),
        ({"baseline": 1.0}, "baseline"),
        ({"baseline": math.nan}, "baseline"),
        ({"smallest_difference": 0.0}, "smallest_difference"),
        ({"smallest_difference": -0.05}, "smallest_difference"),
        ({"smallest_difference": 0.75}, "smallest_difference"),
        ({"smallest_difference": 1e-15}, "smallest_difference"),
        ({"smallest_difference": 0.05, "least_per_arm": 10**6}, "smallest_difference"),
        ({"least_per_arm": 409}, "least_per_arm"),
        ({"people_a_month": 0}, "people_a_month"),
        ({"people_a_month": math.nan}, "people_a_month"),
        ({"alpha": 0.5}, "alpha"),
        ({"power": 0.4}, "power"),
        ({"power": 1.0}, "power"),
    ],
)
def test_what_bars_a_start_is_said_at_its_field(changes: dict[str, Any], field: str) -> None:
    assert field in fields(**changes)


def test_one_mistake_is_one_problem() -> None:
    """Nothing that only follows from it is said as well."""
    assert fields(baseline=0.0) == ["baseline"]
    assert fields(variants=THREE[:1]) == ["variants", "shares"]
    assert fields(planned_end=STARTED - DAY) == ["planned_end"]


def test_a_difference_that_no_year_shows_is_told_what_a_year_does_show() -> None:
    said = problems(design(smallest_difference=0.05, least_per_arm=10**6), STARTED)[0].message
    assert said == "A year brings 717 in the smallest variant. They show 6.8 points, not 5 points."


UNTOUCHED_GROUPS = ("compliance", "urgent", "staff")


def subjects() -> Iterator[tuple[str, Subject]]:
    """Every template that ships, as the subject of an experiment, with its group."""
    for key, one in shipped_catalogue().items():
        yield one.group, Subject("template", key, one.text_class, one.group, one.purpose)


def test_no_shipped_text_on_consent_keywords_emergencies_or_for_staff_is_tried_out() -> None:
    """And every other one may be."""
    refused = {subject.key for _, subject in subjects() if why_untouched(subject)}
    owed = {subject.key for _, subject in subjects() if subject.purpose == "reply"}
    assert refused == owed | {subject.key for group, subject in subjects() if group in UNTOUCHED_GROUPS}
    assert {
        "opt_out_confirmation",
        "help",
        "resumed",
        "safety_reply",
        "after_hours",
        "waitlist_taken",
        "staff_reply",
    } <= refused


@pytest.mark.parametrize(
    "subject",
    [
        Subject("form", "lead-capture"),
        Subject("template", "advice", "emergency", "consultation", "transactional"),
        Subject("template", "stopped", "transactional", "booking", "reply"),
        Subject("step", "lead/minute-10", "staff", "", "staff_alert"),
    ],
)
def test_one_mark_of_the_untouched_is_enough(subject: Subject) -> None:
    """A clinic may put its own emergency text into any group."""
    assert fields(subject=subject) == ["subject"]


def test_a_call_task_may_be_tried_at_another_time() -> None:
    assert why_untouched(Subject("step", "lead/minute-30")) == ""
