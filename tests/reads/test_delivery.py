"""Whether texts leave: figures of the delivery page, from what the flows wrote."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from core.domain.errors import Denied
from core.domain.ports import Outcome, SendResult
from core.flows.upkeep import heartbeat
from core.messaging.tables import timed_actions
from core.reads import delivery, delivery_standing
from tests.conftest import TestApp
from tests.factories import actor, submission
from tests.flows.dispatching import run_due, take_in
from tests.flows.emailing import clinic, plan, send_all
from tests.flows.intake.test_unread_form import keep
from tests.flows.sending.test_resend import undelivered, unknown

HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)


def pulse(app: TestApp, username: str = "manager") -> delivery.Pulse:
    with app.db.read() as session:
        return delivery.pulse(session, actor(session, username), now=app.clock.now())


def recent(app: TestApp, start: datetime, step: timedelta = HOUR) -> delivery.Recent:
    with app.db.read() as session:
        return delivery.recent(session, actor(session, "manager"), start, step)


def ahead(app: TestApp) -> delivery.Ahead:
    with app.db.read() as session:
        return delivery.ahead(session, actor(session, "manager"), app.clock.now())


@pytest.mark.parametrize("username", ["frontdesk", "marketing", "provider"])
def test_only_managers_and_admins_see_it(app: TestApp, username: str) -> None:
    """The refusal names who may."""
    with pytest.raises(Denied, match="Manager, Admin"):
        pulse(app, username)


def test_what_is_due_and_since_when(app: TestApp) -> None:
    """Planned steps of later are no lag, but the next of them is told."""
    start = app.clock.now()
    take_in(app, submission())
    app.clock.advance(9 * SECOND)
    found = pulse(app)
    assert (found.due, found.due_since) == (2, start)
    run_due(app)
    found = pulse(app)
    assert (found.due, found.due_since, found.sending) == (0, None, 0)
    assert found.next_due is not None
    assert found.next_due > app.clock.now()


def test_a_scheduler_that_went_silent_is_not_counted(app: TestApp) -> None:
    """Its last beat is told all the same."""
    now = app.clock.now()
    assert (pulse(app).beat_at, pulse(app).schedulers) == (None, 0)
    heartbeat.beat(app, "s-1", started_at=now, now=now)
    assert (pulse(app).beat_at, pulse(app).schedulers) == (now, 1)
    app.clock.advance(16 * SECOND)
    assert (pulse(app).beat_at, pulse(app).schedulers) == (now, 0)


def test_unknown_texts_wait_for_a_person_or_are_looked_up(app: TestApp) -> None:
    """The two are told apart: the one needs a hand, the other needs patience."""
    action_id = unknown(app)
    assert (pulse(app).doubtful, pulse(app).checking) == (1, 0)
    with app.db.write() as session:
        session.execute(
            update(timed_actions)
            .where(timed_actions.c.id == action_id)
            .values(verify_at=app.clock.now() + SECOND)
        )
    assert (pulse(app).doubtful, pulse(app).checking) == (0, 1)


def test_texts_stand_in_the_hour_in_which_they_were_handed_over(app: TestApp) -> None:
    """Also just before and just after the hour is full."""
    start = app.clock.now()
    app.clock.advance(HOUR - SECOND)
    undelivered(app)
    app.clock.advance(SECOND)
    take_in(app, submission(external_id="form-2", phone="+14075550156", email="ana@example.com"))
    run_due(app)
    found = recent(app, start)
    assert set(found.steps) == {0, 1}
    assert (found.steps[0].failed, found.steps[1].failed) == (1, 0)
    assert found.total.handed_over == found.steps[0].handed_over + found.steps[1].handed_over == 4
    assert (found.total.delivered, found.total.failed, found.total.on_the_way) == (0, 1, 3)
    assert recent(app, app.clock.now()).total.handed_over == 2


def test_failures_by_code_and_by_template(app: TestApp) -> None:
    """What a carrier filtered is told by template, since it is the wording's fault."""
    start = app.clock.now()
    undelivered(app, code=30007)
    found = recent(app, start)
    assert found.failures == (delivery.Failures(30007, 1, 1, app.clock.now(), tries=1),)
    first = next(one for one in found.templates if one.template == "lead_confirmation")
    assert (first.outcomes.handed_over, first.outcomes.failed, first.filtered) == (1, 1, 1)
    assert sum(one.filtered for one in found.templates) == 1


