"""Twilio's webhooks: signed for our public address, or refused."""

import httpx
import pytest
from twilio.request_validator import RequestValidator

from tests.gateway.asking import Gateway
from tests.samples import INBOUND, STATUS, TWILIO_TOKEN, TWILIO_URL, Sample


def post(gateway: Gateway, path: str, sample: Sample, **headers: str) -> httpx.Response:
    said = {"Content-Type": sample.content_type} | sample.headers | headers
    answer: httpx.Response = gateway.client.post(path, content=sample.body, headers=said)
    return answer


def signed(gateway: Gateway, path: str, params: dict[str, str]) -> httpx.Response:
    signature = RequestValidator(TWILIO_TOKEN).compute_signature(f"{TWILIO_URL}{path}", params)
    answer: httpx.Response = gateway.client.post(path, data=params, headers={"X-Twilio-Signature": signature})
    return answer


def test_a_signed_text_is_taken_in_once(gateway: Gateway) -> None:
    """Empty TwiML, one text in the conversation however often it is delivered."""
    for _ in range(2):
        answer = post(gateway, "/twilio/inbound", INBOUND)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/xml; charset=utf-8")
        assert answer.text.endswith("<Response/>")
    assert gateway.column("sms_messages.direction") == ["inbound"]
    assert gateway.count("leads") == 1


@pytest.mark.parametrize("path", ["/twilio/inbound", "/twilio/status?mid=0190-demo"])
@pytest.mark.parametrize("signature", ["", "AAAA", "IFMpGBKUYVvFbKdPDWCcgGe0da0"])
def test_an_unsigned_webhook_is_403_and_changes_nothing(gateway: Gateway, path: str, signature: str) -> None:
    """Anybody could stop anybody's texts otherwise."""
    assert post(gateway, path, INBOUND, **{"X-Twilio-Signature": signature}).status_code == 403
    assert gateway.count("sms_messages") == 0


def test_a_signature_for_another_address_is_worthless(gateway: Gateway) -> None:
    """Signed for /twilio/inbound, sent to /twilio/status."""
    assert post(gateway, "/twilio/status", INBOUND).status_code == 403


def test_a_signed_status_of_an_unknown_text_is_no_error(gateway: Gateway) -> None:
    """Twilio is told that all is well: trying again would help nobody. The query is part of the signature."""
    assert post(gateway, "/twilio/status?mid=0190-demo", STATUS).status_code == 204
    assert post(gateway, "/twilio/status?mid=other", STATUS).status_code == 403


def test_a_stop_reaches_the_ledger(gateway: Gateway) -> None:
    """From the form to the opt-out through the gateway alone: nothing is planned to the number afterwards."""
    gateway.submit()
    params = {
        "MessageSid": "SM1",
        "From": "+14075550155",
        "To": "+15125550100",
        "Body": "Stop",
        "NumMedia": "0",
    }
    assert signed(gateway, "/twilio/inbound", params).status_code == 200
    assert [moment is not None for moment in gateway.column("phone_standing.opted_out_at")] == [True]
    assert "revoke" in gateway.column("consents.action")


def test_blank_parameters_count_for_the_signature(gateway: Gateway) -> None:
    """Twilio signs blank values too: dropping them would refuse real webhooks."""
    params = {"MessageSid": "SM2", "From": "+14075550155", "To": "+15125550100", "Body": "", "NumMedia": "0"}
    assert signed(gateway, "/twilio/inbound", params).status_code == 200


def test_a_status_without_a_message_is_answered(gateway: Gateway) -> None:
    """Nothing to record is nothing to fail for."""
    assert signed(gateway, "/twilio/status?action=a&attempt=1", {"Foo": "bar"}).status_code == 204


@pytest.mark.parametrize(
    "query", ["action=%00&attempt=1", "action=a%00b&attempt=1", f"action={'9' * 400}&attempt=1"]
)
@pytest.mark.parametrize("sid", ["SM1", "SM\x00"])
def test_a_status_about_what_cannot_be_ours_is_answered(gateway: Gateway, query: str, sid: str) -> None:
    """The review's severity 1: 'action=%00', signed, was an error of ours."""
    params = {"MessageSid": sid, "MessageStatus": "delivered"}
    assert signed(gateway, f"/twilio/status?{query}", params).status_code == 204
    assert gateway.count("raw_payloads") == 0


def test_an_attempt_that_no_column_holds_is_no_error(gateway: Gateway) -> None:
    ours = "action=01a20e37-19b6-7146-8000-29be0da2b6c5&attempt=" + "9" * 30
    params = {"MessageSid": "SM1", "MessageStatus": "delivered"}
    assert signed(gateway, f"/twilio/status?{ours}", params).status_code == 204
    assert gateway.count("raw_payloads") == 0
