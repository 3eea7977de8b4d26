"""Whom an alert goes to: the owner where they can be told, and never nobody while anybody can."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from core.conversation.rules.alarms import parse_alarms
from core.reference import read_toml
from core.staff.alert_rules import Colleague, of_level, one_alert

ZONE = ZoneInfo("America/New_York")
NOON, NIGHT = datetime(2026, 11, 24, 17, 0, tzinfo=UTC), datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
DAYS = {str(day): ["09:00-18:00"] for day in range(7)}
OWNER = Colleague("o", "Maya Torres", "frontdesk", "available", DAYS, "+15125550171", ["sms"])
OTHER = replace(OWNER, id="x", name="Jordan Blake", phone="+15125550172")
MANAGER = replace(OWNER, id="m", name="Elena Ruiz", role="manager", phone="+15125550173")
NURSE = replace(OWNER, id="n", name="Nina Castellano", role="provider", phone="+15125550174")
ADMIN = replace(OWNER, id="a", name="Chris Lindqvist", role="admin", phone="+15125550175", hours={})


@pytest.mark.parametrize(
    ("people", "now", "told"),
    [
        ([OWNER, OTHER, MANAGER], NOON, ["o"]),
        ([OWNER, OTHER, MANAGER], NIGHT, ["o"]),
        ([replace(OWNER, status="off_duty"), OTHER, MANAGER], NOON, ["m"]),
        ([replace(OWNER, hours={}), OTHER, MANAGER], NOON, ["m"]),
        ([replace(OWNER, phone=None), OTHER, MANAGER], NIGHT, ["m"]),
        ([replace(OWNER, alert_channels=[]), OTHER], NOON, ["x"]),
        ([OTHER, ADMIN], NIGHT, ["x", "a"]),
        ([NURSE], NOON, []),
    ],
)
def test_an_ordinary_alert(people: list[Colleague], now: datetime, told: list[str]) -> None:
    assert [person.id for person in one_alert(people, "o", ZONE, now)] == told


def test_a_level_names_roles_and_only_who_can_be_told() -> None:
    people = [OWNER, OTHER, MANAGER, NURSE, replace(ADMIN, phone=None)]
    level = ("owner", "manager", "provider on shift", "admin")
    assert [person.id for person in of_level(people, level, "o", ZONE, NOON)] == ["o", "m", "n"]
    assert [person.id for person in of_level(people, level, "o", ZONE, NIGHT)] == ["o", "m"]


def test_a_level_that_reaches_nobody_reaches_everybody_who_can_be_told() -> None:
    assert [person.id for person in of_level([OTHER, NURSE], ("manager",), None, ZONE, NOON)] == ["x", "n"]


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
