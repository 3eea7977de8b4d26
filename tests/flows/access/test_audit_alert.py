"""Admins hear that the trail has something to look at: once an hour, without a word about whom."""

from datetime import timedelta

import pytest

from core.audit.tables import audit_events
from core.flows.access import exporting
from core.flows.access.looking import Depth, Looks
from core.messaging.tables import timed_actions
from core.staff import delay_rules
from core.staff.store import accounts
from tests.conftest import TestApp
from tests.factories import submission
from tests.flows.access.test_delays import ELSEWHERE
from tests.flows.access.test_sign_in import attempt, signed_in
from tests.flows.dispatching import run_due
from tests.flows.staffing import new_lead, rows, who

PHONE = "+14075550199"


@pytest.fixture(autouse=True)
def _admin_can_be_told(app: TestApp) -> None:
    with app.db.write() as session:
        accounts.set_phone(session, who(app, "admin").staff_id, PHONE)


def told(app: TestApp) -> list[str]:
    """Whom a text about the trail went to, by their ids."""
    run_due(app)
    planned = rows(app, timed_actions, timed_actions.c.template == "staff_audit")
    assert all(row.state == "sent" for row in planned)
    return [row.staff_id for row in planned]


def look_at_many(app: TestApp, many: int) -> None:
    looks, me = Looks(app), who(app, "frontdesk").staff_id
    app.settings.__dict__["audit_many"] = many
    for number in range(many):
        form = submission(
            external_id=f"n{number}", phone=f"+140755501{number:02d}", email=f"n{number}@example.com"
        )
        looks.note(me, [new_lead(app, form)], Depth.OPENED, "lead", app.clock.now())
    looks.flush(now=app.clock.now())


def test_somebody_looks_at_many_patients(app: TestApp) -> None:
    """Section 1 of the review: it was a line that somebody had to go and find."""
    look_at_many(app, 3)
    assert told(app) == [who(app, "admin").staff_id]
    words = f"The audit trail has something to look at. Open it: {app.settings.console}/audit"
    assert app.sms.bodies_to(PHONE) == [words]


def test_somebody_guesses_passwords(app: TestApp) -> None:
    """Of however many tries: one text."""
    for number in range(delay_rules.BRAKES["address"].free + 5):
        attempt(app, "wrong", f"name-{number}", address=ELSEWHERE)
    assert told(app) == [who(app, "admin").staff_id]


def test_a_slip_of_a_colleague_rings_no_phone(app: TestApp) -> None:
    attempt(app, "wrong", "frontdesk", address=ELSEWHERE)
    assert told(app) == []


def test_a_file_that_left_is_told_and_all_of_an_hour_is_one_text(app: TestApp) -> None:
    """What comes in the next hour is another one."""
    person = signed_in(app)
    for _ in range(3):
        assert exporting.may_leave(app, person.session_id, "funnel.csv", origin="here", now=app.clock.now())
    assert len(told(app)) == 1
    app.clock.advance(timedelta(hours=1))
    again = signed_in(app)
    assert exporting.may_leave(app, again.session_id, "funnel.csv", origin="here", now=app.clock.now())
    assert len(told(app)) == 2
    assert len([row for row in rows(app, audit_events) if row.action == "exported"]) == 4
