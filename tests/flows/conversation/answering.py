"""A patient writes, by day or by night: what tests of automatic answers start from."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import update

from core.clinic import Clinic
from core.flows.conversation import receive_text
from core.leads.tables import leads
from core.messaging.tables import timed_actions
from tests.conftest import TestApp
from tests.flows.staffing import new_lead

PATIENT = "+14075550155"
# Tuesday 23:00 in New York: downtown closed at 20:00, and opens on Wednesday at 8:00.
NIGHT = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)


def write_in(app: TestApp, body: str, sid: str = "SMin1", **named: Any) -> receive_text.Received:
    params = {"MessageSid": sid, "From": PATIENT, "Body": body} | named
    return receive_text.receive(app, params, now=app.clock.now())


def at_night(app: TestApp, moment: datetime = NIGHT) -> str:
    """A lead of this morning whose automation is over, and it is night."""
    lead_id = new_lead(app)
    with app.db.write() as session:
        session.execute(update(timed_actions).values(state="cancelled"))
        session.execute(update(leads).values(location="downtown"))
    app.clock.moment = moment
    return lead_id


def with_clinic(app: TestApp, **changes: Any) -> TestApp:
    clinic: Clinic = replace(app.reference.clinic, **changes)
    return replace(app, shipped=replace(app.shipped, clinic=clinic))
