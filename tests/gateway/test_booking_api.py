"""The booking API as a system of the clinic's own meets it. Monday, November 23, 10:00 in New York."""

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from core.booking.tables import api_requests, appointments, reservations
from core.domain.errors import SettingsError, SlotTaken
from core.domain.ids import new_id
from core.flows.booking import booking
from core.flows.clocks import sweeping
from core.flows.upkeep import retention
from core.leads.store import leads
from core.messaging.actions import State
from core.messaging.tables import timed_actions
from core.settings_checks import parse_api_keys
from gateway.main import create_app
from tests.conftest import TestApp
from tests.flows.booking.booking import a_lead, add_provider, booked, overlaps, wish
from tests.flows.dispatching import run_due
from tests.gateway.asking import Gateway, fields_of
from tests.samples import TWILIO_URL

SECRET = "website-secret-of-some-length"
KEYS = {"website": SECRET, "phone line": "other-secret-of-some-length"}
BEARER = {"Authorization": f"Bearer {SECRET}"}
GRACE = {"firstName": "Grace", "lastName": "Kim", "phone": "407-555-0147", "email": "grace@example.com"}
NOBODY: dict[str, Any] = dict.fromkeys(GRACE)
OF_THE_VISIT = {"pre_treatment"}
WANTED = {"treatment": "hydrafacial", "date": "2026-11-24", "time": "14:30", "source": "website"}


@pytest.fixture
def api(public_app: TestApp) -> Iterator[Gateway]:
    """A gateway with two keys, and Tess, who gives facials."""
    keys = SecretStr(json.dumps(KEYS))
    app = replace(public_app, settings=public_app.settings.model_copy(update={"api_keys": keys}))
    add_provider(app, "tess", "Tess Holloway", ["skin"])
    with TestClient(create_app(app), base_url=TWILIO_URL, follow_redirects=False) as client:
        yield Gateway(client, app)


def free(api: Gateway, **asked: Any) -> httpx.Response:
    answer: httpx.Response = api.client.get(
        "/api/booking/availability", params={"treatment": "hydrafacial"} | asked
    )
    return answer


def create(api: Gateway, key: str = "", **changes: Any) -> httpx.Response:
    headers = BEARER | ({"Idempotency-Key": key} if key else {})
    body = {name: value for name, value in (WANTED | GRACE | changes).items() if value is not None}
    answer: httpx.Response = api.client.post("/api/booking/create", json=body, headers=headers)
    return answer


def change(api: Gateway, answer: httpx.Response, what: str, **body: Any) -> httpx.Response:
    id_ = answer.json()["appointmentId"]
    changed: httpx.Response = api.client.post(f"/api/booking/{id_}/{what}", json=body, headers=BEARER)
    return changed


def planned(api: Gateway) -> list[tuple[str, str]]:
    """(sequence, template) of what will still go out to patients."""
    a = timed_actions.c
    texts = (a.state == State.PLANNED, a.audience == "patient", a.kind == "text")
    statement = select(a.sequence, a.template).where(*texts)
    with api.app.db.read() as session:
        return sorted((row[0] or "", row[1] or "") for row in session.execute(statement))


def test_free_times_are_open_to_everybody_and_say_who_and_where(api: Gateway) -> None:
    """On the location's wall with its offset, each time once; `next` is the first one after the days asked for."""
    answer = free(api, days=1, **{"from": "2026-11-24"})
    assert answer.status_code == 200
    first, *_, last = answer.json()["slots"]
    assert first["start"] == "2026-11-24T08:00:00-05:00"
    assert first["end"] == "2026-11-24T08:50:00-05:00"
    assert (first["providerName"], first["location"]) == ("Tess Holloway", "downtown")
    assert last["start"] == "2026-11-24T19:10:00-05:00"
    starts = [slot["start"] for slot in answer.json()["slots"]]
    assert starts == sorted(set(starts))
    assert answer.json()["next"]["start"] == "2026-11-25T08:00:00-05:00"


def test_nothing_free_says_when_the_next_time_is(api: Gateway) -> None:
    """Thanksgiving is closed."""
    answer = free(api, days=1, **{"from": "2026-11-26"}).json()
    assert answer["slots"] == []
    assert answer["next"]["start"].startswith("2026-11-27T08:00")


