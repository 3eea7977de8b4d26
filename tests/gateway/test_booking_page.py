"""A patient's own page: two taps to a visit, and what it shows until then."""

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

from core.booking.tables import reservations
from core.leads.tables import tasks
from tests.flows.booking.booking import DAY, HOLD, a_lead, booked, overlaps, wish
from tests.flows.staffing import kinds, rows
from tests.gateway.asking import Gateway
from tests.gateway.patient import PHONE_END, Patient, fill, moment, staff_id, times, words


def test_two_taps_from_the_text_to_the_visit(clinic: Gateway) -> None:
    patient = Patient(clinic)
    page = patient.get()
    assert "HydraFacial, 50 min, $189" in page.text
    assert "Grace" not in page.text  # nobody has touched it yet: it may be a preview
    held = patient.follow(patient.tap(page))
    assert "Pick a time, Grace" in held.text
    assert "For Grace R." in held.text
    assert PHONE_END not in held.text  # another browser is asked for it
    assert "Book today 11:00 AM" in held.text
    assert "until 10:05 AM" in held.text
    booked_page = patient.follow(patient.press(held, "/confirm", hold=patient.hold().id))
    made = patient.visit()
    assert made.came_by == "link"
    assert "You are booked, Grace" in booked_page.text
    assert f"Reference {made.code}" in booked_page.text
    assert "Monday, November 23, 11:00 AM" in booked_page.text
    assert f'href="{patient.path}/calendar.ics"' in booked_page.text
    assert "A text is on its way to your phone." in booked_page.text
    assert patient.holds() == 0
    assert kinds(patient.app, patient.lead_id).count("booked") == 1


def test_a_time_that_somebody_else_took_leads_to_the_nearest(clinic: Gateway) -> None:
    patient = Patient(clinic)
    page = patient.get(**{"with": staff_id(clinic, "tess")})
    at = times(page)[2]
    other = a_lead(patient.app, 7, treatment="hydrafacial")
    booked(patient.app, other, wish(patient.app, provider_id=staff_id(clinic, "tess")), moment(at))
    taken = patient.tap(page, at)
    assert taken.status_code == 409
    assert "was just taken" in taken.text
    assert "Nothing is booked yet." in taken.text
    said = words(taken)
    assert "same day, with Iris" in said
    assert "the next free day, with Tess" in said
    assert "Westlake, with Leo" in said
    held = patient.follow(patient.press(taken, "/hold", at=times(taken)[0]))
    assert "Iris" in words(held)
    assert overlaps(patient.app) == []


def test_a_hold_that_ran_out_can_be_held_again_while_its_time_is_free(clinic: Gateway) -> None:
    patient = Patient(clinic)
    held = patient.follow(patient.tap(patient.get(), times(patient.get())[3]))
    assert "Held for you" in held.text
    at = patient.hold().starts_at
    patient.app.clock.advance(HOLD)
    over = patient.get()
    assert "Your hold ran out at 10:05 AM" in over.text
    assert "is still free" in over.text
    again = patient.follow(patient.tap(over, at.isoformat()))
    assert "until 10:10 AM" in again.text
    assert patient.hold().starts_at == at


def test_a_hold_that_ran_out_and_is_anothers_by_now_says_so(clinic: Gateway) -> None:
    patient = Patient(clinic)
    page = patient.get()
    patient.follow(patient.tap(page, times(page)[4]))
    lost = patient.hold()
    patient.app.clock.advance(HOLD)
    provider = wish(patient.app, provider_id=lost.provider_id)
    booked(patient.app, a_lead(patient.app, 7, treatment="hydrafacial"), provider, lost.starts_at)
    assert "can&#39;t be booked any more" in patient.get().text
    answer = clinic.client.post(f"{patient.path}/confirm", data={"hold": lost.id})
    assert answer.status_code == 409
    assert "was just taken" in answer.text
    assert overlaps(patient.app) == []


def test_a_hold_that_ran_out_still_books_where_nobody_came(clinic: Gateway) -> None:
    """The page lay open while the phone rang: the button does what it says."""
    patient = Patient(clinic)
    held = patient.follow(patient.tap(patient.get()))
    patient.app.clock.advance(HOLD * 2)
    assert patient.press(held, "/confirm", hold=patient.hold().id).status_code == 303
    assert patient.visit().state == "booked"


