"""A demo's own clock: the clinic is open whenever it is started, and every process and command reads the same time."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from core.domain.hours import WeeklyHours
from core.operations import store as operations
from core.reads import status
from core.settings import load_settings
from luxe.demo import demo_time
from tests.luxe.conftest import Luxe

NEW_YORK = ZoneInfo("America/New_York")
HOURS = WeeklyHours(
    NEW_YORK, {day: ((time(8), time(20)),) for day in range(6)}, frozenset({date(2026, 12, 29)})
)


def local(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=NEW_YORK).astimezone(UTC)


@pytest.mark.parametrize(
    ("started", "shows"),
    [
        (local(11, 27, 2), local(11, 24, 10, 40)),  # at night
        (local(11, 26, 19), local(11, 24, 10, 40)),  # Thanksgiving
        (local(11, 24, 0, 5), local(11, 17, 10, 40)),  # a Tuesday before dawn: not ahead of real time
        (local(12, 30, 12), local(12, 22, 10, 40)),  # the last Tuesday was a closed day
    ],
)
def test_a_first_start_shows_a_working_tuesday(started: datetime, shows: datetime) -> None:
    """Who tries the product at night or on a holiday meets a clinic at work."""
    assert demo_time.start_of(HOURS, started, None) == shows


def test_a_later_start_goes_on_where_the_last_one_stopped() -> None:
    """What was due stays due, and nothing happens before what has happened."""
    stopped = local(11, 24, 11, 30)
    assert demo_time.start_of(HOURS, local(12, 20, 3), stopped) == stopped + timedelta(seconds=10)


@pytest.mark.parametrize(
    ("stopped", "goes_on"),
    [
        (local(11, 24, 21), local(11, 25, 10, 40)),
        (local(11, 28, 22), local(11, 30, 10, 40)),  # Saturday night, closed on Sunday
        (local(11, 30, 3), local(11, 30, 10, 40)),
    ],
)
def test_a_demo_that_was_left_at_night_goes_on_in_the_morning(stopped: datetime, goes_on: datetime) -> None:
    assert demo_time.start_of(HOURS, local(12, 20, 3), stopped) == goes_on


def test_commands_beside_a_demo_read_its_clock(migrated: Luxe) -> None:
    """`luxe status` in another shell speaks of the demo's Tuesday, not of tonight."""
    app = demo_time.on_demo_time(migrated.open())
    assert abs(load_settings().build_clock.now() - app.clock.now()) < timedelta(seconds=5)
    assert app.clock.now().astimezone(app.settings.zone).strftime("%a %H:%M") == "Tue 10:40"


def test_a_clock_that_is_set_outranks_the_demos(migrated: Luxe, monkeypatch: pytest.MonkeyPatch) -> None:
    demo_time.on_demo_time(migrated.open())
    monkeypatch.setenv("LUXE_CLOCK", "2026-11-23T09:00:00-05:00@60")
    assert load_settings().clock == "2026-11-23T09:00:00-05:00@60"


def test_beside_real_credentials_time_is_real(migrated: Luxe, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that a demo left behind must not move the hours at which real phones are texted."""
    demo_time.on_demo_time(migrated.open())
    monkeypatch.setenv("LUXE_TWILIO_ACCOUNT_SID", "AC" + "1" * 32)
    monkeypatch.setenv("LUXE_TWILIO_AUTH_TOKEN", "made-up")
    monkeypatch.setenv("LUXE_TWILIO_FROM", "+15125550100")
    assert load_settings().clock == ""


def test_a_run_without_demo_is_on_real_time_again(migrated: Luxe) -> None:
    demo_time.on_demo_time(migrated.open())
    demo_time.on_real_time(load_settings())
    assert load_settings().clock == ""


def test_the_last_moment_of_a_database_is_its_last_sign_of_life(migrated: Luxe) -> None:
    """An empty one has none."""
    app, beat = migrated.open(), local(11, 24, 11)
    with app.db.write() as session:
        assert status.last_moment(session) is None
        operations.beat(session, "a", "scheduler", started_at=beat, now=beat)
        assert status.last_moment(session) == beat
