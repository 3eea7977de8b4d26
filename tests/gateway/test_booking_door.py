"""A patient's own page shows nothing to who has only its address, and a link that is of no use leads on."""

import re
from datetime import timedelta
from typing import Any

import pytest

from core.booking.tables import booking_links
from core.flows.booking import links
from core.messaging.actions import State
from core.messaging.tables import timed_actions
from tests.flows.staffing import do, kinds, one, rows
from tests.gateway.asking import Gateway
from tests.gateway.patient import OTHER_SITE, PHONE_END, Patient, a_lead_of, actions, times
from tests.samples import TWILIO_URL


def test_looking_changes_nothing_whoever_looks(clinic: Gateway) -> None:
    """A preview, a scanner, HEAD: the link is nobody's afterwards, and nothing is counted, held or let go."""
    patient = Patient(clinic)
    before = kinds(patient.app, patient.lead_id)
    for step in ("", "change", "cancel", "services"):
        patient.leave_browser()
        assert patient.get(step).status_code == 200
        assert clinic.client.head(f"{patient.path}/{step}".rstrip("/")).status_code == 200
    link = one(patient.app, booking_links)
    assert (link.opened_at, link.browser_hash) == (None, None)
    assert kinds(patient.app, patient.lead_id) == before
    assert clinic.count("reservations") == clinic.count("holds") == 0


def test_the_first_button_opens_the_link_in_its_browser_and_another_is_asked_who_it_is(
    clinic: Gateway,
) -> None:
    patient = Patient(clinic)
    assert patient.tap(patient.get()).status_code == 303
    assert kinds(patient.app, patient.lead_id).count("link_opened") == 1
    patient.leave_browser()
    asked = patient.get()
    assert "last four digits" in asked.text
    assert not any(word in asked.text for word in ("Grace", "HydraFacial", "0155", "Tess"))
    wrong = patient.press(asked, "/prove", digits="0000")
    assert wrong.status_code == 422
    assert "These are not the last four digits" in wrong.text
    assert "Pick a time, Grace" in patient.follow(patient.press(wrong, "/prove", digits=PHONE_END)).text


def test_a_form_sent_by_another_browser_does_nothing(clinic: Gateway) -> None:
    patient = Patient(clinic)
    page = patient.get()
    patient.tap(page)
    held = patient.hold()
    patient.leave_browser()
    for action, fields in (("confirm", {"hold": held.id}), ("let-go", {"hold": held.id}), ("cancel", {})):
        answer = clinic.client.post(f"{patient.path}/{action}", data=fields)
        assert "last four digits" in answer.text
    assert patient.hold() == held
    assert clinic.count("appointments") == 0


def test_guessing_locks_it_and_a_new_link_is_the_way_out(clinic: Gateway) -> None:
    patient = Patient(clinic)
    patient.tap(patient.get())
    patient.leave_browser()
    asked = patient.get()
    for _ in range(5):
        locked = patient.press(asked, "/prove", digits="9999")
    assert locked.status_code == 403
    assert "Text me a new link" in locked.text
    assert "Grace" not in locked.text


def test_the_script_says_once_that_a_person_has_it_before_them(clinic: Gateway) -> None:
    patient = Patient(clinic)
    beacon = re.search(r'data-opened="([^"]+)"', patient.get().text)
    assert beacon
    for _ in range(2):
        assert clinic.client.post(beacon[1]).status_code == 204
    assert kinds(patient.app, patient.lead_id).count("link_opened") == 1
    assert patient.get().status_code == 200


def test_the_cookie_is_the_servers_alone(clinic: Gateway) -> None:
    cookie = Patient(clinic).get().headers["set-cookie"]
    assert {"HttpOnly", "Path=/b/", "SameSite=lax", "Secure"} <= {part.strip() for part in cookie.split(";")}


@pytest.mark.parametrize("headers", [OTHER_SITE, {"Origin": "https://evil.example.com"}, {"Origin": "null"}])
def test_another_sites_form_does_nothing(clinic: Gateway, headers: dict[str, str]) -> None:
    patient = Patient(clinic)
    at = times(patient.get())[0]
    answer = clinic.client.post(f"{patient.path}/hold", data={"at": at}, headers=headers)
    assert answer.status_code == 403
    assert clinic.count("holds") == 0
    own = {"Origin": TWILIO_URL, "Sec-Fetch-Site": "same-origin"}
    there = actions(patient.get())[0]
    assert clinic.client.post(there, data={"at": at}, headers=own).status_code == 303


