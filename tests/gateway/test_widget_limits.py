"""What keeps strangers in the widget from taking what others need. Monday, November 23, 10:00."""

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy import insert
from starlette.testclient import TestClient

from core.booking.tables import reservations
from core.domain.ids import new_id
from core.flows.booking import widget_limits
from core.messaging.actions import State
from core.messaging.tables import timed_actions
from gateway.embed import view
from gateway.main import create_app
from tests.conftest import TestApp
from tests.flows.booking.booking import a_lead, add_provider, booked, wish
from tests.gateway.asking import Gateway
from tests.gateway.patient import Patient
from tests.gateway.widget import BOOK, HOLD, TUESDAY, hidden, hold, notice, send, visitor
from tests.samples import TWILIO_URL


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


def test_who_asks_too_often_waits(public_app: TestApp) -> None:
    add_provider(public_app, "tess", "Tess Holloway", ["skin"])
    app = replace(public_app, settings=public_app.settings.model_copy(update={"form_rate": 1}))
    with TestClient(create_app(app), base_url=TWILIO_URL, follow_redirects=False) as client:
        page = hold(client)
        holds_ = [client.post(HOLD, data=hidden(page) | {"at": TUESDAY}).status_code for _ in range(2)]
        books = [send(client, page, name="").status_code for _ in range(2)]
        looks = [client.get(BOOK).status_code for _ in range(6)]
    assert (holds_, books, looks) == ([200, 429], [422, 429], [200] * 5 + [429])


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
