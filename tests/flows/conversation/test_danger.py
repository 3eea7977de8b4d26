"""A patient may be in danger: people are told, at any hour, until one of them acknowledges it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from core.compliance.tables import phone_standing
from core.conversation.tables import alarms
from core.domain.errors import Denied, LostRace
from core.flows.conversation import danger, receive_text
from core.flows.leads import calls, staff_outcome
from core.leads.tables import leads
from core.messaging.tables import timed_actions
from core.operations import store as operations
from core.operations import store_stops
from core.reads import lead as lead_read
from core.reads import lead_queue, metrics, now_block
from core.sla.tables import sla_clocks
from core.staff.tables import staff
from luxe import status
from tests.conftest import TestApp
from tests.factories import submission
from tests.flows.dispatching import run_due, run_until, take_in, work_off
from tests.flows.staffing import do, kinds, new_lead, one, rows, who

PATIENT, MAYA, JORDAN, ELENA = "+14075550155", "+15125550171", "+15125550172", "+15125550173"
CRY = "my face is swelling, I can't breathe"
MINUTE = timedelta(minutes=1)


def write_in(app: TestApp, body: str, sid: str = "SMin1", **named: Any) -> receive_text.Received:
    return receive_text.receive(
        app, {"MessageSid": sid, "From": PATIENT, "Body": body}, now=app.clock.now(), **named
    )


def urgent_to(app: TestApp, phone: str) -> list[str]:
    return [body for body in app.sms.bodies_to(phone) if body.startswith("URGENT")]


def told(app: TestApp) -> int:
    """How many urgent alerts went out."""
    return sum(text.body.startswith("URGENT") for text, _, _ in app.sms.accepted)


def owner_of(app: TestApp, lead_id: str) -> Any:
    owner = one(app, leads, leads.c.id == lead_id).owner_id
    return one(app, staff, staff.c.id == owner)


def test_the_owner_and_the_managers_are_told_at_once_without_a_word_about_the_patient(app: TestApp) -> None:
    lead_id = new_lead(app)
    write_in(app, CRY)
    run_due(app)
    assert len(urgent_to(app, owner_of(app, lead_id).phone)) == 1
    assert len(urgent_to(app, ELENA)) == 1
    assert not any(
        word in urgent_to(app, ELENA)[0] for word in ("Omar", "Reyes", "otox", "407", "face", "breathe")
    )
    assert "A-1001" in urgent_to(app, ELENA)[0]


def test_the_patient_gets_emergency_words_at_night_and_once(app: TestApp) -> None:
    """Three in the morning, and after an opt-out: it answers the text that they sent."""
    new_lead(app)
    write_in(app, "STOP", "SMin0")
    run_due(app)
    app.clock.moment = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)  # 03:00 in Florida
    write_in(app, CRY)
    run_due(app)
    app.clock.advance(2 * MINUTE)
    write_in(app, "it is getting worse, I can't swallow", "SMin2")
    run_due(app)
    safety = [body for body in app.sms.bodies_to(PATIENT) if "911" in body]
    assert len(safety) == 1
    assert not any(word in safety[0] for word in ("Omar", "otox", "face", "breath"))
    assert len(urgent_to(app, ELENA)) == 2


def test_the_emergency_words_are_spanish_for_a_spanish_cry(app: TestApp) -> None:
    new_lead(app)
    write_in(app, "no puedo respirar, se me hinchó la cara")
    run_due(app)
    assert "llame al 911" in app.sms.bodies_to(PATIENT)[-1]


@pytest.mark.parametrize("state", ["open", "booked", "closed", "disqualified"])
def test_whatever_state_the_lead_was_in_it_is_urgent_and_in_sight(app: TestApp, state: str) -> None:
    """A booked or closed lead's patient can be in danger too: first in the queue, with a clock."""
    other = take_in(app, submission(external_id="other", phone="+14075550156", email="b@example.com")).lead_id
    lead_id = new_lead(app)
    with app.db.write() as session:
        session.execute(update(sla_clocks).values(state="met", ended_at=app.clock.now()))
        session.execute(update(leads).where(leads.c.id == lead_id).values(state=state))
    write_in(app, CRY)
    with app.db.read() as session:
        queue = lead_queue.read(session, who(app, "frontdesk")).rows
        page = lead_read.read(session, who(app, "frontdesk"), lead_id)
        block = now_block.read(session, who(app, "frontdesk"))
    assert [row.id for row in queue] == [lead_id, other]
    assert queue[0].priority == 1
    assert queue[0].clock == "danger"
    assert queue[0].alarm is not None
    assert page.alarm == queue[0].alarm
    assert queue[0].alarm.acknowledged_by is None
    assert (block.urgent, block.alarms) == (1, 1)
    assert one(app, leads, leads.c.id == lead_id).state == ("booked" if state == "booked" else "open")


