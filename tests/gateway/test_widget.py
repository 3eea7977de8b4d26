"""The booking widget as a stranger on the clinic's own site meets it, without scripts. Monday, November 23, 10:00."""

import html
import json
import re
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from sqlalchemy import insert
from starlette.testclient import TestClient

from core.booking.tables import reservations
from core.domain.ids import new_id
from core.flows.booking import widget_limits
from core.flows.clocks import sweeping
from core.messaging.actions import State
from core.messaging.tables import timed_actions
from gateway.embed import view
from gateway.main import create_app
from simulator.hosted_form import read_form
from tests.conftest import TestApp
from tests.flows.booking.booking import a_lead, add_provider, booked, overlaps, wish
from tests.flows.dispatching import run_due
from tests.gateway.asking import Gateway
from tests.gateway.patient import OTHER_SITE, Patient
from tests.samples import TWILIO_URL

BOOK, HOLD = "/embed/book", "/embed/book/hold"
GRACE = {"name": "Grace Kim", "phone": "(512) 555-0147", "email": "grace@example.com"}
TUESDAY = "2026-11-24T15:30:00+00:00"  # 10:30


@pytest.fixture
def site(public_app: TestApp) -> Iterator[Gateway]:
    """The gateway of a clinic where Tess gives facials."""
    add_provider(public_app, "tess", "Tess Holloway", ["skin"])
    with TestClient(create_app(public_app), base_url=TWILIO_URL, follow_redirects=False) as client:
        yield Gateway(client, public_app)


def visitor(site: Gateway, address: str) -> TestClient:
    """Somebody else's browser, at this address."""
    return TestClient(site.client.app, base_url=TWILIO_URL, follow_redirects=False, client=(address, 1))


def hidden(page: httpx.Response) -> dict[str, str]:
    return {one.name: one.value for one in read_form(page.text).controls if one.kind == "hidden"}


def slots(page: httpx.Response) -> list[str]:
    return [html.unescape(value) for value in re.findall(r'name="at" value="([^"]+)"', page.text)]


def hold(client: Any, query: str = "treatment=hydrafacial", at: str = TUESDAY, **more: str) -> httpx.Response:
    """Open the page and tap a time."""
    page = client.get(f"{BOOK}?{query}")
    answer: httpx.Response = client.post(HOLD, data=hidden(page) | {"at": at} | more)
    return answer


def send(client: Any, page: httpx.Response, **values: str) -> httpx.Response:
    answer: httpx.Response = client.post(BOOK, data=hidden(page) | GRACE | values)
    return answer


def notice(page: httpx.Response) -> str:
    found = re.search(r'class="notice"[^>]*>([^<]+)<', page.text)
    return html.unescape(found[1]) if found else ""


def rows(site: Gateway) -> dict[str, int]:
    return {name: site.count(name) for name in ("patients", "leads", "form_submissions", "appointments")}


def test_the_page_shows_what_where_with_whom_and_six_days(site: Gateway) -> None:
    page = site.client.get(f"{BOOK}?treatment=hydrafacial")
    assert page.status_code == 200
    for said in (
        "HydraFacial, 50 min, $189",
        "Downtown",
        "Westlake",
        "Anyone",
        "Tess H.",
        "First free, Tess",
    ):
        assert said in page.text
    assert page.text.count('<section class="day">') == 6
    assert "Closed Thu, Nov 26, Thanksgiving Day" in page.text
    assert slots(page)[0].startswith("2026-11-23T16:00:00+00:00|")  # an hour from now


def test_looking_changes_nothing_and_leaves_nothing_in_the_browser(site: Gateway) -> None:
    """No cookie: in a frame it would be a third party's."""
    before = [site.count(name) for name in ("holds", "reservations", "leads")]
    for path in (
        "/widget.js",
        BOOK,
        f"{BOOK}?treatment=hydrafacial&from=2026-12-01",
        f"{BOOK}/done",
        f"{BOOK}/asked",
    ):
        answer = site.client.get(path)
        assert answer.status_code == 200
        assert "set-cookie" not in answer.headers
    assert [site.count(name) for name in ("holds", "reservations", "leads")] == before


