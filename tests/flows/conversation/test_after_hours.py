"""A text to a closed clinic: one answer a night, and none where it would be wrong."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from core.clinic import AfterHours
from core.domain.hours import WeeklyHours
from core.domain.ports import ProviderText
from core.flows.conversation import missed_messages, receive_text, staff_text
from core.flows.sending import dispatch
from core.leads.tables import leads
from core.messaging.tables import sms_messages, timed_actions
from core.patients.tables import patients
from core.sla.tables import sla_clocks
from tests.conftest import TestApp
from tests.flows.conversation.answering import NIGHT, PATIENT, at_night, with_clinic, write_in
from tests.flows.dispatching import ROOM, hand_over, run_due
from tests.flows.staffing import do, one, rows, who

JORDAN = "+15125550172"
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
NEW_YORK = ZoneInfo("America/New_York")


def answers(app: TestApp, phone: str = PATIENT) -> list[str]:
    return [body for body in app.sms.bodies_to(phone) if "We are closed" in body or "cerrados" in body]


def outcomes(app: TestApp) -> list[tuple[str, str]]:
    found = rows(app, timed_actions, timed_actions.c.template == "after_hours")
    return [(row.state, row.reason) for row in found]


def test_the_first_text_of_a_night_is_answered_once_with_opening_and_on_call(app: TestApp) -> None:
    at_night(app)
    for number in range(4):
        write_in(app, "Do you have an opening this week?", f"SMin{number}")
        run_due(app)
        app.clock.advance(HOUR)
    assert answers(app) == [
        "Luxe Medical Spa: thank you. We are closed and answer when we open, Wednesday at 8:00 AM. "
        "Urgent? Call our on-call at (512) 555-0111. Emergency? Call 911."
    ]


def test_without_an_on_call_number_the_clinics_own_is_named(app: TestApp) -> None:
    app = with_clinic(app, on_call_phone="")
    at_night(app)
    write_in(app, "Is anybody there?")
    run_due(app)
    assert "Urgent? Call (512) 555-0100. Emergency? Call 911." in answers(app)[0]


def test_the_next_night_is_a_new_one(app: TestApp) -> None:
    at_night(app)
    write_in(app, "Hello?")
    run_due(app)
    app.clock.moment = NIGHT + timedelta(days=1)
    write_in(app, "Hello again?", "SMin2")
    run_due(app)
    assert len(answers(app)) == 2
    assert "Friday at 8:00 AM" in answers(app)[1]  # Thursday is Thanksgiving


@pytest.mark.parametrize(
    ("language", "words", "spanish"),
    [
        ("", "Hola, quiero una cita por favor", True),
        ("es", "Hello", True),
        ("en", "hola, gracias, quiero una cita", False),
    ],
)
def test_the_answer_is_in_the_patients_language(
    app: TestApp, language: str, words: str, spanish: bool
) -> None:
    """Theirs where somebody asked, else that of the text."""
    at_night(app)
    with app.db.write() as session:
        session.execute(update(patients).values(language=language))
    write_in(app, words)
    run_due(app)
    assert ("al abrir, el miercoles a las 8:00 AM" in answers(app)[0]) == spanish


def test_it_is_no_contact_and_the_patient_goes_on_waiting(app: TestApp) -> None:
    lead_id = at_night(app)
    before = rows(app, sla_clocks, sla_clocks.c.state == "running")
    write_in(app, "How much is it?")
    run_due(app)
    after = {row.id: row for row in rows(app, sla_clocks, sla_clocks.c.state == "running")}
    assert answers(app)
    assert {row.id for row in before} <= set(after)
    lead = one(app, leads, leads.c.id == lead_id)
    assert (lead.contacted_at, lead.attempted_at, lead.unread) == (None, None, 1)


@pytest.mark.parametrize(
    "words",
    [
        "STOP",
        "HELP",
        "please stop texting me",
        "stop calling me",
        "wrong number",
        "my throat is closing, I can't breathe",
        'Liked "We got your request"',
        "I'm driving with Do Not Disturb While Driving turned on.",
        "Thank you!",
    ],
)
def test_texts_with_an_answer_of_their_own_or_none_get_no_second(app: TestApp, words: str) -> None:
    at_night(app)
    write_in(app, words)
    run_due(app)
    assert outcomes(app) == []


def test_start_gets_its_own_answer_alone(app: TestApp) -> None:
    at_night(app)
    write_in(app, "STOP")
    app.clock.advance(HOUR)
    write_in(app, "START", "SMin2")
    run_due(app)
    assert answers(app) == []


def test_who_opted_out_is_not_told_that_we_are_closed(app: TestApp) -> None:
    at_night(app)
    write_in(app, "STOP")
    write_in(app, "how much was that again?", "SMin2")
    run_due(app)
    assert answers(app) == []


def test_a_stop_before_it_left_takes_it_back(app: TestApp) -> None:
    at_night(app)
    write_in(app, "how much is it?")
    write_in(app, "STOP", "SMin2")
    run_due(app)
    assert outcomes(app) == [("dropped", "opted_out")]


def test_a_cry_before_it_left_and_the_talk_after_it_belong_to_people(app: TestApp) -> None:
    """'We are closed' to somebody who was told that the team is being called would send them away."""
    at_night(app)
    write_in(app, "hi")
    write_in(app, "my face is swelling, I can't breathe", "SMin2")
    run_due(app)
    app.clock.advance(HOUR / 2)
    write_in(app, "is anybody there?", "SMin3")
    run_due(app)
    assert outcomes(app) == [("dropped", "in_danger")]
    assert len([body for body in app.sms.bodies_to(PATIENT) if "our team is being told" in body]) == 1


@pytest.mark.parametrize("sender", ["72345", "227263", "+18005550155", "+18885550155", "LUXE"])
def test_short_codes_and_services_are_never_answered(app: TestApp, sender: str) -> None:
    app.clock.moment = NIGHT
    for number, words in enumerate(
        ("HELP", "STOP", "START", "what are your prices?", "my throat is closing")
    ):
        write_in(app, words, f"SMin{number}", From=sender)
        run_due(app)
        app.clock.advance(HOUR)
    assert app.sms.bodies_to(sender) == []


def test_a_colleagues_own_phone_is_not_told_that_we_are_closed(app: TestApp) -> None:
    app.clock.moment = NIGHT
    write_in(app, "on my way", From=JORDAN)
    run_due(app)
    assert answers(app, JORDAN) == []


def test_where_a_person_just_wrote_somebody_is_at_work(app: TestApp) -> None:
    """Half an hour later nobody may be."""
    lead_id = at_night(app)
    do(app, staff_text.send_text, app.reference, who(app, "frontdesk"), lead_id, "Hi, Maya here")
    with app.db.write() as session:
        session.execute(update(timed_actions).values(due_at=app.clock.now()))
        session.execute(update(patients).values(zone="Pacific/Honolulu", state="HI"))  # five hours earlier
    run_due(app)
    assert "Hi, Maya here" in app.sms.bodies_to(PATIENT)
    app.clock.advance(5 * MINUTE)
    write_in(app, "great, which door?")
    run_due(app)
    assert answers(app) == []
    app.clock.advance(HOUR)
    write_in(app, "hello?", "SMin2")
    run_due(app)
    assert len(answers(app)) == 1


def test_a_text_that_a_person_is_just_writing_takes_its_place(app: TestApp) -> None:
    """It waits ten seconds for second thoughts."""
    lead_id = at_night(app)
    do(app, staff_text.send_text, app.reference, who(app, "frontdesk"), lead_id, "Hi, Maya here")
    write_in(app, "hello?")
    assert outcomes(app) == []


def test_a_text_that_is_to_go_tomorrow_says_nothing_of_tonight(app: TestApp) -> None:
    lead_id = at_night(app)
    do(app, staff_text.send_text, app.reference, who(app, "frontdesk"), lead_id, "See you at nine")
    with app.db.write() as session:
        session.execute(
            update(timed_actions)
            .where(timed_actions.c.purpose == "manual")
            .values(due_at=app.clock.now() + 9 * HOUR)
        )
    write_in(app, "hello?")
    run_due(app)
    assert len(answers(app)) == 1


def test_where_the_clinic_has_opened_by_hand_over_nothing_is_said(app: TestApp) -> None:
    """Written at 7:59, handed over at 8:00:01."""
    at_night(app, datetime(2026, 11, 25, 12, 59, 30, tzinfo=UTC))
    write_in(app, "are you open?")
    app.clock.advance(MINUTE)
    run_due(app)
    assert outcomes(app) == [("dropped", "clinic_open")]


@pytest.mark.parametrize(
    ("windows", "moment", "expected"),
    [
        ({1: ["09:00", "12:00"], 2: ["09:00", "17:00"]}, NIGHT, True),
        ({}, NIGHT, False),  # never opens: no time that could be named
    ],
)
def test_a_place_that_never_opens_promises_nothing(
    app: TestApp, windows: dict[int, Sequence[str]], moment: datetime, expected: bool
) -> None:
    hours = WeeklyHours(
        NEW_YORK, {day: ((time.fromisoformat(a), time.fromisoformat(b)),) for day, (a, b) in windows.items()}
    )
    where = replace(app.reference.clinic.location("downtown"), hours=hours)
    app = with_clinic(app, locations={"downtown": where})
    at_night(app, moment)
    write_in(app, "hello?")
    run_due(app)
    assert bool(answers(app)) == expected


def test_a_break_at_noon_is_no_night(app: TestApp) -> None:
    noon = ((time(9), time(12)), (time(13), time(18)))
    where = replace(
        app.reference.clinic.location("downtown"), hours=WeeklyHours(NEW_YORK, {1: noon, 2: noon})
    )
    app = with_clinic(app, locations={"downtown": where})
    at_night(app, datetime(2026, 11, 24, 17, 30, tzinfo=UTC))
    write_in(app, "hello?")
    run_due(app)
    assert answers(app) == []


def test_a_clinic_can_switch_it_off(app: TestApp) -> None:
    app = with_clinic(app, after_hours=AfterHours(False, 30 * MINUTE))
    at_night(app)
    write_in(app, "hello?")
    run_due(app)
    assert outcomes(app) == []


def test_a_text_that_we_hear_of_in_the_morning_is_answered_by_people(app: TestApp) -> None:
    """Its webhook was lost, and the list told of it hours later."""
    at_night(app)
    receive_text.receive(
        app,
        {"MessageSid": "SMin1", "From": PATIENT, "Body": "hello?"},
        now=app.clock.now() + 2 * HOUR,
        written_at=app.clock.now(),
    )
    app.clock.advance(2 * HOUR)
    run_due(app)
    assert outcomes(app) == [("dropped", "too_late")]


def test_two_gateways_and_a_crash_make_one_answer(app: TestApp) -> None:
    """The same webhook twice, two texts at one moment in two processes, and a scheduler that dies after the claim."""
    at_night(app)
    write_in(app, "hello?")
    write_in(app, "hello?")
    write_in(app, "anybody?", "SMin2")
    claimed = dispatch.step(app, "first", [], ROOM, now=app.clock.now())
    again = dispatch.step(app, "second", [], ROOM, now=app.clock.now())
    jobs = [job for job in (*claimed.jobs, *again.jobs) if job.text.to == PATIENT]
    assert len(jobs) == 1
    hand_over(app, claimed)
    assert len(answers(app)) == 1


def test_one_number_at_two_locations_gets_one_answer(app: TestApp) -> None:
    """A second request of theirs, at a place that opens at another hour."""
    at_night(app)
    write_in(app, "hello?")
    run_due(app)
    with app.db.write() as session:
        session.execute(update(leads).values(location="westlake"))
    app.clock.advance(HOUR)
    write_in(app, "anybody?", "SMin2")
    run_due(app)
    assert len(answers(app)) == 1


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        (
            datetime(2026, 3, 8, 6, 30, tzinfo=UTC),
            "Sunday at 12:00 PM",
        ),  # 1:30, half an hour before the hour is lost
        (datetime(2026, 11, 1, 5, 30, tzinfo=UTC), "Sunday at 12:00 PM"),  # 1:30 for the first time
        (datetime(2026, 12, 24, 3, 0, tzinfo=UTC), "Thursday at 8:00 AM"),
        (datetime(2026, 12, 25, 3, 0, tzinfo=UTC), "Saturday at 9:00 AM"),  # Christmas Day lies between
    ],
)
def test_the_opening_is_named_on_the_wall_across_holidays_and_clock_changes(
    app: TestApp, moment: datetime, opens: str
) -> None:
    at_night(app, moment)
    write_in(app, "hello?")
    run_due(app)
    assert f"when we open, {opens}." in answers(app)[0]


def test_a_picture_without_a_word_at_night_is_answered(app: TestApp) -> None:
    at_night(app)
    url = "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME1"
    write_in(app, "", NumMedia="1", MediaUrl0=url, MediaContentType0="image/jpeg")
    run_due(app)
    assert len(answers(app)) == 1


def test_a_missed_text_is_answered_while_the_night_lasts(app: TestApp) -> None:
    """The list brought it three minutes later."""
    at_night(app)
    missed_messages.catch_up(app, now=app.clock.now())
    app.sms.inbound.append(
        ProviderText("SMin1", app.sms.sender, PATIENT, "hello?", "received", app.clock.now(), inbound=True)
    )
    missed_messages.catch_up(app, now=app.clock.advance(4 * MINUTE))
    run_due(app)
    assert len(answers(app)) == 1


def test_two_gateways_at_one_moment_plan_one_answer(app: TestApp) -> None:
    """Two texts of one patient, each in a process of its own."""
    at_night(app)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda number: write_in(app, f"hello {number}?", f"SMin{number}"), range(4)))
    assert len(rows(app, sms_messages, sms_messages.c.direction == "inbound")) == 4
    assert len(outcomes(app)) == 1