def test_its_clock_runs_at_night(app: TestApp) -> None:
    new_lead(app)
    app.clock.moment = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
    write_in(app, CRY)
    clock = one(app, sla_clocks, sla_clocks.c.target == "danger")
    assert clock.due_at == app.clock.now() + 5 * MINUTE


def test_more_people_are_told_again_and_again_until_one_acknowledges(app: TestApp) -> None:
    lead_id = new_lead(app)
    write_in(app, CRY)
    run_until(app, 4 * MINUTE)
    assert told(app) == 2  # the owner and the manager
    run_until(app, 2 * MINUTE)
    assert told(app) == 4
    run_until(app, 5 * MINUTE)
    assert told(app) == 7  # from ten minutes on the whole front desk
    run_until(app, 10 * MINUTE)
    assert told(app) == 10
    do(app, danger.acknowledge, who(app, "manager"), lead_id)
    run_until(app, timedelta(hours=3))
    assert told(app) == 10
    assert rows(app, timed_actions, timed_actions.c.kind == "alarm", timed_actions.c.state == "planned") == []
    assert {"alarm_raised", "alarm_repeated", "alarm_acknowledged"} <= set(kinds(app, lead_id))


def test_an_acknowledgement_takes_back_alerts_that_have_not_left(app: TestApp) -> None:
    """In its own transaction: no colleague is woken for what is in hand."""
    lead_id = new_lead(app)
    write_in(app, CRY)
    do(app, danger.acknowledge, who(app, "manager"), lead_id)
    run_due(app)
    assert told(app) == 0


def test_who_has_acknowledged_shows_and_the_lead_stays_urgent_until_somebody_reached_the_patient(
    app: TestApp,
) -> None:
    lead_id = new_lead(app)
    write_in(app, CRY)
    do(app, danger.acknowledge, who(app, "manager"), lead_id)
    with app.db.read() as session:
        row = lead_queue.read(session, who(app, "frontdesk")).rows[0]
    assert row.alarm is not None
    assert row.alarm.acknowledged_by == "Elena Ruiz"
    do(app, calls.log, app.reference, who(app, "frontdesk"), lead_id, "talked")
    with app.db.read() as session:
        row = lead_queue.read(session, who(app, "frontdesk")).rows[0]
    assert (row.alarm, row.priority) == (None, 2)


def test_reaching_the_patient_is_an_acknowledgement(app: TestApp) -> None:
    lead_id = new_lead(app)
    write_in(app, CRY)
    run_due(app)
    do(app, calls.log, app.reference, who(app, "frontdesk"), lead_id, "talked")
    run_until(app, timedelta(hours=1))
    assert told(app) == 2
    assert one(app, alarms).acknowledged_by == who(app, "frontdesk").staff_id


def test_a_second_acknowledgement_names_who_was_faster(app: TestApp) -> None:
    lead_id = new_lead(app)
    write_in(app, CRY)
    do(app, danger.acknowledge, who(app, "manager"), lead_id)
    with pytest.raises(LostRace, match="Elena has acknowledged"):
        do(app, danger.acknowledge, who(app, "frontdesk"), lead_id)
    with pytest.raises(Denied):
        do(app, danger.acknowledge, who(app, "marketing"), lead_id)


def test_a_provider_may_acknowledge(app: TestApp) -> None:
    lead_id = new_lead(app)
    write_in(app, CRY)
    do(app, danger.acknowledge, who(app, "provider"), lead_id)
    assert one(app, alarms).acknowledged_at is not None


def test_a_cry_after_the_acknowledgement_is_an_alarm_of_its_own(app: TestApp) -> None:
    """Who acknowledged the first may be on the phone: the others hear of it, the patient gets no second advice."""
    lead_id = new_lead(app)
    write_in(app, CRY)
    run_due(app)
    do(app, danger.acknowledge, who(app, "manager"), lead_id)
    app.clock.advance(10 * MINUTE)
    write_in(app, "I think I am going to pass out", "SMin2")
    run_due(app)
    assert told(app) == 4
    assert len(rows(app, alarms)) == 2
    assert len([body for body in app.sms.bodies_to(PATIENT) if "911" in body]) == 1
    do(app, calls.log, app.reference, who(app, "frontdesk"), lead_id, "talked")
    assert one(app, leads, leads.c.id == lead_id).priority == 2


def test_two_cries_within_a_minute_are_one_alert(app: TestApp) -> None:
    new_lead(app)
    write_in(app, CRY)
    run_due(app)
    app.clock.advance(timedelta(seconds=20))
    write_in(app, "please hurry I can't breathe", "SMin2")
    run_due(app)
    assert told(app) == 2
    assert len(rows(app, alarms)) == 1


