"""A manager copies the week before: looked at first, written as dates, and never over a closed day."""

from datetime import date, timedelta

import pytest

from core.audit.tables import audit_events
from core.domain.errors import Denied, InvalidInput
from core.flows.staff import copying_week, planning
from core.staff.store import rota
from tests.conftest import TestApp
from tests.flows.staffing import do, rows, who

MONDAY = date(2026, 11, 23)  # the day on which these tests begin; Thursday is Thanksgiving
NEXT, DAY = MONDAY + timedelta(days=7), timedelta(days=1)


def plan(app: TestApp, username: str, day: date, *spans: str) -> None:
    do(app, planning.set_day, who(app, "manager"), who(app, username).staff_id, day, list(spans))


def kept(app: TestApp, username: str) -> dict[date, list[str]]:
    with app.db.read() as session:
        days = rota.dates(session, app.clock.now()).days.get(who(app, username).staff_id, {})
        return {day: list(spans) for day, spans in days.items()}


def test_what_is_looked_at_is_what_is_written(app: TestApp) -> None:
    plan(app, "frontdesk", MONDAY, "12:00-20:00")
    plan(app, "jordan", MONDAY + DAY)
    plan(app, "jordan", NEXT + 2 * DAY, "08:00-09:00")
    boss = who(app, "manager")
    with app.db.read() as session:
        found = copying_week.preview(session, app.reference, boss, NEXT, now=app.clock.now())
    assert [(one.name, one.change.day, one.change.after) for one in found] == [
        ("Jordan Blake", NEXT + DAY, ()),
        ("Jordan Blake", NEXT + 2 * DAY, ("07:00-22:00",)),
        ("Maya Torres", NEXT, ("12:00-20:00",)),
    ]
    assert do(app, copying_week.copy, app.reference, boss, NEXT) == 3
    assert kept(app, "frontdesk")[NEXT] == ["12:00-20:00"]
    assert kept(app, "jordan") == {MONDAY + DAY: [], NEXT + DAY: []}
    (line,) = rows(app, audit_events, audit_events.c.action == "week_copied")
    assert line.detail == {"week": "2026-11-30", "dates": 3}
    with pytest.raises(InvalidInput, match="Nothing differs"):
        do(app, copying_week.copy, app.reference, boss, NEXT)


def test_nobody_is_planned_on_a_closed_day_by_copying(app: TestApp) -> None:
    """Last Thursday was a late one; this one is Thanksgiving."""
    plan(app, "frontdesk", MONDAY - 4 * DAY, "12:00-20:00")
    boss = who(app, "manager")
    with app.db.read() as session:
        (found,) = copying_week.preview(session, app.reference, boss, MONDAY, now=app.clock.now())
    assert found.change.conflict == "closed"
    with pytest.raises(InvalidInput, match="Nothing differs"):
        do(app, copying_week.copy, app.reference, boss, MONDAY)
    assert MONDAY + 3 * DAY not in kept(app, "frontdesk")


def test_one_location_alone_and_only_by_who_plans(app: TestApp) -> None:
    plan(app, "frontdesk", MONDAY, "12:00-20:00")
    with pytest.raises(InvalidInput, match="Nothing differs"):
        do(app, copying_week.copy, app.reference, who(app, "manager"), NEXT, "westlake")
    with pytest.raises(Denied):
        do(app, copying_week.copy, app.reference, who(app, "frontdesk"), NEXT)
    with pytest.raises(InvalidInput, match="begins on a Monday"):
        do(app, copying_week.copy, app.reference, who(app, "manager"), NEXT + DAY)
