"""Alerts by push and in chat tools: what they say, what follows where one fails, and that nobody is left untold."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from core.alerting.tables import alerts
from core.domain.ports import GONE, Browser, Outcome, SendResult
from core.flows.sending import alerts as sending
from core.flows.sending import notifying, pausing
from core.messaging.actions import Lane
from core.messaging.store import doubts
from core.messaging.tables import timed_actions
from core.operations import store_stops
from core.staff.store import people, push
from core.staff.tables import staff
from scheduler.jobs import take_over_dead
from tests.conftest import TestApp
from tests.factories import actor
from tests.flows.dispatching import Held, run_due
from tests.flows.emailing import send_all
from tests.flows.escalation.levels import JORDAN, MAYA, clinic
from tests.flows.notifying import OWNER, SLACK, browsers_left, connect_chat, notify_all, told_by, turn
from tests.flows.staffing import kinds, new_lead, rows

GONE_NOW = SendResult(Outcome.REFUSED, status=GONE, code=410)
BUSY = SendResult(Outcome.RETRY, code=503)


def told(app: TestApp) -> list[tuple[str, str, str]]:
    """Way, result and detail of each alert, in their order."""
    return [(row.channel, row.result, row.detail) for row in rows(app, alerts)]


def texts_to_staff(app: TestApp) -> list[str]:
    return [text.body for text, _, _ in app.sms.accepted if text.to in (MAYA, JORDAN)]


def test_a_push_names_the_lead_and_a_time_and_leads_to_the_alert(app: TestApp) -> None:
    app = clinic(app)
    told_by(app, ["push", "sms"], browsers=2)
    lead_id = new_lead(app)
    assert notify_all(app) == 1
    (first, notice), (second, _) = app.push.shown
    assert first.id != second.id  # each browser of one person, and nobody else's
    assert first.endpoint.split("/")[3] == second.endpoint.split("/")[3]
    assert (notice.title, notice.topic, notice.urgent) == ("New lead", "A-1001", False)
    assert notice.body.startswith("New lead A-1001, first contact due ")
    assert "Reply 1" not in notice.body
    assert "http" not in notice.body
    assert notice.url.startswith(f"{app.settings.public}/a/")
    assert "Omar" not in repr(notice)
    assert told(app) == [("push", "sent", "")]
    assert "alert_sent" in kinds(app, lead_id)
    assert texts_to_staff(app) == []


def test_a_browser_that_is_gone_is_forgotten_and_the_person_gets_a_text_in_the_same_pass(
    app: TestApp,
) -> None:
    app = clinic(app)
    told_by(app, ["push", "sms"])
    before = len(browsers_left(app))
    app.push.answer = lambda _browser: GONE_NOW
    new_lead(app)
    notify_all(app)
    assert len(browsers_left(app)) == before - 1
    run_due(app)
    assert [text[:15] for text in texts_to_staff(app)] == ["New lead A-1001"]
    assert told(app) == [("push", "failed", "notice_gone_410"), ("sms", "sent", "")]


def test_one_browser_that_takes_it_is_enough_and_the_other_is_forgotten(app: TestApp) -> None:
    app = clinic(app)
    told_by(app, ["push", "sms"], browsers=2)
    before = len(browsers_left(app))
    app.push.answer = lambda browser: GONE_NOW if browser.endpoint.endswith("/0") else None
    new_lead(app)
    notify_all(app)
    assert told(app) == [("push", "sent", "")]
    assert len(browsers_left(app)) == before - 1
    assert sum(row.used_at is not None for row in browsers_left(app)) == 1


def test_what_a_push_service_does_not_take_is_tried_again_soon_and_then_goes_as_a_text(app: TestApp) -> None:
    app = clinic(app)
    told_by(app, ["push", "sms"])
    app.push.answer = lambda _browser: BUSY
    new_lead(app)
    for _ in range(notifying.MOST_TRIES):
        assert turn(app) == 1
        assert turn(app) == 0
        app.clock.advance(timedelta(seconds=notifying.RETRY_SECONDS + 1))
    run_due(app)
    assert told(app) == [("push", "failed", "gave_up_503"), ("sms", "sent", "")]
    assert len(browsers_left(app)) > 0


def test_a_push_service_that_wants_us_to_wait_for_an_hour_is_not_waited_for(app: TestApp) -> None:
    app = clinic(app)
    told_by(app, ["push", "sms"])
    app.push.answer = lambda _browser: SendResult(Outcome.RETRY, code=429, retry_after=3600.0)
    new_lead(app)
    for _ in range(notifying.MOST_TRIES):
        turn(app)
        app.clock.advance(notifying.LONGEST_WAIT + timedelta(seconds=1))
    assert told(app)[0] == ("push", "failed", "gave_up_429")


def test_who_turned_no_browser_on_is_told_by_the_next_way(app: TestApp) -> None:
    """The last browser was removed between the planning and the sending."""
    app = clinic(app)
    told_by(app, ["push", "sms"])
    new_lead(app)
    app_gone(app)
    assert notify_all(app) == 0
    run_due(app)
    assert told(app) == [("push", "failed", "push_not_set_up"), ("sms", "sent", "")]


def app_gone(app: TestApp) -> None:
    with app.db.write() as session:
        push.gone(session, [row.id for row in browsers_left(app)], app.clock.now())


def test_a_chat_tool_that_fails_is_followed_by_an_email_with_the_same_words(app: TestApp) -> None:
    app = clinic(app)
    connect_chat(app)
    with app.db.write() as session:
        session.execute(update(staff).values(alert_channels=["chat", "email"]))
    app.chat.answer = lambda _address: SendResult(Outcome.RETRY)
    new_lead(app)
    for _ in range(notifying.MOST_TRIES):
        turn(app)
        app.clock.advance(timedelta(seconds=notifying.RETRY_SECONDS + 1))
    send_all(app)
    assert told(app) == [("chat", "failed", "gave_up"), ("email", "sent", "")]
    assert "New lead A-1001" in app.email.accepted[0].body


def test_a_message_in_a_chat_tool_leads_to_the_console_and_not_to_what_acts_without_a_sign_in(
    app: TestApp,
) -> None:
    """Whoever reads the channel could acknowledge as somebody else."""
    app = clinic(app)
    connect_chat(app)
    told_by(app, ["chat"])
    new_lead(app)
    notify_all(app)
    [(address, notice)] = app.chat.posted
    assert address == SLACK
    assert notice.url == f"{app.settings.console}/lead?lead=A-1001"
    assert "/a/" not in notice.body + notice.url


@pytest.mark.parametrize("template", ["staff_call_task", "staff_task"])
@pytest.mark.parametrize("way", ["push", "chat"])
def test_a_click_leads_to_the_lead_whatever_somebody_called_the_task(
    app: TestApp, way: str, template: str
) -> None:
    """And the title, which anybody may write, leaves by neither."""
    app = clinic(app)
    connect_chat(app)
    told_by(app, [way])
    with app.db.write() as session:
        maya = next(one for one in people.colleagues(session) if one.phone == MAYA)
        title = "Confirm https://evil.example/now"
        about = sending.About("alert:x", template, None, 1, app.clock.now(), task_title=title)
        sending.tell(session, app.settings, [maya], about, app.clock.now())
    notify_all(app)
    [notice] = [said for _, said in app.push.shown] + [said for _, said in app.chat.posted]
    assert notice.url == f"{app.settings.console}/lead?lead=A-1001"
    assert "A-1001" in notice.body
    assert "Confirm" not in notice.body
    assert "evil" not in notice.body


def test_a_click_on_what_is_about_no_lead_opens_its_page(app: TestApp) -> None:
    app = clinic(app)
    told_by(app, ["push"])
    with app.db.write() as session:
        maya = [one for one in people.colleagues(session) if one.phone == MAYA]
        for template in ("staff_audit", "staff_check_forms"):
            sending.tell_each(session, app.settings, maya, template, 3600, now=app.clock.now())
    notify_all(app)
    assert sorted(notice.url for _, notice in app.push.shown) == [
        app.settings.console,
        f"{app.settings.console}/audit",
    ]


def test_where_no_way_is_left_the_lead_says_that_nobody_could_be_told(app: TestApp) -> None:
    app = clinic(app)
    told_by(app, ["push"])
    with app.db.write() as session:
        session.execute(update(staff).values(phone=None, email=None))
    app.push.answer = lambda _browser: GONE_NOW
    lead_id = new_lead(app)
    notify_all(app)
    assert "alert_failed" in kinds(app, lead_id)


def test_what_is_urgent_goes_by_its_own_way_and_is_not_tried_twice(app: TestApp) -> None:
    app = clinic(app)
    told_by(app, ["push"], urgent=["chat", "sms"])
    connect_chat(app)
    app.chat.answer = lambda _address: SendResult(Outcome.RETRY)
    with app.db.write() as session:
        maya = next(one for one in people.colleagues(session) if one.phone == MAYA)
        about = sending.About("alert:x", "staff_urgent", None, 1, app.clock.now(), lane=Lane.URGENT)
        sending.tell(session, app.settings, [maya], about, app.clock.now())
    notify_all(app)
    run_due(app)
    assert told(app) == [("chat", "failed", "gave_up"), ("sms", "sent", "")]


def test_a_breaker_lets_an_urgent_push_through_and_holds_what_is_routine(app: TestApp) -> None:
    app = clinic(app)
    told_by(app, ["push"])
    with app.db.write() as session:
        maya = next(one for one in people.colleagues(session) if one.phone == MAYA)
        for lane in (Lane.INSTANT, Lane.URGENT):
            about = sending.About(f"alert:{lane}", "staff_urgent", None, 1, app.clock.now(), lane=lane)
            sending.tell(session, app.settings, [maya], about, app.clock.now())
        store_stops.stop(session, "error_rate", {}, by=None, now=app.clock.now())
    assert notify_all(app) == 1
    assert [notice.urgent for _, notice in app.push.shown] == [True]


def test_what_a_person_has_stopped_stands_still(app: TestApp) -> None:
    app = clinic(app)
    told_by(app, ["push"])
    new_lead(app)
    with app.db.write() as session:
        pausing.pause(session, actor(session, "manager"), "moving house", now=app.clock.now())
    assert notify_all(app) == 0


def test_notices_of_a_scheduler_that_died_go_again_and_not_for_ever(app: TestApp) -> None:
    app = clinic(app)
    told_by(app, ["push", "sms"])
    new_lead(app)
    for _ in range(notifying.MOST_LOST):
        assert len(notifying.claim(app, OWNER, now=app.clock.now()).jobs) == 1
        assert take_over_dead(app, "another", Held(), app.clock.now()) == 1
    run_due(app)
    assert told(app) == [("push", "failed", "gave_up"), ("sms", "sent", "")]


def test_a_result_that_comes_after_somebody_else_took_over_changes_nothing(app: TestApp) -> None:
    app = clinic(app)
    told_by(app, ["push", "sms"])
    new_lead(app)
    [job] = notifying.claim(app, OWNER, now=app.clock.now()).jobs
    with app.db.write() as session:
        doubts.orphan_notices(session, OWNER, notifying.MOST_LOST, app.clock.now())
    notifying.settle(app, job, {job.targets[0]: GONE_NOW}, now=app.clock.now())
    assert told(app) == [("push", "waiting", "")]


def test_a_damaged_notice_stops_nobody_elses(app: TestApp) -> None:
    app = clinic(app)
    told_by(app, ["push", "sms"])
    new_lead(app)
    with app.db.write() as session:
        damaged = update(timed_actions).where(timed_actions.c.kind == "push")
        session.execute(damaged.values(variables={"leadRef": 7}))
        maya = next(one for one in people.colleagues(session) if one.phone == MAYA)
        sending.send_test(session, app.settings, maya, "push", app.clock.now())
    assert notify_all(app) == 1
    assert [notice.title for _, notice in app.push.shown] == ["Test"]


@pytest.mark.parametrize(("answer", "result"), [(None, "sent"), (GONE_NOW, "failed")])
def test_a_test_goes_by_its_way_and_by_no_other(app: TestApp, answer: SendResult | None, result: str) -> None:
    app = clinic(app)
    told_by(app, ["push", "sms"])

    def answered(_browser: Browser) -> SendResult | None:
        return answer

    app.push.answer = answered
    with app.db.write() as session:
        maya = next(one for one in people.colleagues(session) if one.phone == MAYA)
        first = sending.send_test(session, app.settings, maya, "push", app.clock.now())
        assert sending.send_test(session, app.settings, maya, "push", app.clock.now()) == first
    notify_all(app)
    run_due(app)
    assert [(way, found) for way, found, _ in told(app)] == [("push", result)]
