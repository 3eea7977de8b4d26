"""The thread of notices: apart from texts and emails, through a real socket, and nothing that it is told gets lost."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from core.alerting.tables import alerts
from core.domain.ports import Browser, SendResult
from core.flows.sending import notifying
from core.staff.store import push
from core.staff.tables import staff
from scheduler.notifier import Notifier
from scheduler.turns import LOOK_SECONDS
from tests.adapters.test_web_push import Service, adapter, served
from tests.conftest import TestApp
from tests.flows.dispatching import Held, run_due
from tests.flows.escalation.levels import clinic
from tests.flows.escalation.test_alerts import forms
from tests.flows.notifying import told_by
from tests.flows.staffing import new_lead, rows
from tests.scheduler.test_emailer import Lost


def results(app: TestApp) -> list[tuple[str, str]]:
    return [(row.channel, row.result) for row in rows(app, alerts)]


def on(app: TestApp, service: Service) -> None:
    """Everybody's browser is at this push service."""
    told_by(app, ["push", "sms"], browsers=0)
    browser = service.browser()
    keys = {"p256dh": browser.p256dh, "auth": browser.auth}
    with app.db.write() as session:
        for staff_id in list(session.execute(select(staff.c.id)).scalars()):
            push.keep(session, staff_id, f"{browser.endpoint}/{staff_id}", keys, "Firefox", app.clock.now())


@pytest.mark.parametrize(
    ("status", "came"), [(201, [("push", "sent")]), (410, [("push", "failed"), ("sms", "sent")])]
)
def test_from_a_new_lead_to_a_push_service_and_on_to_a_text(
    app: TestApp, status: int, came: list[tuple[str, str]]
) -> None:
    with served(Service(status)) as service:
        app = replace(clinic(app), push=adapter())  # type: ignore[arg-type]
        on(app, service)
        new_lead(app)
        notifier = Notifier(app, "notifier", Held())
        notifier.turn()
        notifier.finish()  # however slow this machine is just now
        run_due(app)
        assert results(app) == came
        assert str(service.read()["body"]).startswith("New lead A-1001, first contact due")


def test_a_result_that_could_not_be_written_is_written_later_and_the_push_sent_once(
    app: TestApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = clinic(app)
    told_by(app, ["push", "sms"])
    new_lead(app)
    notifier, settle = Notifier(app, "notifier", Held()), notifying.settle
    monkeypatch.setattr(notifying, "settle", _refusing)
    notifier._turn_or_pause()
    assert results(app) == [("push", "waiting")]
    monkeypatch.setattr(notifying, "settle", settle)
    notifier._turn_or_pause()
    assert results(app) == [("push", "sent")]
    assert len(app.push.shown) == 1


def _refusing(*_arguments: object, **_options: object) -> None:
    raise OperationalError("", None, Exception("database is locked"))


def test_an_adapter_that_raises_has_failed_and_the_person_is_told_another_way(app: TestApp) -> None:
    app = clinic(app)
    told_by(app, ["push", "sms"])

    def raises(_browser: Browser) -> SendResult:
        raise RuntimeError

    app.push.answer = raises
    new_lead(app)
    notifier = Notifier(app, "notifier", Held())
    for _ in range(notifying.MOST_TRIES):
        notifier.turn()
        app.clock.advance(notifying.LONGEST_WAIT)
    run_due(app)
    assert results(app) == [("push", "failed"), ("sms", "sent")]


def test_one_result_that_can_never_be_written_takes_no_other_along(
    app: TestApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The others are told once; it alone goes again, and by the next way in the end."""
    app = clinic(app)
    told_by(app, ["push", "sms"])
    poor, fine = forms(app, 2)
    run_due(app)
    settle = notifying.settle

    def refuses(app: TestApp, job: notifying.Job, results: notifying.Results, *, now: datetime) -> None:
        if one_of(app, poor).action_id == job.action_id:
            raise OverflowError
        settle(app, job, results, now=now)

    monkeypatch.setattr(notifying, "settle", refuses)
    notifier = Notifier(app, "notifier", Held())
    for _ in range(3):
        notifier._turn_or_pause()
    assert [one_of(app, lead).result for lead in (poor, fine)] == ["waiting", "sent"]
    shown = [notice.topic for _, notice in app.push.shown]
    assert shown.count("A-1002") == 1
    assert shown.count("A-1001") > 1
    monkeypatch.setattr(notifying, "settle", settle)
    for _ in range(2):
        notifier._turn_or_pause()
    assert one_of(app, poor).result == "sent"


def one_of(app: TestApp, lead_id: str) -> Any:
    [found] = rows(app, alerts, alerts.c.lead_id == lead_id)
    return found


def test_what_is_in_hand_is_not_taken_over_when_touch_was_lost(app: TestApp) -> None:
    """A push service is slow, and the database refused meanwhile: the one that hangs goes once, the lost one again."""
    app = clinic(app)
    told_by(app, ["push"])
    lost, slow = forms(app, 2)
    run_due(app)
    claimed = notifying.claim(app, "notifier", now=app.clock.now()).jobs
    held = next(job.action_id for job in claimed if job.action_id == one_of(app, slow).action_id)
    assert notifying.take_over(app, "notifier", now=app.clock.now(), except_for=[held]) == 1
    Notifier(app, "notifier", Held()).turn()
    assert [one_of(app, lead).result for lead in (lost, slow)] == ["sent", "waiting"]


def test_a_scheduler_that_stops_leaves_what_it_did_not_begin_to_the_next(app: TestApp) -> None:
    app = clinic(app)
    told_by(app, ["push"])
    new_lead(app)
    notifier = Notifier(app, "notifier", Held())
    assert notifying.claim(app, "notifier", now=app.clock.now()).jobs
    notifier.stop()
    notifier.run()
    assert app.push.shown == []
    Notifier(app, "next", Held()).turn()
    assert results(app) == [("push", "sent")]


def test_a_scheduler_without_the_lease_sends_nothing(app: TestApp) -> None:
    app = clinic(app)
    told_by(app, ["push"])
    new_lead(app)
    assert Notifier(app, "notifier", Lost()).turn() == LOOK_SECONDS
    assert app.push.shown == []
