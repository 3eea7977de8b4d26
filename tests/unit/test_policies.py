"""Which policy holds for a lead, what bars publishing a set of them, and when a lead's clocks start."""

from collections.abc import Mapping
from copy import deepcopy
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from core import policies
from core.domain.hours import WeeklyHours
from core.reference import load_reference
from core.sla import policy_body, rules
from core.sla.causes import CAUSES, LATE, NOBODY_ON_SHIFT, OVER_CAPACITY, UNACKNOWLEDGED, Standing, cause_of
from core.sla.forecast import forecast
from core.sla.rules import TARGETS, choose, clock_start, parse_policies
from core.versions.rules import InUse

NEW_YORK = ZoneInfo("America/New_York")
NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)
SHIPPED = policies.shipped()[policy_body.KEY]


def body(**changed: Any) -> dict[str, Any]:
    return deepcopy(dict(SHIPPED)) | changed


def faults(given: Mapping[str, Any]) -> dict[str, str]:
    return {fault.field: fault.message for fault in policy_body.faults(given, policies.CONDITIONS)}


def test_the_most_specific_policy_wins_wherever_it_stands() -> None:
    found = parse_policies(
        {
            "first_contact": [
                {"name": "Any", "minutes": 60},
                {"name": "Hot", "temperature": "hot", "minutes": 5},
                {"name": "Hot at Westlake", "temperature": "hot", "location": "westlake", "minutes": 3},
            ]
        }
    )
    lead = {"temperature": "hot", "location": "westlake"}
    assert choose(found, "first_contact", lead).name == "Hot at Westlake"
    assert choose(found, "first_contact", lead | {"location": "downtown"}).name == "Hot"
    assert choose(found, "first_contact", {"temperature": "cold"}).name == "Any"


def test_of_equally_specific_ones_the_first_is_taken() -> None:
    """A hot lead that captured a form has five minutes and not ten, as chapter 7 orders it."""
    lead = {"temperature": "hot", "form_type": "lead_capture", "location": "downtown"}
    assert choose(parse_policies(SHIPPED), "first_contact", lead).within == timedelta(minutes=5)


def test_every_target_of_chapter_7_has_a_policy_for_every_lead() -> None:
    shipped = load_reference(NEW_YORK).policies
    for target in TARGETS:
        assert choose(shipped, target, {}).conditions == {}


@pytest.mark.parametrize(
    ("target", "lead", "hours"),
    [
        ("qualification", {"temperature": "hot"}, 24),
        ("qualification", {"temperature": "warm"}, 72),
        ("qualification", {"temperature": "cold"}, 7 * 24),
        ("consultation_scheduled", {"form_type": "consultation_request", "temperature": "warm"}, 24),
        ("photo_review", {"occasion": "urgent"}, 2),
        ("photo_review", {}, 24),
        ("provider_response", {"occasion": "urgent"}, 4),
        ("provider_response", {}, 48),
        ("post_treatment_checkin", {"occasion": "day_3"}, 72),
        ("post_treatment_checkin", {"occasion": "week_2"}, 14 * 24),
    ],
)
def test_the_longer_targets_are_those_of_chapter_7(target: str, lead: dict[str, str], hours: int) -> None:
    assert choose(parse_policies(SHIPPED), target, lead).within == timedelta(hours=hours)


def test_what_ships_can_be_published() -> None:
    assert faults(SHIPPED) == {}


@pytest.mark.parametrize(
    ("entries", "place", "words"),
    [
        (
            [{"name": "Hot", "temperature": "hot", "minutes": 5}],
            "first_contact",
            "needs one policy for every lead",
        ),
        ([{"name": "Any", "minutes": 0}], "first_contact.0.minutes", "1 minute at least"),
        ([{"name": "Any", "minutes": "soon"}], "first_contact.0.minutes", "as a number"),
        ([{"name": "Any", "minutes": True}], "first_contact.0.minutes", "as a number"),
        ([{"name": "Any", "minutes": "nan"}], "first_contact.0.minutes", "as a number"),
        ([{"name": "Any", "minutes": 10**400}], "first_contact.0.minutes", "as a number"),
        ([{"name": " ", "minutes": 5}], "first_contact.0.name", "Give it a name"),
        ([{"name": "x" * 61, "minutes": 5}], "first_contact.0.name", "60 characters at most"),
        (
            [{"name": "Any", "minutes": 10, "warn_minutes": 30}],
            "first_contact.0.warn_minutes",
            "Warn earlier",
        ),
        (
            [{"name": "Any", "minutes": 10, "warn_minutes": 10}],
            "first_contact.0.warn_minutes",
            "Warn earlier",
        ),
        (
            [{"name": "Any", "minutes": 10, "warn_minutes": "x"}],
            "first_contact.0.warn_minutes",
            "as a number",
        ),
        ([{"name": "Any", "minutes": 5, "at_any_hour": "yes"}], "first_contact.0.at_any_hour", "yes or no"),
        (
            [{"name": "Warmish", "temperature": "lukewarm", "minutes": 5}, {"name": "Any", "minutes": 9}],
            "first_contact.0.temperature",
            "must be one of hot, warm, cold",
        ),
        (
            [{"name": "Any", "minutes": 5}, {"name": "Any other", "minutes": 9}],
            "first_contact.1.conditions",
            "never be used",
        ),
        (
            [{"name": "Any", "temperature": "hot", "minutes": 5}, {"name": "any", "minutes": 9}],
            "first_contact.1.name",
            "there twice",
        ),
        ("everything", "first_contact", "a list of policies"),
        (None, "first_contact", "a list of policies"),
    ],
)
def test_a_set_that_could_not_be_used_is_refused_by_its_field(entries: Any, place: str, words: str) -> None:
    assert words in faults(body(first_contact=entries))[place]


