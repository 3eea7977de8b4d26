"""A clinic with the levels that ship, a team lead, and what reached whom."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from core.domain.ids import new_id
from core.messaging.tables import timed_actions
from core.reference import load_reference
from core.staff.tables import staff
from tests.conftest import TestApp
from tests.factories import EVERY_DAY, follow_as_shipped, put

PATIENT, MAYA, JORDAN, ELENA, LEA = (
    "+14075550155", "+15125550171", "+15125550172", "+15125550173", "+15125550174",
)  # fmt: skip
MINUTE = timedelta(minutes=1)


def clinic(app: TestApp, *, gather: float = 0) -> TestApp:
    """The levels that ship, the sequences that ship, and Lea Novak who leads the team."""
    with app.db.write() as session:
        follow_as_shipped(session)
        put(
            session,
            staff,
            id=new_id(app.clock.now()),
            username="lea",
            name="Lea Novak",
            role="frontdesk",
            title="team_lead",
            password_hash="!",
            phone=LEA,
            email="lea@example.com",
            skills=[],
            accepts_leads=False,
            seniority=2,
            location="downtown",
            hours=EVERY_DAY,
            alert_channels=["sms"],
            created_at=app.clock.now(),
        )
    shipped = load_reference(ZoneInfo("America/New_York"))
    settings = app.settings.model_copy(update={"alert_gather": gather})
    return replace(app, shipped=shipped, settings=settings)


def saying(app: TestApp, phone: str, words: str) -> list[str]:
    """What reached this phone and says that."""
    return [body for body in app.sms.bodies_to(phone) if words in body]


def levels_of(app: TestApp, lead_id: str) -> list[Any]:
    """The lead's levels in order: (state, reason, due)."""
    c = timed_actions.c
    with app.db.read() as session:
        found = select(c.state, c.reason, c.due_at, c.key).where(c.lead_id == lead_id, c.kind == "escalation")
        return list(session.execute(found.order_by(c.key)))