@pytest.mark.parametrize("treatment", ["hydrafacial", "HydraFacial", "hydra facial"])
def test_a_treatment_is_understood_as_forms_spell_it(api: Gateway, treatment: str) -> None:
    assert free(api, treatment=treatment).json()["slots"]


@pytest.mark.parametrize("provider", ["any", "", "Tess Holloway", "tess"])
def test_a_provider_goes_by_name_too(api: Gateway, provider: str) -> None:
    assert free(api, provider=provider).json()["slots"][0]["providerName"] == "Tess Holloway"


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"treatment": ""}, "treatment"),
        ({"treatment": "teleportation"}, "treatment"),
        ({"location": "moon"}, "location"),
        ({"provider": "Nobody"}, "provider"),
        ({"provider": "Nina Castellano"}, "provider"),  # gives injections
        ({"from": "soon"}, "from"),
        ({"from": "9999-12-31"}, "from"),
        ({"days": "0"}, "days"),
        ({"days": "32"}, "days"),
        ({"days": "²"}, "days"),
    ],
)
def test_a_question_that_cannot_be_answered_names_its_field(
    api: Gateway, asked: dict[str, str], field: str
) -> None:
    answer = free(api, **asked)
    assert answer.status_code == 422
    assert fields_of(answer) == [field]


def test_whoever_looks_too_often_has_to_wait(public_app: TestApp) -> None:
    app = replace(public_app, settings=public_app.settings.model_copy(update={"form_rate": 1}))
    with TestClient(create_app(app), base_url=TWILIO_URL) as client:
        answers = [client.get("/api/booking/availability?treatment=botox") for _ in range(7)]
    assert [answer.status_code for answer in answers] == [200] * 6 + [429]
    assert int(answers[-1].headers["retry-after"]) > 0


def test_a_booking_answers_as_the_research_has_it(api: Gateway) -> None:
    """BookingResponse of chapter 10: what, with whom, when, how long, for how much, and what comes next."""
    answer = create(api)
    assert answer.status_code == 201
    said = answer.json()
    assert said["success"] is True
    assert said["confirmationNumber"].startswith("LX-")
    details = said["appointmentDetails"]
    assert (details["treatment"], details["provider"]) == ("HydraFacial", "Tess Holloway")
    assert details["dateTime"] == "2026-11-24T14:30:00-05:00"
    assert (details["duration"], details["price"]) == (50, 189)
    assert said["nextSteps"]["formsUrl"].startswith(f"{TWILIO_URL}/b/")
    assert "two hours" in said["nextSteps"]["cancellationPolicy"]
    invite = api.client.get(said["nextSteps"]["calendarInvite"].removeprefix(TWILIO_URL))
    assert (invite.status_code, invite.text[:15]) == (200, "BEGIN:VCALENDAR")
    assert api.column("appointments.came_by") == ["api"]
    assert (api.column("leads.state"), api.column("leads.form_type")) == (["booked"], ["booking"])
    assert api.column("leads.source") == ["Website"]
    assert api.count("consents") == 0  # nothing was agreed to
    looked = api.client.get(f"/api/booking/{said['appointmentId']}", headers=BEARER)
    assert (looked.status_code, looked.json()["appointmentDetails"]) == (200, details)


def test_who_booked_is_told_of_the_visit_and_never_that_somebody_calls(api: Gateway) -> None:
    """A form plans 'we will call you', a clock, an alert; the booking in the same transaction ends just these."""
    answer = api.submit(form_type="booking", contact={"phone": "407-555-0147"})
    assert ("abandoned_booking", "lead_confirmation") in planned(api)
    submission = answer.json()["submission_id"]
    assert create(api, formSubmissionId=submission, firstName=None, phone=None).status_code == 201
    assert {sequence for sequence, _ in planned(api)} == OF_THE_VISIT
    assert create(api, phone="407-555-0199", email=None, firstName="Omar", time="16:30").status_code == 201
    assert {sequence for sequence, _ in planned(api)} == OF_THE_VISIT
    assert run_due(api.app) == 1  # to the one who agreed to texts
    assert [text.body.split(",")[0] for text, *_ in api.app.sms.accepted] == ["Confirmed"]
    sweeping.sweep(api.app, now=api.app.clock.now())
    assert set(api.column("sla_clocks.state")) <= {"met", "void"}


