"""Nobody reaches out to a new lead: who is told when, and what ends it."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from core.flows.conversation import receive_text
from core.flows.escalation import acknowledging
from core.flows.leads import calls, staff_action, staff_outcome
from core.leads.tables import leads
from core.messaging.tables import sms_messages, timed_actions
from core.staff.tables import staff
from tests.conftest import TestApp
from tests.factories import submission
from tests.flows.dispatching import run_due, run_until, take_in
from tests.flows.escalation.levels import ELENA, LEA, MAYA, MINUTE, PATIENT, clinic, levels_of, saying
from tests.flows.staffing import do, kinds, new_lead, one, rows, who

SORRY = "sorry for the wait"


def owner_of(app: TestApp, lead_id: str) -> str:
    return str(one(app, leads, leads.c.id == lead_id).owner_id)


def test_with_nobody_acting_each_level_reaches_its_people_at_its_minute(app: TestApp) -> None:
    """0 the owner, 5 the team lead and a backup, 15 the manager, 30 the patient, once and no more."""
    app = clinic(app)
    lead_id = new_lead(app)
    first = owner_of(app, lead_id)
    run_until(app, 4 * MINUTE)
    assert not saying(app, LEA, "Nobody has acknowledged")
    run_until(app, 2 * MINUTE)
    assert len(saying(app, LEA, "Nobody has acknowledged")) == 1
    assert owner_of(app, lead_id) != first
    run_until(app, 8 * MINUTE)
    assert not saying(app, ELENA, "Urgent")
    run_until(app, 2 * MINUTE)
    assert len(saying(app, ELENA, "Urgent")) == 1
    assert len(app.sms.bodies_to(ELENA)) == 1  # the sequence's own task for a manager is no second alert
    assert one(app, leads, leads.c.id == lead_id).priority == 1
    run_until(app, 13 * MINUTE)
    assert not saying(app, PATIENT, SORRY)
    run_until(app, 2 * MINUTE)
    assert len(saying(app, PATIENT, SORRY)) == 1
    run_until(app, timedelta(hours=6))
    assert (
        len(saying(app, PATIENT, SORRY))
        == len(saying(app, LEA, "Nobody"))
        == len(saying(app, ELENA, "Urgent"))
        == 1
    )
    assert kinds(app, lead_id).count("escalated") == 3


def test_a_lead_that_somebody_has_in_hand_is_looked_at_a_moment_later(app: TestApp) -> None:
    """Whoever gives leads holds them before the turn: a level that waited the other way round would cost a claim."""
    if app.db.is_sqlite:
        pytest.skip("SQLite has one writer")
    app = clinic(app)
    lead_id = new_lead(app)
    app.clock.advance(6 * MINUTE)
    with app.db.write() as session:  # its texts are written down on the lead, and would wait for it
        others = update(timed_actions).where(timed_actions.c.kind != "escalation")
        session.execute(others.values(state="cancelled"))
    with app.db.write() as handing_on:
        handing_on.execute(select(leads.c.id).where(leads.c.id == lead_id).with_for_update(key_share=True))
        run_due(app)
        assert not saying(app, LEA, "Nobody has acknowledged")
    app.clock.advance(timedelta(seconds=2))
    run_due(app)
    assert len(saying(app, LEA, "Nobody has acknowledged")) == 1


def test_after_a_call_at_minute_three_nothing_of_it_comes(app: TestApp) -> None:
    app = clinic(app)
    lead_id = new_lead(app)
    run_until(app, 3 * MINUTE)
    do(app, calls.log, app.reference, who(app, "frontdesk"), lead_id, "no_answer")
    assert {level.state for level in levels_of(app, lead_id)} == {"cancelled"}
    run_until(app, timedelta(hours=2))
    assert not saying(app, LEA, "Nobody")
    assert not saying(app, ELENA, "Urgent")
    assert not saying(app, PATIENT, SORRY)


def test_an_acknowledgement_spares_the_owner_and_is_no_contact(app: TestApp) -> None:
    """Level 1 does nothing; the manager and the patient hear all the same, because nobody has called."""
    app = clinic(app)
    lead_id = new_lead(app)
    first = owner_of(app, lead_id)
    do(app, acknowledging.acknowledge, who(app, "frontdesk"), lead_id)
    run_until(app, 31 * MINUTE)
    assert owner_of(app, lead_id) == first
    assert not saying(app, LEA, "Nobody has acknowledged")
    assert len(saying(app, ELENA, "Urgent")) == 1
    assert len(saying(app, PATIENT, SORRY)) == 1


def test_what_comes_at_night_starts_when_the_clinic_opens(app: TestApp) -> None:
    """The minutes are of opening hours: nobody is paged at three, and no patient hears an apology at half past."""
    app = clinic(app)
    app.clock.moment = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)  # 3:00 on a Tuesday
    lead_id = new_lead(app)
    opens = datetime(2026, 11, 24, 13, 0, tzinfo=UTC)
    assert [level.due_at - opens for level in levels_of(app, lead_id)] == [
        5 * MINUTE,
        15 * MINUTE,
        30 * MINUTE,
    ]


def test_minutes_that_the_clinic_is_closed_do_not_count(app: TestApp) -> None:
    """It came three minutes before closing: two are left for the morning."""
    app = clinic(app)
    app.clock.moment = datetime(2026, 11, 24, 0, 57, tzinfo=UTC)  # 19:57 on Monday; open until 20:00
    lead_id = new_lead(app)
    first, *_ = levels_of(app, lead_id)
    assert first.due_at == datetime(2026, 11, 24, 13, 2, tzinfo=UTC)


def test_a_cold_lead_is_left_to_its_sequence(app: TestApp) -> None:
    app = clinic(app)
    form = submission(form_type="lead_capture", timeframe="just_browsing")
    assert levels_of(app, new_lead(app, form)) == []


@pytest.mark.parametrize("what", ["disqualify", "snooze"])
def test_what_closes_or_puts_aside_a_lead_ends_its_levels(app: TestApp, what: str) -> None:
    app = clinic(app)
    lead_id = new_lead(app)
    desk = who(app, "frontdesk")
    if what == "disqualify":
        do(app, staff_outcome.disqualify, desk, lead_id, "not_interested")
    else:
        do(app, staff_outcome.snooze, desk, lead_id, app.clock.now() + timedelta(hours=1))
    assert {level.state for level in levels_of(app, lead_id)} == {"cancelled"}


def test_a_lead_that_is_back_from_being_put_aside_counts_anew_and_says_sorry_to_nobody(app: TestApp) -> None:
    """Another round: staff are told; the patient was put off on purpose."""
    app = clinic(app)
    lead_id = new_lead(app)
    do(app, staff_outcome.snooze, who(app, "frontdesk"), lead_id, app.clock.now() + timedelta(hours=1))
    run_until(app, timedelta(hours=2))
    assert len(saying(app, ELENA, "Urgent")) == 1
    assert not saying(app, PATIENT, SORRY)


def test_a_call_that_is_taken_back_starts_another_round(app: TestApp) -> None:
    app = clinic(app)
    lead_id = new_lead(app)
    desk = who(app, "frontdesk")
    logged = do(app, calls.log, app.reference, desk, lead_id, "no_answer")
    do(app, calls.undo, app.reference, desk, logged.call_id)
    assert [level.state for level in levels_of(app, lead_id)] == ["cancelled"] * 3 + ["planned"] * 3


def test_who_takes_the_lead_keeps_it(app: TestApp) -> None:
    """Taking it is a word: no backup is looked for at minute five."""
    app = clinic(app)
    lead_id = new_lead(app)
    manager = who(app, "manager")
    do(app, staff_action.take, manager, lead_id, seen_owner=owner_of(app, lead_id))
    run_until(app, 6 * MINUTE)
    assert owner_of(app, lead_id) == manager.staff_id


def test_after_an_outage_the_minutes_count_anew(app: TestApp) -> None:
    """All levels at one stroke would blame people for what we held up, and say sorry before anybody could call."""
    app = clinic(app)
    lead_id = take_in(app, submission()).lead_id
    assert lead_id
    app.clock.advance(timedelta(hours=2))
    run_until(app, MINUTE)
    assert len(saying(app, MAYA, "New lead") + saying(app, "+15125550172", "New lead")) == 1
    assert not saying(app, ELENA, "Urgent")
    assert not saying(app, PATIENT, SORRY)
    run_until(app, 15 * MINUTE)
    assert len(saying(app, ELENA, "Urgent")) == 1


def test_who_opted_out_gets_no_apology(app: TestApp) -> None:
    """It goes the way of every text, and asks for consent like any."""
    app = clinic(app)
    lead_id = new_lead(app)
    receive_text.receive(app, {"MessageSid": "SM9", "From": PATIENT, "Body": "STOP"}, now=app.clock.now())
    run_until(app, timedelta(hours=1))
    assert not saying(app, PATIENT, SORRY)
    assert len(saying(app, ELENA, "Urgent")) == 1
    assert kinds(app, lead_id).count("escalated") == 3


def test_two_requests_of_one_patient_bring_one_apology_in_a_day(app: TestApp) -> None:
    app = clinic(app)
    new_lead(app)
    app.clock.advance(MINUTE)
    new_lead(app, submission(external_id="form-2"))
    run_until(app, MINUTE * 45)
    assert len(rows(app, timed_actions, timed_actions.c.template == "apology")) == 1


def test_no_alert_names_the_patient_or_what_they_want(app: TestApp) -> None:
    app = clinic(app)
    new_lead(app)
    run_until(app, 31 * MINUTE)
    told = [row.message_body for row in rows(app, sms_messages, sms_messages.c.origin == "staff_alert")]
    assert len(told) >= 4
    assert not any(word in body for body in told for word in ("Omar", "Reyes", "otox", "407", "555-0155"))


def test_where_nobody_else_is_at_work_the_owner_stays(app: TestApp) -> None:
    """A lead is never left without one for the sake of a backup."""
    app = clinic(app)
    lead_id = new_lead(app)
    first = owner_of(app, lead_id)
    with app.db.write() as session:
        session.execute(update(staff).where(staff.c.id != first).values(status="off_duty"))
    run_until(app, 6 * MINUTE)
    assert owner_of(app, lead_id) == first
    assert one(app, timed_actions, timed_actions.c.key == f"escalation:{lead_id}:1:1").state == "sent"


def test_a_backup_hears_once_although_the_level_names_them_too(app: TestApp) -> None:
    """The team lead takes leads as well and is the only other one at work."""
    app = clinic(app)
    lead_id = new_lead(app)
    first = owner_of(app, lead_id)
    with app.db.write() as session:
        theirs = staff.c.username == "lea"
        session.execute(update(staff).where(staff.c.id != first, ~theirs).values(status="off_duty"))
        session.execute(update(staff).where(theirs).values(accepts_leads=True))
    run_until(app, 6 * MINUTE)
    assert owner_of(app, lead_id) == one(app, staff, staff.c.username == "lea").id
    assert len(app.sms.bodies_to(LEA)) == 1
