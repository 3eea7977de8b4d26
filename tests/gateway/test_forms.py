"""The hosted forms as a person on a phone meets them, without JavaScript."""

import html
import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
from starlette.testclient import TestClient
from starlette.types import Message

from core.intake.connectors import EVERY
from core.intake.draft import Delivery
from core.intake.suspicion_rules import read_reasons
from gateway.main import create_app
from simulator.hosted_form import read_form
from tests.conftest import TestApp
from tests.gateway.asking import Gateway

CONSULTATION = {
    "first_name": "Hannah",
    "last_name": "Whitlock",
    "phone": "(512) 555-0114",
    "email": "hannah.w@example.com",
    "treatment": "lip_filler",
    "timeframe": "this_week",
    "budget": "500-1000",
    "heard_from": "Google",
    "best_time": "Afternoon",
    "notes": "Tuesdays are difficult.",
}
LEAD = {"name": "Ana Maria Lopez", "phone": "512-555-0115", "treatment": "botox"}


def opened(gateway: Gateway, path: str) -> dict[str, str]:
    """What the page's form would send untouched: its hidden fields and what is chosen already."""
    page = read_form(gateway.client.get(path).text)
    return {control.name: control.value for control in page.controls if control.kind == "hidden"}


def send(gateway: Gateway, form: str, values: dict[str, Any]) -> httpx.Response:
    answer: httpx.Response = gateway.client.post(f"/f/{form}", data=values)
    return answer


def stored(gateway: Gateway) -> dict[str, Any]:
    (data,) = gateway.column("form_submissions.form_data")
    return dict(data)


def test_a_consultation_request_with_every_field_is_stored_and_thanked(gateway: Gateway) -> None:
    """Each answer of chapter 1 arrives; the page afterwards says who calls, at which number, by when."""
    hidden = opened(gateway, "/f/consultation-request")
    answer = send(gateway, "consultation-request", hidden | CONSULTATION | {"sms_transactional": "yes"})
    assert answer.status_code == 303
    data = stored(gateway)
    assert {name: data[name] for name in CONSULTATION if name != "phone"} == {
        name: value for name, value in CONSULTATION.items() if name != "phone"
    }
    assert data["phone"] == "+15125550114"
    page = gateway.client.get(answer.headers["location"])
    assert page.status_code == 200
    assert "Thank you, Hannah" in page.text
    assert "0114" in page.text
    assert "555-0114" not in page.text
    assert "by 10:05 AM today" in page.text


def test_the_thanks_can_be_read_again_and_change_nothing(gateway: Gateway) -> None:
    """A reload, a second look in the evening."""
    location = send(gateway, "lead-capture", LEAD).headers["location"]
    first, second = gateway.client.get(location), gateway.client.get(location)
    assert first.text == second.text
    assert gateway.count("leads") == 1


def test_the_thanks_of_somebody_else_cannot_be_guessed(gateway: Gateway) -> None:
    """A changed link says thanks without a name or a number."""
    location = send(gateway, "lead-capture", LEAD).headers["location"]
    page = gateway.client.get(location[:-2] + "xx")
    assert page.status_code == 200
    assert "Ana" not in page.text
    assert "0115" not in page.text


def test_a_day_later_the_thanks_say_no_name(gateway: Gateway) -> None:
    """A link in a shared browser's history tells nothing for long."""
    location = send(gateway, "lead-capture", LEAD).headers["location"]
    gateway.app.clock.advance(timedelta(days=2))
    assert "Ana" not in gateway.client.get(location).text


def test_after_hours_the_page_says_when_somebody_calls(gateway: Gateway) -> None:
    """The clinic opens at 8:00 AM."""
    gateway.app.clock.advance(timedelta(hours=12))
    location = send(gateway, "lead-capture", LEAD).headers["location"]
    page = gateway.client.get(location).text
    assert "We are closed right now" in page
    assert "tomorrow from 8:00 AM" in page


def test_the_short_form_asks_for_a_name_a_number_and_a_treatment(gateway: Gateway) -> None:
    """Chapter 2; one name is split."""
    assert send(gateway, "lead-capture", LEAD).status_code == 303
    data = stored(gateway)
    assert (data["first_name"], data["last_name"], data["treatment"]) == ("Ana", "Maria Lopez", "botox")
    assert gateway.column("leads.form_type") == ["lead_capture"]


