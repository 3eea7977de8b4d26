"""Who saw whom: gathered, written apart, never more than needed and never too little."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from core.audit.tables import audit_events
from core.flows.access import acting
from core.flows.access.looking import Depth, Looks
from core.flows.upkeep import verifying_trail
from tests.conftest import TestApp
from tests.factories import submission
from tests.flows.staffing import new_lead, one, rows, who


def seen(app: TestApp) -> list[Any]:
    return [row for row in rows(app, audit_events) if row.action == "looked"]


def look(app: TestApp, looks: Looks, lead_id: str, depth: Depth, username: str = "frontdesk") -> None:
    looks.note(who(app, username).staff_id, [lead_id], depth, "203.0.113.9 lead", app.clock.now())


def test_a_quarter_of_an_hour_of_looking_is_one_row(app: TestApp) -> None:
    """Opened thrice, with panel, thread and live topic: who, which patient, how much, from where."""
    lead_id, looks = new_lead(app), Looks(app)
    for _ in range(3):
        look(app, looks, lead_id, Depth.OPENED)
        look(app, looks, lead_id, Depth.FOUND)
        looks.flush(now=app.clock.now())
        app.clock.advance(timedelta(minutes=4))
    row = one(app, audit_events, audit_events.c.action == "looked")
    assert (row.staff_id, row.subject, row.detail) == (
        who(app, "frontdesk").staff_id,
        lead_id,
        {"depth": "opened"},
    )
    assert row.origin == "203.0.113.9 lead"
    assert row.patient_id
    app.clock.advance(timedelta(minutes=15))
    look(app, looks, lead_id, Depth.OPENED)
    looks.flush(now=app.clock.now())
    assert len(seen(app)) == 2


def test_whoever_sees_more_than_before_is_noted_again(app: TestApp) -> None:
    lead_id, looks = new_lead(app), Looks(app)
    for depth in (Depth.FOUND, Depth.OPENED, Depth.PICTURE, Depth.OPENED):
        look(app, looks, lead_id, depth)
        looks.flush(now=app.clock.now())
    assert [row.detail["depth"] for row in seen(app)] == ["found", "opened", "picture"]


def test_two_people_are_two_rows_and_a_lead_that_does_not_exist_is_none(app: TestApp) -> None:
    lead_id, looks = new_lead(app), Looks(app)
    look(app, looks, lead_id, Depth.OPENED)
    look(app, looks, lead_id, Depth.OPENED, "provider")
    look(app, looks, "no such lead", Depth.OPENED)
    assert looks.flush(now=app.clock.now()) == 2
    assert verifying_trail.verify(app).problems == ()


def test_nothing_is_lost_while_the_database_is_away(app: TestApp, monkeypatch: pytest.MonkeyPatch) -> None:
    lead_id, looks = new_lead(app), Looks(app)
    look(app, looks, lead_id, Depth.OPENED)

    def away() -> Any:
        raise OperationalError("", None, Exception("gone"))

    with monkeypatch.context() as broken:
        broken.setattr(type(app.db), "write", lambda _self: away())
        assert looks.flush(now=app.clock.now()) == 0
    assert looks.flush(now=app.clock.now()) == 1


def test_many_patients_within_an_hour_are_said_once(app: TestApp) -> None:
    looks = Looks(app)
    app.settings.__dict__["audit_many"] = 3
    for number in range(5):
        form = submission(
            external_id=f"n{number}", phone=f"+140755501{number:02d}", email=f"n{number}@example.com"
        )
        lead_id = new_lead(app, form)
        look(app, looks, lead_id, Depth.OPENED)
        looks.flush(now=app.clock.now())
    alarms = [row for row in rows(app, audit_events) if row.action == "looked_at_many"]
    assert [row.detail for row in alarms] == [{"patients": 3}]


def test_an_act_of_staff_names_the_patient_and_is_told_once(app: TestApp) -> None:
    """A flow that tells the trail in its own words is not repeated."""
    lead_id, me, now = new_lead(app), who(app, "frontdesk"), app.clock.now()
    with app.db.write() as session:
        acting.note(session, me, "log_call", lead_id, origin="203.0.113.9", now=now)
        acting.note(session, me, "log_call", lead_id, origin="203.0.113.9", now=now)
    with app.db.write() as session:
        acting.note(session, me, "search", "Omar Reyes", origin="", now=now)
    told = [(row.action, row.subject, row.patient_id is not None) for row in rows(app, audit_events)]
    assert told == [("log_call", lead_id, True), ("search", "", False)]