def test_tracking_and_campaign_are_kept(api: Gateway) -> None:
    create(api, campaign="spring", utm_params={"utm_source": "google", "gclid": "G-1"})
    assert api.column("leads.campaign") == ["spring"]
    (data,) = api.column("form_submissions.form_data")
    assert "G-1" in json.dumps([*api.column("form_submissions.click_ids"), data])


def test_a_person_whom_we_know_gets_no_second_profile(api: Gateway) -> None:
    a_lead(api.app, first_name="Omar", last_name="Reyes")
    assert create(api, firstName="Omar", lastName="Reyes", phone="407-555-0155").status_code == 201
    assert api.count("patients") == 1
    assert api.count("leads") == 2


def test_a_form_or_a_patient_that_is_named_is_booked_itself(api: Gateway) -> None:
    """No name has to be sent, and no second lead is made."""
    a_lead(api.app)
    (patient,) = api.column("patients.id")
    dict.fromkeys(GRACE)
    assert create(api, patientId=patient, **NOBODY).status_code == 201
    assert api.count("leads") == 1
    again = create(api, patientId=patient, time="16:30", **NOBODY)
    assert again.status_code == 409
    assert "Reschedule or cancel" in again.json()["errors"][0]["message"]


def test_another_persons_number_is_refused_beside_a_patient(api: Gateway) -> None:
    """The confirmation would go to a stranger."""
    a_lead(api.app)
    (patient,) = api.column("patients.id")
    answer = create(api, patientId=patient)
    assert (answer.status_code, fields_of(answer)) == (422, ["phone"])
    assert api.count("appointments") == 0


def test_a_patient_whose_requests_are_over_gets_a_new_one_of_their_own(api: Gateway) -> None:
    lead_id = a_lead(api.app)
    booked(api.app, lead_id, wish(api.app), api.app.clock.now() + timedelta(hours=2))
    with api.app.db.write() as session:
        session.execute(update(appointments).values(state="attended"))
    (patient,) = api.column("patients.id")
    nobody: dict[str, Any] = dict.fromkeys(GRACE)
    assert create(api, patientId=patient, **nobody).status_code == 201
    assert (api.count("patients"), api.count("leads")) == (1, 2)


def test_a_time_that_is_gone_offers_what_is_near_and_leaves_no_half_lead(api: Gateway) -> None:
    """Nothing of the second person is stored: no patient, no lead, no text."""
    create(api)
    tables = ("patients", "leads", "form_submissions", "timed_actions", "reservations", "holds")
    before = {table: api.count(table) for table in tables}
    answer = create(api, phone="407-555-0199", email="other@example.com", firstName="Omar")
    assert answer.status_code == 409
    assert fields_of(answer) == ["time"]
    near = answer.json()["alternatives"]
    assert near
    assert all(slot["start"] < "2026-11-24T13:31" or slot["start"] >= "2026-11-24T15:30" for slot in near)
    assert {table: api.count(table) for table in tables} == before


