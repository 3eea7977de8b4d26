"""A confirmation promises a call only at a time that is still ahead when the text leaves."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from core.domain.hours import WeeklyHours, parse_window
from core.domain.ports import Outcome, SendResult
from core.flows.sending.promising import call_by
from tests.conftest import TestApp
from tests.factories import submission
from tests.flows.dispatching import run_due, run_until, take_in

PATIENT = "+14075550155"
NEW_YORK = ZoneInfo("America/New_York")
NINE_TO_SIX = WeeklyHours(NEW_YORK, dict.fromkeys(range(5), (parse_window("09:00-18:00"),)))


def local(day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, second, tzinfo=NEW_YORK).astimezone(UTC)


@pytest.mark.parametrize(
    ("due", "now", "words"),
    [
        (local(23, 15, 55), local(23, 15, 50), "by 3:55 PM"),
        (local(23, 15, 55), local(23, 15, 54), "by 3:55 PM"),
        (local(23, 15, 55), local(23, 15, 54, 30), ""),  # it would be read as the minute begins
        (local(23, 15, 55), local(23, 16), ""),
        (local(24, 9, 5), local(23, 20), "when we open, by Tue 9:05 AM"),
        (local(23, 17, 55), local(23, 18), "when we open, Tue 9:00 AM"),
        (local(23, 17, 55), local(24, 8), "when we open, 9:00 AM"),
        (local(27, 17, 55), local(28, 12), "when we open, Mon 9:00 AM"),
    ],
)
def test_a_promise_names_only_what_is_ahead(due: datetime, now: datetime, words: str) -> None:
    assert call_by(due, NINE_TO_SIX, NEW_YORK, now) == words


def test_a_clinic_that_never_opens_promises_nothing() -> None:
    assert call_by(local(24, 9), WeeklyHours(NEW_YORK, {}), NEW_YORK, local(23, 9)) == ""


def test_a_confirmation_that_leaves_at_once_says_who_calls_and_when(app: TestApp) -> None:
    take_in(app, submission())
    run_due(app)
    assert "will call you by 10:05 AM" in app.sms.bodies_to(PATIENT)[0]


def test_a_confirmation_that_was_tried_again_later_promises_no_time_that_has_passed(app: TestApp) -> None:
    app.sms.answer = lambda text: SendResult(Outcome.RETRY, retry_after=400) if text.attempt == 1 else None
    take_in(app, submission())
    run_due(app)
    run_until(app, timedelta(minutes=8))
    assert "will call you soon" in app.sms.bodies_to(PATIENT)[0]


def test_a_confirmation_after_closing_says_when_we_open(app: TestApp) -> None:
    app.clock.moment = local(24, 22)
    take_in(app, submission(submitted_at=app.clock.now()))
    run_due(app)
    assert "will call you when we open, by Wed 8:05 AM" in app.sms.bodies_to(PATIENT)[0]
