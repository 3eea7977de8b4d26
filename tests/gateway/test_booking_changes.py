"""A visit is moved, cancelled or left as it is on the patient's own page, as long as the rules let its link do so."""

import re
from datetime import timedelta

import pytest

from core.booking.tables import reservations
from core.domain.roles import PATIENT
from core.flows.booking import arriving
from tests.flows.booking.booking import a_lead, booked, visit, wish
from tests.flows.staffing import do, kinds, rows
from tests.gateway.asking import Gateway
from tests.gateway.patient import Patient, free_at, moment, staff_id, times


def test_a_change_keeps_the_old_time_until_the_new_one_is_confirmed(clinic: Gateway) -> None:
    patient = Patient(clinic)
    was = patient.book()
    patient.app.clock.advance(-timedelta(hours=2))  # early enough to change
    page = patient.get("change")
    assert "Now: Mon, Nov 23, 11:00 AM" in page.text
    later = times(page)[-1]
    held = patient.follow(patient.tap(page, later, moves="yes"))
    assert patient.visit().starts_at == was.starts_at
    assert "Keep today 11:00 AM" in held.text
    moved = patient.follow(patient.press(held, "/confirm", hold=patient.hold().id, moves="yes"))
    assert "Your time is changed, Grace" in moved.text
    assert patient.visit().starts_at == moment(later)
    assert patient.visit().sequence == was.sequence + 1
    assert len({row.owner_id for row in rows(patient.app, reservations)}) == 1


def test_keeping_the_old_time_lets_the_new_one_go(clinic: Gateway) -> None:
    patient = Patient(clinic)
    was = patient.book()
    patient.app.clock.advance(-timedelta(hours=2))
    page = patient.get("change")
    held = patient.follow(patient.tap(page, times(page)[-1], moves="yes"))
    back = patient.follow(patient.press(held, "/let-go", hold=patient.hold().id))
    assert "You are booked, Grace" in back.text
    assert patient.visit() == was
    assert patient.holds() == 0


def test_a_change_to_a_time_that_is_gone_says_that_the_old_one_stands(clinic: Gateway) -> None:
    patient = Patient(clinic)
    was = patient.book()
    patient.app.clock.advance(-timedelta(hours=2))
    page = patient.get("change", **{"with": staff_id(clinic, "tess")})
    at = times(page)[-1]
    others = wish(patient.app, provider_id=staff_id(clinic, "tess"))
    booked(patient.app, a_lead(patient.app, 7, treatment="hydrafacial"), others, moment(at))
    answer = patient.tap(page, at, moves="yes")
    assert answer.status_code == 409
    assert "Your today 11:00 AM is still yours." in answer.text
    assert patient.visit() == was


@pytest.mark.parametrize("reason", ["time", "changed_mind", "not_said"])
def test_cancelling_says_why_and_frees_the_time(clinic: Gateway, reason: str) -> None:
    patient = Patient(clinic)
    made = patient.book()
    patient.app.clock.advance(-timedelta(hours=2))
    question = patient.get("cancel")
    assert "Cancel today 11:00 AM?" in question.text
    assert "Free until today 9:00 AM." in question.text
    page = patient.follow(patient.press(question, "/cancel", reason=reason))
    assert "Mon, Nov 23, 11:00 AM is cancelled." in page.text
    assert "Pick a time, Grace" in page.text
    ended = visit(patient.app, made.id)
    assert (ended.state, ended.reason, ended.ended_by) == ("cancelled", reason, None)
    assert rows(patient.app, reservations) == []


def test_an_old_page_cancels_the_visit_that_it_asks_about_and_no_other(clinic: Gateway) -> None:
    """'Back' shows a question about a time that was changed since: asked anew, nothing is called off."""
    patient = Patient(clinic)
    patient.book()
    patient.app.clock.advance(-timedelta(hours=2))
    old = patient.get("cancel")
    [seen] = re.findall(r'name="seen" value="([^"]+)"', old.text)
    page = patient.get("change")
    patient.follow(patient.tap(page, times(page)[-1], moves="yes"))
    patient.press(patient.get("change"), "/confirm", hold=patient.hold().id, moves="yes")
    answer = patient.press(old, "/cancel", reason="time", seen=seen)
    assert answer.status_code == 409
    assert "Cancel today 11:00 AM?" not in answer.text
    assert patient.visit().starts_at == moment(times(page)[-1])


def test_a_reason_that_is_none_of_ours_cancels_nothing(clinic: Gateway) -> None:
    patient = Patient(clinic)
    patient.book()
    patient.app.clock.advance(-timedelta(hours=2))
    answer = clinic.client.post(f"{patient.path}/cancel", data={"reason": "clinic"})
    assert answer.status_code == 422
    assert "Choose one of the reasons." in answer.text
    assert patient.visit().state == "booked"


def test_too_late_to_change_by_link_leads_to_the_phone(clinic: Gateway) -> None:
    """Booked an hour ahead: the rules give two."""
    patient = Patient(clinic)
    made = patient.book()
    assert "To change or cancel it, call us" in patient.get().text
    for step in ("change", "cancel"):
        page = patient.get(step)
        assert "Your visit is today 11:00 AM" in page.text
        assert "Changes by link ended today 9:00 AM." in page.text
        assert 'href="tel:+15125550100"' in page.text
    cancelled = clinic.client.post(f"{patient.path}/cancel", data={"reason": "time"})
    moved = clinic.client.post(f"{patient.path}/hold", data={"at": free_at(clinic), "moves": "yes"})
    assert (cancelled.status_code, moved.status_code) == (409, 409)
    assert patient.visit() == made
    assert patient.holds() == 0


def test_a_visit_that_was_is_not_changed(clinic: Gateway) -> None:
    patient = Patient(clinic)
    patient.book()
    patient.app.clock.advance(timedelta(hours=3))
    assert "Your visit was today 11:00 AM" in patient.get().text


def test_a_visit_ahead_leaves_no_second_one_to_be_held(clinic: Gateway) -> None:
    patient = Patient(clinic)
    page = patient.get()
    patient.book()
    answer = patient.tap(page, times(page)[5])
    assert answer.status_code == 409
    assert "Nothing was booked twice." in answer.text
    assert patient.holds() == 0


def test_a_double_tap_on_cancel_says_once_more_that_it_is_cancelled(clinic: Gateway) -> None:
    patient = Patient(clinic)
    patient.book()
    patient.app.clock.advance(-timedelta(hours=2))
    question = patient.get("cancel")
    patient.press(question, "/cancel", reason="time")
    again = patient.press(question, "/cancel", reason="time")
    assert again.status_code == 409
    assert "Mon, Nov 23, 11:00 AM is cancelled." in again.text
    assert kinds(patient.app, patient.lead_id).count("visit_cancelled") == 1


def test_whoever_has_arrived_sees_their_visit_and_not_what_else_is_free(clinic: Gateway) -> None:
    """They wait for it: a page of free times would read as if nothing were booked."""
    patient = Patient(clinic)
    made = patient.book()
    do(patient.app, arriving.heard_here, PATIENT, made.lead_id)
    assert "You are booked, Grace" in patient.get().text
    assert clinic.client.post(f"{patient.path}/cancel", data={"reason": "time"}).status_code == 409
    assert visit(patient.app, made.id).state == "attended"
