"""Our side of the provider: what its answers mean to us. Talks to the simulator over loopback."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qsl

import pytest

from core.adapters.twilio import TwilioSms, signature_is_valid
from core.domain.ports import FileRefused, Outcome, OutgoingText, ProviderUnavailable
from core.settings import Settings
from tests.awaiting import result_of
from tests.simulator.conftest import Rig, free_port, gateway, rig, running

__all__ = ["gateway", "rig", "running"]
PHONE = "+14075550155"


def adapter(rig: Rig) -> TwilioSms:
    credentials = rig.client
    settings = Settings(
        _env_file=None,
        twilio_account_sid=credentials.username,
        twilio_auth_token=credentials.password,
        twilio_from="+15125550100",
        twilio_api_url=rig.address,
        public_url=rig.callback.split("/twilio")[0],
    )
    return TwilioSms(settings)


def text(body: str = "Hello", attempt: int = 1) -> OutgoingText:
    return OutgoingText("0190-action", attempt, PHONE, body)


def test_an_accepted_text_carries_our_own_id_on_its_callback(rig: Rig) -> None:
    result = result_of(adapter(rig).send(text()))
    message = rig.messages()[-1]
    assert result.outcome is Outcome.ACCEPTED
    assert result.sid == message["sid"]
    assert "action=0190-action&attempt=1" in message["status_callback"]


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        ("drop", Outcome.UNKNOWN),
        ("closed", Outcome.UNKNOWN),
        ("too_many", Outcome.RETRY),
        ("server_error", Outcome.UNKNOWN),
    ],
)
def test_only_what_was_certainly_not_sent_may_be_tried_again(rig: Rig, fault: str, outcome: Outcome) -> None:
    rig.control("faults", faults=[{"kind": fault, "count": 1}])
    assert result_of(adapter(rig).send(text())).outcome is outcome


def test_a_provider_that_is_not_there_was_certainly_not_sent_anything() -> None:
    settings = Settings(_env_file=None, twilio_api_url=f"http://127.0.0.1:{free_port()}")
    assert result_of(TwilioSms(settings).send(text())).outcome is Outcome.RETRY


def test_a_refusal_for_good_names_its_code(rig: Rig) -> None:
    rig.control("reply", phone=PHONE, body="STOP")
    result = result_of(adapter(rig).send(text()))
    assert (result.outcome, result.code) == (Outcome.REFUSED, 21610)


def test_the_list_shows_a_text_whose_answer_was_lost(rig: Rig) -> None:
    rig.control("faults", faults=[{"kind": "drop", "count": 1}])
    sms = adapter(rig)
    result_of(sms.send(text("Are you there?")))
    found = sms.sent_to(PHONE, datetime.now(UTC) - timedelta(seconds=30))
    assert [entry.body for entry in found] == ["Are you there?"]


def test_a_provider_that_cannot_be_asked_is_no_empty_list() -> None:
    settings = Settings(_env_file=None, twilio_api_url=f"http://127.0.0.1:{free_port()}")
    with pytest.raises(ProviderUnavailable):
        TwilioSms(settings).sent_to(PHONE, datetime.now(UTC))


def test_pictures_are_fetched_from_the_provider_only(rig: Rig) -> None:
    with pytest.raises(FileRefused, match="elsewhere"):
        adapter(rig).fetch_media("http://127.0.0.1:1/secret")


def test_the_samples_signatures_are_valid_and_a_changed_word_is_not() -> None:
    sample = Path(__file__).parent.parent / "samples" / "twilio_inbound_sms.form"
    params = dict(parse_qsl(sample.read_text().strip(), keep_blank_values=True))
    url, signature = "https://hooks.example.com/twilio/inbound", "IFMpGBKUYVvFbKdPDWCcgGe0da0="
    assert signature_is_valid("twilio-auth-token", url, params, signature)
    assert not signature_is_valid("twilio-auth-token", url, {**params, "Body": "4"}, signature)
