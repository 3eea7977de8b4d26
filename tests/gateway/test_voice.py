"""A call that nobody picked up: a lead and one text a day and caller."""

from datetime import timedelta

import httpx
import pytest
from twilio.request_validator import RequestValidator

from core.compliance.tables import consents
from core.leads.tables import leads
from tests.flows.dispatching import run_until
from tests.flows.staffing import kinds, one, rows
from tests.gateway.asking import Gateway
from tests.samples import TWILIO_TOKEN, TWILIO_URL

CALLER = "+14075550177"


def call(gateway: Gateway, status: str = "no-answer", sid: str = "CA1", **more: str) -> httpx.Response:
    params = {
        "CallSid": sid,
        "From": CALLER,
        "To": "+15125550100",
        "Direction": "inbound",
        "CallStatus": status,
    }
    params |= more
    signature = RequestValidator(TWILIO_TOKEN).compute_signature(f"{TWILIO_URL}/twilio/voice", params)
    answer: httpx.Response = gateway.client.post(
        "/twilio/voice", data=params, headers={"X-Twilio-Signature": signature}
    )
    return answer


def texts(gateway: Gateway) -> list[str]:
    return [body for body in gateway.app.sms.bodies_to(CALLER) if "missed your call" in body]


def test_a_missed_call_is_a_lead_with_an_owner_who_is_told_and_one_text(gateway: Gateway) -> None:
    answer = call(gateway)
    assert (answer.status_code, answer.text.endswith("<Response/>")) == (200, True)
    run_until(gateway.app, timedelta(minutes=3))
    lead = one(gateway.app, leads)
    assert (lead.form_type, lead.source, bool(lead.owner_id)) == ("missed_call", "phone call", True)
    assert len(texts(gateway)) == 1
    assert "missed_call" in kinds(gateway.app, lead.id)
    assert any("New lead A-1001" in text.body for text, _, _ in gateway.app.sms.accepted)
    assert one(gateway.app, consents).method == "called_us"


def test_however_often_they_call_they_get_one_text_a_day(gateway: Gateway) -> None:
    """The same call is told twice, and they try again: one lead, one text."""
    for sid in ("CA1", "CA1", "CA2"):
        call(gateway, sid=sid)
    run_until(gateway.app, timedelta(hours=3))
    call(gateway, sid="CA3")
    run_until(gateway.app, timedelta(minutes=5))
    assert len(texts(gateway)) == 1
    assert len(rows(gateway.app, leads)) == 1


@pytest.mark.parametrize(
    ("status", "more"),
    [
        ("completed", {}),
        ("no-answer", {"Direction": "outbound-api"}),
        ("no-answer", {"From": "anonymous"}),
        ("no-answer", {"From": "+15125550171"}),
        ("completed", {"DialCallStatus": "completed"}),
    ],
)
def test_what_is_no_missed_call_of_a_patient_changes_nothing(
    gateway: Gateway, status: str, more: dict[str, str]
) -> None:
    """Answered, our own call, a withheld number, a colleague's phone."""
    assert call(gateway, status, **more).status_code == 200
    assert gateway.count("leads") == 0


def test_a_dial_that_nobody_answered_is_missed_although_the_call_was_completed(gateway: Gateway) -> None:
    call(gateway, "completed", DialCallStatus="no-answer")
    assert gateway.count("leads") == 1


def test_who_opted_out_is_called_back_and_not_texted(gateway: Gateway) -> None:
    gateway.submit(contact={"phone": CALLER})
    params = {"MessageSid": "SM1", "From": CALLER, "To": "+15125550100", "Body": "STOP", "NumMedia": "0"}
    signature = RequestValidator(TWILIO_TOKEN).compute_signature(f"{TWILIO_URL}/twilio/inbound", params)
    gateway.client.post("/twilio/inbound", data=params, headers={"X-Twilio-Signature": signature})
    call(gateway)
    run_until(gateway.app, timedelta(minutes=15))
    assert texts(gateway) == []
    assert len(rows(gateway.app, leads)) == 1


def test_an_unsigned_call_is_refused(gateway: Gateway) -> None:
    answer = gateway.client.post(
        "/twilio/voice", data={"CallSid": "CA1", "CallStatus": "no-answer", "From": CALLER}
    )
    assert answer.status_code == 403
    assert gateway.count("leads") == 0
