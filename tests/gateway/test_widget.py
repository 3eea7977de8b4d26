"""The booking widget as a stranger on the clinic's own site meets it, without scripts. Monday, November 23, 10:00."""

import html
import json
import re
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.gateway.asking import Gateway
from tests.gateway.widget import BOOK, HOLD, hidden, hold, notice, send, slots


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
