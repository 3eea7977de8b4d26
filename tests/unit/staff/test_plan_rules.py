"""What may be planned for a person; each refusal names the field and the way out."""

from datetime import UTC, datetime, timedelta

import pytest

from core.domain.errors import InvalidInput
from core.staff import plan_rules
from core.staff.profile_rules import Profile, errors, username_errors

NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)
GROUPS, PLACES = ("injectables", "laser"), ("downtown",)
MAYA = Profile("Maya Torres", "frontdesk", "coordinator", location="downtown", skills=("laser",))


def refusal(call: object, *arguments: object) -> tuple[str, str]:
    with pytest.raises(InvalidInput) as refused:
        call(*arguments)  # type: ignore[operator]
    (error,) = refused.value.errors
    return error.field, error.message


def test_shifts_are_kept_in_order_and_an_empty_day_is_none() -> None:
    raw = {"0": ["14:00-18:00", "09:00-13:00"], "6": []}
    assert plan_rules.week(raw) == {"0": ["09:00-13:00", "14:00-18:00"]}
    assert plan_rules.periods(["18:00-24:00"]) == ["18:00-24:00"]
    assert plan_rules.periods(["09:00-12:00", "12:00-15:00"]) == ["09:00-12:00", "12:00-15:00"]


@pytest.mark.parametrize(
    ("spans", "words"),
    [
        (["09:00-13:00", "12:30-18:00"], "09:00-13:00 and 12:30-18:00 overlap. End the first by 12:30"),
        (["09:00-24:00", "18:00-20:00"], "overlap"),
        (["17:00-09:00"], "ends before it begins"),
        (["09:00-09:00"], "ends before it begins"),
        (["nine to five"], "'nine to five' is no shift. Write it as 09:00-17:00."),
        (["09:00-25:00"], "is no shift"),
        (["08:00-09:00"] * 7, "at most 6 shifts"),
    ],
)
def test_shifts_that_nobody_can_work_are_refused(spans: list[str], words: str) -> None:
    field, message = refusal(plan_rules.periods, spans)
    assert field == "hours"
    assert words in message


def test_a_week_names_the_day_that_is_wrong() -> None:
    field, message = refusal(plan_rules.week, {"4": ["17:00-09:00"], "0": ["09:00-17:00"]})
    assert (field, message[:8]) == ("hours.4", "Friday: ")
    assert refusal(plan_rules.week, {"7": []})[0] == "hours"


@pytest.mark.parametrize(
    ("starts", "ends", "words"),
    [
        (timedelta(days=2), timedelta(days=1), "ends before it begins"),
        (timedelta(days=1), timedelta(days=1), "ends before it begins"),
        (timedelta(days=-3), timedelta(days=-1), "over already"),
        (timedelta(), timedelta(days=800), "two years"),
    ],
)
def test_time_off_that_cannot_be_meant_is_refused(starts: timedelta, ends: timedelta, words: str) -> None:
    field, message = refusal(plan_rules.leave, NOW + starts, NOW + ends, NOW)
    assert field == "to"
    assert words in message


def test_time_off_that_began_already_is_taken() -> None:
    assert plan_rules.leave(NOW - timedelta(hours=2), NOW + timedelta(hours=2), NOW)[1] > NOW


@pytest.mark.parametrize("given", [0, -5, 481])
def test_a_break_lasts_minutes(given: int) -> None:
    assert refusal(plan_rules.minutes, given)[0] == "minutes"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"capacity": 0}, "capacity"),
        ({"capacity": 10_000}, "capacity"),
        ({"skills": ("botany",)}, "skills"),
        ({"location": "atlantis"}, "location"),
        ({"role": "owner"}, "role"),
        ({"name": "  "}, "name"),
        ({"languages": ()}, "languages"),
        ({"languages": ("tlh",)}, "languages"),
        ({"seniority": 9}, "seniority"),
        ({"weight": 0}, "weight"),
        ({"alert_channels": ("pigeon",)}, "alert_channels"),
        ({"role": "marketing", "accepts_leads": True}, "accepts_leads"),
    ],
)
def test_a_profile_that_rules_could_not_work_with_is_refused_by_its_field(
    change: dict[str, object], field: str
) -> None:
    found = errors(Profile(**{**vars(MAYA), **change}), groups=GROUPS, locations=PLACES)
    assert [error.field for error in found] == [field]


def test_a_usual_profile_and_its_name_are_taken() -> None:
    assert errors(MAYA, groups=GROUPS, locations=PLACES) == []
    assert username_errors("maya.torres") == []


@pytest.mark.parametrize("name", ["ab", "Maya", "maya torres", "m" * 41, "..."])
def test_a_username_that_could_not_be_typed_is_refused(name: str) -> None:
    assert [error.field for error in username_errors(name)] == ["username"]
