"""Each alert is a row with its result; several at once are one text; one that fails goes another way."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from core.alerting.tables import alerts
from core.domain.ports import Outcome, OutgoingText, SendResult
from core.flows.intake.accept_submission import accept
from core.flows.leads import calls
from core.flows.sending import delivery_status
from core.messaging.tables import sms_messages, timed_actions
from core.staff.alert_rules import Colleague, next_way, of_escalation, quiet_until, way
from core.staff.tables import staff
from tests.conftest import TestApp
from tests.factories import submission
from tests.flows.dispatching import run_due, take_in
from tests.flows.emailing import send_all
from tests.flows.escalation.levels import JORDAN, MAYA, clinic
from tests.flows.staffing import do, kinds, new_lead, one, rows, who

NEW_YORK = ZoneInfo("America/New_York")
A, T = alerts.c, timed_actions.c


def forms(app: TestApp, count: int) -> list[str]:
    """So many leads at one moment; their ids."""
    found = [
        take_in(
            app,
            submission(
                external_id=f"f{n}", phone=f"+1407555010{n}", email=f"p{n}@example.com", last_name=f"R{n}"
            ),
        ).lead_id
        for n in range(count)
    ]
    return [lead_id for lead_id in found if lead_id]


def only_maya(app: TestApp) -> None:
    with app.db.write() as session:
        session.execute(update(staff).where(staff.c.username != "frontdesk").values(accepts_leads=False))
        session.execute(update(staff).values(capacity=20))


def test_ten_leads_at_once_are_one_alert_with_ten_lines(app: TestApp) -> None:
    app = clinic(app, gather=3)
    only_maya(app)
    forms(app, 10)
    run_due(app)
    assert app.sms.bodies_to(MAYA) == []
    app.clock.advance(timedelta(seconds=4))
    run_due(app)
    [told] = app.sms.bodies_to(MAYA)
    lines = told.split("\n")
    assert lines[0] == "10 new leads:"
    assert [line.split()[0] for line in lines[1:11]] == [f"A-{1001 + n}" for n in range(10)]
    assert [(row.result, row.channel) for row in rows(app, alerts)] == [("sent", "sms")] * 10
    assert len({row.link for row in rows(app, alerts)}) == 1


def test_a_lead_that_comes_after_the_text_has_left_is_told_by_its_own(app: TestApp) -> None:
    app = clinic(app, gather=3)
    only_maya(app)
    forms(app, 1)
    app.clock.advance(timedelta(seconds=4))
    run_due(app)
    take_in(app, submission(external_id="late", phone="+14075550122", email="late@example.com"))
    app.clock.advance(timedelta(seconds=4))
    run_due(app)
    assert [body[:15] for body in app.sms.bodies_to(MAYA)] == ["New lead A-1001", "New lead A-1002"]


def test_who_was_called_meanwhile_is_taken_out_of_the_text_that_waits(app: TestApp) -> None:
    """Its line goes, the others stay; the last one takes the text with it."""
    app = clinic(app, gather=3)
    only_maya(app)
    first, second = forms(app, 2)
    do(app, calls.log, app.reference, who(app, "frontdesk"), first, "no_answer")
    app.clock.advance(timedelta(seconds=4))
    run_due(app)
    [told] = app.sms.bodies_to(MAYA)
    assert told.startswith("New lead A-1002, first contact due")
    assert {row.lead_id: row.result for row in rows(app, alerts)} == {first: "withdrawn", second: "sent"}


def test_a_form_does_not_wait_for_an_alert_that_is_being_claimed(app: TestApp) -> None:
    """Whoever claims it may be waiting for the turn that the form holds: the database would refuse one of the two."""
    if app.db.is_sqlite:
        pytest.skip("SQLite has one writer")
    app = clinic(app, gather=3)
    only_maya(app)
    forms(app, 1)
    late = submission(external_id="late", phone="+14075550122", email="late@example.com")
    with app.db.write() as claiming, app.db.write() as coming:
        claiming.execute(select(T.id).where(T.template == "staff_new_lead").with_for_update())
        coming.connection().exec_driver_sql("SET LOCAL lock_timeout = '300ms'")
        accept(coming, app.reference, app.settings, late, raw_payload_id=None, now=app.clock.now())
    app.clock.advance(timedelta(seconds=4))
    run_due(app)
    assert sorted(body[:15] for body in app.sms.bodies_to(MAYA)) == ["New lead A-1001", "New lead A-1002"]


def test_a_text_that_is_refused_is_followed_by_an_email_with_the_same_words(app: TestApp) -> None:
    app = clinic(app)
    app.sms.answer = lambda text: (
        SendResult(Outcome.REFUSED, code=30005) if text.to in (MAYA, JORDAN) else None
    )
    lead_id = new_lead(app)
    send_all(app)
    [email] = app.email.accepted
    assert email.to in ("frontdesk@example.com", "jordan@example.com")
    assert email.subject == "New lead"
    assert "New lead A-1001" in email.body
    assert "Omar" not in email.subject + email.body
    assert [(row.channel, row.result) for row in rows(app, alerts)] == [("sms", "failed"), ("email", "sent")]
    assert "alert_sent" in kinds(app, lead_id)


def test_a_text_that_the_carrier_could_not_deliver_is_followed_by_one_too_and_only_once(app: TestApp) -> None:
    app = clinic(app)
    new_lead(app)
    alert = one(app, sms_messages, sms_messages.c.origin == "staff_alert")
    for _ in range(2):
        params = {"MessageSid": alert.twilio_sid, "MessageStatus": "undelivered", "ErrorCode": "30003"}
        delivery_status.record(app, "", "", params, now=app.clock.now())
    send_all(app)
    assert len(app.email.accepted) == 1


def test_where_no_way_is_left_the_lead_says_that_nobody_could_be_told(app: TestApp) -> None:
    app = clinic(app)
    app.sms.answer = _refuse_staff
    app.email.answer = lambda _email: SendResult(Outcome.REFUSED, code=550)
    lead_id = new_lead(app)
    send_all(app)
    assert "alert_failed" in kinds(app, lead_id)


def _refuse_staff(text: OutgoingText) -> SendResult | None:
    return SendResult(Outcome.REFUSED, code=30005) if text.to in (MAYA, JORDAN) else None


def test_who_chose_email_is_told_by_email(app: TestApp) -> None:
    app = clinic(app)
    with app.db.write() as session:
        session.execute(update(staff).values(alert_channels=["email"]))
    new_lead(app)
    send_all(app)
    assert [(row.channel, row.result) for row in rows(app, alerts)] == [("email", "sent")]
    assert not [text for text, _, _ in app.sms.accepted if text.to in (MAYA, JORDAN)]


PERSON = Colleague("m", "Maya Torres", "frontdesk", "+15125550171", ["sms"], email="m@example.com")


def test_the_ways_are_tried_in_order_of_choice_and_then_whatever_there_is() -> None:
    assert way(PERSON) == "sms"
    assert next_way(PERSON, ["sms"]) == "email"
    assert next_way(PERSON, ["sms", "email"]) == ""
    assert way(replace(PERSON, alert_channels=["push", "email"])) == "email"
    assert way(replace(PERSON, phone=None)) == ""


@pytest.mark.parametrize(
    ("at", "until"), [("19:00", "19:00"), ("21:00", "08:00"), ("03:00", "08:00"), ("08:00", "08:00")]
)
def test_routine_waits_for_the_end_of_somebodys_quiet_time(at: str, until: str) -> None:
    person = replace(PERSON, quiet_hours=["20:00-08:00"])
    now = datetime.fromisoformat(f"2026-11-24T{at}:00-05:00")
    found = quiet_until(person, NEW_YORK, now)
    assert found.astimezone(NEW_YORK).strftime("%H:%M") == until
    assert now <= found < now + timedelta(hours=12)


def test_a_level_names_who_is_at_work_before_who_is_not() -> None:
    lead = replace(PERSON, id="l", title="team_lead")
    manager = replace(PERSON, id="e", role="manager")
    both, named = [lead, manager], ["team_lead"]
    assert [one.id for one in of_escalation(both, named, (), {"l", "e"})] == ["l"]
    assert [one.id for one in of_escalation(both, named, (), {"e"})] == ["e"]
    assert [one.id for one in of_escalation([lead], named, (), set())] == ["l"]
    assert [one.id for one in of_escalation(both, named, {"l"}, {"l", "e"})] == ["e"]
    assert of_escalation([], named, (), set()) == []


def test_forms_that_are_taken_in_by_several_processes_at_one_moment_are_one_text_too(app: TestApp) -> None:
    """The database lets one of them begin the text, and the others add their line."""
    app = clinic(app, gather=3)
    only_maya(app)

    def form(n: int) -> None:
        take_in(
            app,
            submission(
                external_id=f"c{n}", phone=f"+1407555011{n}", email=f"c{n}@example.com", last_name=f"C{n}"
            ),
        )

    with ThreadPoolExecutor(5) as pool:
        list(pool.map(form, range(5)))
    app.clock.advance(timedelta(seconds=4))
    run_due(app)
    [told] = app.sms.bodies_to(MAYA)
    assert told.startswith("5 new leads:")
    assert sorted(line.split()[0] for line in told.split("\n")[1:6]) == [f"A-{1001 + n}" for n in range(5)]
