"""A person's own pages of the waitlist: what they wait for, and a time that is offered to them. 10:00 on a Monday."""

from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from core.booking.tables import booking_links, waitlist_entries, waitlist_offers
from core.flows.booking import links
from core.leads.store import leads
from core.leads.tables import lead_events
from core.patients.store import profiles as patients
from gateway.waitlist_page.words import EN, ES
from tests.flows.booking.booking import booked, overlaps, wish
from tests.flows.booking.waitlist import (
    at,
    cancelled,
    join,
    offers,
    quiet_lead,
    tess,
    texted,
    visit_of,
    waits,
)
from tests.flows.dispatching import run_due, run_until
from tests.flows.staffing import do, kinds, one, rows
from tests.gateway.asking import Gateway

OFFER = timedelta(minutes=30)
A_MOMENT = timedelta(seconds=2)
OTHER_SITE = {"Origin": "https://evil.example.com", "Sec-Fetch-Site": "cross-site"}


class Patient:
    """Somebody with a link, and the browser that they hold it in."""

    def __init__(self, gateway: Gateway, number: int) -> None:
        self.gateway, self.app = gateway, gateway.app
        self.lead_id = quiet_lead(self.app, number)
        self.code = do(self.app, links.make, self.app.reference, self.lead_id, "text", service="hydrafacial")

    def get(self, page: str, **query: str) -> httpx.Response:
        answer: httpx.Response = self.gateway.client.get(f"/b/{self.code}/{page}", params=query)
        return answer

    def post(self, page: str, **sent: str) -> httpx.Response:
        answer: httpx.Response = self.gateway.client.post(f"/b/{self.code}/{page}", data=sent)
        return answer

    def answers(self, act: str) -> httpx.Response:
        offer = rows(self.app, waitlist_offers)[-1]
        return self.post("offer", act=act, offer=offer.id)

    def elsewhere(self) -> None:
        """From here on in another browser."""
        self.gateway.client.cookies.clear()


@pytest.fixture
def grace(gateway: Gateway) -> Patient:
    """101, with a link of hers; Tess gives facials."""
    tess(gateway.app)
    return Patient(gateway, 101)


@pytest.fixture
def naomi(grace: Patient) -> Patient:
    """The same, with an offer of 3:30 PM today; 102 is next."""
    join(grace.app, grace.lead_id)
    waits(grace.app, 102)
    cancelled(grace.app, at(grace.app, 15, 30, day=0))
    run_due(grace.app)
    return grace


def words(answer: httpx.Response) -> str:
    return unescape(answer.text)


def everything(patient: Patient) -> list[Any]:
    return [
        rows(patient.app, table) for table in (waitlist_entries, waitlist_offers, booking_links, lead_events)
    ]


def test_the_list_says_what_is_waited_for_by_which_rules_and_behind_how_many(grace: Patient) -> None:
    waits(grace.app, 102)
    waits(grace.app, 103)
    page = words(grace.get("waitlist"))
    assert "We tell you when one opens" in page
    assert "HydraFacial, 50 min, Downtown, with anyone" in page
    assert "One text a day at most, 8 AM to 8 PM. Each time is held for you for 30 minutes." in page
    assert "2 people are before you." in page
    assert "Put me on the list" in page


def test_somebody_joins_says_otherwise_and_leaves(grace: Patient) -> None:
    joined = grace.post(
        "waitlist", act="join", service="hydrafacial", day0="yes", day3="yes", part="afternoon", notice="240",
        place="any",
    )  # fmt: skip
    assert joined.status_code == 303
    page = words(grace.gateway.client.get(joined.headers["location"]))
    assert "You are on the list" in page
    assert "Nobody is before you." in page
    entry = one(grace.app, waitlist_entries)
    assert (entry.days, entry.part, entry.notice_minutes, entry.location) == ([0, 3], "afternoon", 240, "")
    grace.post("waitlist", act="change", service="hydrafacial", part="any", notice="60", place="downtown")
    entry = one(grace.app, waitlist_entries)
    assert (entry.days, entry.part, entry.location) == ([], "any", "downtown")
    left = grace.post("waitlist", act="leave", service="hydrafacial")
    assert one(grace.app, waitlist_entries).state == "left"
    assert "You are off the list." in words(grace.gateway.client.get(left.headers["location"]))