def test_a_stop_with_a_cry_for_help_does_both(app: TestApp) -> None:
    """Nothing automatic goes there any more, and people are told."""
    lead_id = new_lead(app)
    write_in(app, "STOP, my lips are swollen and I can't breathe")
    run_until(app, 2 * MINUTE)
    assert one(app, phone_standing).opted_out_at is not None
    assert one(app, leads, leads.c.id == lead_id).call_only
    assert told(app) == 2
    assert (
        len(app.sms.bodies_to(PATIENT)) == 3
    )  # the form's, the confirmation of the STOP, the emergency words
    assert one(app, leads, leads.c.id == lead_id).responded_at is None
    do(app, danger.acknowledge, who(app, "manager"), lead_id)
    run_until(app, timedelta(days=15))
    assert len(app.sms.bodies_to(PATIENT)) == 3


def test_a_cry_that_reaches_us_late_is_told_and_not_answered(app: TestApp) -> None:
    """An hour later advice is none; a person must know all the same."""
    new_lead(app)
    written_at = app.clock.now()
    app.clock.advance(timedelta(hours=1))
    write_in(app, CRY, written_at=written_at)
    run_due(app)
    assert told(app) == 2
    assert not any("911" in body for body in app.sms.bodies_to(PATIENT))


def test_the_same_webhook_twice_is_one_alarm(app: TestApp) -> None:
    new_lead(app)
    for _ in range(2):
        write_in(app, CRY)
        run_due(app)
    assert told(app) == 2


def test_a_snoozed_lead_comes_back(app: TestApp) -> None:
    lead_id = new_lead(app)
    do(app, staff_outcome.snooze, who(app, "frontdesk"), lead_id, app.clock.now() + timedelta(days=2))
    write_in(app, CRY)
    assert one(app, leads, leads.c.id == lead_id).snoozed_until is None


def test_where_nobody_of_a_level_can_be_told_everybody_who_can_is(app: TestApp) -> None:
    new_lead(app)
    with app.db.write() as session:
        session.execute(update(staff).where(staff.c.username == "manager").values(phone=None))
        session.execute(update(leads).values(owner_id=None))
    write_in(app, CRY)
    run_due(app)
    assert (len(urgent_to(app, MAYA)), len(urgent_to(app, JORDAN))) == (1, 1)


def test_status_and_metrics_count_what_nobody_acknowledged(app: TestApp) -> None:
    lead_id = new_lead(app)
    write_in(app, CRY)
    with app.db.read() as session:
        assert metrics.read(session, app.settings.zone, app.clock.now()).alarms == 1
    found = status.read_status(app)
    assert found.alarms == 1
    assert "1 patients may be in danger" in found.needs_a_hand[0]
    do(app, danger.acknowledge, who(app, "manager"), lead_id)
    assert status.read_status(app).alarms == 0


def stop_by(app: TestApp, name: str) -> None:
    with app.db.write() as session:
        store_stops.stop(session, name, {}, by=None, now=app.clock.now())


@pytest.mark.parametrize("breaker", operations.BREAKERS)
def test_a_breaker_that_stops_all_sending_stops_no_safety_reply_and_no_page(
    app: TestApp, breaker: str
) -> None:
    """A wave of opt-outs in the morning must not leave somebody who can't breathe without a word in the afternoon."""
    new_lead(app)
    run_due(app)
    stop_by(app, breaker)
    write_in(app, CRY)
    take_in(app, submission(phone="+14075550166", external_id="late"))
    run_until(app, 6 * MINUTE)
    assert sum("911" in body for body in app.sms.bodies_to(PATIENT)) == 1
    assert len(urgent_to(app, ELENA)) == 2, "at once and after five minutes"
    assert not app.sms.bodies_to("+14075550166"), "what we begin waits"


def test_a_person_who_is_on_call_is_paged_again_only_as_long_as_nobody_paused_all_sending(
    app: TestApp,
) -> None:
    """'Pause' means all of it: a person said so, and sees the banner."""
    new_lead(app)
    run_due(app)
    stop_by(app, operations.PAUSED)
    write_in(app, CRY)
    run_until(app, 6 * MINUTE)
    assert not urgent_to(app, ELENA)
    assert not any("911" in body for body in app.sms.bodies_to(PATIENT))


def test_under_a_breaker_the_scheduler_sleeps_until_the_next_page_is_due(app: TestApp) -> None:
    """What waits behind the breaker is due since long: looking for it again and again would take a whole core."""
    new_lead(app)
    run_due(app)
    stop_by(app, "opt_out_rate")
    take_in(app, submission(phone="+14075550166", external_id="late"))
    assert work_off(app)[1] is None
    write_in(app, CRY)
    next_due = work_off(app)[1]
    assert next_due is not None
    assert next_due > app.clock.now() + MINUTE
