"""STOP and START work on the provider's side, as with Twilio's default words."""

import pytest
from twilio.base.exceptions import TwilioRestException

from simulator.keywords import Keyword, read_keyword
from tests.simulator.conftest import CLINIC, HANNAH, Rig


def test_after_stop_a_text_is_refused_with_21610_until_start(rig: Rig) -> None:
    rig.control("reply", phone=HANNAH, body=" stop ")
    with pytest.raises(TwilioRestException) as caught:
        rig.client.messages.create(to=HANNAH, from_=CLINIC, body="Hello")
    assert caught.value.code == 21610
    rig.client.messages.create(to="+14075550115", from_=CLINIC, body="someone else")
    rig.control("reply", phone=HANNAH, body="Start")
    assert rig.client.messages.create(to=HANNAH, from_=CLINIC, body="Hello").status == "queued"


def test_the_gateway_hears_of_stop_and_its_answer_does_not_get_through(rig: Rig) -> None:
    rig.gateway.answers[:] = [(200, "<Response><Message>Sorry to see you go</Message></Response>")]
    assert rig.control("reply", phone=HANNAH, body="STOP")["answered"] == []
    assert rig.gateway.deliveries[0].params["Body"] == "STOP"
    assert len(rig.messages()) == 1


def test_the_provider_confirms_stop_itself_only_where_switched_on(rig: Rig) -> None:
    rig.control("reply", phone=HANNAH, body="STOP")
    rig.control("faults", answer_stop=True)
    rig.control("reply", phone="+14075550115", body="STOP")
    assert [(m["origin"], m["to"]) for m in rig.messages() if m["direction"] == "outbound"] == [
        ("provider", "+14075550115")
    ]


@pytest.mark.parametrize(
    ("body", "keyword"),
    [
        ("STOP", Keyword.STOP),
        ("Unsubscribe\n", Keyword.STOP),
        ("please stop texting me", Keyword.NONE),
        ("yes", Keyword.START),
        ("HELP", Keyword.NONE),
    ],
)
def test_only_the_bare_word_is_a_keyword(body: str, keyword: Keyword) -> None:
    assert read_keyword(body) is keyword
