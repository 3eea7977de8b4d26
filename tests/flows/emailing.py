"""Drive the emails by hand: one claim, one call, one result a turn, time as the test says."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from core.compliance import store_emails
from core.compliance.store import EMAIL, LedgerEntry
from core.domain.ports import Outcome, OutgoingEmail, SendResult
from core.flows.sending import emailing
from core.leads.store import leads
from core.leads.tables import lead_events
from core.messaging.actions import EMAIL as MAIL
from core.messaging.actions import NewAction, Purpose
from core.messaging.store import planning
from core.messaging.tables import emails, timed_actions
from core.patients.store import profiles
from tests.conftest import TestApp
from tests.factories import submission
from tests.flows.dispatching import take_in

OWNER = "test-scheduler"
OMAR = "omar@example.com"
AFTER, EXPECT, BACK = "email_after_visit", "email_what_to_expect", "email_come_back"


def clinic(app: TestApp, **changes: Any) -> str:
    """Omar's form was taken in; his lead's id."""
    lead_id = take_in(app, submission(**changes)).lead_id
    assert lead_id
    return lead_id


def plan(app: TestApp, lead_id: str, template: str = EXPECT, key: str = "", **more: Any) -> str:
    """Plan an email to the lead's patient for now; the id of its action."""
    with app.db.write() as session:
        known = {
            "purpose": Purpose.MARKETING if template == BACK else Purpose.TRANSACTIONAL,
            "due_at": app.clock.now(),
            **more,
        }
        action = NewAction(
            key=key or f"test:{template}:{app.clock.now().isoformat()}",
            kind=MAIL,
            template=template,
            lead_id=lead_id,
            patient_id=leads.get(session, lead_id).patient_id,
            **known,
        )
        return planning.plan(session, action, app.clock.now())


def agree(app: TestApp, address: str = OMAR) -> None:
    """Whoever reads at this address wants advertising there."""
    with app.db.write() as session:
        index = profiles.email_index(session, address)
        entry = LedgerEntry("", "marketing", "grant", "web_form", channel=EMAIL, email_index=index)
        store_emails.append(session, [entry], app.clock.now())


def turn(app: TestApp) -> SendResult | None:
    """Hand over the next email that is due; what came of it, None where none could leave."""
    found = emailing.claim(app, OWNER, now=app.clock.now())
    if found.job is None:
        return turn(app) if found.handled else None
    result = app.email.send(found.job.email)
    emailing.settle(app, found.job, result, now=app.clock.now())
    return result


def send_all(app: TestApp) -> int:
    """Hand over everything that is due now; how many emails that was."""
    sent = 0
    while turn(app):
        sent += 1
    return sent


def state(app: TestApp, action_id: str) -> tuple[str, str]:
    """State and reason of an action."""
    c = timed_actions.c
    with app.db.read() as session:
        row = session.execute(select(c.state, c.reason).where(c.id == action_id)).one()
    return row.state, row.reason


def due_at(app: TestApp, action_id: str) -> datetime:
    with app.db.read() as session:
        found = session.execute(select(timed_actions.c.due_at).where(timed_actions.c.id == action_id))
        due: datetime = found.scalar_one()
    return due


def record(app: TestApp, action_id: str) -> Any:
    """The row of an email."""
    with app.db.read() as session:
        return session.execute(select(emails).where(emails.c.action_id == action_id)).one_or_none()


def told(app: TestApp, lead_id: str) -> list[str]:
    """Kinds of events of a lead that are about emails, oldest first."""
    c = lead_events.c
    with app.db.read() as session:
        kinds = session.execute(select(c.kind).where(c.lead_id == lead_id).order_by(c.at, c.id)).scalars()
        return [kind for kind in kinds if kind.startswith("email_")]


def later(app: TestApp, **span: float) -> None:
    app.clock.advance(timedelta(**span))


def answer(outcome: Outcome, **more: object) -> Callable[[OutgoingEmail], SendResult]:
    """What a mail server says to any email."""
    return lambda _email: SendResult(outcome, **more)  # type: ignore[arg-type]
