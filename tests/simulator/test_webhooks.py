"""What reaches the gateway: status callbacks and patients' texts, signed as Twilio signs them."""

from functools import partial

from twilio.request_validator import RequestValidator

from simulator.signing import Signer
from tests.simulator.conftest import CLINIC, HANNAH, TOKEN, Delivery, Rig, wait_for


def is_genuine(rig: Rig, delivery: Delivery) -> bool:
    url = rig.gateway.address + delivery.path
    return bool(
        RequestValidator(TOKEN).validate(url, delivery.params, delivery.headers["X-Twilio-Signature"])
    )


def is_delivered(rig: Rig, sid: str) -> bool:
    return bool(rig.client.messages(sid).fetch().status == "delivered")


def test_the_signature_is_the_one_that_twilios_own_sample_carries() -> None:
    params = {
        "AccountSid": "AC" + "0" * 32, "ApiVersion": "2010-04-01", "Body": "3", "From": "+13055550142",
        "FromCity": "MIAMI", "FromCountry": "US", "FromState": "FL", "FromZip": "33130",
        "MessageSid": "SM" + "0" * 31 + "1", "MessagingServiceSid": "MG" + "0" * 32, "NumMedia": "0",
        "NumSegments": "1", "SmsMessageSid": "SM" + "0" * 31 + "1", "SmsSid": "SM" + "0" * 31 + "1",
        "SmsStatus": "received", "To": "+13055550100", "ToCity": "MIAMI", "ToCountry": "US", "ToState": "FL",
        "ToZip": "33101",
    }  # fmt: skip
    signed = Signer("twilio-auth-token").sign("https://hooks.example.com/twilio/inbound", params)
    assert signed.headers["X-Twilio-Signature"] == "IFMpGBKUYVvFbKdPDWCcgGe0da0="


def test_a_delivered_text_is_reported_as_sent_then_delivered_to_its_own_callback(rig: Rig) -> None:
    made = rig.client.messages.create(to=HANNAH, from_=CLINIC, body="Hello", status_callback=rig.callback)
    assert wait_for(lambda: rig.gateway.statuses() == ["sent", "delivered"])
    for delivery in rig.gateway.deliveries:
        assert f"{rig.gateway.address}{delivery.path}" == rig.callback
        assert delivery.params["MessageSid"] == made.sid
        assert is_genuine(rig, delivery)
    [kept] = rig.messages()
    assert (kept["action_id"], kept["to"], kept["body"]) == ("act-1", HANNAH, "Hello")


def test_a_callback_that_meets_an_error_is_sent_again_with_the_same_token(rig: Rig) -> None:
    rig.gateway.answers[:] = [(503, "")]
    rig.client.messages.create(to=HANNAH, from_=CLINIC, body="Hello", status_callback=rig.callback)
    assert wait_for(lambda: rig.gateway.statuses() == ["sent", "sent", "delivered"])
    first, second, third = [
        delivery.headers["I-Twilio-Idempotency-Token"] for delivery in rig.gateway.deliveries
    ]
    assert first == second
    assert third != first


def test_callbacks_can_come_twice_out_of_order_or_not_at_all(rig: Rig) -> None:
    seen = {}
    for trouble in ("duplicated", "out_of_order", "lost"):
        rig.gateway.deliveries.clear()
        rig.control("faults", callbacks=trouble)
        made = rig.client.messages.create(to=HANNAH, from_=CLINIC, body="Hello", status_callback=rig.callback)
        assert wait_for(partial(is_delivered, rig, str(made.sid)))
        wait_for(lambda: len(rig.gateway.deliveries) >= 4, 0.4)
        seen[trouble] = rig.gateway.statuses()
    assert seen == {
        "duplicated": ["sent", "sent", "delivered", "delivered"],
        "out_of_order": ["delivered", "sent"],
        "lost": [],
    }


def test_a_reply_reaches_the_gateway_signed_with_every_parameter_of_a_text(rig: Rig) -> None:
    rig.control("reply", phone=HANNAH, body="Can you call me? 3 + 4 & more")
    [delivery] = rig.gateway.deliveries
    assert delivery.path == "/twilio/inbound"
    assert is_genuine(rig, delivery)
    assert delivery.headers["I-Twilio-Idempotency-Token"]
    expected = {"Body": "Can you call me? 3 + 4 & more", "From": HANNAH, "To": CLINIC, "NumMedia": "0"}
    assert delivery.params | expected == delivery.params
    assert delivery.params["FromState"] == "FL"
    assert "OptOutType" not in delivery.params


def test_the_gateways_twiml_answer_appears_on_the_phone_marked(rig: Rig) -> None:
    rig.gateway.answers[:] = [(200, "<Response><Message><Body>Thanks &amp; bye</Body></Message></Response>")]
    answer = rig.control("reply", phone=HANNAH, body="Hi")
    assert (answer["gateway_status"], answer["answered"]) == (200, ["Thanks & bye"])
    assert [(m["origin"], m["body"]) for m in rig.messages()] == [("phone", "Hi"), ("twiml", "Thanks & bye")]


def test_a_reply_is_kept_when_the_gateway_refuses_or_answers_nonsense(rig: Rig) -> None:
    rig.gateway.answers[:] = [(403, "no"), (200, "<html>")]
    assert rig.control("reply", phone=HANNAH, body="one")["gateway_status"] == 403
    assert rig.control("reply", phone=HANNAH, body="two")["answered"] == []
    assert [m["body"] for m in rig.messages()] == ["one", "two"]
