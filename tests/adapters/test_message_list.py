"""What the provider's list tells us of texts whose webhooks never came. Talks to the simulator over loopback."""

from datetime import UTC, datetime, timedelta

import pytest

from core.adapters.twilio import TwilioSms
from core.domain.ports import OutgoingText, ProviderText, ProviderUnavailable
from core.settings import Settings
from tests.adapters.test_twilio import PHONE, adapter
from tests.awaiting import result_of
from tests.simulator.conftest import Rig, free_port, gateway, rig, running, wait_for

__all__ = ["gateway", "rig", "running"]


def listed(sms: TwilioSms, limit: int = 100, until: datetime | None = None) -> list[ProviderText]:
    return list(sms.messages_since(datetime.now(UTC) - timedelta(minutes=1), limit, until=until))


def test_both_directions_are_listed_newest_first(rig: Rig) -> None:
    """What a patient wrote, and what became of ours, in one answer."""
    sms = adapter(rig)
    result_of(sms.send(OutgoingText("0190-action", 1, PHONE, "Shall we call you?")))
    rig.control("reply", phone=PHONE, body="Yes please")
    found = wait_for(lambda: [text for text in [listed(sms)] if text[-1].status == "delivered"])[0]
    assert [(text.inbound, text.body) for text in found] == [
        (True, "Yes please"),
        (False, "Shall we call you?"),
    ]
    assert (found[0].sender, found[0].to) == (PHONE, sms.sender)


def test_a_full_answer_goes_on_where_it_ended(rig: Rig) -> None:
    """`limit` keeps the newest; `until` asks for the rest."""
    sms = adapter(rig)
    for number in range(3):
        rig.control("reply", phone=PHONE, body=f"Text {number}")
    newest = listed(sms, limit=2)
    assert [text.body for text in newest] == ["Text 2", "Text 1"]
    rest = listed(sms, until=newest[-1].created_at)
    assert "Text 0" in [text.body for text in rest]


def test_pictures_of_a_listed_text_can_be_fetched(rig: Rig) -> None:
    rig.control("reply", phone=PHONE, body="Look", media=["cheek"])
    sms = adapter(rig)
    text = listed(sms)[0]
    urls = sms.pictures_of(text.sid)
    assert (text.pictures, len(urls)) == (1, 1)
    kind, content = sms.fetch_media(urls[0][0])
    assert (kind, bool(content)) == (urls[0][1], True)


def test_what_another_number_of_the_account_received_is_none_of_ours(rig: Rig) -> None:
    rig.control("reply", phone=PHONE, body="For us")
    settings = adapter(rig).settings.model_copy(update={"twilio_from": "+15125550199"})
    assert listed(TwilioSms(settings)) == []


def test_a_provider_that_cannot_be_asked_is_no_empty_list() -> None:
    sms = TwilioSms(Settings(_env_file=None, twilio_api_url=f"http://127.0.0.1:{free_port()}"))
    with pytest.raises(ProviderUnavailable):
        listed(sms)
    with pytest.raises(ProviderUnavailable):
        sms.pictures_of("SM1")
