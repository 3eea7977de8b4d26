"""Answers that no person gives: never two machines in a row, advice and confirmations whatever went before."""

from datetime import UTC, datetime, timedelta

import pytest

from core.conversation.rules.reading import Did
from core.messaging.tables import sms_messages, timed_actions
from core.shipped import shipped_catalogue
from tests.conftest import TestApp
from tests.factories import submission
from tests.flows.conversation.answering import PATIENT, at_night, write_in
from tests.flows.dispatching import run_due, take_in
from tests.flows.staffing import rows

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def read_as(app: TestApp) -> set[str]:
    return {row.understood_as for row in rows(app, sms_messages, sms_messages.c.direction == "inbound")}


def ours(app: TestApp) -> list[str]:
    """Every automatic answer of this product, as another clinic would send it."""
    values = {
        "clinicName": "Glow Clinic", "clinicPhone": "(407) 555-0100", "nextOpening": "Monday at 9:00 AM",
        "onCallPhone": "(407) 555-0111", "clinicShortName": "Glow", "availableTime": "today 3:30 PM",
        "locationName": "Uptown",
    }  # fmt: skip
    answers = [one for one in shipped_catalogue().values() if one.purpose == "reply"]
    return [wording.template.render(values) for one in answers for wording in one.full.values()]


def test_an_answer_of_another_clinic_with_this_product_ends_the_talk(app: TestApp) -> None:
    """Their 'call 911' is no cry, and their 'Reply STOP' no stop."""
    at_night(app)
    for number, words in enumerate(ours(app)):
        write_in(app, words, f"SMin{number}")
        run_due(app)
        app.clock.advance(HOUR)
    assert app.sms.bodies_to(PATIENT)[1:] == []  # only what the form itself was answered with
    assert not any("URGENT" in text.body for text, _, _ in app.sms.accepted)
    assert read_as(app) == {"auto_reply"}


def test_who_forwards_our_words_and_adds_their_own_is_a_person(app: TestApp) -> None:
    at_night(app)
    for number, words in enumerate(ours(app)):
        heard = write_in(app, f"{words} I called and nobody answers, I can't breathe", f"SMin{number}")
        assert heard.reading is not None
        assert Did.PAGE_ON_CALL in heard.reading.did


def test_two_of_our_systems_end_after_one_answer(app: TestApp) -> None:
    """What each answers is what the other hears, with words of its own that no pattern knows."""
    at_night(app)
    words, answered = "Thanks for reaching out to Glow! How can we help?", 0
    for number in range(12):
        before = len(app.sms.bodies_to(PATIENT))
        write_in(app, words, f"SMin{number}")
        run_due(app)
        said = app.sms.bodies_to(PATIENT)[before:]
        answered += len(said)
        words = (said or [words])[0].replace("Luxe Medical Spa", "Glow Clinic")
        app.clock.advance(timedelta(seconds=20))
    assert answered <= 1


def test_our_own_number_in_a_form_makes_no_circle(app: TestApp) -> None:
    """Whatever we send there comes back as a text from it."""
    take_in(app, submission(phone=app.sms.sender))
    for number in range(5):
        for body in app.sms.bodies_to(app.sms.sender)[-1:]:
            write_in(app, body, f"SMin{number}", From=app.sms.sender)
        run_due(app)
        app.clock.advance(MINUTE)
    assert not any("unsubscribed" in body for body in app.sms.bodies_to(app.sms.sender))
    assert read_as(app) == {"auto_reply"}


def test_help_right_after_emergency_advice_calls_people_again_and_says_nothing(app: TestApp) -> None:
    """Three in the morning: 'help' is no keyword to somebody whose throat is closing."""
    at_night(app)
    write_in(app, "my throat is closing, I can't breathe")
    run_due(app)
    urgent = sum(text.body.startswith("URGENT") for text, _, _ in app.sms.accepted)
    app.clock.advance(2 * MINUTE)
    write_in(app, "HELP", "SMin2")
    run_due(app)
    assert sum(text.body.startswith("URGENT") for text, _, _ in app.sms.accepted) > urgent
    assert not any("for help call" in body for body in app.sms.bodies_to(PATIENT))


def test_answers_that_were_planned_side_by_side_do_not_both_leave(app: TestApp) -> None:
    """Sending was held up: at hand-over the second finds that the first has just gone."""
    at_night(app)
    write_in(app, "HELP")
    write_in(app, "HELP", "SMin2")
    run_due(app)
    found = rows(app, timed_actions, timed_actions.c.template == "help")
    assert sorted((row.state, row.reason) for row in found) == [
        ("dropped", "just_answered"),
        ("sent", "accepted"),
    ]


@pytest.mark.parametrize(("hour", "number"), [(8, "555-0111"), (17, "555-0100")])
def test_advice_and_help_name_a_number_that_somebody_answers(app: TestApp, hour: int, number: str) -> None:
    """At three in the morning the clinic's own rings in an empty room; at noon the on-call one would."""
    at_night(app, datetime(2026, 11, 25, hour, 0, tzinfo=UTC))
    write_in(app, "HELP")
    run_due(app)
    app.clock.advance(HOUR)
    write_in(app, "my throat is closing, I can't breathe", "SMin2")
    run_due(app)
    helped, advised = app.sms.bodies_to(PATIENT)[-2:]
    assert number in advised
    assert ("555-0111 while we are closed" in helped) == (hour == 8)


def test_two_cries_in_two_processes_at_one_moment_are_advised_once(app: TestApp) -> None:
    """The second was taken in before it could see the first one's alarm; the advice has one name."""
    at_night(app)
    write_in(app, "my throat is closing")
    write_in(app, "I can't breathe", "SMin2")
    run_due(app)
    keys = [row.key for row in rows(app, timed_actions, timed_actions.c.template == "safety_reply")]
    assert len(keys) == 1
    assert keys[0].endswith(":0")


def test_the_confirmation_of_an_opt_out_is_never_held_back_by_answers_before_it(app: TestApp) -> None:
    at_night(app)
    for number in range(3):
        write_in(app, "HELP", f"SMin{number}")
        run_due(app)
        app.clock.advance(11 * MINUTE)
    write_in(app, "STOP", "SMin9")
    run_due(app)
    assert "unsubscribed" in app.sms.bodies_to(PATIENT)[-1]


def test_a_cry_that_goes_on_is_advised_once_an_hour(app: TestApp) -> None:
    """Nobody acknowledged for two hours: each further text is told to people, and answered by none of them."""
    at_night(app)
    for number in range(14):
        write_in(app, "I still can't breathe well, my throat is closing", f"SMin{number}")
        run_due(app)
        app.clock.advance(10 * MINUTE)
    assert len([body for body in app.sms.bodies_to(PATIENT) if "our team is being told" in body]) == 3
