"""One switch stops all sending at once, and says why."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError

from core.audit.tables import audit_events
from core.domain.errors import Denied, InvalidInput
from core.domain.roles import Actor
from core.flows.sending import dispatch, pausing, rescuing
from core.messaging.actions import NewAction, Purpose
from core.messaging.store import planning as messaging
from core.messaging.tables import timed_actions
from core.operations import store as operations
from core.operations import store_stops
from core.reads.parts import sending_state
from tests.conftest import TestApp
from tests.factories import actor, submission
from tests.flows.dispatching import OWNER, ROOM, hand_over, run_due, take_in

PATIENT = "+14075550155"


def who(app: TestApp, username: str) -> Actor:
    with app.db.read() as session:
        return actor(session, username)


def pause(app: TestApp, username: str = "manager", reason: str = "") -> bool:
    with app.db.write() as session:
        return pausing.pause(session, actor(session, username), reason, now=app.clock.now())


def resume(app: TestApp, username: str = "manager") -> bool:
    with app.db.write() as session:
        return pausing.resume(session, actor(session, username), now=app.clock.now())


def pause_soon(app: TestApp) -> None:
    """Pause, or raise where a claim holds the switch."""
    with app.db.write() as session:
        session.execute(text("SET LOCAL lock_timeout = '50ms'"))
        pausing.pause(session, None, now=app.clock.now())


def audited(app: TestApp) -> list[tuple[str, str]]:
    """(action, subject) of everything that was done to sending, oldest first."""
    with app.db.read() as session:
        e = audit_events.c
        return [
            (row.action, row.subject) for row in session.execute(select(e.action, e.subject).order_by(e.id))
        ]


def test_nothing_is_claimed_once_the_pause_is_committed(app: TestApp) -> None:
    take_in(app, submission())
    assert pause(app)
    assert run_due(app) == 0
    assert app.sms.accepted == []
    assert resume(app)
    assert run_due(app) == 2


def test_texts_whose_call_is_out_are_finished_and_no_more_follow(app: TestApp) -> None:
    """A pause takes nothing back that the provider has; its result is still written down."""
    take_in(app, submission())
    step = dispatch.step(app, OWNER, [], ROOM, now=app.clock.now())
    take_in(app, submission(external_id="form-2", phone="+14075550156", email="ava@example.com"))
    assert pause(app)
    after = dispatch.step(app, OWNER, hand_over(app, step), ROOM, now=app.clock.now())
    assert after.jobs == []
    assert len(app.sms.accepted) == len(step.jobs) == 2
    assert rescuing.take_over(app, OWNER, now=app.clock.now()) == 0


def test_two_schedulers_in_full_swing_claim_nothing_after_the_pause(app: TestApp) -> None:
    """What is in hand when the pause returns is all that ever leaves."""
    now = app.clock.now()
    alerts = [
        NewAction(
            f"alert-{number}",
            "text",
            now,
            Purpose.STAFF_ALERT,
            audience="staff",
            phone="+15125550171",
            body="Hi",
        )
        for number in range(1_000)
    ]
    with app.db.write() as session:
        store_stops.prepare_pause(session, now)
        messaging.plan_all(session, alerts, now)
    paused, first = threading.Event(), threading.Barrier(3)
    late: list[dispatch.Job] = []
    workers = [threading.Thread(target=claim_on, args=(app, name, paused, first, late)) for name in "ab"]
    for worker in workers:
        worker.start()
    first.wait(60)  # both have claimed, and go on claiming
    assert pause(app)
    in_hand = handed_over(app)
    paused.set()
    for worker in workers:
        worker.join(60)
    assert late == []
    assert handed_over(app) == in_hand


def claim_on(
    app: TestApp, owner: str, paused: threading.Event, first: threading.Barrier, late: list[dispatch.Job]
) -> None:
    """Claim two at a time without end, and a few times more once the pause has returned."""
    room = dispatch.Capacity(free=2, slots=2)
    dispatch.step(app, owner, [], room, now=app.clock.now())
    first.wait(60)
    while not paused.is_set():
        dispatch.step(app, owner, [], room, now=app.clock.now())
    for _ in range(3):
        late += dispatch.step(app, owner, [], room, now=app.clock.now()).jobs


def handed_over(app: TestApp) -> int:
    with app.db.read() as session:
        c = timed_actions.c
        return session.execute(select(func.count()).where(c.state != "planned")).scalar_one()


@pytest.mark.postgres
def test_a_pause_waits_for_a_claim_under_way_and_no_claim_slips_past_it(app: TestApp) -> None:
    """On PostgreSQL two transactions run side by side: the switch is held by the claim that has read it."""
    if app.db.is_sqlite:
        pytest.skip("SQLite has one writer at a time")
    with app.db.write() as session:
        store_stops.prepare_pause(session, app.clock.now())
    with app.db.write() as claim:
        assert operations.gate(claim).stopped == ""
        with pytest.raises(OperationalError):
            pause_soon(app)
    assert pause(app)
    with app.db.write() as session:
        assert operations.gate(session).stopped == "sending_paused"


def test_everybody_sees_who_paused_when_and_why(app: TestApp) -> None:
    pause(app, reason="The campaign went to the wrong list")
    app.clock.advance(timedelta(hours=1))
    with app.db.read() as session:
        state = sending_state.read(session)
    (stop,) = state.stops
    assert state.stopped == "sending_paused"
    assert (stop.by, stop.reason) == ("Elena Ruiz", "The campaign went to the wrong list")
    assert stop.since == app.clock.now() - timedelta(hours=1)
    assert "Resume" in stop.what_to_do


@pytest.mark.parametrize("username", ["frontdesk", "marketing", "provider"])
def test_only_managers_and_admins_may_pause_or_resume(app: TestApp, username: str) -> None:
    with pytest.raises(Denied):
        pause(app, username)
    assert pause(app, "admin")
    with pytest.raises(Denied):
        resume(app, username)


def test_two_people_who_pause_at_once_pause_once(app: TestApp) -> None:
    assert pause(app, "manager")
    app.clock.advance(timedelta(seconds=1))
    assert not pause(app, "admin")
    assert resume(app, "admin")
    assert not resume(app, "manager")
    assert audited(app) == [("sending_paused", "sending_paused"), ("sending_resumed", "sending_paused")]


def test_a_reason_that_is_too_long_changes_nothing(app: TestApp) -> None:
    with pytest.raises(InvalidInput):
        pause(app, reason="x" * 201)
    with app.db.read() as session:
        assert sending_state.read(session).stops == ()