def test_nothing_at_all_is_no_fault(app: TestApp) -> None:
    """A new clinic opens the page before its first text."""
    found = recent(app, app.clock.now())
    assert (found.total, found.steps, found.failures, found.templates) == (delivery.Outcomes(), {}, (), ())
    assert (ahead(app).texts, ahead(app).held) == (0, ())


def test_what_is_planned_for_the_next_day_by_hour(app: TestApp) -> None:
    """Alerts to staff are not counted: the question is what patients get."""
    take_in(app, submission())
    run_due(app)
    found = ahead(app)
    assert found.texts == sum(found.hours.values()) > 0
    assert not found.more
    assert found.held == ()


def test_what_is_held_back_is_told_with_its_reason(app: TestApp) -> None:
    """The first moment at which one of them may go, too."""
    take_in(app, submission())
    before, opens = ahead(app).hours, app.clock.now() + 3 * HOUR
    due = timed_actions.c.due_at <= app.clock.now()
    with app.db.write() as session:
        patients = timed_actions.c.audience == "patient"
        session.execute(update(timed_actions).where(due, patients).values(due_at=opens, reason="quiet_hours"))
    held = ahead(app).held
    assert [(one.reason, one.texts, one.first) for one in held] == [("quiet_hours", 1, opens)]
    assert ahead(app).hours[3] == before.get(3, 0) + 1


def standing(app: TestApp, username: str = "manager") -> delivery_standing.Standing:
    with app.db.read() as session:
        return delivery_standing.read(session, actor(session, username), now=app.clock.now())


def today(app: TestApp) -> delivery_standing.Day:
    with app.db.read() as session:
        return delivery_standing.day(session, actor(session, "manager"), app.clock.now() - HOUR)


def test_what_came_and_went_today_is_counted(app: TestApp) -> None:
    """One form, and the two texts that it set off; the gateway's last sign of life beside it."""
    start = app.clock.now()
    heartbeat.beat(app, "g-1", started_at=start, now=start, process="gateway")
    take_in(app, submission())
    run_due(app)
    found = today(app)
    assert (found.gateway_at, found.forms, found.last_form_at, found.texts) == (start, 1, start, 2)
    app.clock.advance(2 * HOUR)
    assert (today(app).forms, today(app).texts) == (0, 0)


def test_the_last_word_of_each_sender_and_the_way_from_form_to_text(app: TestApp) -> None:
    """A form that could not be read was a word of its sender, too."""
    take_in(app, submission())
    app.clock.advance(3 * SECOND)
    run_due(app)
    app.clock.advance(HOUR)
    keep(app)
    found = standing(app)
    assert found.forms == {"generic": app.clock.now()}
    assert found.speed is not None
    assert found.speed.half == found.speed.most == pytest.approx(3, abs=0.01)
    assert (found.speed.texts, found.status_at, found.inbound_at) == (1, None, None)
    assert found.answer_seconds is not None
    assert (found.unread, [one.connector for one in found.newest_unread]) == (1, ["generic"])
    assert found.database_bytes > 0
    app.clock.advance(timedelta(days=31))
    assert standing(app).forms == {}


def test_a_new_clinic_was_heard_from_by_nobody(app: TestApp) -> None:
    """Nothing is told that is not known."""
    found = standing(app)
    assert (found.forms, found.speed, found.answer_seconds, found.unread) == ({}, None, None, 0)
    with pytest.raises(Denied, match="Manager, Admin"):
        standing(app, "marketing")


def test_ninety_nine_of_a_hundred_is_the_value_that_they_do_not_exceed() -> None:
    """Of 1 to 200 seconds: 198."""
    assert delivery_standing.percentile([float(n) for n in range(1, 201)], 0.99) == 198
    assert delivery_standing.percentile([4.0], 0.99) == 4


def test_emails_are_counted_by_what_the_mail_servers_said(app: TestApp) -> None:
    """To patients only; what was taken back between two tries is neither sent nor failed."""
    start = app.clock.now()
    lead = clinic(app)
    plan(app, lead, key="one")
    assert send_all(app) == 1
    app.email.answer = lambda _email: SendResult(Outcome.REFUSED, status="failed", code=554)
    plan(app, lead, key="two")
    assert send_all(app) == 1
    app.email.answer = lambda _email: SendResult(Outcome.UNKNOWN)
    plan(app, lead, key="three")
    assert send_all(app) == 1
    with app.db.read() as session:
        found = delivery.emails_since(session, actor(session, "manager"), start)
    assert (found.handed_over, found.failed, found.bounced, found.doubtful) == (1, 1, 0, 1)
