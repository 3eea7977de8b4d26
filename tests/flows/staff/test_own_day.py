"""Who is not told of routine matters as they come learns once a day, at work, how much waits; nobody else does."""

from datetime import timedelta
from typing import Any

import pytest

from core.alerting.tables import alerts
from core.db.prepared import UpdateOne
from core.flows.leads import tasks
from core.flows.staff import handing_over, own_day, planning
from core.staff.tables import staff
from tests.conftest import TestApp
from tests.flows.dispatching import run_due
from tests.flows.notifying import notify_all, told_by
from tests.flows.staff.test_handing_over import MONDAY, goes_at, owned
from tests.flows.staffing import do, rows, who

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
NIGHT = timedelta(hours=21, minutes=59)  # from 10:00 to a minute before the clinic opens at 8:00


@pytest.fixture
def app(app: TestApp) -> TestApp:
    """Maya has two leads, and wants urgent alerts only."""
    owned(app, "frontdesk", 1, 2)
    run_due(app)
    chose(app, urgent_only=True)
    return app


def chose(app: TestApp, username: str = "frontdesk", **values: Any) -> None:
    with app.db.write() as session:
        UpdateOne(staff).run(session, who(app, username).staff_id, **values)


def plan(app: TestApp, after: timedelta = timedelta()) -> int:
    return own_day.plan_own_days(app, now=app.clock.advance(after))


def lines(app: TestApp) -> list[str]:
    run_due(app)
    return [text.body for text, _, _ in app.sms.accepted if text.body.startswith(("Your ", "Hand-overs"))]


def test_the_line_says_what_waits_and_names_nobody(app: TestApp) -> None:
    person = who(app, "frontdesk")
    (lead_id,) = owned(app, "frontdesk", 3)
    do(app, tasks.add, person, lead_id, "call_back", app.clock.now() + HOUR, "about the laser")
    do(app, tasks.add, person, lead_id, "call_back", app.clock.now() + timedelta(days=1))
    assert plan(app) == 1
    assert lines(app) == [
        "Your leads that wait for you: 3. Your tasks due today: 1. http://127.0.0.1:8501",
    ]


def test_a_day_has_one_line_and_each_day_its_own(app: TestApp) -> None:
    """Whatever is restarted, and whoever else plans at the same time."""
    assert [plan(app, HOUR) for _ in range(3)] == [1, 0, 0]
    assert len(lines(app)) == 1
    assert plan(app, timedelta(days=1)) == 1
    assert len(lines(app)) == 2


def test_nothing_is_said_before_the_clinic_opens_nor_after_it_closes(app: TestApp) -> None:
    """They are planned from seven until ten at night; the clinic is open from eight to eight."""
    assert plan(app, NIGHT) == 0
    assert plan(app, MINUTE) == 1
    chose(app, "jordan", urgent_only=True)
    owned(app, "jordan", 4)
    assert plan(app, 12 * HOUR + MINUTE) == 0


def test_it_waits_until_their_quiet_time_is_over(app: TestApp) -> None:
    chose(app, urgent_only=False, quiet_hours=["20:00-11:00"])
    assert plan(app, 59 * MINUTE) == 0
    assert plan(app, MINUTE) == 1


@pytest.mark.parametrize("status", ["break", "off_duty"])
def test_who_is_away_hears_of_it_once_they_are_back(app: TestApp, status: str) -> None:
    chose(app, status=status)
    assert plan(app) == 0
    chose(app, status="available")
    assert plan(app, HOUR) == 1


def test_a_day_off_has_none(app: TestApp) -> None:
    person = who(app, "frontdesk").staff_id
    do(app, planning.set_day, who(app, "manager"), person, MONDAY, [])
    assert plan(app) == 0


def test_who_is_told_of_everything_as_it_comes_gets_none(app: TestApp) -> None:
    chose(app, urgent_only=False)
    assert plan(app) == 0


def test_a_day_on_which_nothing_waits_in_the_morning_has_no_line_later(app: TestApp) -> None:
    """The first lead of the day would be told as it came, which is what they did not want."""
    chose(app, "manager", urgent_only=True)
    assert plan(app) == 1  # Maya's
    owned(app, "manager", 5)
    assert plan(app, HOUR) == 0


def test_a_hand_over_that_was_left_to_them_is_counted(app: TestApp) -> None:
    goes_at(app, "manager", "10:30")
    owned(app, "manager", 6)
    to = who(app, "frontdesk").staff_id
    do(app, handing_over.send, app.reference, who(app, "manager"), "", to)
    assert plan(app, HOUR) == 1
    assert "Hand-overs left to you: 1. " in lines(app)[0]


def test_it_goes_by_the_way_that_they_chose(app: TestApp) -> None:
    told_by(app, ["push", "sms"])
    assert plan(app) == 1
    notify_all(app)
    ((_, notice),) = app.push.shown
    assert (notice.title, notice.body) == ("Your day", "Your leads that wait for you: 2.")
    assert (notice.url, notice.urgent) == ("http://127.0.0.1:8501", False)
    assert [row.channel for row in rows(app, alerts) if row.template == own_day.TEMPLATE] == ["push"]


def test_who_can_not_be_told_holds_up_nobody(app: TestApp) -> None:
    chose(app, alert_channels=[])
    chose(app, "manager", urgent_only=True)
    owned(app, "manager", 7)
    assert plan(app) == 1