def test_the_page_stands_in_a_frame_of_the_clinics_site_alone_and_needs_no_inline_code(site: Gateway) -> None:
    answer = site.client.get(BOOK)
    policy = answer.headers["content-security-policy"]
    assert "frame-ancestors 'self' https://luxe.example.com" in policy
    assert "script-src 'self'" in policy
    assert "x-frame-options" not in answer.headers
    assert re.search(r"\sstyle=|\son\w+=|<style", answer.text) is None
    assert all(src.startswith("/static/") for src in re.findall(r'<script src="([^"]+)"', answer.text))


def test_the_script_keeps_nothing_and_evaluates_nothing(site: Gateway) -> None:
    answer = site.client.get("/widget.js")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "max-age=600" in answer.headers["cache-control"]
    forbidden = (
        "cookie =",
        "document.cookie",
        "localStorage",
        "sessionStorage",
        "eval(",
        "innerHTML",
        "setAttribute",
        "prefill",
    )
    assert [word for word in forbidden if word in answer.text] == []
    assert "event.origin !== home" in answer.text


def test_a_time_is_held_shown_and_booked_with_a_form(site: Gateway) -> None:
    """Held for five minutes, then a lead, consent as ticked, and a visit in one go."""
    page = hold(site.client)
    assert page.status_code == 200
    assert "Tue, Nov 24, 10:30 AM" in page.text
    assert "Held for you, with Tess, Downtown" in page.text
    assert "to 10:05 AM" in page.text
    assert "Book Tuesday 10:30 AM" in page.text
    assert "Free to change until Tue 8:30 AM." in page.text
    assert rows(site) == dict.fromkeys(("patients", "leads", "form_submissions", "appointments"), 0)
    answer = send(site.client, page, sms_transactional="yes")
    assert answer.status_code == 303
    assert site.column("appointments.came_by") == ["widget"]
    assert (site.column("leads.state"), site.column("leads.form_type")) == (["booked"], ["booking"])
    assert site.column("holds.id") == []
    assert site.column("widget_holds.id") == []
    done = site.client.get(answer.headers["location"])
    for said in (
        "You are booked",
        "Tue, Nov 24, 10:30 AM",
        "Tess Holloway",
        "100 Main Street",
        "LX-",
        "We text a confirmation",
    ):
        assert said in done.text
    assert "Grace" not in done.text


def test_the_boxes_are_two_unticked_and_kept_with_their_words(site: Gateway) -> None:
    page = hold(site.client)
    boxes = [one.name for one in read_form(page.text).controls if one.kind == "checkbox"]
    assert boxes == ["sms_transactional", "sms_marketing"]
    assert "checked" not in page.text
    assert "Consent is not a condition of purchase" in page.text
    send(site.client, page, sms_marketing="yes")
    ledger = dict(zip(site.column("consents.scope"), site.column("consents.action"), strict=True))
    assert ledger == {"transactional": "decline", "marketing": "grant"}


def test_who_booked_hears_of_the_visit_and_not_that_somebody_calls(site: Gateway) -> None:
    send(site.client, hold(site.client), sms_transactional="yes")
    assert run_due(site.app) == 1
    assert [text.body.split(",")[0] for text, *_ in site.app.sms.accepted] == ["Confirmed"]
    sweeping.sweep(site.app, now=site.app.clock.now())
    assert set(site.column("sla_clocks.state")) <= {"met", "void"}


def test_where_the_visitor_came_from_is_kept(site: Gateway) -> None:
    """What the host page's script hands on travels through every step."""
    query = (
        "treatment=hydrafacial&utm_source=google&utm_campaign=spring&gclid=G-1&referrer=https://www.google.com/"
        "&on=https://luxe.example.com/treatments/hydrafacial?name=secret&lang=es"
    )
    page = hold(site.client, query)
    assert "Reservar martes 10:30 AM" in page.text
    assert send(site.client, page).status_code == 303
    assert site.column("leads.campaign") == ["spring"]
    assert site.column("patients.language") == ["es"]
    kept = json.dumps(site.column("form_submissions.form_data"))
    assert "https://luxe.example.com/treatments/hydrafacial" in kept
    assert "secret" not in kept


