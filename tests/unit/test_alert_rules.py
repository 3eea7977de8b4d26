"""Whom an alert goes to: the owner where they can be told, and never nobody while anybody can."""

from dataclasses import replace
from datetime import timedelta

import pytest

from core.conversation.rules.alarms import parse_alarms
from core.shipped import read_toml
from core.staff.alert_rules import Colleague, of_level, one_alert

OWNER = Colleague("o", "Maya Torres", "frontdesk", "+15125550171", ["sms"])
OTHER = replace(OWNER, id="x", name="Jordan Blake", phone="+15125550172")
MANAGER = replace(OWNER, id="m", name="Elena Ruiz", role="manager", phone="+15125550173")
NURSE = replace(OWNER, id="n", name="Nina Castellano", role="provider", phone="+15125550174")
ADMIN = replace(OWNER, id="a", name="Chris Lindqvist", role="admin", phone="+15125550175")
ALL, NIGHT = {"o", "x", "m", "n"}, set[str]()


@pytest.mark.parametrize(
    ("people", "here", "told"),
    [
        ([OWNER, OTHER, MANAGER], ALL, ["o"]),
        ([OWNER, OTHER, MANAGER], NIGHT, ["o"]),
        ([OWNER, OTHER, MANAGER], {"x", "m"}, ["m"]),
        ([OWNER, OTHER, MANAGER], {"x"}, ["o"]),
        ([replace(OWNER, phone=None), OTHER, MANAGER], NIGHT, ["m"]),
        ([replace(OWNER, alert_channels=[]), OTHER], ALL, ["x"]),
        ([OTHER, ADMIN], NIGHT, ["x", "a"]),
        ([NURSE], ALL, []),
    ],
)
def test_an_ordinary_alert(people: list[Colleague], here: set[str], told: list[str]) -> None:
    assert [person.id for person in one_alert(people, "o", here)] == told


def test_a_level_names_roles_and_only_who_can_be_told() -> None:
    people = [OWNER, OTHER, MANAGER, NURSE, replace(ADMIN, phone=None)]
    level = ("owner", "manager", "provider on shift", "admin")
    assert [person.id for person in of_level(people, level, "o", ALL)] == ["o", "m", "n"]
    assert [person.id for person in of_level(people, level, "o", NIGHT)] == ["o", "m", "n"]


def test_of_a_role_on_shift_all_are_told_when_nobody_is_on_shift() -> None:
    """At night somebody's phone must ring too; by day it is spared to those who are off."""
    off = replace(NURSE, id="f")
    level = ("provider on shift",)
    assert [person.id for person in of_level([NURSE, off], level, None, ALL)] == ["n"]
    assert [person.id for person in of_level([NURSE, off], level, None, NIGHT)] == ["n", "f"]


def test_a_level_names_titles_too() -> None:
    director = replace(NURSE, id="d", title="medical_director")
    assert [person.id for person in of_level([OTHER, director], ("medical_director",), None, NIGHT)] == ["d"]
    assert "medical_director" in parse_alarms(read_toml("alarms.toml")).levels[0].tell


def test_a_level_that_reaches_nobody_reaches_everybody_who_can_be_told() -> None:
    assert [person.id for person in of_level([OTHER, NURSE], ("manager",), None, ALL)] == ["x", "n"]


def test_the_levels_that_we_ship_are_told_at_once_and_for_ever() -> None:
    alarms = parse_alarms(read_toml("alarms.toml"))
    assert alarms.levels[0].after == timedelta(0)
    assert alarms.level(99) is alarms.levels[-1]
    waits = [alarms.wait_after(number) for number in range(5)]
    assert min(waits) > timedelta(0)
    assert waits[-1] == alarms.repeat


@pytest.mark.parametrize(
    "levels",
    [
        [{"after_minutes": 5, "tell": ["owner"]}],
        [{"after_minutes": 0, "tell": ["owner"]}, {"after_minutes": 0, "tell": ["manager"]}],
        [{"after_minutes": 0, "tell": ["everybody"]}],
    ],
)
def test_levels_that_would_tell_nobody_are_refused(levels: list[dict[str, object]]) -> None:
    with pytest.raises(ValueError, match=r"alarms\.toml"):
        parse_alarms({"levels": levels, "repeat_minutes": 10})
