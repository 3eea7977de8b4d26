"""Managers learn in the morning how the last day went: once, in figures, and only those who want it."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from core.flows.analytics.digest import plan_digest
from core.flows.intake.accept_submission import Accepted
from core.flows.leads import stages
from core.flows.sending import delivery_status
from core.messaging.tables import timed_actions
from core.operations import store as operations
from core.staff.tables import staff
from tests.conftest import TestApp
from tests.factories import actor, submission
from tests.flows.dispatching import run_due, take_in

MANAGER = "+15125550173"
NIGHT = timedelta(hours=21, minutes=59)  # from 10:00 to a minute before the clinic opens at 8:00


def digests(app: TestApp) -> list[str]:
    run_due(app)
    return [words for words in app.sms.bodies_to(MANAGER) if words.startswith(("Yesterday", "Since"))]


def form(app: TestApp, number: int = 1) -> Accepted:
    return take_in(
        app,
        submission(
            external_id=f"form-{number}", phone=f"+1407555015{number}", email=f"lead{number}@example.com"
        ),
    )


def morning(app: TestApp) -> int:
    """The clinic has just opened, the day after."""
    app.clock.advance(NIGHT + timedelta(minutes=1))
    return plan_digest(app, now=app.clock.now())


def test_the_last_day_in_one_line(app: TestApp) -> None:
    """Two leads, one of them booked in time, one that waits still."""
    form(app, 1)
    booked = form(app, 2)
    with app.db.write() as session:
        who = actor(session, "frontdesk")
        stages.mark_stage(session, who, booked.lead_id or "", "booked", now=app.clock.now())
    assert morning(app) == 1
    line = digests(app)[0]
    assert line.startswith("Yesterday: new leads 2, answered on time 1 of ")
    assert ", booked 1. Now: waiting 1. http" in line


def test_a_line_names_nobody(app: TestApp) -> None:
    """It lies on a phone's locked screen."""
    form(app)
    morning(app)
    assert "Omar" not in digests(app)[0]
    assert "Reyes" not in digests(app)[0]


def test_nothing_is_said_before_the_clinic_opens(app: TestApp) -> None:
    app.clock.advance(NIGHT)
    assert plan_digest(app, now=app.clock.now()) == 0
    assert plan_digest(app, now=app.clock.advance(timedelta(minutes=1))) == 1


def test_a_day_has_one_line_whatever_is_restarted(app: TestApp) -> None:
    """The job ticks all day, and a restored mark changes nothing either: the day is part of the key."""
    morning(app)
    assert [plan_digest(app, now=app.clock.advance(timedelta(hours=1))) for _ in range(3)] == [0, 0, 0]
    app.clock.advance(timedelta(hours=-2))
    with app.db.write() as session:
        operations.reach(session, "digest", app.clock.now() - timedelta(days=30))
    plan_digest(app, now=app.clock.now())
    assert len(digests(app)) == 1


def test_a_crash_before_the_mark_is_made_plans_it_once(app: TestApp, monkeypatch: pytest.MonkeyPatch) -> None:
    """The line and the mark are one transaction."""

    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    app.clock.advance(NIGHT + timedelta(minutes=1))
    with monkeypatch.context() as patch:
        patch.setattr(operations, "reach", dies)
        with pytest.raises(KeyboardInterrupt):
            plan_digest(app, now=app.clock.now())
    assert digests(app) == []
    assert plan_digest(app, now=app.clock.now()) == 1
    assert len(digests(app)) == 1


def test_each_morning_has_its_own(app: TestApp) -> None:
    morning(app)
    assert len(digests(app)) == 1
    app.clock.advance(timedelta(days=1))
    assert plan_digest(app, now=app.clock.now()) == 1
    assert digests(app)[1] == "Yesterday: new leads 0, booked 0. Now: waiting 0. http://127.0.0.1:8501"


@pytest.mark.parametrize("change", [{"phone": None}, {"alert_channels": []}, {"active": False}])
def test_who_has_no_phone_or_turned_it_off_gets_none(app: TestApp, change: dict[str, object]) -> None:
    """And nobody else's line is held up by it."""
    with app.db.write() as session:
        session.execute(update(staff).where(staff.c.username == "manager").values(**change))
    assert morning(app) == 0
    assert digests(app) == []


def test_a_morning_that_was_missed_is_left_out(app: TestApp) -> None:
    """The scheduler comes back in the afternoon: the queue tells what waits, yesterday is old news."""
    app.clock.advance(NIGHT + timedelta(hours=5))
    assert plan_digest(app, now=app.clock.now()) == 0


def test_days_on_which_nobody_was_there_are_counted_with_the_one_before(app: TestApp) -> None:
    """Thursday the 26th is Thanksgiving: nobody is woken, and Friday's line begins with Wednesday."""
    app.clock.advance(timedelta(days=2))
    form(app)
    app.clock.advance(timedelta(days=1, hours=-2))
    assert plan_digest(app, now=app.clock.now()) == 0
    assert plan_digest(app, now=app.clock.advance(timedelta(days=1))) == 1
    assert digests(app)[0].startswith("Since Wed: new leads 1,")


def test_texts_that_want_a_person_are_mentioned_when_there_are_any(app: TestApp) -> None:
    form(app)
    run_due(app)
    sid = next(sid for text, sid, _ in app.sms.accepted if text.to == "+14075550151")
    params = {"MessageSid": sid, "MessageStatus": "undelivered", "ErrorCode": "30003"}
    delivery_status.record(app, "", "", params, now=app.clock.now())
    morning(app)
    assert ", failed texts 1. http" in digests(app)[0]


def test_it_waits_behind_what_patients_are_owed(app: TestApp) -> None:
    """The lane of what has time, and dropped rather than sent in the afternoon."""
    morning(app)
    c = timed_actions.c
    with app.db.read() as session:
        row = session.execute(
            select(c.lane, c.useful_until, c.due_at).where(c.template == "staff_digest")
        ).one()
    assert (row.lane, row.useful_until - row.due_at) == (2, timedelta(hours=4))
