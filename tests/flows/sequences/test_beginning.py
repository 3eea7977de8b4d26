"""Sequences that no form begins: a missed call, a person who begins one, a long silence."""

from datetime import timedelta

import pytest

from core.domain.errors import Denied, InvalidInput, LostRace
from core.flows.leads import stages
from core.flows.publishing import publish
from core.flows.sequences import beginning, waking
from core.kinds import SEQUENCE
from core.messaging.tables import timed_actions
from core.sequences.tables import enrollments
from tests.conftest import TestApp
from tests.factories import follow_as_shipped, submission
from tests.flows.dispatching import run_until
from tests.flows.sending.test_dispatch import PATIENT, write_in
from tests.flows.staffing import do, kinds, new_lead, one, rows, who

A = timed_actions.c


def said(app: TestApp, words: str) -> int:
    return len([body for body in app.sms.bodies_to(PATIENT) if words in body])


def test_a_new_form_ends_what_asks_a_former_patient_to_come_back(app: TestApp) -> None:
    """Their earlier request is over, and it is that one which was followed."""
    lead_id, desk = new_lead(app), who(app, "frontdesk")
    do(app, stages.mark_stage, desk, lead_id, "treated")
    do(app, beginning.begin, desk, lead_id, "reengagement")
    new_lead(app, submission(external_id="f-2"))
    come_back = one(app, enrollments, enrollments.c.sequence == "reengagement")
    assert (come_back.state, come_back.stop_reason) == ("stopped", "replaced")
    assert rows(app, timed_actions, A.sequence == "reengagement", A.state == "planned") == []


def test_who_called_in_vain_gets_a_text_and_a_call_back_once_a_day(app: TestApp) -> None:
    """Somebody who calls five times is not texted five times."""
    lead_id, desk = new_lead(app), who(app, "frontdesk")
    for _ in range(3):
        do(app, beginning.missed_call, desk, lead_id)
        run_until(app, timedelta(minutes=15))
    assert said(app, "Sorry that we missed your call") == 1
    assert one(app, timed_actions, A.sequence == "missed_call", A.kind == "call_task").state == "sent"
    assert kinds(app, lead_id).count("missed_call") == 3


def test_a_person_begins_a_sequence_once(app: TestApp) -> None:
    lead_id, desk = new_lead(app), who(app, "frontdesk")
    do(app, beginning.begin, desk, lead_id, "reengagement")
    assert "sequence_started" in kinds(app, lead_id)
    with pytest.raises(InvalidInput, match="may not enter it again yet"):
        do(app, beginning.begin, desk, lead_id, "reengagement")


def test_two_who_begin_it_at_once_make_one(app: TestApp) -> None:
    lead_id, desk = new_lead(app), who(app, "frontdesk")
    do(app, beginning.begin, desk, lead_id, "abandoned_booking")
    with pytest.raises(LostRace):
        do(app, beginning.begin, desk, lead_id, "abandoned_booking")


@pytest.mark.parametrize("key", ["lead", "pre_treatment", "post_treatment", "none_such"])
def test_what_a_form_or_a_visit_begins_nobody_begins_by_hand(app: TestApp, key: str) -> None:
    lead_id = new_lead(app)
    with pytest.raises(InvalidInput, match="choose another"):
        do(app, beginning.begin, who(app, "frontdesk"), lead_id, key)


def test_only_who_works_leads_begins_one(app: TestApp) -> None:
    lead_id = new_lead(app)
    with pytest.raises(Denied):
        do(app, beginning.begin, who(app, "marketing"), lead_id, "reengagement")


def publish_reengagement(app: TestApp) -> None:
    """The clinic says in its own version that quiet leads are to be called back."""
    body = {**SEQUENCE.shipped()["reengagement"], "title": "Come back to us"}
    saved = do(app, publish.save_draft, who(app, "manager"), SEQUENCE, "reengagement", body, 0)
    do(app, publish.publish, who(app, "manager"), SEQUENCE, "reengagement", saved.revision, "We want it")


def test_quiet_leads_are_called_back_only_where_the_clinic_published_it(app: TestApp) -> None:
    """What ships would advertise to everybody the clinic ever heard of on the day of an update."""
    new_lead(app)
    app.clock.moment += timedelta(days=90)
    run_until(app, timedelta(minutes=5))
    assert waking.wake_quiet(app, now=app.clock.now()) == 0
    publish_reengagement(app)
    assert waking.wake_quiet(app, now=app.clock.now()) == 1
    assert waking.wake_quiet(app, now=app.clock.now()) == 0
    run_until(app, timedelta(days=2))
    assert one(app, timed_actions, A.sequence == "reengagement", A.step == "day-0").state == "sent"


def test_nobody_is_called_back_who_did_not_agree_or_has_said_stop(app: TestApp) -> None:
    publish_reengagement(app)
    new_lead(app)
    write_in(app, "STOP")
    app.clock.moment += timedelta(days=90)
    run_until(app, timedelta(minutes=5))
    waking.wake_quiet(app, now=app.clock.now())
    assert rows(app, enrollments, enrollments.c.sequence == "reengagement") == []


def test_a_consultation_request_has_a_sequence_of_its_own(app: TestApp) -> None:
    """Answered at once; after 5 minutes without a call it is said; after 15 a manager is asked to call."""
    with app.db.write() as session:
        follow_as_shipped(session)
    new_lead(app, submission(form_type="consultation_request"))
    run_until(app, timedelta(minutes=16))
    assert said(app, "your request") + said(app, "Your consultation request is here") >= 1
    task = one(app, timed_actions, A.step == "minute-15")
    assert (task.state, task.sequence) == ("sent", "consultation")
    alerted = [body for body in app.sms.bodies_to("+15125550173") if "Nobody has called" in body]
    assert len(alerted) == 1


def test_a_booking_form_that_booked_nothing_has_one_too(app: TestApp) -> None:
    new_lead(app, submission(form_type="booking"))
    assert one(app, enrollments).sequence == "abandoned_booking"
