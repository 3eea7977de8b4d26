"""What a browser says aloud: each alert once, to its own person, whatever way it goes."""

from datetime import timedelta

from sqlalchemy import update

from core.alerting import store
from core.domain.ports import GONE, Outcome, SendResult
from core.flows.sending import alerts
from core.flows.staff import telling
from core.reads import told
from core.reads.told import Told
from core.staff.store import people
from core.staff.tables import staff
from tests.conftest import TestApp
from tests.factories import actor
from tests.flows.dispatching import run_due
from tests.flows.escalation.levels import clinic
from tests.flows.escalation.test_alerts import forms, only_maya
from tests.flows.notifying import notify_all, told_by
from tests.flows.staffing import do, new_lead, who


def read(app: TestApp, username: str = "frontdesk") -> list[Told]:
    with app.db.read() as session:
        return list(told.read(session, actor(session, username), now=app.clock.now()))


def test_several_leads_at_once_are_said_together(app: TestApp) -> None:
    app = clinic(app, gather=3)
    only_maya(app)
    forms(app, 3)
    [one] = read(app)
    assert one.leads == ("A-1001", "A-1002", "A-1003")
    assert (one.staff_id, one.template, one.urgent) == (
        who(app, "frontdesk").staff_id,
        "staff_new_lead",
        False,
    )


def test_what_goes_by_a_second_way_is_not_said_twice(app: TestApp) -> None:
    app = clinic(app)
    told_by(app, ["push", "sms"])
    app.push.answer = lambda _browser: SendResult(Outcome.REFUSED, status=GONE)
    new_lead(app)
    before = read(app)
    notify_all(app)
    run_due(app)
    assert read(app) == before
    assert len(before) == 1


def test_it_is_over_after_some_minutes(app: TestApp) -> None:
    app = clinic(app)
    new_lead(app)
    assert len(read(app)) == 1
    app.clock.advance(told.RECENT + timedelta(seconds=1))
    assert read(app) == []


def test_of_a_test_it_says_what_became_of_it(app: TestApp) -> None:
    app = clinic(app)
    told_by(app, ["sms"])
    maya = who(app, "frontdesk")
    do(app, telling.send_test, app.settings, maya, maya.staff_id, "push")
    assert [(one.way, one.result) for one in read(app)] == [("push", store.WAITING)]
    notify_all(app)
    assert [(one.way, one.result) for one in read(app)] == [("push", store.SENT)]


def test_nothing_routine_is_said_aloud_in_somebodys_quiet_time(app: TestApp) -> None:
    app = clinic(app)
    with app.db.write() as session:
        session.execute(update(staff).values(quiet_hours=["09:00-11:00"]))
    new_lead(app)
    assert read(app) == []


def test_what_others_are_told_is_said_to_them_alone(app: TestApp) -> None:
    """That admins were told to look at the trail tells whoever caused it that somebody looks."""
    app = clinic(app)
    manager = who(app, "manager").staff_id
    with app.db.write() as session:
        told_of_it = [one for one in people.colleagues(session) if one.id == manager]
        for template in ("staff_audit", "staff_new_lead"):
            alerts.tell_each(session, app.settings, told_of_it, template, 3600, now=app.clock.now())
    assert read(app) == []
    assert [one.template for one in read(app, "manager")] == ["staff_audit", "staff_new_lead"]