def test_a_double_tap_puts_nobody_on_it_twice(grace: Patient) -> None:
    grace.post("waitlist", act="join", service="hydrafacial")
    again = grace.post("waitlist", act="join", service="hydrafacial")
    assert again.status_code == 409
    assert "You are on the list already" in words(again)
    assert len(rows(grace.app, waitlist_entries)) == 1


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"part": "night"}, "Choose a time of day."),
        ({"notice": "5"}, "Choose how long before"),
        ({"notice": "soon"}, "Choose how long before"),
        ({"place": "moon"}, "Choose one of our places"),
    ],
)
def test_what_no_form_of_ours_says_is_refused_in_words(
    grace: Patient, sent: dict[str, str], said: str
) -> None:
    answer = grace.post("waitlist", act="join", service="hydrafacial", **sent)
    assert answer.status_code == 422
    assert said in words(answer)
    assert rows(grace.app, waitlist_entries) == []


def test_the_day_that_was_full_is_suggested(grace: Patient) -> None:
    page = grace.get("waitlist", day="2026-11-25", service="hydrafacial").text
    assert 'name="day2" value="yes" checked' in page
    assert 'name="day1" value="yes" checked' not in page


def test_who_has_asked_for_nothing_chooses_a_service_first(gateway: Gateway) -> None:
    patient = Patient.__new__(Patient)
    patient.gateway, patient.app = gateway, gateway.app
    patient.lead_id = quiet_lead(gateway.app, 101)
    patient.code = do(gateway.app, links.make, gateway.app.reference, patient.lead_id, "bare")
    with gateway.app.db.write() as session:
        leads.change(session, patient.lead_id, gateway.app.clock.now(), treatment="")
    assert patient.get("waitlist").headers["location"] == f"/b/{patient.code}/services"


def test_looking_changes_nothing(naomi: Patient) -> None:
    before = everything(naomi)
    for page in ("waitlist", "offer", "waitlist", "offer"):
        assert naomi.get(page).status_code == 200
    assert everything(naomi) == before


def test_an_offer_says_what_until_when_and_what_it_changes(naomi: Patient) -> None:
    unopened = words(naomi.get("offer"))  # a preview, as far as anybody knows
    assert "A time has opened" in unopened
    assert "Omar" not in unopened
    assert "HydraFacial" not in unopened
    naomi.post("opened")
    page = words(naomi.get("offer"))
    assert "A time has opened, Omar" in page
    assert "Today, Mon, Nov 23, 3:30 PM" in page
    assert "HydraFacial, 50 min, $189, with Tess Holloway" in page
    assert "until 10:30 AM" in page
    assert "Take today 3:30 PM" in page
    assert "you keep your place on the list" in page
    assert 'data-seconds="1800"' in page


def test_the_text_leads_to_it(naomi: Patient) -> None:
    """The link of the text is the reader's own, and made as it left."""
    [text] = [text.body for text, _, _ in naomi.app.sms.accepted if "a time opened" in text.body]
    link = text.rpartition(" ")[2]
    assert "A time has opened" in words(naomi.gateway.client.get(urlsplit(link).path))


def test_taking_it_books_it_once_however_often_it_is_pressed(naomi: Patient) -> None:
    assert naomi.answers("take").status_code == 303
    assert naomi.answers("take").status_code == 303
    assert "You have it: today 3:30 PM" in words(naomi.get("offer"))
    visit = visit_of(naomi.app, naomi.lead_id)
    assert (visit.starts_at, visit.came_by) == (at(naomi.app, 15, 30, day=0), "waitlist")
    assert kinds(naomi.app, naomi.lead_id).count("booked") == 1
    run_until(naomi.app, OFFER + A_MOMENT)
    assert texted(naomi.app) == ["101"]


def test_not_this_one_asks_the_next_and_keeps_the_place(naomi: Patient) -> None:
    naomi.answers("pass")
    run_due(naomi.app)
    assert offers(naomi.app) == [("101", "passed", ""), ("102", "offered", "")]
    page = words(naomi.get("offer"))
    assert "You passed on today 3:30 PM" in page
    assert rows(naomi.app, waitlist_entries)[0].state == "waiting"


def test_who_leaves_the_list_is_asked_no_more(naomi: Patient) -> None:
    to = naomi.answers("leave").headers["location"]
    assert "You are off the list." in words(naomi.gateway.client.get(to))
    assert offers(naomi.app)[0] == ("101", "passed", "left")


