"""The nightly backup is due once a night, at the clinic's time, for one scheduler of all."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from core.flows.upkeep import backing_up
from core.messaging.tables import timed_actions
from core.staff.store import accounts
from tests.conftest import TestApp
from tests.flows.dispatching import run_due
from tests.flows.staffing import rows, who

HALF_PAST_THREE = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)  # in New York, in winter
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def keeping(app: TestApp) -> TestApp:
    """A clinic that wants backups, and made one yesterday."""
    settings = app.settings.model_copy(update={"backup_to": "/somewhere", "backup_at": time(3, 30)})
    wanting = replace(app, settings=settings)
    backing_up.made(wanting, now=HALF_PAST_THREE - timedelta(days=1))
    return wanting


def test_it_is_due_at_the_clinic_s_own_time_and_once(keeping: TestApp) -> None:
    assert not backing_up.take_turn(keeping, now=HALF_PAST_THREE - MINUTE)
    assert backing_up.take_turn(keeping, now=HALF_PAST_THREE)
    backing_up.made(keeping, now=HALF_PAST_THREE)
    for later in (MINUTE, 2 * HOUR, 23 * HOUR):
        assert not backing_up.take_turn(keeping, now=HALF_PAST_THREE + later)
    assert backing_up.take_turn(keeping, now=HALF_PAST_THREE + 24 * HOUR)


def test_one_that_failed_is_tried_again_after_an_hour(keeping: TestApp) -> None:
    """Not each minute: it is work, and the disk is likely still full."""
    assert backing_up.take_turn(keeping, now=HALF_PAST_THREE)
    assert not backing_up.take_turn(keeping, now=HALF_PAST_THREE + MINUTE)
    assert backing_up.take_turn(keeping, now=HALF_PAST_THREE + HOUR)


def test_of_several_schedulers_one_makes_it(keeping: TestApp) -> None:
    with ThreadPoolExecutor(4) as pool:
        turns = list(pool.map(lambda _: backing_up.take_turn(keeping, now=HALF_PAST_THREE), range(4)))
    assert sorted(turns) == [False, False, False, True]


def test_a_night_that_was_missed_is_made_up_for(keeping: TestApp) -> None:
    """The machine was off at half past three: the first tick after it is as good."""
    assert backing_up.take_turn(keeping, now=HALF_PAST_THREE + 5 * HOUR)


def test_a_clinic_that_wants_none_gets_none(app: TestApp) -> None:
    assert not backing_up.take_turn(app, now=HALF_PAST_THREE)
    assert backing_up.trouble(app, now=HALF_PAST_THREE) == ""


def test_the_first_one_is_made_at_once(app: TestApp) -> None:
    """Whoever sets it up sees within a minute whether it works."""
    wanting = replace(app, settings=app.settings.model_copy(update={"backup_to": "/somewhere"}))
    assert backing_up.trouble(wanting, now=app.clock.now()) == "no backup was made yet"
    assert backing_up.take_turn(wanting, now=app.clock.now())


def test_a_night_without_a_good_one_is_told(keeping: TestApp) -> None:
    """After 26 hours, not after the first failure: another try is an hour away."""
    assert backing_up.trouble(keeping, now=HALF_PAST_THREE + 2 * HOUR) == ""
    said = backing_up.trouble(keeping, now=HALF_PAST_THREE + 2 * HOUR + MINUTE)
    assert said == "the last good backup is of 2026-11-23 08:30 UTC"


NINE = HALF_PAST_THREE + timedelta(
    days=1, hours=5, minutes=30
)  # of the morning after a night without a backup
DAY = timedelta(days=1)


def reachable(app: TestApp) -> str:
    """An admin with a phone; their id."""
    admin = who(app, "admin").staff_id
    with app.db.write() as session:
        accounts.set_phone(session, admin, "+14075550199")
    return admin


def told(app: TestApp) -> list[str]:
    return [row.staff_id for row in rows(app, timed_actions, timed_actions.c.template == "staff_backup")]


def test_admins_hear_once_that_a_night_was_missed(keeping: TestApp) -> None:
    """Each minute somebody looks; a phone that rings each minute is turned off."""
    admin = reachable(keeping)
    assert [backing_up.tell(keeping, now=NINE + n * MINUTE) for n in range(3)] == [True, False, False]
    assert told(keeping) == [admin]


def test_the_text_leaves_and_says_where_to_look(keeping: TestApp) -> None:
    reachable(keeping)
    backing_up.made(keeping, now=keeping.clock.now() - 2 * DAY)
    assert backing_up.tell(keeping, now=keeping.clock.now())
    run_due(keeping)
    (body,) = keeping.sms.bodies_to("+14075550199")
    assert "luxe doctor" in body


def test_nobody_is_woken_for_a_backup(keeping: TestApp) -> None:
    """Half past five in the morning is when a missed night is known; eight is when it is told."""
    reachable(keeping)
    assert not backing_up.tell(keeping, now=NINE - HOUR - MINUTE)
    assert backing_up.tell(keeping, now=NINE - HOUR)


def test_while_it_fails_admins_hear_again_after_three_days(keeping: TestApp) -> None:
    reachable(keeping)
    assert backing_up.tell(keeping, now=NINE)
    assert not backing_up.tell(keeping, now=NINE + 3 * DAY - MINUTE)
    assert backing_up.tell(keeping, now=NINE + 3 * DAY)


def test_a_good_one_ends_it_and_the_next_failure_is_told_at_once(keeping: TestApp) -> None:
    """What was told before it says nothing of the next failure."""
    reachable(keeping)
    assert backing_up.tell(keeping, now=NINE)
    backing_up.made(keeping, now=NINE + HOUR)
    assert not backing_up.tell(keeping, now=NINE + 3 * HOUR)
    assert backing_up.tell(keeping, now=NINE + HOUR + timedelta(hours=27))


def test_a_first_one_that_fails_is_told_a_first_one_that_runs_is_not(app: TestApp) -> None:
    """Whoever sets it up hears within minutes; a first backup may take hours."""
    wanting = replace(app, settings=app.settings.model_copy(update={"backup_to": "/somewhere"}))
    reachable(wanting)
    assert backing_up.take_turn(wanting, now=NINE)
    assert not backing_up.tell(wanting, now=NINE + HOUR)
    backing_up.failed(wanting, now=NINE + HOUR)
    assert backing_up.tell(wanting, now=NINE + HOUR)


def test_where_no_admin_can_be_told_it_waits_until_one_can(keeping: TestApp) -> None:
    """A turn that went to nobody would keep silence for three days."""
    assert not backing_up.tell(keeping, now=NINE)
    reachable(keeping)
    assert backing_up.tell(keeping, now=NINE + MINUTE)


def test_of_several_schedulers_one_tells(keeping: TestApp) -> None:
    reachable(keeping)
    with ThreadPoolExecutor(4) as pool:
        turns = list(pool.map(lambda _: backing_up.tell(keeping, now=NINE), range(4)))
    assert sorted(turns) == [False, False, False, True]
    assert len(told(keeping)) == 1
