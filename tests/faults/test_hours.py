"""An hour without the provider, a clock that is an hour wrong, and the nights when the clocks are changed."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from core.domain.ports import Outcome, SendResult
from core.flows.sending import breaking, reconciling
from core.messaging.actions import Lane, NewAction, Purpose
from core.messaging.rules import send_hold_drop
from core.messaging.store import planning as messaging
from core.messaging.tables import timed_actions
from tests.conftest import TestApp
from tests.factories import submission
from tests.flows.dispatching import run_due, run_until, take_in

pytestmark = pytest.mark.faults
PATIENT = "+14075550155"
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
NO_CONNECTION = SendResult(Outcome.RETRY, detail="no connection")


def plan_text(
    app: TestApp,
    key: str,
    *,
    purpose: Purpose = Purpose.MANUAL,
    wait: timedelta = timedelta(0),
    useful: timedelta | None = None,
    lead_id: str | None = None,
    patient_id: str | None = None,
) -> str:
    """A text to the patient whose body is its key; its action's id."""
    due_at = app.clock.now() + wait
    action = NewAction(
        key, "text", due_at, purpose, Lane.INSTANT, phone=PATIENT, body=key, lead_id=lead_id, patient_id=patient_id,
        useful_until=due_at + useful if useful else None,
    )  # fmt: skip
    with app.db.write() as session:
        return messaging.plan(session, action, app.clock.now())


def plan_for_patient(app: TestApp, key: str, purpose: Purpose) -> str:
    """The same for somebody who agreed to texts, after the first texts of the form are out."""
    taken = take_in(app, submission())
    run_due(app)
    with app.db.read() as session:
        patient_id = (
            session.execute(select(timed_actions.c.patient_id).where(timed_actions.c.patient_id.is_not(None)))
            .scalars()
            .first()
        )
    return plan_text(app, key, purpose=purpose, lead_id=taken.lead_id, patient_id=patient_id)


def state_of(app: TestApp, action_id: str) -> tuple[str, str]:
    """State and reason of an action."""
    columns = (timed_actions.c.state, timed_actions.c.reason)
    with app.db.read() as session:
        row = session.execute(select(*columns).where(timed_actions.c.id == action_id)).one()
    return row.state, row.reason


def times_of(app: TestApp, body: str) -> list[datetime]:
    """When the provider took texts of this body."""
    return [at for text, _, at in app.sms.accepted if text.body == body]


def go_down(app: TestApp, result: SendResult) -> None:
    """From now on every call ends so, and nobody can ask."""
    app.sms.answer = lambda _text: result
    app.sms.down = True


def come_back(app: TestApp) -> None:
    app.sms.answer = lambda _text: None
    app.sms.down = False


