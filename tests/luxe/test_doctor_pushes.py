"""What the doctor says of web push: who is told by it, what went wrong last, and what to do where it is off."""

from dataclasses import replace
from datetime import timedelta

import pytest

from core.domain.ports import GONE, Outcome, SendResult
from luxe import pushes
from tests.conftest import TestApp
from tests.factories import submission
from tests.flows.escalation.levels import clinic
from tests.flows.notifying import notify_all, told_by
from tests.flows.staffing import new_lead

TWILIO = {"twilio_account_sid": "AC1", "twilio_from": "+15125550100"}
AT_HOME = {"console_url": "https://console.example.com"}


def with_settings(app: TestApp, **given: str) -> TestApp:
    return replace(app, settings=app.settings.model_copy(update=given))


def test_a_new_product_says_that_push_is_on_and_how_a_browser_is_added(app: TestApp) -> None:
    line = pushes.line(app)
    assert line.ok
    assert line.words == f"key made from the keyset; {pushes.NOBODY}"


def test_it_says_how_many_browsers_of_how_many_people_are_told(app: TestApp) -> None:
    told_by(app, ["push", "sms"], browsers=2)
    line = pushes.line(app)
    assert (line.ok, line.words.count("alerts go to 12 browsers of 6 people")) == (True, 1), line.words


@pytest.mark.parametrize(
    ("given", "browsers", "ok", "words"),
    [
        (TWILIO, 0, True, "set LUXE_PUSH_CONTACT"),
        (TWILIO, 1, False, "6 browsers were turned on"),
        (TWILIO | AT_HOME, 1, True, "key made from the keyset"),
        ({"push_contact": "mailto:it@example.com"} | TWILIO, 1, True, "alerts go to 6 browsers"),
        ({"console_url": "http://console.example.com"}, 0, True, "set LUXE_CONSOLE_URL"),
        ({"console_url": "http://console.example.com"}, 1, False, "at an https address alone"),
    ],
)
def test_where_it_is_off_the_line_says_what_turns_it_on(
    app: TestApp, given: dict[str, str], browsers: int, ok: bool, words: str
) -> None:
    """Nobody has to have it, so that it is off is something to do only where somebody relies on it."""
    told_by(app, ["sms"], browsers=browsers)
    line = pushes.line(with_settings(app, **given))
    assert (line.ok, words in line.words) == (ok, True), line.words


@pytest.mark.parametrize(
    ("answer", "ok", "words"),
    [
        (
            SendResult(Outcome.REFUSED, status=GONE, code=410),
            True,
            "failed (answer 410): a browser that shows alerts no more",
        ),
        (SendResult(Outcome.REFUSED, code=403), False, "failed (answer 403): the push service refused it"),
        (SendResult(Outcome.RETRY, detail="TimeoutError"), False, "must reach the internet on port 443"),
    ],
)
def test_the_last_failure_stands_there_until_a_push_is_taken_again(
    app: TestApp, answer: SendResult, ok: bool, words: str
) -> None:
    app = clinic(app)
    told_by(app, ["push", "sms"])
    app.push.answer = lambda _browser: answer
    new_lead(app)
    for _ in range(3):
        notify_all(app)
        app.clock.advance(timedelta(seconds=6))
    line = pushes.line(app)
    assert (line.ok, words in line.words) == (ok, True), line.words
    app.push.answer = lambda _browser: None
    app.clock.advance(timedelta(minutes=5))
    told_by(app, ["push", "sms"])
    new_lead(app, submission(phone="+15125550177", external_id="another"))
    notify_all(app)
    assert "failed" not in pushes.line(app).words