def test_a_double_tap_books_once_and_says_so(clinic: Gateway) -> None:
    patient = Patient(clinic)
    held = patient.follow(patient.tap(patient.get()))
    hold_id = patient.hold().id
    first = patient.press(held, "/confirm", hold=hold_id)
    second = patient.follow(patient.press(held, "/confirm", hold=hold_id))
    assert first.status_code == 303
    assert "Nothing was booked twice." in second.text
    assert clinic.count("appointments") == 1


def test_letting_go_frees_the_time_at_once(clinic: Gateway) -> None:
    patient = Patient(clinic)
    page = patient.get()
    first = times(page)[0]
    held = patient.follow(patient.tap(page))
    again = patient.follow(patient.press(held, "/let-go", hold=patient.hold().id))
    assert times(again)[0] == first
    assert patient.holds() == 0
    assert rows(patient.app, reservations) == []
    lost = clinic.client.post(f"{patient.path}/confirm", data={"hold": "gone"})
    assert lost.status_code == 409
    assert "not held for you any more" in lost.text


def test_another_time_held_lets_the_first_one_go(clinic: Gateway) -> None:
    patient = Patient(clinic)
    page = patient.follow(patient.tap(patient.get()))
    patient.follow(patient.tap(page, times(page)[4]))
    assert patient.holds() == 1
    assert len({row.owner_id for row in rows(patient.app, reservations)}) == 1


def test_a_call_is_asked_for_once_and_in_opening_hours(clinic: Gateway) -> None:
    patient = Patient(clinic)
    page = patient.get()
    for _ in range(2):
        said = patient.follow(patient.press(page, "/call"))
    asked = rows(patient.app, tasks, tasks.c.lead_id == patient.lead_id, tasks.c.kind == "call_back")
    assert [task.due_at - patient.app.clock.now() for task in asked] == [timedelta(minutes=15)]
    assert "today 10:15 AM at the latest" in said.text
    assert "call me" not in said.text
    assert kinds(patient.app, patient.lead_id).count("call_asked") == 1


def test_the_place_of_the_form_is_chosen_before(clinic: Gateway) -> None:
    page = Patient(clinic, location="westlake").get()
    assert re.search(r'class="option chosen"[^>]*><span>Westlake', page.text)


def test_a_person_who_is_chosen_has_all_the_times(clinic: Gateway) -> None:
    page = Patient(clinic).get(**{"with": staff_id(clinic, "iris")})
    unders = re.findall(r'class="time[^>]*><span>[^<]+</span><small>([^<]+)', page.text)
    assert {under.removeprefix("First free, with ") for under in unders} == {"Iris"}


def test_a_few_left_is_said_only_where_it_is_true(clinic: Gateway) -> None:
    """All but two of today's times are taken: it is said of today alone, and a day without any is full."""
    patient = Patient(clinic)
    app = patient.app
    today, tomorrow = (app.clock.now().date() + number * DAY for number in (0, 1))
    assert "last " not in words(patient.get())
    fill(clinic, today, keep=2)
    fill(clinic, tomorrow, keep=0)
    page = patient.get()
    assert "last 2 today" in page.text
    assert re.search(r"Tomorrow .*?Full.*?Text me if a time opens", words(page))
    assert words(page).count("last ") == 1


def test_the_page_speaks_spanish_to_who_does_and_to_who_asks(clinic: Gateway) -> None:
    patient = Patient(clinic, language="es")
    assert "Elija una hora" in patient.get().text
    assert '<html lang="es">' in patient.get().text
    assert "Pick a time" in patient.get(lang="en").text
    held = patient.follow(patient.tap(patient.get()))
    assert "Elija una hora, Grace" in held.text
    assert "Reservar hoy 11:00 AM" in held.text
    done = patient.follow(patient.press(held, "/confirm", hold=patient.hold().id))
    assert "Lunes, 23 de noviembre, 11:00 AM" in done.text


def test_the_language_that_was_asked_for_stays(clinic: Gateway) -> None:
    patient = Patient(clinic)
    held = patient.tap(patient.get(lang="es"))
    assert parse_qs(urlsplit(held.headers["location"]).query)["lang"] == ["es"]
