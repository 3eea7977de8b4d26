"""Calendars over HTTP: a visit to take along by its link, a provider's visits at their secret address."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from core.flows.booking import feeds_out, links
from gateway.context import FEED_RATE
from tests import by_vobject
from tests.flows.booking.booking import a_lead, add_provider, booked, wish
from tests.flows.staffing import do, who
from tests.gateway.asking import Gateway

COOKIE = "booking"


def a_link(gateway: Gateway) -> tuple[str, str]:
    """A link to a booked visit, opened in a browser; its code and the browser."""
    app = gateway.app
    add_provider(app, "tess", "Tess Holloway", ["skin"])
    lead_id = a_lead(app)
    booked(app, lead_id, wish(app), app.clock.now() + timedelta(hours=28))
    code, browser = str(do(app, links.make, app.reference, lead_id, "test")), links.new_browser()
    do(app, links.opened, code, browser)
    return code, browser


def test_a_visit_is_taken_along_by_the_browser_that_may_see_it(gateway: Gateway) -> None:
    code, browser = a_link(gateway)
    gateway.client.cookies.set(COOKIE, browser)
    answer = gateway.client.get(f"/b/{code}/calendar.ics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/calendar")
    assert "attachment" in answer.headers["content-disposition"]
    read = by_vobject.read(answer.text)
    assert read.method.value == "PUBLISH"
    assert read.vevent.summary.value == "Appointment - Luxe"
    assert "hydra" not in answer.text.lower()


def test_any_other_browser_is_sent_to_the_page(gateway: Gateway) -> None:
    code, _ = a_link(gateway)
    gateway.client.cookies.set(COOKIE, links.new_browser())
    answer = gateway.client.get(f"/b/{code}/calendar.ics")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/b/{code}")
    forged = gateway.client.get("/b/AAAAAAAAAA/calendar.ics")
    assert forged.status_code == 303


def test_a_link_that_ran_out_gives_no_file(gateway: Gateway) -> None:
    code, browser = a_link(gateway)
    gateway.app.clock.advance(timedelta(days=8))
    gateway.client.cookies.set(COOKIE, browser)
    assert gateway.client.get(f"/b/{code}/calendar.ics").status_code == 303


def an_address(gateway: Gateway) -> str:
    """The path of a provider's visits."""
    app = gateway.app
    tess = add_provider(app, "tess", "Tess Holloway", ["skin"])
    booked(app, a_lead(app), wish(app), app.clock.now() + timedelta(hours=28))
    return urlsplit(str(do(app, feeds_out.new_address, who(app, "tess"), tess, app.settings.public))).path


def test_a_calendar_program_reads_the_visits_and_spares_what_has_not_changed(gateway: Gateway) -> None:
    path = an_address(gateway)
    first = gateway.client.get(path)
    assert first.status_code == 200
    assert by_vobject.read(first.text).vevent.summary.value == "Visit"
    again = gateway.client.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_secret_that_is_nobodys_opens_nothing(gateway: Gateway) -> None:
    answer = gateway.client.get("/feeds/not-a-secret.ics")
    assert answer.status_code == 404
    assert "My account" in answer.json()["errors"][0]["message"]


def test_who_asks_too_often_is_told_to_wait(gateway: Gateway) -> None:
    api: Any = gateway.client.app
    api.state.context.feed_limit.seconds = lambda: 0.0  # however slow this machine is
    statuses = [gateway.client.get("/feeds/guess.ics").status_code for _ in range(FEED_RATE + 1)]
    assert statuses[-1] == 429
    assert set(statuses[:-1]) == {404}
