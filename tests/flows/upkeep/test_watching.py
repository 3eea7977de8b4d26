"""The watch on the watcher: what is wrong is said once, and is over by itself."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from core.alerting.tables import alerts
from core.flows.upkeep import heartbeat, watching
from core.messaging.tables import timed_actions
from core.operations import store_stops, watch_rules
from core.operations.tables import troubles
from core.operations.watch_rules import Facts, judge
from core.reads.parts import watch_state
from core.staff.store import accounts
from core.staff.tables import staff
from tests.conftest import TestApp
from tests.factories import submission
from tests.flows.dispatching import run_due, take_in
from tests.flows.staffing import new_lead, one, rows

MINUTE = timedelta(minutes=1)
ADMIN = "+15125550179"
WATCH = watching.limits()


@pytest.mark.parametrize(
    ("facts", "wrong"),
    [
        (Facts(), set()),
        (Facts(scheduler_silent=59 * timedelta(seconds=1)), set()),
        (Facts(scheduler_silent=2 * MINUTE), {"scheduler_silent"}),
        (Facts(gateway_silent=2 * MINUTE), {"gateway_silent"}),
        (Facts(late=3 * MINUTE), {"texts_late"}),
        (Facts(late=3 * MINUTE, stopped="error_rate"), {"sending_stopped"}),
        (Facts(tries=[True] * 4 + [False] * 6), {"provider_errors"}),
        (Facts(tries=[True] * 2 + [False] * 8), set()),
        (Facts(tries=[True] * 9), set()),
        (Facts(forms=(0, [12, 10, 9, 11])), {"forms_silent"}),
        (Facts(forms=(1, [12, 10, 9, 11])), set()),
        (Facts(forms=(0, [40, 0, 0, 2])), set()),
        (Facts(forms=(0, [2, 1, 0, 3])), set()),
        (Facts(forms=(0, [])), set()),
    ],
)
def test_what_is_called_wrong(facts: Facts, wrong: set[str]) -> None:
    """Few calls prove nothing, and one busy week makes no usual one."""
    found = judge(WATCH, facts)
    assert set(found) == wrong
    assert all(watch_rules.words(name, figures).title for name, figures in found.items())


def admin_can_be_told(app: TestApp) -> None:
    with app.db.write() as session:
        session.execute(update(staff).where(staff.c.username == "admin").values(phone=None))
        session.execute(update(staff).where(staff.c.username == "admin").values(alert_channels=["email"]))


def test_a_scheduler_that_fell_silent_is_told_by_who_noticed_once_and_shown_until_it_is_back(
    app: TestApp,
) -> None:
    """Nothing that is planned leaves then: the email goes straight to the mail server."""
    admin_can_be_told(app)
    heartbeat.beat(app, "s1", started_at=app.clock.now(), now=app.clock.now())
    assert watching.look(app, now=app.clock.now()) == []
    app.clock.advance(3 * MINUTE)
    assert watching.look(app, now=app.clock.now()) == ["scheduler_silent"]
    app.clock.advance(MINUTE)
    assert watching.look(app, now=app.clock.now()) == []
    [email] = app.email.to("admin@example.com")
    assert "silent for 3 min" in email.body
    assert "'No heartbeat' in the runbook" in email.body
    assert one(app, alerts).result == "sent"
    with app.db.read() as session:
        [shown] = watch_state.read(session).troubles
    assert shown.page == "No heartbeat"
    heartbeat.beat(app, "s1", started_at=app.clock.now(), now=app.clock.now())
    watching.look(app, now=app.clock.now())
    assert one(app, troubles).over_at == app.clock.now()


def test_what_is_over_and_begins_again_soon_is_not_told_again(app: TestApp) -> None:
    """A scheduler that is restarted all morning is one email, not twenty."""
    admin_can_be_told(app)
    for _ in range(3):
        heartbeat.beat(app, "s1", started_at=app.clock.now(), now=app.clock.now())
        watching.look(app, now=app.clock.now())
        app.clock.advance(3 * MINUTE)
        watching.look(app, now=app.clock.now())
    assert len(app.email.accepted) == 1


def test_a_scheduler_that_was_stopped_on_purpose_is_not_missed(app: TestApp) -> None:
    heartbeat.beat(app, "s1", started_at=app.clock.now(), now=app.clock.now())
    heartbeat.goodbye(app, "s1", now=app.clock.now())
    app.clock.advance(timedelta(hours=1))
    assert watching.look(app, now=app.clock.now()) == []


def test_a_breaker_that_tripped_reaches_admins_by_email_at_once_and_by_nothing_else(app: TestApp) -> None:
    """A planned email would wait behind the breaker, and so would what follows a text that failed."""
    _give_phone(app)
    with app.db.write() as session:
        store_stops.stop(session, "error_rate", {"failed": 9, "of": 20}, by=None, now=app.clock.now())
    watching.look(app, now=app.clock.now())
    run_due(app)
    [email] = app.email.to("admin@example.com")
    assert "Sending has stopped by itself" in email.body
    assert app.sms.bodies_to(ADMIN) == []


def test_without_a_mail_server_the_breaker_lets_the_alert_through_as_a_text(app: TestApp) -> None:
    app.email.sender = ""
    with app.db.write() as session:
        session.execute(update(staff).where(staff.c.username == "admin").values(alert_channels=["sms"]))
    _give_phone(app)
    with app.db.write() as session:
        store_stops.stop(session, "error_rate", {"failed": 9, "of": 20}, by=None, now=app.clock.now())
    assert watching.look(app, now=app.clock.now()) == ["sending_stopped"]
    run_due(app)
    [told] = app.sms.bodies_to(ADMIN)
    assert "Sending has stopped by itself" in told
    assert "'When sending is stopped' in the runbook" in told


def test_texts_that_are_late_are_noticed_and_over_when_they_have_left(app: TestApp) -> None:
    new_lead(app)
    with app.db.write() as session:
        session.execute(
            update(timed_actions)
            .where(timed_actions.c.state == "planned")
            .values(due_at=app.clock.now() - 5 * MINUTE)
        )
    assert watching.look(app, now=app.clock.now()) == ["texts_late"]
    run_due(app)
    watching.look(app, now=app.clock.now())
    assert rows(app, troubles, troubles.c.over_at.is_(None)) == []


def test_forms_that_have_gone_silent_are_noticed_in_opening_hours_only(app: TestApp) -> None:
    """Twelve came in this stretch on each of the last four Mondays, and none today."""
    real = replace(app, settings=app.settings.model_copy(update={"twilio_account_sid": "AC1"}))
    noon = app.clock.now() + timedelta(hours=3)
    for week in range(1, 5):
        app.clock.moment = noon - timedelta(weeks=week, hours=2)
        for n in range(10):
            _lead(app, f"{week}{n}")
    app.clock.moment = noon
    assert "forms_silent" in watching.look(real, now=noon)
    app.clock.moment = noon + timedelta(hours=12)
    watching.look(real, now=app.clock.now())
    assert rows(app, troubles, troubles.c.name == "forms_silent")[0].over_at == app.clock.now()


def _lead(app: TestApp, tail: str) -> None:
    take_in(app, submission(external_id=tail, phone=f"+14075550{tail.zfill(3)}", email=f"{tail}@example.com"))


def _give_phone(app: TestApp) -> None:
    with app.db.write() as session:
        accounts.set_phone(session, one_id(app, "admin"), ADMIN)


def one_id(app: TestApp, username: str) -> str:
    return str(one(app, staff, staff.c.username == username).id)