def test_a_target_that_nobody_knows_is_named() -> None:
    assert "no target called first_contct" in faults(body(first_contct=[]))["first_contct"]


def test_numbers_are_read_as_a_person_types_them() -> None:
    """What comes from a browser is text."""
    (policy,) = parse_policies({"danger": [{"name": "Danger", "minutes": "7.5", "warn_minutes": "2"}]}, 4)
    assert (policy.within, policy.warn, policy.number) == (timedelta(seconds=450), timedelta(minutes=2), 4)


def test_what_the_clinic_publishes_takes_the_place_of_what_ships_and_carries_its_number() -> None:
    shipped = load_reference(NEW_YORK)
    own = body(next_reply=[{"name": "Within half an hour", "minutes": "30"}])
    found = policies.lay_over(shipped, [InUse(policy_body.KEY, 7, own)])
    policy = choose(found.policies, "next_reply", {})
    assert (policy.name, policy.within, policy.number) == ("Within half an hour", timedelta(minutes=30), 7)


def test_a_target_that_came_with_a_later_release_is_as_it_ships() -> None:
    own = body()
    del own["qualification"]
    found = policies.lay_over(load_reference(NEW_YORK), [InUse(policy_body.KEY, 2, own)])
    assert choose(found.policies, "qualification", {}).within == timedelta(days=7)


def test_what_this_release_cannot_read_is_refused_whole() -> None:
    own = body(danger=[{"name": "Danger", "minutes": 5, "temperature": "purple"}])
    with pytest.raises(ValueError, match=r"danger\.0\.temperature"):
        policies.lay_over(load_reference(NEW_YORK), [InUse(policy_body.KEY, 2, own)])


def test_two_versions_are_compared_in_sentences() -> None:
    shown = policy_body.shown(
        {"next_reply": [{"name": "Reply", "minutes": 90, "location": "westlake"}], "odd": 3}
    )
    assert shown == {
        "Answer to a text": "Reply: 1 h 30 min of opening hours, if the location is westlake",
        "odd": "",
    }


@pytest.mark.parametrize(
    ("sent", "starts"),
    [
        (NOW - timedelta(minutes=3), NOW - timedelta(minutes=3)),
        (NOW + timedelta(hours=5), NOW),  # the sender's clock is ahead of ours
        (NOW - timedelta(hours=24), NOW - timedelta(hours=24)),
        (NOW - timedelta(days=400), NOW - timedelta(hours=24)),  # or was never set
    ],
)
def test_a_clock_starts_when_the_sender_says_within_a_day(sent: datetime, starts: datetime) -> None:
    assert clock_start(sent, NOW) == starts


def test_a_lead_on_saturday_afternoon_is_due_on_monday_as_the_preview_says() -> None:
    """peers.md 3.4: Monday to Friday, 9 to 18: an hour from Saturday 15:00 is Monday 10:00, and not 16:00."""
    weekdays = WeeklyHours(NEW_YORK, {day: ((time(9), time(18)),) for day in range(5)})
    saturday = datetime(2026, 11, 28, 15, tzinfo=NEW_YORK)
    dues = {
        one.policy.target: one.at.astimezone(NEW_YORK)
        for one in forecast(parse_policies(SHIPPED), {"temperature": "cold"}, weekdays, saturday)
    }
    assert list(dues) == list(TARGETS)
    assert dues["first_contact"] == datetime(2026, 11, 30, 10, tzinfo=NEW_YORK)
    assert dues["danger"] == saturday + timedelta(minutes=5)


STOOD = Standing(somebody_there=True, owned=True, full=False, seen=True)


@pytest.mark.parametrize(
    ("standing", "cause"),
    [
        (Standing(somebody_there=False, owned=False, full=False, seen=False), NOBODY_ON_SHIFT),
        (Standing(somebody_there=False, owned=True, full=True, seen=True), NOBODY_ON_SHIFT),
        (Standing(somebody_there=True, owned=False, full=False, seen=False), OVER_CAPACITY),
        (Standing(somebody_there=True, owned=True, full=True, seen=False), OVER_CAPACITY),
        (Standing(somebody_there=True, owned=True, full=False, seen=False), UNACKNOWLEDGED),
        (STOOD, LATE),
    ],
)
def test_a_breach_has_one_cause_the_first_that_holds(standing: Standing, cause: str) -> None:
    assert cause_of(standing) == cause
    assert cause in CAUSES


def test_no_machine_and_no_danger_ever_stands_still() -> None:
    assert not {rules.DANGER, rules.ASSIGNMENT, rules.CONFIRMATION} & set(rules.PAUSED_BY_SNOOZE)
