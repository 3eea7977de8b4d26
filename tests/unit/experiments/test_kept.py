"""What is kept of an experiment reads back as it was, and the page's words for it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from console.experiments.view import Difference, differences, interval_words, split_words
from core.experiments.rules import reading
from core.experiments.rules.fixed import Change, Fixed, Running, as_kept, read_fixed
from core.experiments.rules.guardrails import OPT_OUTS, Harm
from core.experiments.rules.verdict import Ended, NotEnoughData, Stopped, Void, verdict
from core.experiments.statistics import Split
from tests.unit.experiments.made_up import DAY, DESIGN, LIMITS, STARTED, THREE, design, tally

CHANGES = {"A": Change(template="one"), "B": Change(offset="20m", shift=timedelta(minutes=-10), text="Hi")}
FIXED = Fixed("Booking link first", DESIGN, CHANGES)
RUNNING = Running("x", FIXED, STARTED)


def test_what_is_fixed_reads_back_as_it_was() -> None:
    assert read_fixed(as_kept(FIXED)) == FIXED


@pytest.mark.parametrize(
    "found",
    [
        Void(Split(12.0, 0.0001, alarm=True)),
        Stopped(Harm("B", OPT_OUTS, "1 of 95 with A, 11 of 92 with B")),
        verdict(DESIGN, LIMITS, [tally("A", 410, 100), tally("B", 410, 150)], STARTED, STARTED + 90 * DAY),
        Ended(()),
        None,
    ],
)
def test_what_came_of_it_reads_back_as_it_was(found: Void | Stopped | Ended | None) -> None:
    tallies = (tally("A", 10, 1), tally("B", 12, 2))
    assert reading.read_kept(reading.as_kept(found, tallies)) == reading.Reading(found, tallies)


def test_nothing_is_kept_that_is_not_final() -> None:
    with pytest.raises(ValueError, match="final"):
        reading.as_kept(NotEnoughData(1, 2, STARTED, falls_short=False), ())


def test_it_takes_who_enters_after_the_start_and_before_their_days_would_run_out() -> None:
    until = DESIGN.takes_people_until
    assert RUNNING.takes(STARTED, STARTED)
    assert not RUNNING.takes(STARTED - DAY, STARTED)
    assert RUNNING.takes(STARTED + DAY, until - DAY)
    assert not RUNNING.takes(STARTED + DAY, until)


def test_a_step_is_known_by_its_sequence_and_a_text_by_its_template() -> None:
    assert RUNNING.is_about("anything", "lead", "hour-4")
    assert not RUNNING.is_about("anything", "consultation", "hour-4")
    subject = replace(DESIGN.subject, kind="template", key="one")
    of_text = Running("x", Fixed("A text", design(subject=subject), CHANGES), STARTED)
    assert of_text.is_about("one", None, None)
    assert not of_text.is_about("two", "lead", "hour-4")


def test_a_difference_says_its_points_and_whether_it_is_sure() -> None:
    assert Difference("B less A", 0.097, -0.1, 0.28).words == "+10 points, -10 to +28"
    assert Difference("B less A", -0.01, -0.02, -0.005).words == "-1 point, -2 to 0"
    assert [Difference("", 0.1, low, 0.2).sure for low in (-0.1, 0.01)] == [False, True]


def test_three_variants_share_the_chance_to_be_fooled() -> None:
    """Their intervals are wider, and say so; each stands beside today's."""
    three = Fixed("Three", design(variants=THREE), {})
    assert (interval_words(FIXED), interval_words(three)) == ("95% interval", "97.5% interval")
    assert (split_words(FIXED), split_words(three)) == ("half and half", "50% A, 25% B, 25% C")
    apart = differences(three, [tally("A", 100, 20), tally("B", 50, 20), tally("C", 0, 0)])
    assert [one.name for one in apart] == ["B less A"]
