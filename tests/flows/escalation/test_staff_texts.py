"""Staff who text back to the number of the alerts."""

import pytest

from core.alerting.answers import read_answer
from core.flows.conversation import receive_text
from core.leads.tables import lead_events, leads
from core.messaging.tables import sms_messages
from core.staff.tables import staff
from tests.conftest import TestApp
from tests.factories import submission
from tests.flows.dispatching import run_due
from tests.flows.escalation.levels import PATIENT, clinic
from tests.flows.staffing import kinds, new_lead, one, rows


def owners_phone(app: TestApp, lead_id: str) -> str:
    owner = one(app, leads, leads.c.id == lead_id).owner_id
    return str(one(app, staff, staff.c.id == owner).phone)


def text_in(app: TestApp, phone: str, body: str, sid: str = "SMs1") -> receive_text.Received:
    got = receive_text.receive(app, {"MessageSid": sid, "From": phone, "Body": body}, now=app.clock.now())
    run_due(app)
    return got


@pytest.mark.parametrize(
    ("body", "acknowledges", "number"),
    [
        ("1", True, None), ("ACK", True, None), ("ok.", True, None), ("A-1042 ack", True, 42), ("a1042: 1", True, 42),
        ("11", False, None), ("ok I call her at 3", False, None), ("A-1042 left a voicemail", False, 42),
        ("", False, None),
    ],
)  # fmt: skip
def test_what_an_answer_says(body: str, acknowledges: bool, number: int | None) -> None:
    read = read_answer(body)
    assert (read.acknowledges, read.number) == (acknowledges, number)


def test_one_acknowledges_the_last_alert_and_makes_no_lead(app: TestApp) -> None:
    app = clinic(app)
    lead_id = new_lead(app)
    for _ in range(2):  # Twilio delivers it twice
        text_in(app, owners_phone(app, lead_id), "1")
    assert kinds(app, lead_id).count("alert_acknowledged") == 1
    assert len(rows(app, leads)) == 1


def test_other_words_become_a_note_that_the_patient_never_sees(app: TestApp) -> None:
    """Who meant to write to the patient is told that they did not."""
    app = clinic(app)
    lead_id = new_lead(app)
    phone = owners_phone(app, lead_id)
    said = app.sms.bodies_to(PATIENT)
    text_in(app, phone, "calling her after lunch")
    note = one(app, lead_events, lead_events.c.kind == "note")
    assert note.note == "calling her after lunch"
    assert "The patient does not see it" in app.sms.bodies_to(phone)[-1]
    assert app.sms.bodies_to(PATIENT) == said
    assert one(app, leads, leads.c.id == lead_id).responded_at is None


def test_a_lead_that_is_named_gets_the_note(app: TestApp) -> None:
    app = clinic(app)
    first = new_lead(app)
    new_lead(app, submission(external_id="f2", phone="+14075550199", email="b@example.com"))
    text_in(app, owners_phone(app, first), "A-1001 wants a Friday")
    assert one(app, lead_events, lead_events.c.kind == "note").lead_id == first


def test_with_nothing_to_answer_they_are_told_how(app: TestApp) -> None:
    app = clinic(app)
    text_in(app, "+15125550173", "hello?")
    assert "Reply 1 to acknowledge" in app.sms.bodies_to("+15125550173")[-1]
    text_in(app, "+15125550173", "hello??", "SMs2")
    assert len(app.sms.bodies_to("+15125550173")) == 1  # two machines would go on for ever
    assert rows(app, leads) == []


def test_stop_from_a_colleague_ends_their_texts_and_no_alert_is_lost(app: TestApp) -> None:
    """The carrier lets nothing through any more: whoever else can be told is told."""
    app = clinic(app)
    lead_id = new_lead(app)
    phone = owners_phone(app, lead_id)
    text_in(app, phone, "STOP")
    assert one(app, staff, staff.c.id == one(app, leads).owner_id).alert_channels == []
    assert rows(app, leads, leads.c.id != lead_id) == []
    text_in(app, phone, "START", "SMs2")
    assert one(app, staff, staff.c.id == one(app, leads).owner_id).alert_channels == ["sms"]


def test_a_colleague_who_is_a_patient_too_is_heard_as_a_patient(app: TestApp) -> None:
    """Only an answer to an alert is a colleague's word then: their own visit is no note on somebody's lead."""
    app = clinic(app)
    lead_id = new_lead(app, submission(phone="+15125550171", email="maya@example.com"))
    text_in(app, "+15125550171", "can I come on Friday?")
    assert "replied" in kinds(app, lead_id)
    assert rows(app, sms_messages, sms_messages.c.understood_as == "staff") == []
