"""The numbers beside a sequence's steps are counted by day; counted or not, the page says the same."""

from dataclasses import replace
from datetime import datetime, time, timedelta

from core.domain.hours import at
from core.flows.analytics.counting_reach import count_reach
from core.flows.conversation import staff_text
from core.flows.leads import staff_outcome
from core.messaging.tables import timed_actions
from core.reads import sequences
from core.reads.sequences import Reach
from core.sequences import store_reach
from core.sequences.store_reach import EVERY_VERSION
from tests.conftest import TestApp
from tests.flows.dispatching import run_until
from tests.flows.sending.test_dispatch import write_in
from tests.flows.sequences.test_gates import TEXT, put_out
from tests.flows.staffing import do, new_lead, rows, who
from tests.reads.test_sequences import another

WEEK = timedelta(days=7)


def midnight(app: TestApp, before: timedelta = timedelta()) -> datetime:
    zone = app.reference.clinic.zone
    return at(app.clock.now().astimezone(zone).date() - before, time.min, zone)


def reach(app: TestApp, since: datetime, version: int = EVERY_VERSION) -> Reach:
    with app.db.read() as session:
        zone, now = app.reference.clinic.zone, app.clock.now()
        return sequences.reach(session, who(app, "marketing"), "lead", since, version, zone=zone, now=now)


def alike(app: TestApp, since: datetime, version: int = EVERY_VERSION) -> Reach:
    """What the counts say, which is what the steps themselves say."""
    counted = reach(app, since, version)
    assert counted.counted_at == app.clock.now()
    with app.db.read() as session:
        people = store_reach.entered("lead", since, version=version)
        live = sequences.live(session, people)
    assert replace(counted, counted_at=None) == live
    return counted


def some_days(app: TestApp) -> datetime:
    """Three enter on three days, in two versions; one replies, one is disqualified."""
    since = midnight(app)
    new_lead(app)
    run_until(app, timedelta(minutes=6))
    write_in(app, "What does it cost?")
    run_until(app, timedelta(days=1))
    gone = another(app, 1)
    do(app, staff_outcome.disqualify, who(app, "manager"), gone, "spam")
    put_out(app, [{**TEXT, "name": "first", "offset": "1m"}, {**TEXT, "name": "late", "offset": "2d"}])
    run_until(app, timedelta(days=1))
    another(app, 2)
    run_until(app, timedelta(minutes=5))
    return since


def test_counted_or_not_the_numbers_are_the_same(app: TestApp) -> None:
    since = some_days(app)
    assert count_reach(app, now=app.clock.now()) == 3
    found = alike(app, since)
    assert found.entered == 3
    assert dict(found.steps["minute-10"].left)["replied"] == 1
    assert alike(app, since, 2).entered == 1
    assert alike(app, since + timedelta(days=1)).entered == 2


def test_what_moved_since_is_counted_anew_and_the_rest_is_left(app: TestApp) -> None:
    since = some_days(app)
    count_reach(app, now=app.clock.now())
    app.clock.moment += timedelta(minutes=10)
    assert count_reach(app, now=app.clock.now()) == 0
    run_until(app, timedelta(days=2))
    count_reach(app, now=app.clock.now())
    assert alike(app, since).steps["late"].reached == 1


def test_a_step_that_was_put_back_is_still_to_come(app: TestApp) -> None:
    """Putting back settles nothing, so no moment of settling tells of it."""
    since, desk = midnight(app), who(app, "frontdesk")
    new_lead(app)
    (late,) = rows(app, timed_actions, timed_actions.c.step == "day-7")
    do(app, staff_text.cancel_action, desk, late.id)
    count_reach(app, now=app.clock.now())
    assert alike(app, since).steps.get("day-7") is None
    app.clock.moment += timedelta(minutes=20)
    do(app, staff_text.restore_action, desk, late.id)
    count_reach(app, now=app.clock.now())
    assert alike(app, since).steps["day-7"].waiting == 1


def test_counts_of_a_job_that_stands_still_are_not_shown(app: TestApp) -> None:
    since = midnight(app)
    new_lead(app)
    count_reach(app, now=app.clock.now())
    another(app, 1)
    assert reach(app, since).entered == 1
    app.clock.moment += sequences.FRESH + timedelta(minutes=1)
    late = reach(app, since)
    assert (late.entered, late.counted_at) == (2, None)


def test_once_a_day_everything_is_counted_for_what_no_moment_tells(app: TestApp) -> None:
    since = some_days(app)
    count_reach(app, now=app.clock.now())
    with app.db.write() as session:
        store_reach.keep(session, "lead", app.clock.now().astimezone(app.reference.clinic.zone).date(), [])
    assert reach(app, since).entered == 2
    app.clock.moment += timedelta(days=1)
    count_reach(app, now=app.clock.now())
    assert alike(app, since).entered == 3