@pytest.mark.parametrize("code", ["x", "AAAAAAAAAA", "%00", "%ED%A0%80", "a" * 3000])
def test_an_unknown_or_cut_link_says_so(clinic: Gateway, code: str) -> None:
    for path in (f"/b/{code}", f"/b/{code}/change"):
        answer = clinic.client.get(path)
        assert answer.status_code == 404
        assert "not whole" in answer.text
        assert "set-cookie" not in answer.headers
    for action in ("hold", "confirm", "let-go", "cancel", "call", "new-link", "prove", "opened"):
        assert clinic.client.post(f"/b/{code}/{action}", data={"at": "x"}).status_code == 404


def test_a_link_that_ran_out_says_nothing_of_the_person(clinic: Gateway) -> None:
    patient = Patient(clinic)
    patient.book()
    patient.app.clock.advance(timedelta(days=7))
    page = patient.get()
    assert page.status_code == 410
    assert "It worked until November 30." in page.text
    assert not any(word in page.text for word in ("Grace", "HydraFacial", "Tess", "Iris", PHONE_END))
    assert 'href="/embed/book"' in page.text
    assert clinic.client.post(f"{patient.path}/cancel", data={"reason": "time"}).status_code == 410
    assert patient.visit().state == "booked"


def test_a_new_link_is_a_planned_text_to_the_same_number_and_not_more_than_three_a_day(
    clinic: Gateway,
) -> None:
    """Whoever has the old link may press it: so it goes through what every text goes through, and not often."""
    patient = Patient(clinic)
    patient.app.clock.advance(timedelta(days=8))

    def planned() -> list[Any]:
        mine = timed_actions.c.template == "booking_link"
        return rows(patient.app, timed_actions, mine, timed_actions.c.lead_id == patient.lead_id)

    before = len(planned())
    gone = patient.get()
    assert "A new link is on its way" in patient.press(gone, "/new-link").text
    assert patient.press(gone, "/new-link").status_code == 429
    for _ in range(4):
        patient.app.clock.advance(timedelta(minutes=11))
        patient.press(gone, "/new-link")
    texts = planned()[before:]
    assert len(texts) == 3
    assert {(text.phone, text.state, text.purpose) for text in texts} == {
        ("+14075550155", State.PLANNED, "transactional")
    }
    assert kinds(patient.app, patient.lead_id).count("link_asked") == 3


def test_whose_number_it_is_not_learns_no_name_and_no_treatment(clinic: Gateway) -> None:
    """A form matched by email may carry another person's number, and the link goes to that number."""
    patient = Patient(clinic)
    strangers = a_lead_of(clinic, phone="+13055550199")
    code = do(patient.app, links.make, patient.app.reference, strangers, "text-9")
    page = clinic.client.get(f"/b/{code}")
    assert page.status_code == 200
    assert "Grace" not in page.text
    assert "What would you like to book?" in page.text


def test_no_code_stands_in_the_log_of_what_went_wrong(
    clinic: Gateway, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    patient = Patient(clinic)
    monkeypatch.setattr("gateway.routes.booking.by_link.let_go", lambda *_: 1 / 0)
    answer = clinic.client.post(f"{patient.path}/let-go", data={"hold": "x"})
    assert answer.status_code == 500
    assert "Something went wrong here" in answer.text
    assert patient.code not in capsys.readouterr().out


def test_many_requests_of_one_address_are_slowed_down_in_words(clinic: Gateway) -> None:
    patient = Patient(clinic)
    clinic.client.app.state.context.booking_limit.burst = 1  # type: ignore[attr-defined]
    clinic.client.app.state.context.booking_limit.per_second = 0.1  # type: ignore[attr-defined]
    assert patient.get().status_code == 200
    slow = patient.get()
    assert slow.status_code == 429
    assert int(slow.headers["Retry-After"]) > 0
    assert "Nothing is lost" in slow.text


def test_nobody_lays_anything_over_a_persons_page_and_a_slash_too_many_leads_to_ours(clinic: Gateway) -> None:
    """No site may frame it, and no address is made of what the sender calls our host."""
    patient = Patient(clinic)
    assert "frame-ancestors 'none'" in patient.get().headers["content-security-policy"]
    answer = clinic.client.get(f"{patient.path}/?lang=es", headers={"Host": "evil.example.com"})
    assert (answer.status_code, answer.headers["location"]) == (307, f"{patient.path}?lang=es")