@pytest.mark.parametrize("form", ["lead-capture", "consultation-request"])
def test_the_page_needs_no_script_and_its_boxes_are_empty(gateway: Gateway, form: str) -> None:
    """Nothing is ticked for anybody, nothing is loaded from elsewhere."""
    text = gateway.client.get(f"/f/{form}").text
    boxes = [control for control in read_form(text).controls if control.kind == "checkbox"]
    assert [box.name for box in boxes] == [
        "sms_transactional",
        "sms_marketing",
        "sms_unencrypted",
        "email_marketing",
    ]
    assert "checked" not in text
    assert (
        text.count("<script") == 1
    )  # it says that a hand was there; without it the form is sent all the same
    assert '<script src="/static/touch.js?' in text
    assert "recurring automated marketing and informational texts from Luxe Medical Spa LLC" in text
    assert "Consent is not a condition of purchase" in text
    for path in ("/f/terms", "/f/privacy"):
        assert path in text
        assert gateway.client.get(path).status_code == 200


def test_the_one_script_is_ours_and_marks_the_one_field(gateway: Gateway) -> None:
    """It says that a hand was on the page, and nothing else: no address, no key, nothing of the device."""
    page = gateway.client.get("/f/lead-capture").text
    address = page.partition('<script src="')[2].partition('"')[0]
    script = gateway.client.get(address)
    assert script.headers["content-type"].startswith("text/javascript")
    assert 'name="touched" value="" autocomplete="off" data-touched' in page
    assert "[data-touched]" in script.text
    assert not any(word in script.text for word in ("fetch", "XMLHttp", "navigator", "event.key", "cookie"))


def test_the_words_of_each_box_are_kept_with_the_form(gateway: Gateway) -> None:
    """Ticked and not ticked, with wording and version, in the ledger."""
    send(gateway, "lead-capture", LEAD | {"sms_marketing": "yes"})
    rows = sorted(zip(gateway.column("consents.scope"), gateway.column("consents.action"), strict=True))
    assert rows == [("marketing", "grant"), ("transactional", "decline"), ("unencrypted", "decline")]
    assert all("Luxe Medical Spa LLC" in wording for wording in gateway.column("consents.wording"))
    assert set(gateway.column("consents.version")) == {"2026-11-27-b"}


def test_faults_are_told_by_the_field_and_values_are_kept(gateway: Gateway) -> None:
    """A summary that links to the fields, a message at each, and nothing to type again."""
    values = CONSULTATION | {"phone": "(512) 555-014", "sms_marketing": "yes"}
    del values["timeframe"]
    answer = send(gateway, "consultation-request", values)
    assert answer.status_code == 422
    assert "Two things to fix" in answer.text
    assert '<a href="#phone">This number has 9 digits.' in answer.text
    assert '<a href="#timeframe">' in answer.text
    assert 'id="phone-fault"' in answer.text
    assert 'value="(512) 555-014"' in answer.text
    assert "Tuesdays are difficult." in answer.text
    assert 'name="sms_marketing" value="yes" checked' in answer.text
    assert gateway.count("raw_payloads") == gateway.count("form_submissions") == 0


def test_an_empty_form_names_every_required_field(gateway: Gateway) -> None:
    """In the order of the page, in its own words."""
    answer = send(gateway, "consultation-request", {})
    links = [part.split('"')[0] for part in answer.text.split('<a href="#')[1:]]
    assert links == ["first_name", "last_name", "phone", "email", "treatment", "timeframe"]


def test_script_tags_come_back_as_words(gateway: Gateway) -> None:
    """In an error page and in the thanks."""
    tag = "<script>alert(1)</script>"
    again = send(gateway, "lead-capture", LEAD | {"name": tag, "phone": ""})
    thanks = gateway.client.get(send(gateway, "lead-capture", LEAD | {"name": tag}).headers["location"])
    for text in (again.text, thanks.text):
        assert tag not in text
        assert "&lt;script&gt;" in text


