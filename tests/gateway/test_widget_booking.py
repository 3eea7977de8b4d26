"""A time is held, and booked with a form, by a stranger in the widget. Monday, November 23, 10:00."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from core.compliance.tables import phone_standing
from core.flows.clocks import sweeping
from simulator.hosted_form import read_form
from tests.flows.booking.booking import overlaps
from tests.flows.dispatching import run_due
from tests.gateway.asking import Gateway
from tests.gateway.patient import OTHER_SITE
from tests.gateway.widget import BOOK, GRACE, HOLD, TUESDAY, hidden, hold, notice, rows, send, visitor
from tests.samples import TWILIO_URL


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


def test_the_last_page_does_not_tell_whether_a_number_once_opted_out(site: Gateway) -> None:
    """Whoever types in somebody else's number reads the same as for any other; no text goes to it."""
    first = send(site.client, hold(site.client), sms_transactional="yes").headers["location"]
    said = {line for line in site.client.get(first).text.splitlines() if "We text a confirmation" in line}
    with site.app.db.write() as session:
        opted_out = {"opted_out_at": site.app.clock.now()}
        session.execute(update(phone_standing).values(**opted_out))
    again = send(
        site.client, hold(site.client, at="2026-11-24T18:30:00+00:00"), sms_transactional="yes"
    ).headers["location"]
    assert said
    assert {
        line for line in site.client.get(again).text.splitlines() if "We text a confirmation" in line
    } == said


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


def test_a_robot_is_looked_at_by_a_person_and_books_nothing(site: Gateway) -> None:
    """The box that nobody sees; its time is free again, and it is told nothing of it."""
    answer = send(site.client, hold(site.client), website="https://spam.example.com")
    assert answer.headers["location"].startswith(f"{BOOK}/asked")
    assert "Nothing is booked yet" in site.client.get(answer.headers["location"]).text
    assert rows(site) == dict.fromkeys(("patients", "leads", "form_submissions", "appointments"), 0)
    assert site.column("raw_payloads.state") == ["to_check"]
    assert site.count("reservations") == 0


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