def test_who_is_late_hears_that_somebody_else_has_it(naomi: Patient) -> None:
    offer = rows(naomi.app, waitlist_offers)[-1]
    run_until(naomi.app, OFFER + A_MOMENT)
    page = words(naomi.get("offer"))
    assert "That offer ran out at 10:30 AM" in page
    answer = naomi.post("offer", act="take", offer=offer.id)
    assert answer.status_code == 409
    assert "That time is somebody else's by now" in words(answer)
    assert visit_of(naomi.app, naomi.lead_id) is None
    assert overlaps(naomi.app) == []


def test_who_is_late_has_it_while_nobody_else_does(grace: Patient) -> None:
    join(grace.app, grace.lead_id)
    cancelled(grace.app, at(grace.app, 15, 30))
    run_until(grace.app, 2 * OFFER)
    assert "may still be free" in words(grace.get("offer"))
    assert grace.answers("take").status_code == 303
    assert visit_of(grace.app, grace.lead_id).starts_at == at(grace.app, 15, 30)


def test_a_later_visit_stays_until_the_offer_is_taken(grace: Patient) -> None:
    booked(grace.app, grace.lead_id, wish(grace.app), at(grace.app, 11, day=2))
    join(grace.app, grace.lead_id)
    cancelled(grace.app, at(grace.app, 15, 30))
    run_due(grace.app)
    assert "Your Wed, Nov 25, 11:00 AM stays until you take this one." in words(grace.get("offer"))
    grace.answers("take")
    assert visit_of(grace.app, grace.lead_id).starts_at == at(grace.app, 15, 30)


def test_another_persons_offer_is_nobody_elses_to_answer(naomi: Patient) -> None:
    other = Patient(naomi.gateway, 105)
    offer = rows(naomi.app, waitlist_offers)[-1]
    for act in ("take", "pass", "leave"):
        assert other.post("offer", act=act, offer=offer.id).status_code == 409
    assert other.post("offer", act="take", offer="no-such").status_code == 409
    assert offers(naomi.app) == [("101", "offered", "")]
    assert "No time is offered to you just now" in words(other.get("offer"))


@pytest.mark.parametrize("page", ["waitlist", "offer"])
def test_another_browser_proves_who_it_is_and_learns_nothing_before(naomi: Patient, page: str) -> None:
    naomi.answers("")  # opened here: a button that says nothing
    naomi.elsewhere()
    shown = naomi.get(page)
    assert "Is it you?" in shown.text
    for told in ("Omar", "HydraFacial", "3:30", "Tess"):
        assert told not in shown.text
    assert naomi.post(page, act="take", offer=rows(naomi.app, waitlist_offers)[-1].id).status_code == 200
    assert offers(naomi.app) == [("101", "offered", "")]
    naomi.post("prove", digits="0101")
    assert "Omar" in naomi.get("offer").text


@pytest.mark.parametrize("page", ["waitlist", "offer"])
def test_a_link_that_ran_out_or_never_was_opens_nothing(naomi: Patient, page: str) -> None:
    assert naomi.gateway.client.get(f"/b/no-such-one/{page}").status_code == 404
    naomi.app.clock.advance(timedelta(days=8))
    shown = naomi.get(page)
    assert shown.status_code == 410
    assert "Omar" not in shown.text
    assert naomi.post(page, act="join", service="hydrafacial").status_code == 410


@pytest.mark.parametrize("page", ["waitlist", "offer"])
def test_another_sites_page_presses_no_button(naomi: Patient, page: str) -> None:
    before = everything(naomi)
    offer = rows(naomi.app, waitlist_offers)[-1]
    sent = {"act": "leave", "offer": offer.id, "service": "hydrafacial"}
    answer = naomi.gateway.client.post(f"/b/{naomi.code}/{page}", data=sent, headers=OTHER_SITE)
    assert answer.status_code == 403
    assert everything(naomi) == before


def test_who_owns_the_number_but_is_not_the_patient_reads_no_name(naomi: Patient) -> None:
    with naomi.app.db.write() as session:
        patient_id = leads.get(session, naomi.lead_id).patient_id
        patients.touch(session, patient_id, naomi.app.clock.now(), phone_index="another")
    naomi.post("opened")
    assert "Omar" not in naomi.get("offer").text


def test_both_languages_say_all_of_it(naomi: Patient) -> None:
    assert EN.keys() == ES.keys()
    naomi.post("opened")
    assert "Se abrió una hora, Omar" in words(naomi.get("offer", lang="es"))
    assert "Tiene lugar en la lista" in words(naomi.get("waitlist", lang="es"))