def test_campaign_and_referrer_survive_an_error(gateway: Gateway) -> None:
    """Hidden fields carry them through the page, and through the page with faults."""
    path = (
        "/f/lead-capture?utm_source=google&utm_medium=cpc&utm_campaign=spring&gclid=G-1&treatment=Lip-Filler"
    )
    page = gateway.client.get(path, headers={"Referer": "https://luxe.example.com/lips?name=ana"})
    assert '<option value="lip_filler" selected>' in page.text
    first = {c.name: c.value for c in read_form(page.text).controls if c.kind == "hidden"}
    wrong = send(gateway, "lead-capture", first | LEAD | {"phone": "1"})
    second = {c.name: c.value for c in read_form(wrong.text).controls if c.kind == "hidden"}
    assert second == first
    send(gateway, "lead-capture", second | LEAD)
    assert gateway.column("form_submissions.utm_params") == [
        {"utm_source": "google", "utm_medium": "cpc", "utm_campaign": "spring"}
    ]
    assert gateway.column("form_submissions.click_ids") == [{"gclid": "G-1"}]
    assert gateway.column("form_submissions.source") == ["Google Ads"]
    assert stored(gateway)["referrer"] == "https://luxe.example.com/lips"


def test_a_double_click_is_one_form(gateway: Gateway) -> None:
    """Twice at the same moment from one page: one lead, the same thanks."""
    values = opened(gateway, "/f/lead-capture") | LEAD
    locations: list[str] = []
    gate = threading.Barrier(2)

    def click() -> None:
        gate.wait()
        locations.append(send(gateway, "lead-capture", values).headers["location"])

    threads = [threading.Thread(target=click) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(locations)) == gateway.count("leads") == 1


def test_going_back_to_correct_a_number_is_a_second_form(gateway: Gateway) -> None:
    """The browser shows the old page again: a corrected form must not be taken for a repeat."""
    values = opened(gateway, "/f/lead-capture") | LEAD
    send(gateway, "lead-capture", values)
    send(gateway, "lead-capture", values | {"phone": "512-555-0116"})
    assert gateway.count("form_submissions") == 2


def test_a_robot_in_the_trap_is_thanked_and_waits_to_be_checked(gateway: Gateway) -> None:
    """It learns nothing; a person caught by mistake is sent on from what was kept."""
    answer = send(gateway, "lead-capture", opened(gateway, "/f/lead-capture") | LEAD | {"website": "x"})
    assert answer.status_code == 303
    assert "Thank you" in gateway.client.get(answer.headers["location"]).text
    assert (gateway.count("form_submissions"), gateway.count("leads")) == (0, 0)
    assert gateway.column("raw_payloads.state") == ["to_check"]
    (why,) = gateway.column("raw_payloads.error")
    assert [reason.code for reason in read_reasons(why)] == ["trap", "hurried"]
    (body,) = gateway.column("raw_payloads.body")
    assert EVERY["hosted"].read(Delivery(body)).answers["name"] == "Ana Maria Lopez"


@pytest.mark.parametrize(("seconds", "stored_forms"), [(1, 0), (3, 1)])
def test_links_typed_faster_than_a_person_can_are_a_robots(
    gateway: Gateway, seconds: int, stored_forms: int
) -> None:
    """Speed alone is no proof: browsers fill forms in by themselves."""
    values = opened(gateway, "/f/consultation-request") | CONSULTATION
    gateway.app.clock.advance(timedelta(seconds=seconds))
    send(gateway, "consultation-request", values | {"notes": "Buy at https://spam.example.com"})
    assert gateway.count("form_submissions") == stored_forms


def test_a_form_sent_at_once_without_links_is_a_persons(gateway: Gateway) -> None:
    """Autofill and one tap."""
    send(gateway, "lead-capture", opened(gateway, "/f/lead-capture") | LEAD)
    assert gateway.count("leads") == 1