def test_faults_stand_at_their_fields_and_nothing_is_typed_again(site: Gateway) -> None:
    """The time stays held meanwhile."""
    page = hold(site.client)
    answer = send(site.client, page, name="", phone="12", sms_marketing="yes")
    assert answer.status_code == 422
    assert "Enter your name." in answer.text
    assert 'id="phone-fault"' in answer.text
    assert 'value="grace@example.com"' in answer.text
    assert 'name="sms_marketing" value="yes" checked' in answer.text
    assert "Held for you" in answer.text
    assert rows(site)["leads"] == 0
    assert send(site.client, answer).status_code == 303


def test_what_was_typed_stays_when_another_time_is_tapped(site: Gateway) -> None:
    """And the first one is let go."""
    page = hold(site.client)
    other = site.client.post(HOLD, data=hidden(page) | GRACE | {"at": "2026-11-24T18:00:00+00:00"})
    assert "Tue, Nov 24, 1:00 PM" in other.text
    assert 'value="Grace Kim"' in other.text
    assert site.count("holds") == 1


def test_a_second_tap_books_nothing_more(site: Gateway) -> None:
    page = hold(site.client)
    first, second = send(site.client, page), send(site.client, page)
    assert (first.status_code, second.status_code) == (303, 303)
    assert rows(site)["appointments"] == 1
    assert rows(site)["leads"] == 1


def test_a_hold_that_ran_out_books_as_long_as_the_time_is_free(site: Gateway) -> None:
    page = hold(site.client)
    site.app.clock.advance(timedelta(minutes=6))
    again = site.client.get(f"{BOOK}?treatment=hydrafacial&h={hidden(page)['h']}")
    assert "No longer held" in again.text
    assert send(site.client, page).status_code == 303
    assert rows(site)["appointments"] == 1


def test_a_time_that_somebody_else_took_leaves_no_half_lead(site: Gateway) -> None:
    """The page says so with what was typed in it."""
    page = hold(site.client)
    site.app.clock.advance(timedelta(minutes=6))
    assert (
        send(
            site.client, hold(visitor(site, "203.0.113.9")), name="Omar Reyes", phone="512-555-0199"
        ).status_code
        == 303
    )
    before = rows(site)
    answer = send(site.client, page)
    assert answer.status_code == 409
    assert "just been taken" in notice(answer)
    assert rows(site) == before
    assert overlaps(site.app) == []
    picked = site.client.post(HOLD, data=hidden(answer) | GRACE | {"at": "2026-11-24T18:00:00+00:00"})
    assert 'value="Grace Kim"' in picked.text


def test_a_time_that_is_held_is_offered_to_nobody_else(site: Gateway) -> None:
    hold(site.client)
    answer = hold(visitor(site, "203.0.113.9"))
    assert answer.status_code == 409
    assert "just been taken" in notice(answer)


@pytest.mark.parametrize(
    "at",
    [
        "",
        "soon",
        "2026-11-24T15:30:00",
        "2026-11-24T15:33:00+00:00",
        "2026-11-20T15:30:00+00:00",
        "9999-12-31T23:00:00+00:00",
        "0001-01-01T00:00:00-05:00",
    ],
)
def test_what_is_no_time_of_ours_is_not_held(site: Gateway, at: str) -> None:
    assert hold(site.client, at=at).status_code in (409, 422)
    assert site.count("holds") == 0


def test_a_forged_hold_books_nothing(site: Gateway) -> None:
    """The id of somebody's hold is not enough: it travels with our seal."""
    page = hold(site.client)
    (id_,) = site.column("holds.id")
    for sealed in (id_, f"{id_}.{'x' * 22}", "", hidden(page)["h"][:-1] + "!"):
        answer = site.client.post(BOOK, data=hidden(page) | GRACE | {"h": sealed})
        assert answer.status_code == 409
    assert rows(site)["appointments"] == 0
    assert site.count("holds") == 1


