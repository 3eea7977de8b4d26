"""The REST API as Twilio's official client uses it."""

from datetime import timedelta
from typing import Any

import pytest
import requests
from twilio.base.exceptions import TwilioRestException

from core.domain.clock import SystemClock
from tests.simulator.conftest import CLINIC, HANNAH, Rig, client_at, wait_for

SERVICE = "MG" + "2" * 32


def test_a_text_is_queued_then_delivered_and_can_be_fetched(rig: Rig) -> None:
    made = rig.client.messages.create(to=HANNAH, from_=CLINIC, body="Hello")
    assert made.sid
    assert made.sid.startswith("SM")
    assert len(made.sid) == 34
    assert (made.status, made.num_segments, made.direction) == ("queued", "1", "outbound-api")
    assert wait_for(lambda: rig.client.messages(made.sid).fetch().status == "delivered")
    fetched = rig.client.messages(made.sid).fetch()
    assert fetched.date_sent
    assert fetched.date_created
    assert fetched.date_created.tzinfo
    assert (fetched.body, fetched.to, fetched.from_) == ("Hello", HANNAH, CLINIC)


def test_a_text_through_a_messaging_service_is_accepted_without_sender_and_segments_yet(rig: Rig) -> None:
    made = rig.client.messages.create(to=HANNAH, messaging_service_sid=SERVICE, body="Hello")
    assert (made.status, made.num_segments, made.from_) == ("accepted", "0", None)
    assert wait_for(lambda: rig.client.messages(str(made.sid)).fetch().from_ == CLINIC)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"to": ""}, 21604),
        ({"to": "+1407555"}, 21211),
        ({"to": "4075550114"}, 21211),
        ({"to": "+15005550009"}, 21614),
        ({"to": CLINIC}, 21266),
        ({"body": ""}, 21602),
        ({"body": "x" * 1601}, 21617),
        ({"from_": "Luxe"}, 21212),
        ({"status_callback": "ftp://example.com"}, 21609),
        ({"status_callback": "https://my_host.example.com/x"}, 21609),
    ],
)
def test_a_wrong_request_gets_twilios_own_code(rig: Rig, change: dict[str, Any], code: int) -> None:
    with pytest.raises(TwilioRestException) as caught:
        rig.client.messages.create(**({"to": HANNAH, "from_": CLINIC, "body": "Hello"} | change))
    assert (caught.value.code, caught.value.status) == (code, 400)
    assert rig.messages() == []


def test_a_wrong_password_is_refused_with_20003(rig: Rig) -> None:
    client = client_at(rig.address, token="wrong")
    with pytest.raises(TwilioRestException) as caught:
        client.messages.create(to=HANNAH, from_=CLINIC, body="Hello")
    assert (caught.value.code, caught.value.status) == (20003, 401)


def test_an_error_has_twilios_shape(rig: Rig) -> None:
    answer = requests.get(
        f"{rig.address}/2010-04-01/Accounts/{rig.config.account_sid}/Messages/SM{'0' * 32}.json",
        auth=(rig.config.account_sid, rig.config.auth_token),
        timeout=10,
    )
    assert answer.status_code == 404
    assert set(answer.json()) == {"code", "message", "more_info", "status"}
    assert answer.json()["code"] == 20404


def test_the_list_pages_newest_first_and_holds_still_while_texts_arrive(rig: Rig) -> None:
    sids = [rig.client.messages.create(to=HANNAH, from_=CLINIC, body=f"{n}").sid for n in range(5)]
    pages = rig.client.messages.page(to=HANNAH, page_size=2)
    first = [message.sid for message in pages]
    rig.client.messages.create(to=HANNAH, from_=CLINIC, body="late")
    following = pages.next_page()
    assert following
    assert first + [message.sid for message in following] == list(reversed(sids))[:4]
    assert len(rig.client.messages.list(to=HANNAH, page_size=2)) == 6


def test_the_list_filters_by_number_and_by_date(rig: Rig) -> None:
    rig.client.messages.create(to=HANNAH, from_=CLINIC, body="one")
    rig.client.messages.create(to="+14075550115", from_=CLINIC, body="two")
    rig.control("reply", phone=HANNAH, body="mine")
    now = SystemClock().now()

    def bodies(**filters: Any) -> list[str | None]:
        return [message.body for message in rig.client.messages.list(**filters)]

    assert bodies(to=HANNAH) == ["one"]
    assert bodies(from_=HANNAH) == ["mine"]
    assert bodies(from_=CLINIC) == ["two", "one"]
    assert bodies(to=HANNAH, date_sent_after=now - timedelta(minutes=1)) == ["one"]
    assert bodies(to=HANNAH, date_sent_after=now + timedelta(minutes=1)) == []
    assert bodies(to=HANNAH, date_sent_before=now - timedelta(minutes=1)) == []


def test_a_new_text_is_in_the_list_only_after_the_list_lag(rig: Rig) -> None:
    rig.control("faults", list_lag_ms=600_000)
    rig.client.messages.create(to=HANNAH, from_=CLINIC, body="one")
    assert rig.client.messages.list(to=HANNAH) == []
    rig.control("faults", list_lag_ms=0)
    assert len(rig.client.messages.list(to=HANNAH)) == 1


def test_a_finished_text_can_be_redacted_and_deleted_but_not_before(rig: Rig) -> None:
    rig.control("faults", sent_ms=600_000, delivered_ms=600_000)
    waiting = rig.client.messages.create(to=HANNAH, from_=CLINIC, body="one")
    with pytest.raises(TwilioRestException) as caught:
        waiting.delete()
    assert caught.value.code == 20009
    rig.control("faults", sent_ms=0, delivered_ms=0)
    made = rig.client.messages.create(to=HANNAH, from_=CLINIC, body="two")
    assert wait_for(lambda: made.fetch().status == "delivered")
    assert made.update(body="").body == ""
    assert made.delete()
    with pytest.raises(TwilioRestException) as gone:
        made.fetch()
    assert gone.value.status == 404


def test_a_scheduled_text_can_be_cancelled(rig: Rig) -> None:
    made = rig.client.messages.create(
        to=HANNAH,
        messaging_service_sid=SERVICE,
        body="later",
        schedule_type="fixed",
        send_at=SystemClock().now() + timedelta(hours=1),
    )
    assert made.status == "scheduled"
    assert made.update(status="canceled").status == "canceled"
    with pytest.raises(TwilioRestException) as caught:
        made.update(status="canceled")
    assert caught.value.code == 30409


def test_a_patients_picture_is_listed_fetched_and_deleted(rig: Rig) -> None:
    rig.control("reply", phone=HANNAH, body="my cheek", media=["cheek"])
    url = rig.gateway.deliveries[-1].params["MediaUrl0"]
    sid = rig.gateway.deliveries[-1].params["MessageSid"]
    account = (rig.config.account_sid, rig.config.auth_token)
    assert requests.get(url, timeout=10).status_code == 401
    answer = requests.get(url, auth=account, timeout=10)
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.content[:2] == b"\xff\xd8"
    [media] = rig.client.messages(sid).media.list()
    assert url.endswith(str(media.sid))
    assert media.delete()
    assert rig.client.messages(sid).media.list() == []
    assert requests.get(url, auth=account, timeout=10).status_code == 404