def test_too_many_forms_from_one_address_are_asked_to_wait(public_app: TestApp) -> None:
    """429 with what was typed still there, so that nothing is lost."""
    app = replace(public_app, settings=public_app.settings.model_copy(update={"form_rate": 3}))
    with TestClient(create_app(app), follow_redirects=False) as client:
        gateway = Gateway(client, app)
        answers = [send(gateway, "lead-capture", LEAD | {"phone": f"512-555-011{n}"}) for n in range(4)]
    assert [answer.status_code for answer in answers] == [303, 303, 303, 429]
    assert "Ana Maria Lopez" in answers[3].text
    assert int(answers[3].headers["retry-after"]) in range(1, 21)
    assert gateway.count("leads") == 3


@pytest.mark.parametrize("path", ["/f/nothing", "/f/nothing/thanks", "/f/"])
def test_an_unknown_form_is_a_friendly_page(gateway: Gateway, path: str) -> None:
    """404 in words, with a way to the forms that exist."""
    answer = gateway.client.get(path)
    assert answer.status_code == 404
    assert "/f/consultation-request" in answer.text


def test_head_answers_as_get_does(gateway: Gateway) -> None:
    """Link checkers ask so."""
    assert gateway.client.head("/f/lead-capture").status_code == 200
    assert gateway.client.head("/f/nothing").status_code == 404


def test_a_body_that_no_browser_sends_shows_the_form_again(gateway: Gateway) -> None:
    """JSON to a page is no form; a novel is too long for one."""
    assert gateway.client.post("/f/lead-capture", json={"name": "x"}).status_code == 422
    assert gateway.client.post("/f/lead-capture", data={"name": "x" * 200_000}).status_code == 413
    assert gateway.count("raw_payloads") == 0


def test_a_multipart_form_is_a_form_too(gateway: Gateway) -> None:
    """Some embedding pages send it that way."""
    parts = {name: (None, value) for name, value in LEAD.items()}
    assert gateway.client.post("/f/lead-capture", files=parts).status_code == 303
    assert gateway.count("leads") == 1


def test_the_page_may_stand_on_the_clinics_own_site(gateway: Gateway) -> None:
    """And on nobody else's."""
    policy = gateway.client.get("/f/lead-capture").headers["content-security-policy"]
    assert "frame-ancestors 'self' https://luxe.example.com" in policy


def test_the_stylesheet_is_served_and_may_be_cached(gateway: Gateway) -> None:
    """Its address changes with its content."""
    text = gateway.client.get("/f/lead-capture").text
    path = text.split('rel="stylesheet" href="')[1].split('"')[0]
    answer = gateway.client.get(path)
    assert answer.status_code == 200
    assert "max-age" in answer.headers["cache-control"]


@pytest.mark.parametrize("phone", ["(621) 555-0134", "302-555-0117 x12", "+44 20 7946 0958"])
def test_a_hosted_form_takes_every_number_that_a_webhook_takes(gateway: Gateway, phone: str) -> None:
    assert send(gateway, "lead-capture", LEAD | {"phone": phone}).status_code == 303
    assert gateway.count("leads") == 1


def test_the_thanks_of_a_late_look_promise_no_time_that_has_passed(gateway: Gateway) -> None:
    location = send(gateway, "lead-capture", LEAD).headers["location"]
    gateway.app.clock.advance(timedelta(hours=1))
    page = gateway.client.get(location).text
    assert "as soon as possible" in page
    assert "AM today" not in page


def test_the_thanks_say_how_soon_only_where_that_is_true(gateway: Gateway) -> None:
    """The target of this lead, while the clinic is open until then; whoever reads it later is told the hour alone."""
    hot = send(gateway, "consultation-request", CONSULTATION).headers["location"]
    short = send(gateway, "lead-capture", LEAD).headers["location"]
    assert "by 10:05 AM today</strong>, usually within 5 minutes." in gateway.client.get(hot).text
    assert "usually within 10 minutes." in gateway.client.get(short).text
    gateway.app.clock.advance(timedelta(minutes=3))
    assert "usually" not in gateway.client.get(hot).text
    assert "by 10:05 AM today" in gateway.client.get(hot).text


@pytest.mark.parametrize("hours", [9.95, 12])
def test_the_thanks_at_closing_time_promise_the_next_opening_and_no_minutes(
    gateway: Gateway, hours: float
) -> None:
    """At 7:57 PM three minutes are left of the target's ten; at 10 PM none are."""
    gateway.app.clock.advance(timedelta(hours=hours))
    page = gateway.client.get(send(gateway, "lead-capture", LEAD).headers["location"]).text
    assert "usually" not in page
    assert "tomorrow" in page