def test_an_address_holds_two_times_at_most(site: Gateway) -> None:
    """A third is refused, in words, until one of them ran out; whoever is elsewhere is not."""
    add_provider(site.app, "iris", "Iris Novak", ["skin"])
    add_provider(site.app, "ida", "Ida Moss", ["skin"])
    robber = visitor(site, "203.0.113.9")
    for hour in (15, 17):
        assert hold(robber, at=f"2026-11-24T{hour}:00:00+00:00").status_code == 200
    refused = hold(robber, at="2026-11-24T19:00:00+00:00")
    assert refused.status_code == 429
    assert "Two times are being held" in notice(refused)
    assert hold(visitor(site, "203.0.113.10"), at="2026-11-24T19:00:00+00:00").status_code == 200
    site.app.clock.advance(timedelta(minutes=6))
    assert hold(robber, at="2026-11-24T19:00:00+00:00").status_code == 200
    assert site.count("widget_holds") <= 4


def test_widgets_together_hold_a_quarter_of_a_day_at_most(site: Gateway) -> None:
    """A crowd of addresses; the day stays open for whoever has a link, or calls."""
    statuses = []
    for number in range(8):
        hour, minute = divmod(13 * 60 + number * 70, 60)
        answer = hold(visitor(site, f"203.0.113.{number}"), at=f"2026-11-24T{hour}:{minute:02}:00+00:00")
        statuses.append(answer.status_code)
    # The clinic is open from 8 to 20: a quarter of Tess's twelve hours are three visits of 50 minutes.
    assert statuses == [200] * 3 + [429] * 5
    assert "this day" in notice(answer)
    elsewhere = hold(visitor(site, "203.0.113.9"), at="2026-11-25T15:30:00+00:00")
    assert elsewhere.status_code == 200


def test_the_first_hold_of_a_full_day_always_fits(site: Gateway) -> None:
    """However little of it is left."""
    (tess,) = [
        one
        for one, name in zip(site.column("staff.id"), site.column("staff.username"), strict=True)
        if name == "tess"
    ]
    moment = datetime.fromisoformat(TUESDAY)
    taken = [
        (moment - timedelta(hours=4), moment),
        (moment + timedelta(hours=1), moment + timedelta(hours=12)),
    ]
    with site.app.db.write() as session:
        for since, until in taken:
            row = {
                "starts_at": since,
                "ends_at": until,
                "owner_kind": "block",
                "owner_id": "x",
                "resource": f"staff:{tess}",
            }
            session.execute(insert(reservations).values(id=new_id(moment), **row))
    assert hold(site.client).status_code == 200


def test_a_robot_is_looked_at_by_a_person_and_books_nothing(site: Gateway) -> None:
    """The box that nobody sees; its time is free again, and it is told nothing of it."""
    answer = send(site.client, hold(site.client), website="https://spam.example.com")
    assert answer.headers["location"].startswith(f"{BOOK}/asked")
    assert "Nothing is booked yet" in site.client.get(answer.headers["location"]).text
    assert rows(site) == dict.fromkeys(("patients", "leads", "form_submissions", "appointments"), 0)
    assert site.column("raw_payloads.state") == ["to_check"]
    assert site.count("reservations") == 0


def test_a_number_that_is_entered_too_often_gets_no_more_texts_by_a_booking(public_app: TestApp) -> None:
    """Somebody may be typing in another person's: the visit is booked, and staff call."""
    add_provider(public_app, "tess", "Tess Holloway", ["skin"])
    app = replace(public_app, settings=public_app.settings.model_copy(update={"form_number_hour": 1}))
    with TestClient(create_app(app), base_url=TWILIO_URL, follow_redirects=False) as client:
        for hour in (15, 17):
            page = hold(client, at=f"2026-11-24T{hour}:00:00+00:00")
            assert send(client, page, sms_transactional="yes", name=f"Grace {hour}").status_code == 303
    with app.db.read() as session:
        a = timed_actions.c
        texts = timed_actions.select().where(
            a.state == State.PLANNED, a.kind == "text", a.audience == "patient"
        )
        leads = {row.lead_id for row in session.execute(texts)}
    assert len(leads) == 1


