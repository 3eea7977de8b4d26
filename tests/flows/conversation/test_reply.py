"""What a patient's text sets off: whom it tells, what it stops, and what no person wrote."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from core.compliance.tables import phone_standing
from core.flows.conversation import receive_text, staff_text
from core.flows.leads import staff_action
from core.flows.sending import dispatch
from core.leads.tables import leads
from core.messaging.store import texts
from core.messaging.tables import sms_messages
from core.patients.tables import patients
from core.sequences.tables import enrollments
from core.sla.tables import sla_clocks
from core.staff.tables import staff
from tests.conftest import TestApp
from tests.factories import submission
from tests.flows.dispatching import OWNER, ROOM, hand_over, run_due, run_until, take_in
from tests.flows.staffing import OWED, do, kinds, new_lead, one, rows, who

PATIENT, MAYA, JORDAN, ELENA = "+14075550155", "+15125550171", "+15125550172", "+15125550173"
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
DRIVING = "I'm driving with Do Not Disturb While Driving turned on. I'll see your message when I get where I'm going."


def write_in(app: TestApp, body: str, sid: str = "SMin1", **named: Any) -> receive_text.Received:
    return receive_text.receive(
        app, {"MessageSid": sid, "From": PATIENT, "Body": body}, now=app.clock.now(), **named
    )


def alerts(app: TestApp) -> int:
    """How many alerts about a text went out."""
    return sum(text.body.startswith("Lead ") for text, _, _ in app.sms.accepted)


def change_staff(app: TestApp, username: str, **values: Any) -> None:
    with app.db.write() as session:
        session.execute(update(staff).where(staff.c.username == username).values(**values))


def owned_by(app: TestApp, username: str | None) -> str:
    lead_id = new_lead(app)
    owner = who(app, username).staff_id if username else None
    with app.db.write() as session:
        session.execute(update(leads).where(leads.c.id == lead_id).values(owner_id=owner))
    return lead_id


def test_texts_within_a_minute_are_one_alert_and_the_next_after_that_another(app: TestApp) -> None:
    new_lead(app)
    for number in range(3):
        write_in(app, "And one more thing", f"SMin{number}")
        run_due(app)
        app.clock.advance(20 * SECOND)
    assert alerts(app) == 1
    app.clock.advance(MINUTE)
    write_in(app, "Are you there?", "SMin9")
    run_due(app)
    assert alerts(app) == 2


def test_a_text_that_comes_after_somebody_read_the_first_is_told_too(app: TestApp) -> None:
    """They may have left the page before it came."""
    lead_id = new_lead(app)
    write_in(app, "Hello?")
    run_due(app)
    do(app, staff_action.mark_read, who(app, "frontdesk"), lead_id)
    app.clock.advance(20 * SECOND)
    write_in(app, "Are you there?", "SMin2")
    run_due(app)
    assert alerts(app) == 2


@pytest.mark.parametrize(
    "owner", [{"phone": None}, {"alert_channels": []}, {"status": "off_duty"}, {"active": False}]
)
def test_an_owner_who_cannot_be_told_is_no_reason_to_tell_nobody(app: TestApp, owner: dict[str, Any]) -> None:
    owned_by(app, "frontdesk")
    change_staff(app, "frontdesk", **owner)
    before = len(app.sms.accepted)
    write_in(app, "Can you call me?")
    run_due(app)
    assert [text.to for text, _, _ in app.sms.accepted[before:]] == [ELENA]


def test_a_lead_without_owner_tells_a_manager(app: TestApp) -> None:
    owned_by(app, None)
    before = len(app.sms.accepted)
    write_in(app, "Can you call me?")
    run_due(app)
    assert [text.to for text, _, _ in app.sms.accepted[before:]] == [ELENA]


def test_without_any_manager_a_colleague_who_is_here_is_told(app: TestApp) -> None:
    owned_by(app, None)
    change_staff(app, "manager", phone=None)
    before = len(app.sms.accepted)
    write_in(app, "Can you call me?")
    run_due(app)
    assert {text.to for text, _, _ in app.sms.accepted[before:]} == {MAYA, JORDAN}


@pytest.mark.parametrize(
    "words", [DRIVING, "Thank you for your message. We will get back to you soon.", "Liked an image"]
)
def test_what_a_machine_sends_is_shown_and_changes_nothing(app: TestApp, words: str) -> None:
    """No answer of the patient, no end of the sequence, no clock, no alert, and no answer to it."""
    lead_id = new_lead(app)
    before = len(app.sms.accepted)
    write_in(app, words)
    run_due(app)
    lead = one(app, leads, leads.c.id == lead_id)
    assert (lead.responded_at, lead.unread, lead.last_event_kind) == (None, 0, "text_sent")
    assert one(app, enrollments).state == "active"
    assert sorted(row.target for row in rows(app, sla_clocks, OWED)) == [
        "first_contact",
        "first_conversation",
    ]
    assert len(app.sms.accepted) == before
    assert "machine_text" in kinds(app, lead_id)
    run_until(app, 10 * MINUTE)
    assert len(app.sms.bodies_to(PATIENT)) == 3


@pytest.mark.parametrize("words", [DRIVING, "Liked an image"])
def test_a_machine_that_nobody_knows_makes_no_lead(app: TestApp, words: str) -> None:
    """Its words are kept; no lead, no patient and no alert come of them. A person with that number opens one later."""
    write_in(app, words)
    run_due(app)
    assert (rows(app, leads), rows(app, patients), app.sms.accepted) == ([], [], [])
    assert one(app, sms_messages).message_body == words
    assert write_in(app, "Hello?", "SMin2").lead_id


def test_a_machine_at_night_does_not_open_the_night_for_texts_by_hand(app: TestApp) -> None:
    """Only a person who just wrote may be answered at any hour."""
    new_lead(app)
    write_in(app, DRIVING)
    with app.db.read() as session:
        index = one(app, leads).phone_index
        assert texts.last_inbound(session, [index], app.clock.now() - MINUTE) == {}
    write_in(app, "Hello", "SMin2")
    with app.db.read() as session:
        assert index in texts.last_inbound(session, [index], app.clock.now() - MINUTE)


def helped(app: TestApp) -> int:
    return sum("for help call" in body for body in app.sms.bodies_to(PATIENT))


def test_two_machines_do_not_talk_to_each_other_for_ever(app: TestApp) -> None:
    """Whoever answers our answer to HELP with HELP is answered once in ten minutes, and three times an hour."""
    new_lead(app)
    answered = []
    for number in range(30):
        before = helped(app)
        write_in(app, "HELP", f"SMin{number}")
        run_due(app)
        answered += [number] * (helped(app) - before)
        app.clock.advance(2 * MINUTE)
    assert answered == [0, 5, 10]


def test_what_may_be_an_opt_out_pauses_and_goes_to_a_person_without_a_confirmation(app: TestApp) -> None:
    new_lead(app)
    write_in(app, "can I cancel my appointment")
    run_until(app, timedelta(days=2))
    assert one(app, phone_standing).opted_out_at is None
    assert len(app.sms.bodies_to(PATIENT)) == 1
    assert alerts(app) == 1
    assert one(app, enrollments).stop_reason == "replied"


def test_a_wrong_number_is_never_texted_again_and_told_to_a_person(app: TestApp) -> None:
    lead_id = new_lead(app)
    write_in(app, "I'm not Omar, wrong number")
    run_due(app)
    standing = one(app, phone_standing)
    assert standing.opted_out_at is not None
    assert standing.unreachable_at is not None
    assert one(app, leads, leads.c.id == lead_id).unread == 1
    told = [text.body for text, _, _ in app.sms.accepted if "somebody else answers" in text.body]
    assert len(told) == 1


def test_stop_from_a_shared_phone_stops_both_who_share_it(app: TestApp) -> None:
    """The number says it, whoever held the phone."""
    first = new_lead(app)
    second = take_in(
        app, submission(external_id="form-2", first_name="Lena", last_name="Reyes", email="lena@example.com")
    ).lead_id
    write_in(app, "please stop texting us")
    run_until(app, timedelta(days=15))
    assert {row.call_only for row in rows(app, leads) if row.id in (first, second)} == {True}
    assert {row.state for row in rows(app, enrollments)} == {"stopped"}
    assert len([body for body in app.sms.bodies_to(PATIENT) if "unsubscribed" in body]) == 1


@pytest.mark.parametrize(("start_after_stop", "stopped"), [(True, False), (False, True)])
def test_stop_and_start_count_in_the_order_written(
    app: TestApp, start_after_stop: bool, stopped: bool
) -> None:
    """Whichever reaches us first."""
    new_lead(app)
    early = app.clock.now()
    late = app.clock.advance(5 * MINUTE)
    app.clock.advance(5 * MINUTE)
    write_in(app, "STOP", "SMin1", written_at=early if start_after_stop else late)
    write_in(app, "START", "SMin2", written_at=late if start_after_stop else early)
    assert (one(app, phone_standing).opted_out_at is not None) is stopped


def test_yes_to_a_question_is_an_answer_and_after_a_stop_switches_texts_on(app: TestApp) -> None:
    new_lead(app)
    assert write_in(app, "Yes").reading.label == "yes"  # type: ignore[union-attr]
    write_in(app, "STOP", "SMin2")
    assert write_in(app, "Yes", "SMin3").reading.label == "opt_in"  # type: ignore[union-attr]
    assert one(app, phone_standing).opted_out_at is None


def test_a_digit_is_read_beside_the_question_that_was_asked(app: TestApp) -> None:
    new_lead(app)
    write_in(app, "2")
    run_until(app, 3 * MINUTE)
    assert [row.understood_as for row in rows(app, sms_messages, sms_messages.c.direction == "inbound")] == [
        "other"
    ]


def test_the_menu_is_answered_by_its_digit(app: TestApp) -> None:
    new_lead(app)
    run_until(app, 3 * MINUTE)
    assert write_in(app, "2").reading.label == "option_2"  # type: ignore[union-attr]


def test_a_stop_that_comes_while_a_text_is_on_its_way_stops_the_rest(app: TestApp) -> None:
    """The text that the provider has cannot be called back; nothing follows it but the confirmation."""
    take_in(app, submission())
    step = dispatch.step(app, OWNER, [], ROOM, now=app.clock.now())
    write_in(app, "Stop, wrong timing")
    dispatch.step(app, OWNER, hand_over(app, step), dispatch.Capacity(0, 64), now=app.clock.now())
    run_until(app, timedelta(days=15))
    assert len(app.sms.bodies_to(PATIENT)) == 2
    assert "unsubscribed" in app.sms.bodies_to(PATIENT)[-1]


def test_a_complaint_stops_what_advertises(app: TestApp) -> None:
    new_lead(app)
    received = write_in(app, "nobody ever called me back")
    assert received.reading is not None
    assert "stop_marketing" in received.reading.did
    run_until(app, timedelta(days=15))
    assert len(app.sms.bodies_to(PATIENT)) == 1


def without_consent(app: TestApp) -> str:
    """A lead of somebody who agreed to no texts."""
    lead_id = new_lead(app, submission(consents=()))
    assert one(app, leads).call_only
    return lead_id


def test_whoever_writes_without_having_agreed_is_answered_by_a_person_and_by_nothing_else(
    app: TestApp,
) -> None:
    lead_id = without_consent(app)
    write_in(app, "How much is it?")
    do(
        app,
        staff_text.send_text,
        app.reference,
        who(app, "frontdesk"),
        lead_id,
        "It depends. May I call you?",
    )
    run_until(app, timedelta(days=15))
    assert [text.body for text, _, _ in app.sms.accepted if text.to == PATIENT] == [
        "It depends. May I call you?"
    ]


@pytest.mark.parametrize("words", ["STOP", "How do I cancel?", "Wrong number", DRIVING])
def test_who_may_want_no_texts_stays_call_only(app: TestApp, words: str) -> None:
    """Neither an answer that closes texts nor a machine opens them."""
    without_consent(app)
    write_in(app, words)
    assert one(app, leads).call_only
