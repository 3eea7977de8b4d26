"""The Staff page: who may see it, what its rows say, what it does with what a browser sends."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from console.staff import actions, view
from console.staff_access import actions as access_actions
from core.domain.errors import InvalidInput
from core.flows.staff import planning
from core.staff.store import rota
from core.staff.tables import staff
from tests.conftest import TestApp
from tests.flows.staffing import do, who
from tests.pages.conftest import words

Visiting = Callable[..., Any]
MONDAY = date(2026, 11, 23)


def rows(app: TestApp, week: str = "") -> dict[str, dict[str, Any]]:
    with app.db.read() as session:
        found = view.rows(app, session, week, app.clock.now())
        return {str(row["id"]): dict(row) for row in found}


def test_marketing_has_no_business_there(visit: Visiting) -> None:
    assert "It is open to: Front desk, Manager, Admin, Provider." in words(visit("marketing", "staff.py"))
    assert "Staff and shifts" in words(visit("frontdesk", "staff.py"))


@pytest.mark.parametrize(
    ("argument", "is_one"),
    [("", True), ("2026-11-23", True), ("2026-11-24", False), ("next", False), ("20261123", False)],
)
def test_a_week_is_named_by_its_monday(argument: str, is_one: bool) -> None:
    assert view.is_week(argument) is is_one


def test_a_row_says_shifts_as_minutes_of_the_wall_whatever_the_clocks_do(console: TestApp) -> None:
    """On 1 November clocks go back: a shift until 15:00 ends at 15:00, and the picture's day is not longer."""
    maya = who(console, "frontdesk").staff_id
    with console.db.write() as session:
        session.execute(
            update(staff).where(staff.c.id == maya).values(hours={"6": ["09:00-15:00"], "0": ["18:00-24:00"]})
        )
    sunday = rows(console, "2026-10-26")[maya]["days"][6]
    assert (sunday["day"], sunday["shifts"]) == ("2026-11-01", [[540, 900]])
    monday = rows(console)
    assert monday[maya]["days"][0]["shifts"] == [[1080, 1440]]
    assert (monday["week"]["first"], monday["week"]["last"]) == (420, 1440)
    assert monday["place:downtown"]["days"][3]["open"] == []  # Thanksgiving


def test_a_date_of_its_own_and_time_off_stand_in_the_row_and_no_note_does(console: TestApp) -> None:
    """Everybody on the page may follow the rows: why somebody is away is for who plans."""
    maya, boss, now = who(console, "frontdesk").staff_id, who(console, "manager"), console.clock.now()
    do(console, planning.set_day, boss, maya, MONDAY, ["08:00-16:00"])
    do(console, planning.add_time_off, boss, maya, now, now + timedelta(hours=1), "Dentist")
    row = rows(console)[maya]
    day = row["days"][0]
    assert (day["own"], day["planned"], day["off"]) == (True, [[480, 960]], [[600, 660]])
    assert day["shifts"] == [[480, 600], [660, 960]]
    assert "Dentist" not in str(row)


def test_what_a_form_sends_is_read_or_refused_by_its_field() -> None:
    sent = {
        "skills": "laser, skin",
        "capacity": "12",
        "accepts_leads": True,
        "phone": " 512-555-0171 ",
        "quiet_hours": "",
        "password_hash": "x",
    }
    assert actions.read_fields(sent) == {
        "skills": ("laser", "skin"),
        "capacity": 12,
        "accepts_leads": True,
        "phone": "512-555-0171",
        "quiet_hours": (),
    }
    with pytest.raises(InvalidInput) as refused:
        actions.read_fields({"capacity": "many", "weight": "-1"})
    assert [error.field for error in refused.value.errors] == ["capacity", "weight"]


def test_closing_an_account_says_what_became_of_its_leads(console: TestApp) -> None:
    jordan = who(console, "jordan").staff_id
    close = access_actions.flow_of("disable", jordan)
    with console.db.write() as session:
        assert close(session, who(console, "admin"), console.clock.now()) == "Jordan's account is closed."
    with console.db.read() as session:
        assert jordan not in {one.id for one in rota.rotas(session, console.clock.now())}


@pytest.mark.parametrize(
    ("week", "taken"),
    [("", True), ("2026-11-23", True), ("2026-11-24", False), ("0001-01-01", False), ("9999-12-27", False)],
)
def test_a_week_is_followed_by_its_monday_within_the_calendar(week: str, taken: bool) -> None:
    """A day without a day before it would stop the page of whoever follows it, and nobody works then."""
    assert view.is_week(week) is taken
