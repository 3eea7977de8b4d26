"""One text for later: it goes when the person said, where it may, and stays here where it should."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.domain.errors import ClosedToTexts, InvalidInput, LostRace, NotFound
from core.flows.conversation import receive_text, scheduling, staff_text
from core.messaging.tables import timed_actions
from core.reads.parts.conversation import Waiting, waiting
from tests.conftest import TestApp
from tests.flows.dispatching import run_due, run_until
from tests.flows.sending.test_dispatch import PATIENT, write_in
from tests.flows.staffing import do, new_lead, one, rows, who

TOMORROW = timedelta(days=1)


def plan(app: TestApp, lead_id: str, ahead: timedelta = TOMORROW, *, until_reply: bool = True) -> str:
    at = app.clock.now() + ahead
    action_id: str = do(
        app, scheduling.schedule, app.reference, who(app, "frontdesk"), lead_id, "See you at 3", at,
        until_reply=until_reply,
    )  # fmt: skip
    return action_id


def action(app: TestApp, action_id: str) -> Any:
    return one(app, timed_actions, timed_actions.c.id == action_id)


def shown(app: TestApp, lead_id: str) -> tuple[Waiting, ...]:
    with app.db.read() as session:
        return waiting(session, lead_id, {})


def said(app: TestApp) -> int:
    return app.sms.bodies_to(PATIENT).count("See you at 3")


def test_it_goes_at_its_moment_once_and_not_before(app: TestApp) -> None:
    lead_id = new_lead(app)
    plan(app, lead_id)
    run_until(app, TOMORROW - timedelta(minutes=1))
    assert said(app) == 0
    run_until(app, timedelta(minutes=2))
    run_until(app, timedelta(hours=2))
    assert said(app) == 1


def test_at_night_where_the_patient_lives_it_waits_for_the_morning_and_says_so_before(app: TestApp) -> None:
    """The person learns of it while they choose; the dispatcher decides the same when the moment has come."""
    lead_id, maya = new_lead(app), who(app, "frontdesk")
    night = datetime(2026, 11, 25, 2, 30, tzinfo=UTC)  # 21:30 in Florida
    found = do(app, scheduling.outlook, app, maya, lead_id, night)
    morning = datetime(2026, 11, 25, 13, 0, tzinfo=UTC)  # 08:00 there
    assert (found.verdict, found.reason, found.until) == ("held", "quiet_hours", morning)
    action_id = plan(app, lead_id, night - app.clock.now())
    run_until(app, night + timedelta(hours=12) - app.clock.now())
    assert said(app) == 1
    assert action(app, action_id).settled_at >= morning


def test_a_moment_in_the_day_has_nothing_against_it(app: TestApp) -> None:
    lead_id = new_lead(app)
    found = do(app, scheduling.outlook, app, who(app, "frontdesk"), lead_id, app.clock.now() + TOMORROW)
    assert (found.verdict, found.words) == ("goes", "")


def test_a_reply_before_it_stops_it_and_the_thread_says_why(app: TestApp) -> None:
    lead_id = new_lead(app)
    action_id = plan(app, lead_id)
    app.clock.advance(timedelta(hours=1))
    write_in(app, "Can we make it 4?")
    run_until(app, TOMORROW * 2)
    assert said(app) == 0
    assert action(app, action_id).reason == "replied_since"
    [left] = shown(app, lead_id)
    assert (left.state, left.reason, left.body) == ("cancelled", "replied_since", "See you at 3")


def test_one_that_goes_all_the_same_goes_after_a_reply(app: TestApp) -> None:
    lead_id = new_lead(app)
    plan(app, lead_id, until_reply=False)
    write_in(app, "Can we make it 4?")
    run_until(app, TOMORROW + timedelta(minutes=1))
    assert said(app) == 1


def test_a_machine_that_answers_is_no_reply(app: TestApp) -> None:
    lead_id = new_lead(app)
    plan(app, lead_id)
    write_in(app, 'Liked "Hi Omar, it is Luxe"')
    run_until(app, TOMORROW + timedelta(minutes=1))
    assert said(app) == 1


def test_stop_stops_it_whatever_was_chosen(app: TestApp) -> None:
    lead_id = new_lead(app)
    action_id = plan(app, lead_id, until_reply=False)
    write_in(app, "STOP")
    run_until(app, TOMORROW * 2)
    assert (said(app), action(app, action_id).reason) == (0, "opted_out")


def test_changed_the_old_one_never_goes(app: TestApp) -> None:
    lead_id, jordan = new_lead(app), who(app, "jordan")
    action_id = plan(app, lead_id)
    at = app.clock.now() + timedelta(hours=3)
    new_id = do(
        app, scheduling.reschedule, app.reference, jordan, action_id, "Better at 5", at, until_reply=False
    )
    run_until(app, TOMORROW + timedelta(hours=1))
    assert said(app) == 0
    assert app.sms.bodies_to(PATIENT).count("Better at 5") == 1
    assert (action(app, action_id).reason, action(app, new_id).staff_id) == (
        "edited_by_staff",
        jordan.staff_id,
    )
    assert [one.id for one in shown(app, lead_id)] == []


def test_a_change_that_is_refused_leaves_the_plan_as_it_was(app: TestApp) -> None:
    """Cancel and plan are one transaction: bad words or a moment in the past cost nobody their text."""
    lead_id, maya = new_lead(app), who(app, "frontdesk")
    action_id = plan(app, lead_id)
    for body, at in (("", app.clock.now() + TOMORROW), ("x", app.clock.now() - TOMORROW)):
        with pytest.raises(InvalidInput):
            do(app, scheduling.reschedule, app.reference, maya, action_id, body, at, until_reply=True)
    assert action(app, action_id).state == "planned"


def test_what_has_left_cannot_be_changed(app: TestApp) -> None:
    lead_id, maya = new_lead(app), who(app, "frontdesk")
    action_id = plan(app, lead_id, timedelta(hours=1))
    run_until(app, timedelta(hours=2))
    later = app.clock.now() + TOMORROW
    with pytest.raises(LostRace, match="on its way"):
        do(app, scheduling.reschedule, app.reference, maya, action_id, "Other", later, until_reply=True)
    assert len(rows(app, timed_actions, timed_actions.c.purpose == "manual")) == 1


def test_cancelled_it_is_nobodys_business_any_more(app: TestApp) -> None:
    lead_id, maya = new_lead(app), who(app, "frontdesk")
    action_id = plan(app, lead_id)
    assert do(app, staff_text.cancel_action, maya, action_id) is True
    run_until(app, TOMORROW * 2)
    assert (said(app), shown(app, lead_id)) == (0, ())


@pytest.mark.parametrize(
    "ahead", [timedelta(0), timedelta(seconds=30), timedelta(days=-1), timedelta(days=400)]
)
def test_a_moment_that_will_not_do_is_named(app: TestApp, ahead: timedelta) -> None:
    lead_id = new_lead(app)
    with pytest.raises(InvalidInput) as refused:
        plan(app, lead_id, ahead)
    assert [error.field for error in refused.value.errors] == ["at"]


def test_nothing_is_planned_for_who_opted_out_or_does_not_exist(app: TestApp) -> None:
    lead_id, maya = new_lead(app), who(app, "frontdesk")
    write_in(app, "STOP")
    with pytest.raises(ClosedToTexts, match="opted out"):
        plan(app, lead_id)
    at = app.clock.now() + TOMORROW
    with pytest.raises(NotFound):
        do(app, scheduling.schedule, app.reference, maya, "nobody", "Hi", at, until_reply=True)


def test_whoever_wrote_before_a_colleague_did_must_look_first(app: TestApp) -> None:
    """Two at one thread: the second is told who was faster, and sends again when they have read it."""
    lead_id, maya, jordan = new_lead(app), who(app, "frontdesk"), who(app, "jordan")
    began = app.clock.now()
    app.clock.advance(timedelta(seconds=5))
    do(app, staff_text.send_text, app.reference, jordan, lead_id, "Hi, Jordan here", began_at=began)
    app.clock.advance(timedelta(seconds=3))
    with pytest.raises(LostRace, match="sent a text 3 s ago"):
        do(app, staff_text.send_text, app.reference, maya, lead_id, "Hi, Maya here", began_at=began)
    do(app, staff_text.send_text, app.reference, maya, lead_id, "Hi, Maya here", began_at=app.clock.now())
    run_until(app, timedelta(minutes=1))
    assert [body[:3] for body in app.sms.bodies_to(PATIENT)].count("Hi,") == 2


def test_whoever_wrote_before_the_patient_did_must_look_first(app: TestApp) -> None:
    lead_id, maya = new_lead(app), who(app, "frontdesk")
    began = app.clock.now()
    app.clock.advance(timedelta(seconds=20))
    write_in(app, "Please don't call before 2")
    with pytest.raises(LostRace, match="The patient wrote"):
        do(app, staff_text.send_text, app.reference, maya, lead_id, "Calling you now", began_at=began)
    run_due(app)
    assert "Calling you now" not in app.sms.bodies_to(PATIENT)


def test_a_text_that_came_while_the_plan_was_made_stops_it_too(app: TestApp) -> None:
    """It was written before the person planned, and reached us afterwards: they had not seen it."""
    lead_id = new_lead(app)
    written_at = app.clock.now()
    app.clock.advance(timedelta(minutes=5))
    action_id = plan(app, lead_id)
    params = {"MessageSid": "SMlate", "From": PATIENT, "Body": "Is 4 fine?"}
    receive_text.receive(app, params, now=app.clock.now(), written_at=written_at)
    assert action(app, action_id).reason == "replied_since"