def test_what_the_clinic_published_holds_for_the_widget_too(site: Gateway) -> None:
    """A visit that takes longer here than as shipped."""
    shipped = site.app.reference
    service = replace(shipped.bookable.services["hydrafacial"], minutes=70)
    bookable = replace(shipped.bookable, services={**shipped.bookable.services, "hydrafacial": service})
    kept = site.app.in_use._kept
    kept._kept = (kept._kept[0], replace(shipped, bookable=bookable))
    assert send(site.client, hold(site.client)).status_code == 303
    (begins,), (ends,) = site.column("appointments.starts_at"), site.column("appointments.ends_at")
    assert ends - begins == timedelta(minutes=70)


def test_a_day_later_the_address_of_a_booking_tells_nothing(site: Gateway) -> None:
    location = send(site.client, hold(site.client, at="2026-12-01T15:30:00+00:00")).headers["location"]
    assert "LX-" in site.client.get(location).text
    forged = location.replace("l=", "l=0")
    assert "LX-" not in site.client.get(forged).text
    site.app.clock.advance(timedelta(hours=25))
    assert "LX-" not in site.client.get(location).text


def test_what_comes_after_another_visit_leads_there(site: Gateway) -> None:
    later = next(one for one in site.app.reference.bookable.online() if one.needs)
    page = site.client.get(f"{BOOK}?treatment={later.code}")
    assert f"{later.label} comes after another visit" in notice(page)
    assert f'<option value="{later.code}"' not in page.text


def test_days_further_on_and_every_time_of_a_day_are_links(site: Gateway) -> None:
    page = site.client.get(f"{BOOK}?treatment=hydrafacial")
    more = html.unescape(re.findall(r'class="more"><a href="([^"]+)"', page.text)[1])
    opened = site.client.get(more)
    assert len(slots(opened)) > len(slots(page))
    later = html.unescape(re.findall(r'href="([^"]+)">Later days', page.text)[0])
    assert min(slots(site.client.get(later))) > max(slots(page))


@pytest.mark.parametrize(
    "query",
    [
        "treatment=%00&location=moon&provider=x&from=x&open=9&lang=xx&h=x",
        "from=9999-12-31",
        "on=//[",
        "treatment=" + "x" * 5000,
    ],
)
def test_an_address_that_makes_no_sense_shows_the_page_all_the_same(site: Gateway, query: str) -> None:
    assert site.client.get(f"{BOOK}?{query}").status_code == 200


def test_bodies_that_cannot_be_read_show_the_page_again(site: Gateway) -> None:
    for path in (BOOK, HOLD):
        answer = site.client.post(path, content=b"\xff\x00", headers={"Content-Type": "application/json"})
        assert answer.status_code in (409, 422)
        answer = site.client.post(path, content=b"a" * 200_000)
        assert answer.status_code in (409, 422)


def test_who_asks_too_often_waits(public_app: TestApp) -> None:
    add_provider(public_app, "tess", "Tess Holloway", ["skin"])
    app = replace(public_app, settings=public_app.settings.model_copy(update={"form_rate": 1}))
    with TestClient(create_app(app), base_url=TWILIO_URL, follow_redirects=False) as client:
        page = hold(client)
        holds_ = [client.post(HOLD, data=hidden(page) | {"at": TUESDAY}).status_code for _ in range(2)]
        books = [send(client, page, name="").status_code for _ in range(2)]
        looks = [client.get(BOOK).status_code for _ in range(6)]
    assert (holds_, books, looks) == ([200, 429], [422, 429], [200] * 5 + [429])


