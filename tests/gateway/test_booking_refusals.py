"""What nobody can book is refused on the patient's own page in words, with what can be booked."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from core.booking.tables import appointments
from core.staff.tables import staff
from gateway import pages
from tests.flows.booking.booking import DAY, add_provider
from tests.gateway.asking import Gateway
from tests.gateway.patient import Patient, staff_id, times, words


def test_what_must_come_before_is_offered_instead_until_the_patient_has_had_it(clinic: Gateway) -> None:
    patient = Patient(clinic, treatment="sculptra")
    page = patient.get()
    assert "Sculptra begins with a consultation" in page.text
    assert "Consultation, 45 min" in page.text
    forged = clinic.client.post(
        f"{patient.path}/hold?service=sculptra&where=downtown", data={"at": times(page)[0]}
    )
    assert forged.status_code == 422
    had = patient.book()
    with patient.app.db.write() as session:
        an_hour_ago = patient.app.clock.now() - timedelta(hours=1)
        over = {"state": "attended", "arrived_at": an_hour_ago - timedelta(hours=1), "ended_at": an_hour_ago}
        theirs = update(appointments).where(appointments.c.id == had.id)
        session.execute(theirs.values(**over, starts_at=over["arrived_at"], ends_at=an_hour_ago))
    add_provider(patient.app, "ines", "Ines Roth", ["senior_injectables", "injectables"], seniority=5)
    assert "Sculptra, 60 min" in patient.get().text


def test_where_no_treatment_is_known_a_service_is_chosen_first(clinic: Gateway) -> None:
    patient = Patient(clinic, treatment="not_sure")
    page = patient.get()
    assert "What would you like to book?" in page.text
    chosen = patient.get(service="hydrafacial")
    assert times(chosen)
    assert "full_face" not in page.text  # not booked online


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ({"service": "no-such"}, "not offered any more"),
        ({"service": "full_face"}, "not offered any more"),
        ({"with": "01890000-0000-7000-8000-000000000000"}, "be booked there any more"),
        ({"with": "\x00"}, "be booked there any more"),
        ({"where": "nowhere"}, "Pick a time"),
        ({"later": "99999999999999999999"}, "Pick a time"),
        ({"later": "-1", "day": "2026-13-45", "lang": "xx"}, "Pick a time"),
    ],
)
def test_what_is_not_there_any_more_is_said_and_the_rest_shown(
    clinic: Gateway, query: dict[str, str], says: str
) -> None:
    page = Patient(clinic).get(**query)
    assert page.status_code == 200
    assert says in words(page)


@pytest.mark.parametrize(
    "at",
    [
        "", "x", "2026-11-23", "2026-11-23T16:00", "9999-12-31T23:59:59+00:00", "0001-01-01T00:00:00+14:00",
        "2026-11-23T14:00:00+00:00", "2026-11-24T16:03:00+00:00", "2027-11-23T16:00:00+00:00", "\x00",
    ],
)  # fmt: skip
def test_a_time_that_is_none_of_ours_is_refused_in_words(clinic: Gateway, at: str) -> None:
    """Malformed, past, between two steps, a year away."""
    patient = Patient(clinic)
    answer = clinic.client.post(f"{patient.path}/hold?service=hydrafacial&where=downtown", data={"at": at})
    assert answer.status_code == 422
    assert "Choose another one." in answer.text
    assert times(answer)
    assert clinic.count("holds") == 0


@pytest.mark.parametrize(
    "query",
    ["service=hydrafacial&where=nowhere", "where=downtown", "service=gone&where=downtown",
     "service=hydrafacial&where=westlake&with={tess}", "service=hydrafacial&where=downtown&with=x"],
)  # fmt: skip
def test_another_places_time_or_a_person_who_left_is_refused_in_words(clinic: Gateway, query: str) -> None:
    patient = Patient(clinic)
    at = times(patient.get())[0]
    answer = clinic.client.post(
        f"{patient.path}/hold?{query.format(tess=staff_id(clinic, 'tess'))}", data={"at": at}
    )
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert clinic.count("holds") == 0


def test_a_time_outside_hours_is_none_of_ours_and_the_nearest_are_shown(clinic: Gateway) -> None:
    patient = Patient(clinic)
    at = (patient.app.clock.now() + DAY).replace(hour=3).isoformat()
    answer = clinic.client.post(f"{patient.path}/hold?service=hydrafacial&where=downtown", data={"at": at})
    assert answer.status_code == 409
    assert "not one of ours" in answer.text
    assert times(answer)


def test_somebody_who_left_while_the_page_lay_open(clinic: Gateway) -> None:
    patient = Patient(clinic)
    page = patient.get(**{"with": staff_id(clinic, "tess")})
    with patient.app.db.write() as session:
        session.execute(update(staff).where(staff.c.username == "tess").values(active=False))
    answer = patient.tap(page)
    assert answer.status_code == 422
    assert "be booked there any more" in words(answer)
    assert "Iris" in answer.text


@pytest.mark.parametrize("body", [b"at=" + b"x" * 70_000, b"&".join([b"a=1"] * 3000)])
def test_a_body_that_is_no_form_of_ours_is_answered_in_words(clinic: Gateway, body: bytes) -> None:
    patient = Patient(clinic)
    answer = clinic.client.post(f"{patient.path}/hold", content=body)
    assert answer.status_code in (413, 422)
    assert "Nothing was done" in answer.text


@pytest.mark.parametrize(
    ("action", "fields"),
    [
        ("hold", {"at": "2026-11-23T03:00:00+00:00"}),
        ("confirm", {"hold": "01890000-0000-7000-8000-000000000000"}),
        ("cancel", {"reason": "time"}),
        ("waitlist", {"part": "midnight"}),
    ],
)
def test_what_a_button_leads_to_is_shown_out_of_the_way_of_who_writes(
    clinic: Gateway, monkeypatch: pytest.MonkeyPatch, action: str, fields: dict[str, str]
) -> None:
    """SQLite has one writer for everybody: free times are worked out beside it."""
    patient, places, render = Patient(clinic), [], pages.render
    patient.get()

    def seen(*args: Any, **values: Any) -> Any:
        places.append(threading.current_thread().name.partition("_")[0])
        return render(*args, **values)

    monkeypatch.setattr(pages, "render", seen)
    assert clinic.client.post(f"{patient.path}/{action}", data=fields).status_code in (409, 422)
    assert set(places) == {"read"}