def test_somebody_faster_between_look_and_booking_leaves_no_half_lead_either(
    api: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The look before said that it was free; the database says that it is not, once the lead was made."""
    made: list[str] = []

    def too_late(
        session: Session, _reference: object, _doer: object, lead_id: str, *_: object, **__: object
    ) -> None:
        made.append(leads.get(session, lead_id).id)
        raise SlotTaken("too late")

    monkeypatch.setattr(booking, "book_at", too_late)
    answer = create(api, "k-1")
    assert (answer.status_code, len(made)) == (409, 1)
    for table in ("patients", "leads", "form_submissions", "timed_actions", "appointments", "api_requests"):
        assert api.count(table) == 0


def test_nobody_is_in_two_places_at_once(api: Gateway) -> None:
    """The same person again without an Idempotency-Key, while another provider would be free."""
    add_provider(api.app, "iris", "Iris Novak", ["skin"])
    assert create(api).status_code == 201
    answer = create(api)
    assert answer.status_code == 409
    assert "another visit at that time" in answer.json()["errors"][0]["message"]


def test_what_comes_after_a_consultation_is_refused_before_it(api: Gateway) -> None:
    add_provider(api.app, "lee", "Lee Park", ["senior_injectables"], seniority=3)
    later = next(one for one in api.app.reference.bookable.online() if one.needs)
    answer = create(api, treatment=later.code)
    assert (answer.status_code, fields_of(answer)) == (422, ["treatment"])
    assert "comes first" in answer.json()["errors"][0]["message"]
    assert api.count("patients") == 0


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"treatment": None}, ["treatment"]),
        ({"treatment": 5}, ["treatment"]),
        ({"date": "tomorrow"}, ["date"]),
        ({"time": "half past two"}, ["time"]),
        ({"time": "14:30:10"}, ["time"]),
        ({"date": "2026-11-22"}, ["time"]),
        ({"date": "9999-12-31"}, ["date"]),
        ({"location": "moon", "provider": "Nobody"}, ["location", "provider"]),
        ({"phone": "12"}, ["phone"]),
        ({"phone": None, "email": None}, ["phone"]),
        ({"email": "grace"}, ["email"]),
        ({"firstName": "see www.example.com"}, ["firstName"]),
        ({"patientId": "p123"}, ["patientId"]),
        ({"formSubmissionId": "f1"}, ["formSubmissionId"]),
        ({"utm_params": ["google"]}, ["utm_params"]),
    ],
)
def test_a_fault_names_its_field_and_books_nothing(
    api: Gateway, changes: dict[str, Any], fields: list[str]
) -> None:
    answer = create(api, **changes)
    assert answer.status_code == 422
    assert fields_of(answer) == fields
    assert (api.count("patients"), api.count("appointments")) == (0, 0)


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'"x"', b"\xff"])
def test_what_is_no_object_is_refused(api: Gateway, body: bytes) -> None:
    assert api.client.post("/api/booking/create", content=body, headers=BEARER).status_code == 422


def test_too_large_a_body_is_refused(api: Gateway) -> None:
    answer = api.client.post("/api/booking/create", content=b" " * 70_000, headers=BEARER)
    assert answer.status_code == 413


@pytest.mark.parametrize(
    "header", [{}, {"Authorization": "Bearer "}, {"Authorization": "Bearer wrong"}, {"Authorization": SECRET}]
)
def test_without_a_key_nothing_is_booked_or_told(api: Gateway, header: dict[str, str]) -> None:
    made = create(api).json()["appointmentId"]
    answers = [
        api.client.post("/api/booking/create", json=WANTED | GRACE, headers=header),
        api.client.get(f"/api/booking/{made}", headers=header),
        api.client.post(f"/api/booking/{made}/reschedule", json={}, headers=header),
        api.client.post(f"/api/booking/{made}/cancel", json={}, headers=header),
    ]
    for answer in answers:
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"
        assert fields_of(answer) == ["Authorization"]
    assert api.column("appointments.state") == ["booked"]


def test_where_no_key_is_set_up_no_word_opens_anything(gateway: Gateway) -> None:
    for given in ("", "x"):
        answer = gateway.client.post("/api/booking/create", headers={"Authorization": f"Bearer {given}"})
        assert answer.status_code == 401


@pytest.mark.parametrize("text", ["[]", "x", '{"a": ""}', '{"": "b"}', '{"a": 1}', '{"a": "s", "b": "s"}'])
def test_keys_that_are_none_are_said_at_the_start(text: str) -> None:
    with pytest.raises(SettingsError) as refused:
        parse_api_keys(text)
    assert refused.value.setting == "LUXE_API_KEYS"


def test_the_same_request_again_is_answered_the_same_and_books_nothing(api: Gateway) -> None:
    """Whoever lost the answer asks once more; 200 tells that it is no new one. The order of the fields is no matter."""
    first = create(api, "k-1")
    assert first.status_code == 201
    again = api.client.post(
        "/api/booking/create",
        json=dict(reversed((WANTED | GRACE).items())),
        headers=BEARER | {"Idempotency-Key": "k-1"},
    )
    assert (again.status_code, again.json()) == (200, first.json())
    assert api.count("appointments") == 1


def test_a_key_with_another_body_is_refused(api: Gateway) -> None:
    create(api, "k-1")
    answer = create(api, "k-1", time="16:30")
    assert (answer.status_code, fields_of(answer)) == (422, ["Idempotency-Key"])
    assert create(api, "k" * 256).status_code == 422


def test_keys_of_two_callers_are_apart(api: Gateway) -> None:
    create(api, "k-1")
    headers = {"Authorization": f"Bearer {KEYS['phone line']}", "Idempotency-Key": "k-1"}
    other = WANTED | GRACE | {"time": "16:30", "phone": "407-555-0199", "firstName": "Omar"}
    assert api.client.post("/api/booking/create", json=other, headers=headers).status_code == 201


def test_what_was_refused_may_be_tried_again_with_its_key(api: Gateway) -> None:
    create(api)
    other = {"phone": "407-555-0199", "firstName": "Omar", "email": None}
    assert create(api, "k-2", **other).status_code == 409
    with api.app.db.write() as session:
        session.execute(reservations.delete())
        session.execute(update(appointments).values(state="cancelled"))
    assert create(api, "k-2", **other).status_code == 201


def test_a_day_later_a_key_is_new_again_and_its_answer_is_forgotten(api: Gateway) -> None:
    create(api, "k-1", date="2026-11-30")
    api.app.clock.advance(timedelta(hours=23))
    assert create(api, "k-1", date="2026-11-30").status_code == 200
    retention.forget(api.app, now=api.app.clock.now())
    assert api.count("api_requests") == 1
    api.app.clock.advance(timedelta(hours=2))
    assert create(api, "k-1", date="2026-12-01").status_code == 201
    api.app.clock.advance(timedelta(hours=25))
    retention.forget(api.app, now=api.app.clock.now())
    assert api.count("api_requests") == 0


def test_the_database_keeps_neither_the_key_nor_the_answer_in_the_clear(api: Gateway) -> None:
    answer = create(api, "k-secret").json()
    with api.app.db.read() as session:
        raw = str(session.connection().exec_driver_sql("SELECT * FROM api_requests").one())
        kept = session.execute(select(api_requests.c.answer)).scalar_one()
    assert "k-secret" not in raw
    assert answer["confirmationNumber"] not in raw
    assert json.loads(kept) == answer


def test_two_at_once_with_one_key_book_once_and_hear_the_same(api: Gateway) -> None:
    """One wins, the other waits for it."""
    answers: list[httpx.Response] = []
    start = threading.Barrier(2)

    def ask() -> None:
        start.wait()
        answers.append(create(api, "k-1"))

    both = [threading.Thread(target=ask) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted(answer.status_code for answer in answers) == [200, 201]
    assert answers[0].json() == answers[1].json()
    assert api.count("appointments") == 1


def test_many_who_want_one_time_get_it_once(api: Gateway) -> None:
    """Without keys of their own: one 201, the others 409, nothing overlaps, nobody is half made."""
    statuses: list[int] = []

    def ask(number: int) -> None:
        person = {
            "phone": f"407-555-01{number:02}",
            "email": f"p{number}@example.com",
            "firstName": f"P{number}",
        }
        statuses.append(create(api, **person).status_code)

    each = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for one in each:
        one.start()
    for one in each:
        one.join()
    assert sorted(statuses) == [201] + [409] * 7
    assert (api.count("appointments"), api.count("leads"), api.count("patients")) == (1, 1, 1)
    assert overlaps(api.app) == []


def test_a_visit_is_moved_even_into_its_own_time(api: Gateway) -> None:
    """Ten minutes later: what was kept for it stands in nobody's way but others'. The provider stays."""
    made = create(api)
    moved = change(api, made, "reschedule", date="2026-11-24", time="14:40")
    assert moved.status_code == 200
    assert moved.json()["appointmentDetails"]["dateTime"] == "2026-11-24T14:40:00-05:00"
    assert moved.json()["confirmationNumber"] == made.json()["confirmationNumber"]
    assert overlaps(api.app) == []
    assert api.column("appointments.sequence") == [1]


def test_who_asks_for_the_same_move_again_since_the_answer_was_lost_has_one_move(api: Gateway) -> None:
    """And one text about it."""
    made = create(api)
    answers = [change(api, made, "reschedule", date="2026-11-24", time="14:40") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json()["appointmentDetails"] == answers[1].json()["appointmentDetails"]
    assert api.column("appointments.sequence") == [1]


def test_a_move_to_a_time_that_is_gone_keeps_the_old_one(api: Gateway) -> None:
    first = create(api)
    create(api, phone="407-555-0199", firstName="Omar", email=None, time="16:30")
    kept = sorted(api.column("reservations.id"))
    answer = change(api, first, "reschedule", date="2026-11-24", time="16:40")
    assert answer.status_code == 409
    assert answer.json()["alternatives"]
    assert sorted(api.column("reservations.id")) == kept


def test_a_move_to_whoever_is_free_goes_to_somebody_else(api: Gateway) -> None:
    first = create(api)
    create(api, phone="407-555-0199", firstName="Omar", email=None, time="16:30")
    add_provider(api.app, "iris", "Iris Novak", ["skin"])
    answer = change(api, first, "reschedule", date="2026-11-24", time="16:30", provider="any")
    assert answer.json()["appointmentDetails"]["provider"] == "Iris Novak"


def test_a_cancelled_visit_is_free_for_others_and_cancelling_twice_is_no_fault(api: Gateway) -> None:
    made = create(api)
    for _ in range(2):
        answer = change(api, made, "cancel", reason="unwell")
        assert (answer.status_code, answer.json()["status"]) == (200, "cancelled")
    assert api.column("appointments.reason") == ["unwell"]
    assert api.count("reservations") == 0
    assert [one for one in planned(api) if one[0] == "pre_treatment"] == []
    assert change(api, made, "reschedule", date="2026-11-25", time="10:00").status_code == 409
    assert create(api, phone="407-555-0199", firstName="Omar", email=None).status_code == 201


def test_a_change_that_cannot_be_names_its_field(api: Gateway) -> None:
    made = create(api)
    assert fields_of(change(api, made, "cancel", reason="the dog")) == ["reason"]
    assert fields_of(change(api, made, "reschedule", date="2026-11-24", time="")) == ["time"]
    assert fields_of(change(api, made, "reschedule", date="2026-11-23", time="09:00")) == ["time"]
    for id_ in ("LX-7K4M2", "00000000-0000-7000-8000-000000000000"):
        assert api.client.get(f"/api/booking/{id_}", headers=BEARER).status_code == 404
        assert api.client.post(f"/api/booking/{id_}/cancel", headers=BEARER).status_code == 404


def test_a_visit_that_has_begun_is_left_to_staff(api: Gateway) -> None:
    made = create(api)
    api.app.clock.advance(timedelta(days=1, hours=5))
    assert change(api, made, "cancel").status_code == 409
    assert change(api, made, "reschedule", date="2026-11-30", time="10:00").status_code == 409


@pytest.fixture
def night_api(public_app: TestApp) -> Iterator[Gateway]:
    """A clinic that is open around the clock, and so is Olive."""
    clinic = public_app.reference.clinic
    place = clinic.locations["downtown"]
    around = replace(place.hours, windows={day: ((time(), time()),) for day in range(7)})
    places = dict(clinic.locations) | {"downtown": replace(place, hours=around)}
    reference = replace(public_app.reference, clinic=replace(clinic, locations=places))
    settings = public_app.settings.model_copy(update={"api_keys": SecretStr(json.dumps(KEYS))})
    app = replace(public_app, settings=settings, shipped=reference)
    add_provider(app, "owl", "Olive Night", ["skin"], hours={str(day): ["00:00-24:00"] for day in range(7)})
    with TestClient(create_app(app), base_url=TWILIO_URL) as client:
        yield Gateway(client, app)


def at(api: Gateway, moment: str) -> Gateway:
    """The same at another time."""
    api.app.clock.advance(datetime.fromisoformat(moment) - api.app.clock.now())
    return api


def test_a_time_that_the_wall_skips_is_refused(night_api: Gateway) -> None:
    """March 14, 2027, 2:30 in the morning is no time in New York."""
    answer = create(at(night_api, "2027-03-12T10:00:00-05:00"), date="2027-03-14", time="02:30")
    assert (answer.status_code, fields_of(answer)) == (422, ["time"])
    assert "forward" in answer.json()["errors"][0]["message"]


def test_a_time_that_comes_twice_is_the_earlier_one(night_api: Gateway) -> None:
    """November 7, 2027, 1:30 in the morning comes twice; both are offered, each with its offset."""
    owl = at(night_api, "2027-11-05T10:00:00-04:00")
    slots = [one["start"] for one in free(owl, days=1, **{"from": "2027-11-07"}).json()["slots"]]
    assert "2027-11-07T01:30:00-04:00" in slots
    assert "2027-11-07T01:30:00-05:00" in slots
    answer = create(owl, date="2027-11-07", time="01:30")
    assert answer.status_code == 201
    assert answer.json()["appointmentDetails"]["dateTime"] == "2027-11-07T01:30:00-04:00"


def test_the_interface_names_every_route_and_status(gateway: Gateway) -> None:
    paths = gateway.client.get("/openapi.json").json()["paths"]
    told = {
        f"{method} {path}": sorted(route["responses"])
        for path, methods in paths.items()
        if path.startswith("/api/booking")
        for method, route in methods.items()
    }
    assert told == {
        "get /api/booking/availability": ["200", "422", "429", "503"],
        "post /api/booking/create": ["200", "201", "401", "409", "413", "422", "429"],
        "get /api/booking/{appointmentId}": ["200", "401", "404", "429"],
        "post /api/booking/{appointmentId}/reschedule": ["200", "401", "404", "409", "413", "422", "429"],
        "post /api/booking/{appointmentId}/cancel": ["200", "401", "404", "409", "413", "422", "429"],
    }
    asked = {one["name"] for one in paths["/api/booking/availability"]["get"]["parameters"]}
    assert asked == {"treatment", "location", "provider", "from", "days"}
    body = paths["/api/booking/create"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert set(WANTED) | set(GRACE) <= set(body["properties"])


@pytest.mark.parametrize(
    "days", ["0", "32", "0001300000", "00319999999999", "-1", "1.5", "\u0661", "9" * 4000]
)
def test_nobody_asks_for_more_days_than_a_month(api: Gateway, days: str) -> None:
    """However the number is written: one that looked small and meant thousands of years took the server down."""
    answer = api.client.get("/api/booking/availability", params={"treatment": "hydrafacial", "days": days})
    assert (answer.status_code, fields_of(answer)) == (422, ["days"])


def at_address(api: Gateway, address: str) -> TestClient:
    return TestClient(api.client.app, base_url=TWILIO_URL, client=(address, 1))


def test_who_tries_keys_has_to_wait_and_nobody_else_does(api: Gateway) -> None:
    """Not even a right key is told from a wrong one then; from another address it works as ever."""
    guesser, path = at_address(api, "2001:db8:1:2::1"), f"/api/booking/{new_id(api.app.clock.now())}"
    wrong = [guesser.get(path, headers={"Authorization": f"Bearer {n}"}).status_code for n in range(12)]
    assert wrong == [401] * 10 + [429] * 2
    slow = at_address(api, "2001:db8:1:2:ffff::9").post("/api/booking/create", json={}, headers=BEARER)
    assert (slow.status_code, int(slow.headers["Retry-After"]) > 0) == (429, True)
    assert create(api).status_code == 201
    assert at_address(api, "2001:db8:1:3::1").get(path, headers=BEARER).status_code == 404


def test_a_right_key_never_waits_for_its_own_requests(api: Gateway) -> None:
    for _ in range(9):
        assert api.client.get("/api/booking/x", headers={"Authorization": "Bearer x"}).status_code == 401
    assert [api.client.get("/api/booking/x", headers=BEARER).status_code for _ in range(20)] == [404] * 20


def test_where_too_many_strangers_look_for_a_time_the_next_is_told_when_to_ask_again(api: Gateway) -> None:
    """Whoever has a key books all the same."""
    api.client.app.state.context.strangers._most = 0  # type: ignore[attr-defined]
    answer = free(api)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "Retry-After" in answer.json()["errors"][0]["message"]
    assert create(api).status_code == 201
