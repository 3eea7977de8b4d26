"""Emails from the outside: one click ends advertising, opening a link changes nothing, reports are taken with a key."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from pydantic import SecretStr
from starlette.testclient import TestClient

from core.compliance import store_emails
from core.flows.sending import unsubscribing
from core.patients.store import profiles
from gateway.main import create_app
from tests.conftest import TestApp
from tests.flows.emailing import AFTER, BACK, OMAR, agree, clinic, plan, record, send_all, state, told
from tests.gateway.asking import Gateway
from tests.samples import TWILIO_URL

KEY = "made-up-email-key"


@pytest.fixture
def gateway(public_app: TestApp) -> Iterator[Gateway]:
    settings = public_app.settings.model_copy(update={"email_key": SecretStr(KEY)})
    app = replace(public_app, settings=settings)
    with TestClient(create_app(app), base_url=TWILIO_URL, follow_redirects=False) as client:
        yield Gateway(client, app)


@pytest.fixture
def advertised(gateway: Gateway) -> tuple[str, str]:
    """Omar got an advertisement; his lead's id, and the path of the link in it."""
    lead = clinic(gateway.app)
    agree(gateway.app)
    plan(gateway.app, lead, BACK)
    assert send_all(gateway.app) == 1
    return lead, gateway.app.email.to(OMAR)[0].unsubscribe_url.removeprefix(TWILIO_URL)


def unsubscribed(gateway: Gateway) -> bool:
    with gateway.app.db.read() as session:
        index = profiles.email_index(session, OMAR)
        return store_emails.standing(session, index).unsubscribed_at is not None


def rows_of_ledger(gateway: Gateway) -> list[str]:
    """How each came to be, in the order in which they did."""
    columns = [gateway.column(f"consents.{name}") for name in ("id", "channel", "method")]
    return [str(method) for _, channel, method in sorted(zip(*columns, strict=True)) if channel == "email"]


def report(gateway: Gateway, action_id: str, event: str, key: str = KEY, **more: str) -> int:
    document = {"message_id": f"<{action_id}@luxe.example.com>", "event": event, **more}
    status: int = gateway.client.post(f"/webhooks/email/{key}", json=document).status_code
    return status


def test_opening_the_link_changes_nothing(gateway: Gateway, advertised: tuple[str, str]) -> None:
    """Mail scanners open every link before the reader does."""
    _, path = advertised
    answer = gateway.client.get(path)
    assert (answer.status_code, "Unsubscribe" in answer.text) == (200, True)
    assert "Omar" not in answer.text + path
    assert not unsubscribed(gateway)


def test_one_click_of_a_mail_program_ends_advertising_and_what_is_planned_of_it(
    gateway: Gateway, advertised: tuple[str, str]
) -> None:
    lead, path = advertised
    waiting, notes = plan(gateway.app, lead, BACK, key="next"), plan(gateway.app, lead, AFTER, key="notes")
    for _ in range(2):
        answer = gateway.client.post(path, data={"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
    assert unsubscribed(gateway)
    assert rows_of_ledger(gateway) == ["web_form", "one_click"]
    assert state(gateway.app, waiting) == ("cancelled", "unsubscribed")
    assert told(gateway.app, lead) == ["email_sent", "email_unsubscribed"]
    assert send_all(gateway.app) == 1  # what is about the visit still comes
    assert state(gateway.app, notes)[0] == "sent"


def test_advertising_that_is_planned_afterwards_is_dropped(
    gateway: Gateway, advertised: tuple[str, str]
) -> None:
    lead, path = advertised
    gateway.client.post(path)
    action_id = plan(gateway.app, lead, BACK, key="later")
    assert send_all(gateway.app) == 0
    assert state(gateway.app, action_id) == ("dropped", "unsubscribed")


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_link_that_we_did_not_sign_opens_nothing(
    gateway: Gateway, advertised: tuple[str, str], method: str
) -> None:
    _, path = advertised
    for forged in (path[:-1], path[:-1] + ("A" if path[-1] != "A" else "B"), "/e/x", "/e/.", f"{path}/more"):
        assert gateway.client.request(method, forged).status_code == 404
    assert not unsubscribed(gateway)


def test_a_bounce_that_is_reported_later_is_shown_and_ends_emails_to_that_address(gateway: Gateway) -> None:
    lead = clinic(gateway.app)
    first = plan(gateway.app, lead, AFTER, key="first")
    send_all(gateway.app)
    for _ in range(2):
        assert report(gateway, first, "bounce", detail="550 5.1.1 omar@example.com unknown") == 200
    assert (record(gateway.app, first).status, record(gateway.app, first).detail) == ("bounced", "5.1.1")
    assert told(gateway.app, lead) == ["email_sent", "email_bounced"]
    second = plan(gateway.app, lead, AFTER, key="second")
    assert send_all(gateway.app) == 0
    assert state(gateway.app, second) == ("dropped", "email_bounced")


@pytest.mark.parametrize(("event", "method"), [("complaint", "complaint"), ("unsubscribe", "provider")])
def test_who_complains_or_unsubscribes_elsewhere_gets_no_more_advertising(
    gateway: Gateway, advertised: tuple[str, str], event: str, method: str
) -> None:
    _, path = advertised
    action_id = unsubscribing.action_of(gateway.app, path.removeprefix("/e/"))
    assert report(gateway, action_id, event) == 200
    assert unsubscribed(gateway)
    assert rows_of_ledger(gateway) == ["web_form", method]


def test_a_report_of_somebody_elses_email_is_answered_and_changes_nothing(gateway: Gateway) -> None:
    answer = gateway.client.post(
        f"/webhooks/email/{KEY}", json={"message_id": "<x@elsewhere.example.com>", "event": "bounce"}
    )
    assert (answer.status_code, answer.json()) == (200, {"known": False})


def test_without_the_key_no_report_is_taken(gateway: Gateway, advertised: tuple[str, str]) -> None:
    _, path = advertised
    action_id = unsubscribing.action_of(gateway.app, path.removeprefix("/e/"))
    assert report(gateway, action_id, "complaint", key="guessed") == 401
    assert not unsubscribed(gateway)


def test_a_gateway_without_a_key_takes_none(gateway: Gateway, public_app: TestApp) -> None:
    """An empty setting is no empty key."""
    with TestClient(create_app(public_app), base_url=TWILIO_URL) as client:
        assert client.post("/webhooks/email/", json={}).status_code in (401, 404)
        assert client.post("/webhooks/email/%20", json={}).status_code == 401


@pytest.mark.parametrize("body", [b"", b"[]", b"\xff", b'{"message_id": "<x@y>", "event": "opened"}'])
def test_what_is_no_report_is_said(gateway: Gateway, body: bytes) -> None:
    assert gateway.client.post(f"/webhooks/email/{KEY}", content=body).status_code == 422
