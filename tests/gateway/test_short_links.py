"""`/s/{code}` leads on for 90 days, counts people and no machines, and never fails over what it writes."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy.exc import OperationalError
from starlette.testclient import TestClient

from core.analytics.tables import conversion_events
from core.domain.roles import Permission
from core.flows.sending import link_clicks, text_links
from core.leads.tables import lead_events
from core.links.tables import short_links
from core.messaging.tables import attempts
from core.patients.tables import patients
from core.reads import funnel
from core.reads.parts.periods import period
from core.reads.parts.scopes import Scope
from gateway.limits import Buckets
from gateway.main import create_app
from tests.flows.booking.booking import a_lead
from tests.flows.dispatching import run_due
from tests.flows.sending.test_links_in_texts import plan, with_pages
from tests.flows.staffing import kinds, one, rows, who
from tests.gateway.asking import Gateway

PHONE = "+14075550155"
GALLERY = "https://clinic.example.com/gallery"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1"  # noqa: E501
PERSON = {"User-Agent": IPHONE}


@pytest.fixture
def sent(public_app: Any) -> Any:
    """The gateway, after a text with a link to the gallery left a minute ago: (gateway, lead's id, the link's path)."""
    app = with_pages(public_app)
    lead_id = a_lead(app)
    plan(app, lead_id, "lead_gallery")
    run_due(app)
    path = app.sms.bodies_to(PHONE)[-1].partition(text_links.SHORT_PATH)[2][:10]
    app.clock.advance(timedelta(minutes=1))
    with TestClient(create_app(app), base_url="https://luxe.example.com", follow_redirects=False) as client:
        yield Gateway(client, app), lead_id, f"/s/{path}"


def get(gateway: Gateway, path: str, headers: Mapping[str, str] = PERSON) -> httpx.Response:
    answer: httpx.Response = gateway.client.get(path, headers=headers)
    return answer


def clicks(gateway: Gateway) -> int:
    found: int = one(gateway.app, short_links).clicks
    return found


def test_it_leads_to_the_clinics_page_and_tells_it_nothing(sent: Any) -> None:
    gateway, _, path = sent
    answer = get(gateway, path)
    assert (answer.status_code, answer.headers["Location"]) == (302, GALLERY)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers.get_list("set-cookie") == []


def test_a_click_is_told_once_and_makes_the_patient_a_little_warmer(sent: Any) -> None:
    gateway, lead_id, path = sent
    score = one(gateway.app, patients).score
    for _ in range(3):
        get(gateway, path)
    assert clicks(gateway) == 3
    assert one(gateway.app, short_links).first_clicked_at == gateway.app.clock.now()
    assert kinds(gateway.app, lead_id).count("link_clicked") == 1
    said = one(gateway.app, lead_events, lead_events.c.kind == "link_clicked")
    assert (said.data, said.by_kind) == ({"what": "gallery"}, "patient")
    told = one(gateway.app, conversion_events, conversion_events.c.event_type == "link_clicked")
    assert (told.lead_id, told.metadata) == (lead_id, {"what": "gallery"})
    assert one(gateway.app, patients).score == score + 5


def test_the_funnel_counts_who_opened_a_link(sent: Any) -> None:
    gateway, _, path = sent
    app = gateway.app

    def opened() -> int:
        with app.db.read() as session:
            actor = who(app, "manager")
            assert actor.may(Permission.SEE_RESULTS)
            seen = period("7", app.settings.zone, app.clock.now() + timedelta(minutes=1))
            return funnel.read(session, actor, seen, Scope(), app.settings.zone).opened

    assert opened() == 0
    for _ in range(2):
        get(gateway, path)
    assert opened() == 1


@pytest.mark.parametrize(
    "headers",
    [
        # iMessage, WhatsApp, Slack, Google Messages, Outlook: as they name themselves.
        {"User-Agent": "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_11_1) AppleWebKit/601.2.4 (KHTML, like Gecko) Version/9.0.1 Safari/601.2.4 facebookexternalhit/1.1 Facebot Twitterbot/1.0"},  # noqa: E501
        {"User-Agent": "WhatsApp/2.23.20.0"},
        {"User-Agent": "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)"},
        {"User-Agent": "Mozilla/5.0 (compatible; Google-PageRenderer Google (+https://developers.google.com/+/web/snippet/))"},
        {"User-Agent": "Mozilla/5.0 (Windows NT 10.0) BingPreview/1.0b"},
        {"User-Agent": "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0)"},
        {"User-Agent": "SkypeUriPreview Preview/0.5"},
        {"User-Agent": "python-requests/2.32"},
        {"User-Agent": ""},
        # Browsers that fetch what may be opened next.
        {**PERSON, "Purpose": "prefetch"},
        {**PERSON, "Sec-Purpose": "prefetch;prerender"},
        {**PERSON, "X-Moz": "prefetch"},
        {**PERSON, "X-Purpose": "preview"},
        {**PERSON, "Sec-Fetch-Dest": "image"},
    ],
)  # fmt: skip
def test_a_machine_is_led_on_and_not_counted(sent: Any, headers: dict[str, str]) -> None:
    gateway, lead_id, path = sent
    assert get(gateway, path, headers).status_code == 302
    assert clicks(gateway) == 0
    assert "link_clicked" not in kinds(gateway.app, lead_id)


def test_head_is_no_click(sent: Any) -> None:
    gateway, _, path = sent
    answer = gateway.client.head(path, headers=PERSON)
    assert (answer.status_code, answer.headers["Location"]) == (302, GALLERY)
    assert clicks(gateway) == 0


def test_who_comes_as_soon_as_the_text_has_left_is_a_machine(sent: Any) -> None:
    """Whatever it calls itself."""
    gateway, _, path = sent
    handed_over_at = rows(gateway.app, attempts)[-1].finished_at
    for seconds, counted in ((0.0, 0), (1.9, 0), (2.0, 1)):
        gateway.app.clock.moment = handed_over_at + timedelta(seconds=seconds)
        assert get(gateway, path).status_code == 302
        assert clicks(gateway) == counted


def test_it_runs_out(sent: Any) -> None:
    gateway, _, path = sent
    until = one(gateway.app, short_links).expires_at
    gateway.app.clock.moment = until - timedelta(seconds=1)
    assert get(gateway, path).status_code == 302
    gateway.app.clock.moment = until
    answer = get(gateway, path)
    assert answer.status_code == 410
    assert "(512) 555-0100" in answer.text
    assert "Location" not in answer.headers
    assert clicks(gateway) == 1


@pytest.mark.parametrize("path", ["/s/aaaaaaaaaa", "/s/%ed%a0%80", "/s/" + "x" * 2000, "/s/..%2f..%2fetc"])
def test_a_made_up_code_leads_nowhere(sent: Any, path: str) -> None:
    gateway, _, _ = sent
    answer = get(gateway, path)
    assert answer.status_code == 404
    assert "Location" not in answer.headers


def test_no_address_can_be_asked_for(sent: Any) -> None:
    gateway, _, path = sent
    answer = get(gateway, f"{path}?target=https://evil.example&url=https://evil.example")
    assert answer.headers["Location"] == GALLERY
    assert gateway.client.post(path, headers=PERSON).status_code == 405


def test_a_click_that_cant_be_written_leads_on_all_the_same(
    sent: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway, _, path = sent

    def full(*_arguments: Any, **_named: Any) -> bool:
        raise OperationalError("INSERT", {}, Exception("disk full"))

    monkeypatch.setattr(link_clicks, "clicked", full)
    assert get(gateway, path).status_code == 302
    assert clicks(gateway) == 0


def test_who_tries_codes_is_slowed_down(sent: Any) -> None:
    gateway, _, path = sent
    gateway.client.app.state.context = replace(
        gateway.client.app.state.context, link_limit=Buckets(2, 0.5, lambda: 0.0)
    )
    assert [get(gateway, f"/s/guess{number:05d}").status_code for number in range(3)] == [404, 404, 429]
    answer = get(gateway, path)
    assert answer.headers["Retry-After"] == "2"
