"""A wording is texted to oneself: to one's own phone, with nobody's data, once a click."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from core.audit.tables import audit_events
from core.domain.errors import Denied, InvalidInput
from core.flows.publishing.testing_texts import APART, MOST, send_test
from core.messaging.tables import timed_actions
from core.staff.store import accounts
from core.staff.tables import staff
from tests.conftest import TestApp
from tests.flows.dispatching import run_due
from tests.flows.staffing import do, one, rows, who

OWN = "+15125550191"
BODY = {
    "class": "transactional",
    "wordings": {
        "en": {"body": "Hi {{firstName}}, {{treatment}} at {{bookingUrl}}", "neutral": "Hi {{firstName}}"},
        "es": {"body": "Hola {{firstName}}", "neutral": ""},
    },
}


@pytest.fixture(autouse=True)
def _own_phone(app: TestApp) -> None:
    with app.db.write() as session:
        accounts.set_phone(session, who(app, "marketing").staff_id, OWN)


def send(
    app: TestApp, language: str = "en", part: str = "body", body: Any = None, by: str = "marketing"
) -> str:
    phone: str = do(app, send_test, who(app, by), "booking_link", body or BODY, language, part)
    return phone


def test_it_goes_at_once_to_ones_own_phone_with_made_up_values(app: TestApp) -> None:
    """Through the engine like every text, and as an alert to staff: no patient's hours or consents count."""
    assert send(app, "es") == OWN
    run_due(app)
    ((sent, _, _),) = app.sms.accepted
    assert (sent.to, sent.body) == (OWN, "Hola Grace")
    line = one(app, audit_events, audit_events.c.action == "test_text_sent")
    assert (line.subject, line.detail) == ("template:booking_link", {"language": "es", "part": "body"})


def test_somebody_who_chose_no_alerts_by_text_still_gets_the_test_they_asked_for(app: TestApp) -> None:
    with app.db.write() as session:
        session.execute(update(staff).where(staff.c.username == "marketing").values(alert_channels=[]))
    send(app)
    run_due(app)
    assert len(app.sms.accepted) == 1


def test_two_clicks_are_one_text_and_a_later_one_is_another(app: TestApp) -> None:
    send(app)
    with pytest.raises(InvalidInput, match="a moment ago"):
        send(app)
    app.clock.advance(APART)
    send(app)
    assert len(rows(app, timed_actions)) == 2


def test_twenty_in_an_hour_are_the_most(app: TestApp) -> None:
    """A stuck key costs nobody's phone its peace, nor the clinic its money."""
    for _ in range(MOST):
        send(app)
        app.clock.advance(APART)
    with pytest.raises(InvalidInput, match="the most"):
        send(app)
    app.clock.advance(timedelta(hours=1))
    send(app)


@pytest.mark.parametrize(
    ("body", "language", "field"),
    [
        ({"wordings": {"en": {"body": "Hi {{nobody}}"}}}, "en", "wordings.en.body"),
        ({"wordings": {"en": {"body": " "}}}, "en", "wordings.en.body"),
        ({}, "en", "wordings.en.body"),
        (BODY, "fr", "language"),
    ],
)
def test_what_cannot_be_sent_says_why_and_plans_nothing(
    app: TestApp, body: dict[str, Any], language: str, field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        do(app, send_test, who(app, "marketing"), "booking_link", body, language, "body")
    assert [error.field for error in refused.value.errors] == [field]
    assert rows(app, timed_actions) == []


def test_without_a_number_of_ones_own_nothing_goes_anywhere(app: TestApp) -> None:
    with app.db.write() as session:
        session.execute(update(staff).where(staff.c.username == "marketing").values(phone=None))
    with pytest.raises(InvalidInput, match="phone number of yours"):
        send(app)


def test_who_only_reads_templates_sends_none(app: TestApp) -> None:
    with pytest.raises(Denied):
        send(app, by="frontdesk")