def test_who_would_rather_be_called_has_a_form(site: Gateway) -> None:
    page = site.client.get(f"{BOOK}?treatment=hydrafacial&utm_source=google")
    link = html.unescape(re.findall(r'<a href="(/f/booking-request[^"]*)"', page.text)[0])
    form = site.client.get(link)
    assert 'value="hydrafacial" selected' in form.text
    sent = {"name": "Ana Lopez", "phone": "512-555-0115", "treatment": "hydrafacial"}
    answer = site.client.post("/f/booking-request", data=hidden(form) | sent | {"sms_transactional": "yes"})
    assert answer.status_code == 303
    assert "will call" in site.client.get(answer.headers["location"]).text
    assert (site.column("leads.form_type"), site.column("leads.state")) == (["booking"], ["open"])


@pytest.mark.parametrize(
    "headers", [OTHER_SITE, {"Origin": "https://luxe.example.com"}, {"Origin": "null"}], ids=str
)
def test_a_form_that_another_sites_page_sends_holds_and_books_nothing(
    site: Gateway, headers: dict[str, str]
) -> None:
    """It would come from the address of each who visits that page. The frame on the clinic's site is ours."""
    page = site.client.get(f"{BOOK}?treatment=hydrafacial&lang=es")
    for path in (HOLD, BOOK):
        refused = site.client.post(path, data=hidden(page) | GRACE | {"at": TUESDAY}, headers=headers)
        assert refused.status_code == 403
        assert "no se hizo nada" in refused.text
    assert site.count("holds") == site.count("form_submissions") == 0
    own = {"Origin": TWILIO_URL, "Sec-Fetch-Site": "same-origin"}
    held = site.client.post(HOLD, data=hidden(page) | {"at": TUESDAY}, headers=own)
    assert site.client.post(BOOK, data=hidden(held) | GRACE, headers=own).status_code == 303


def test_where_too_many_strangers_look_the_next_is_told_in_words_and_has_a_number_to_call(
    site: Gateway,
) -> None:
    """Who has filled in the form already books, and patients with a link see their page."""
    patient, held = Patient(site), hold(site.client)
    site.client.app.state.context.strangers._most = 0  # type: ignore[attr-defined]
    for answer in (site.client.get(BOOK), site.client.post(HOLD, data=hidden(held) | {"at": TUESDAY})):
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
        assert "Try again in 5 seconds, or call us" in answer.text
        assert 'href="tel:' in answer.text
    assert patient.follow(patient.tap(patient.get())).status_code == 200
    assert send(site.client, held).status_code == 303