def pass_time(app: TestApp, span: timedelta) -> None:
    """Like run_until, but looking only every ten minutes: an outage is asked about some hundred times an hour."""
    for _ in range(span // (10 * MINUTE)):
        app.clock.advance(10 * MINUTE)
        reconciling.look_up(app, now=app.clock.now())
        run_due(app)


def test_an_hour_without_a_connection_costs_no_text_that_still_helps(app: TestApp) -> None:
    useful = plan_text(app, "still useful", useful=2 * HOUR)
    always = plan_text(app, "always useful")
    stale = plan_text(app, "stale", useful=10 * MINUTE)
    go_down(app, NO_CONNECTION)
    pass_time(app, HOUR)
    come_back(app)
    pass_time(app, HOUR)
    assert [state_of(app, one)[0] for one in (useful, always, stale)] == ["sent", "sent", "dropped"]
    assert state_of(app, stale)[1] == "too_late"
    assert sorted(app.sms.bodies_to(PATIENT)) == ["always useful", "still useful"]


def test_when_the_provider_is_back_what_was_due_meanwhile_is_no_burst_of_stale_texts(app: TestApp) -> None:
    """Twelve reminders that each helped for five minutes: the last one goes, eleven are named as too late."""
    ids = [plan_text(app, f"reminder {n}", wait=n * 5 * MINUTE, useful=5 * MINUTE) for n in range(13)]
    go_down(app, NO_CONNECTION)
    pass_time(app, HOUR)
    come_back(app)
    run_until(app, HOUR)
    assert app.sms.bodies_to(PATIENT) == ["reminder 12"]
    assert {state_of(app, one) for one in ids[:12]} == {("dropped", "too_late")}


def test_texts_whose_answers_were_lost_for_an_hour_are_looked_up_before_anything_is_repeated(
    app: TestApp,
) -> None:
    """Half of them arrived. While the list can't be read nothing is sent again."""
    arrived, missing = plan_text(app, "arrived"), plan_text(app, "missing")
    app.sms.answer = lambda text: SendResult(Outcome.UNKNOWN, sid="lost" if text.body == "arrived" else None)
    app.sms.down = True
    pass_time(app, HOUR)
    assert app.sms.bodies_to(PATIENT) == ["arrived"]
    come_back(app)
    pass_time(app, HOUR)
    assert sorted(app.sms.bodies_to(PATIENT)) == ["arrived", "missing"]
    assert state_of(app, arrived) == ("sent", "adopted")
    assert state_of(app, missing)[0] == "sent"


def test_marketing_whose_answer_was_lost_in_an_outage_is_never_sent_again_blindly(app: TestApp) -> None:
    action_id = plan_for_patient(app, "offer", Purpose.MARKETING)
    go_down(app, SendResult(Outcome.UNKNOWN))
    pass_time(app, HOUR)
    come_back(app)
    pass_time(app, 2 * HOUR)
    assert times_of(app, "offer") == []
    assert state_of(app, action_id) == ("unknown", "for_a_person")


def test_an_outage_alone_does_not_stop_all_sending(app: TestApp) -> None:
    """Refused for now is no verdict on our texts: nobody should have to start sending again by hand."""
    for number in range(24):
        plan_text(app, f"text {number}")
    go_down(app, NO_CONNECTION)
    pass_time(app, HOUR)
    assert breaking.look(app, now=app.clock.now()) == []
    come_back(app)
    pass_time(app, HOUR)
    assert len(app.sms.bodies_to(PATIENT)) == 24


def test_a_clock_set_forward_an_hour_catches_up_by_each_texts_late_policy(app: TestApp) -> None:
    """Due meanwhile and still useful: once, at once. Past its use: named, not sent."""
    due = plan_text(app, "due", wait=30 * MINUTE)
    late = plan_text(app, "late", wait=30 * MINUTE, useful=10 * MINUTE)
    later = plan_text(app, "later", wait=2 * HOUR)
    run_due(app)
    app.clock.advance(HOUR)
    run_due(app)
    assert app.sms.bodies_to(PATIENT) == ["due"]
    assert state_of(app, due)[0] == "sent"
    assert state_of(app, late) == ("dropped", "too_late")
    assert state_of(app, later)[0] == "planned"


def test_a_clock_set_back_an_hour_sends_nothing_twice_and_loses_nothing(app: TestApp) -> None:
    sent = plan_text(app, "sent before")
    doubtful = plan_text(app, "answer lost")
    app.sms.answer = lambda text: (
        SendResult(Outcome.UNKNOWN, sid="lost") if text.body == "answer lost" else None
    )
    run_due(app)
    waits = plan_text(app, "due soon", wait=5 * MINUTE)
    app.sms.clock = type(app.clock)(app.clock.moment)  # the provider's own clock is right all along
    app.clock.advance(-HOUR)
    come_back(app)
    for _ in range(14):
        app.sms.clock.advance(10 * MINUTE)
        pass_time(app, 10 * MINUTE)
    assert sorted(app.sms.bodies_to(PATIENT)) == ["answer lost", "due soon", "sent before"]
    assert {state_of(app, one)[0] for one in (sent, doubtful, waits)} == {"sent"}


def test_a_doubt_handed_over_while_our_clock_was_an_hour_slow_is_found(app: TestApp) -> None:
    """The provider's list then shows a text from an hour after our claim; it is ours all the same."""
    app.sms.clock = type(app.clock)(app.clock.moment + HOUR)
    action_id = plan_text(app, "one")
    app.sms.answer = lambda _text: SendResult(Outcome.UNKNOWN, sid="lost")
    run_due(app)
    come_back(app)
    app.clock.advance(HOUR + timedelta(seconds=send_hold_drop.GRACE_SECONDS))
    reconciling.look_up(app, now=app.clock.now())
    run_until(app, MINUTE)
    assert app.sms.bodies_to(PATIENT) == ["one"]
    assert state_of(app, action_id) == ("sent", "adopted")


# The evening before, in New York, and 08:00 of the next morning there: ten hours and nine or eleven apart.
CHANGES = {
    "back, 1 November 2026": (datetime(2026, 11, 1, 2, tzinfo=UTC), datetime(2026, 11, 1, 13, tzinfo=UTC)),
    "forward, 14 March 2027": (datetime(2027, 3, 14, 3, tzinfo=UTC), datetime(2027, 3, 14, 12, tzinfo=UTC)),
    "back, 7 November 2027": (datetime(2027, 11, 7, 2, tzinfo=UTC), datetime(2027, 11, 7, 13, tzinfo=UTC)),
}


@pytest.mark.parametrize("night", CHANGES)
def test_a_text_held_over_the_night_of_a_clock_change_goes_once_when_the_morning_opens(
    app: TestApp, night: str
) -> None:
    evening, opens = CHANGES[night]
    app.clock.moment = evening
    take_in(app, submission(submitted_at=evening - 3 * HOUR))
    run_until(app, opens - evening - MINUTE)
    assert app.sms.bodies_to(PATIENT) == []
    run_until(app, 2 * MINUTE)
    first = [(text.body, at) for text, _, at in app.sms.accepted if text.to == PATIENT]
    assert [at for _, at in first] == [opens] * len(first)
    run_until(app, HOUR)
    bodies = app.sms.bodies_to(PATIENT)
    assert len(first) == 1
    assert len(bodies) == len(set(bodies))