def change_link(gateway: Gateway, location: str) -> str:
    page = gateway.client.get(location).text
    return html.unescape(page.split('href="')[-2].split('"')[0]) if "Change it" in page else ""


def test_a_wrong_number_is_changed_without_typing_everything_again(gateway: Gateway) -> None:
    """Every answer and the campaign are there again; consent was given for the other number, so it is asked anew."""
    hidden = opened(gateway, "/f/consultation-request?utm_source=google&gclid=G-1")
    sent = hidden | CONSULTATION | {"sms_transactional": "yes", "notes": 'Tuesdays "and" <b>'}
    link = change_link(gateway, send(gateway, "consultation-request", sent).headers["location"])
    page = gateway.client.get(link)
    again = {one.name: one.value for one in read_form(page.text).controls if one.kind != "radio"}
    for name in ("first_name", "last_name", "phone", "email"):
        assert again[name] == CONSULTATION[name]
    assert 'value="lip_filler" selected' in page.text
    assert 'value="this_week" checked' in page.text
    assert "Tuesdays &#34;and&#34; &lt;b&gt;" in page.text
    assert (again["utm_source"], again["gclid"]) == ("google", "G-1")
    assert "checked" not in page.text.split('class="consent"')[1]
    hidden = opened(gateway, link) | CONSULTATION
    assert send(gateway, "consultation-request", hidden | {"phone": "512-555-0119"}).status_code == 303
    assert gateway.count("leads") == 2


def test_what_was_filled_in_is_shown_for_a_quarter_of_an_hour_and_to_nobody_else(gateway: Gateway) -> None:
    """A link in a shared browser's history, one that was changed, the link of the thanks: each opens an empty form."""
    location = send(gateway, "lead-capture", LEAD).headers["location"]
    link = change_link(gateway, location)
    assert "Change it</a> until 10:15 AM" in gateway.client.get(location).text
    assert "Ana Maria" in gateway.client.get(link).text
    thanks_seal = location.split("l=")[1]
    for other in (
        link[:-2] + "xx",
        f"/f/lead-capture?change={thanks_seal}",
        link.replace("lead-capture", "consultation-request"),
    ):
        page = gateway.client.get(other)
        assert page.status_code == 200
        assert "Ana" not in page.text
    gateway.app.clock.advance(timedelta(minutes=16))
    assert "Ana" not in gateway.client.get(link).text
    assert change_link(gateway, location) == ""
    assert "Send the form again" in gateway.client.get(location).text


@pytest.mark.parametrize(
    "referrer", ["//[", "http://[::1", "https://exa\u2100mple.com/", "\\x00", "http://a:99999999/"]
)
def test_a_referrer_that_is_no_address_is_none(gateway: Gateway, referrer: str) -> None:
    """Fuzzing: 'Referer: //[' was an error of ours instead of a form."""
    answer = gateway.client.get("/f/lead-capture", headers={"referer": referrer.encode()})
    assert answer.status_code == 200


@pytest.mark.parametrize("path", ["/f/lead-capture", "/f/lead-capture/", "/healthz/", "/twilio/inbound"])
def test_an_address_with_raw_bytes_in_its_query_is_read_as_if_they_were_escaped(
    gateway: Gateway, path: str
) -> None:
    """Fuzzing: '/twilio/inbound?\\xef' was an error of ours. Servers hand such bytes on as they are."""
    scope = {
        "type": "http", "http_version": "1.1", "scheme": "https", "path": path,
        "method": "POST" if "twilio" in path else "GET", "raw_path": path.encode(),
        "query_string": b"source=\xef\xff", "root_path": "", "headers": [(b"host", b"[")],
        "client": ("203.0.113.9", 1), "server": ("hooks.example.com", 443),
    }  # fmt: skip
    assert gateway.client.portal is not None
    statuses: list[int] = []

    async def ask() -> None:
        async def receive() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                statuses.append(message["status"])

        await gateway.client.app(scope, receive, send)

    gateway.client.portal.call(ask)
    assert statuses[0] in (200, 307, 403)
