"""Colleagues at work in tests: each call is one transaction at the test's moment."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from core.domain.roles import Actor
from core.intake.submission import Submission
from core.leads.tables import lead_events
from core.sla.rules import RESPONSES
from core.sla.tables import sla_clocks
from tests.conftest import TestApp
from tests.factories import actor, submission
from tests.flows.dispatching import run_due, take_in

# Clocks of what a person owes a patient, without the machine's and those of what becomes of a request.
OWED = sla_clocks.c.target.in_(RESPONSES)


def who(app: TestApp, username: str) -> Actor:
    with app.db.read() as session:
        return actor(session, username)


def do(app: TestApp, flow: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    """Run `flow(session, *arguments, now=...)` and commit."""
    with app.db.write() as session:
        return flow(session, *arguments, now=app.clock.now(), **named)


def new_lead(app: TestApp, form: Submission | None = None) -> str:
    """A form came in and its first texts went out; the lead's id."""
    lead_id = take_in(app, form or submission()).lead_id
    run_due(app)
    assert lead_id
    return lead_id


def rows(app: TestApp, table: Table, *where: Any) -> list[Any]:
    """In the order in which they were made: PostgreSQL fills the places of earlier tests' rows."""
    with app.db.read() as session:
        return list(session.execute(select(table).where(*where).order_by(*table.primary_key)).all())


def one(app: TestApp, table: Table, *where: Any) -> Any:
    found = rows(app, table, *where)
    assert len(found) == 1
    return found[0]


def kinds(app: TestApp, lead_id: str) -> list[str]:
    """What the timeline says, in order."""
    with app.db.read() as session:
        return told(session, lead_id)


def told(session: Session, lead_id: str) -> list[str]:
    c = lead_events.c
    return list(session.execute(select(c.kind).where(c.lead_id == lead_id).order_by(c.at, c.id)).scalars())