def test_strangers_wait_for_one_another_and_nobody_with_a_link_waits_behind_them(
    site: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As many as may, work out free times that take for ever; more stand in line; a patient's page comes at once."""
    let_go, begun = threading.Event(), threading.Semaphore(0)
    patient, work_out = Patient(site), view.view

    def slowly(*args: Any) -> Any:
        begun.release()
        assert let_go.wait(20)
        return work_out(*args)

    monkeypatch.setattr(view, "view", slowly)
    with ThreadPoolExecutor(6) as pool:
        strangers = [pool.submit(site.client.get, BOOK) for _ in range(6)]
        try:
            assert begun.acquire(timeout=10)
            assert begun.acquire(timeout=10)
            assert patient.get().status_code == 200
            assert not begun.acquire(timeout=0.3)
        finally:
            let_go.set()
        assert [one.result().status_code for one in strangers] == [200] * 6


def at_hour(hour: int, day: int = 24) -> str:
    return f"2026-11-{day}T{hour}:00:00+00:00"


def test_a_third_visit_of_a_person_or_a_number_is_a_request_that_staff_call_about(site: Gateway) -> None:
    """Whoever types a number in, and from wherever: no patient is turned away, and nobody fills a week."""
    for number, (name, hour) in enumerate((("Grace Kim", 15), ("Omar Kim", 17))):
        browser = visitor(site, f"203.0.113.{number}")
        assert send(browser, hold(browser, at=at_hour(hour)), name=name, email="").status_code == 303
    browser = visitor(site, "203.0.113.9")
    page = hold(browser, at=at_hour(19))
    for _ in range(2):  # a second tap asks for nothing more
        answer = send(browser, page)
        assert answer.headers["location"].startswith(f"{BOOK}/asked")
    assert "Nothing is booked yet" in browser.get(answer.headers["location"]).text
    assert (site.count("appointments"), site.count("holds")) == (2, 0)
    assert sorted(site.column("leads.state")) == ["booked", "booked", "open"]
    assert site.column("leads.last_event_kind").count("visit_asked") == 1
    assert "Tue, Nov 24, 2:00 PM" in json.dumps(site.column("form_submissions.form_data"))
    site.app.clock.advance(timedelta(days=2))
    assert "/done" in send(browser, hold(browser, at=at_hour(19, 27))).headers["location"]


def test_the_fourth_visit_of_a_day_from_one_address_is_a_request(site: Gateway) -> None:
    """Of version 6 a home has a whole network. Another address, and another day, book as ever."""

    def book(address: str, number: int, day: int) -> str:
        browser = visitor(site, address)
        page = hold(browser, at=at_hour(13 + number % 4, day))
        person = {"name": f"Ana {'ABCDEFGH'[number]}", "phone": f"512-555-01{number:02}", "email": ""}
        return urlsplit(send(browser, page, **person).headers["location"]).path.rpartition("/")[2]

    home = [book(f"2001:db8:1:2::{number}", number, 24) for number in range(4)]
    assert home == ["done", "done", "done", "asked"]
    assert site.count("leads") == 4
    assert book("2001:db8:1:3::1", 4, 25) == "done"
    site.app.clock.advance(timedelta(hours=23, minutes=50))
    assert book("2001:db8:1:2::9", 5, 27) == "asked"
    site.app.clock.advance(timedelta(minutes=20))
    assert book("2001:db8:1:2::9", 6, 27) == "done"


def test_visits_that_staff_booked_count_for_nobody(site: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever types in a number learns nothing of its owner's visits."""
    monkeypatch.setattr(widget_limits, "AHEAD", 1)
    lead_id = a_lead(site.app, first_name="Grace", last_name="Kim")
    booked(site.app, lead_id, wish(site.app), datetime.fromisoformat(at_hour(18)))
    grace = {"phone": "407-555-0155", "email": "b0@example.com"}
    for hour, page in ((15, "done"), (20, "asked")):
        answer = send(site.client, hold(site.client, at=at_hour(hour)), **grace)
        assert f"/{page}" in answer.headers["location"]
    assert site.count("patients") == 1


def test_four_who_book_at_one_moment_from_one_address_are_three_visits_and_a_request(
    site: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Held from elsewhere: an address holds two at a time. Each counts slowly; no other one counts meanwhile."""
    over = widget_limits.over

    def slowly(*args: Any) -> str:
        why = over(*args)
        time.sleep(0.2)
        return why

    monkeypatch.setattr(widget_limits, "over", slowly)
    pages = [hold(visitor(site, f"203.0.113.{n}"), at=at_hour(14 + n, 24 + n % 2)) for n in range(4)]
    browser = visitor(site, "198.51.100.7")

    def book(number: int) -> str:
        person = {"name": f"Ana {'ABCD'[number]}", "phone": f"512-555-011{number}", "email": ""}
        return urlsplit(send(browser, pages[number], **person).headers["location"]).path

    with ThreadPoolExecutor(4) as pool:
        answers = sorted(pool.map(book, range(4)))
    assert answers == [f"{BOOK}/asked", *[f"{BOOK}/done"] * 3]
    assert site.count("appointments") == 3


def test_a_second_tap_counts_once_and_this_machines_own_address_counts_for_nobody(site: Gateway) -> None:
    """A proxy that tells of nobody makes everybody come from there."""
    browser = visitor(site, "203.0.113.9")
    page = hold(browser)
    for _ in range(4):
        assert "/done" in send(browser, page).headers["location"]
    assert site.column("form_knocks.is_new").count(False) == 1
    local = visitor(site, "127.0.0.1")
    for number in range(4):
        mine = hold(local, at=at_hour(14 + 2 * number, 27))
        assert "/done" in send(local, mine, phone=f"512-555-011{number}", email="").headers["location"]
