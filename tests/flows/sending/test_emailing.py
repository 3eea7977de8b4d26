"""Timed emails: what leaves, to whom, why not, and that none leaves twice."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from core.adapters.smtp import NoEmail
from core.domain.ports import BOUNCED, Outcome, SendResult
from core.flows.sending import emailing, pausing, rescuing
from core.leads.store import leads
from core.messaging.actions import EMAIL_LANE, Lane, NewAction, Purpose
from core.messaging.rules import send_hold_drop
from core.messaging.store import dispatch, household, overdue, planning
from core.operations import store as operations
from core.patients.store import profiles
from core.patients.tables import patients
from scheduler.jobs import take_over_dead
from tests.conftest import TestApp
from tests.factories import actor
from tests.flows.dispatching import Held, run_due
from tests.flows.emailing import (
    AFTER,
    BACK,
    EXPECT,
    OMAR,
    OWNER,
    agree,
    answer,
    clinic,
    due_at,
    later,
    plan,
    record,
    send_all,
    state,
    told,
    turn,
)

PAGE = {"aftercareUrl": "https://luxe.example.com/s/x7Kp2Q"}


def test_who_gave_us_an_address_gets_what_is_about_their_visit_there(app: TestApp) -> None:
    action_id = plan(app, clinic(app), AFTER, variables=PAGE)
    assert send_all(app) == 1
    [email] = app.email.to(OMAR)
    assert email.subject == "After your visit to Luxe Medical Spa"
    assert email.body.startswith("Hi Omar,\n\nThank you for coming in.")
    assert PAGE["aftercareUrl"] in email.body
    assert email.unsubscribe_url == ""
    assert state(app, action_id) == ("sent", "accepted")


def test_one_key_is_one_email(app: TestApp) -> None:
    lead = clinic(app)
    assert plan(app, lead, key="k") == plan(app, lead, key="k")
    assert send_all(app) == 1


def test_a_treatment_is_named_only_to_who_wished_so(app: TestApp) -> None:
    """An email is no more private than a text."""
    lead = clinic(app)
    plan(app, lead, AFTER, key="first")
    send_all(app)
    with app.db.write() as session:
        session.execute(update(patients).values(unencrypted_at=app.clock.now()))
    plan(app, lead, AFTER, key="second")
    send_all(app)
    before, after = app.email.to(OMAR)
    assert "Botox" not in before.body
    assert "Botox" in after.body
    assert "Botox" not in before.subject + after.subject


def test_spanish_is_written_to_who_prefers_it(app: TestApp) -> None:
    lead = clinic(app)
    with app.db.write() as session:
        session.execute(update(patients).values(language="es"))
    plan(app, lead)
    send_all(app)
    assert app.email.to(OMAR)[0].subject.startswith("Así es la primera visita")


def test_advertising_needs_the_consent_for_emails_and_says_how_to_end_it(app: TestApp) -> None:
    """The box for marketing texts, which Omar ticked, is none for emails."""
    lead = clinic(app)
    action_id = plan(app, lead, BACK, key="before")
    assert send_all(app) == 0
    assert state(app, action_id) == ("dropped", "no_email_consent")
    agree(app)
    plan(app, lead, BACK, key="after")
    assert send_all(app) == 1
    [email] = app.email.to(OMAR)
    assert email.unsubscribe_url
    assert email.unsubscribe_url in email.body


def test_a_template_that_advertises_is_advertising_whatever_it_was_planned_as(app: TestApp) -> None:
    action_id = plan(app, clinic(app), BACK, purpose=Purpose.TRANSACTIONAL)
    send_all(app)
    assert state(app, action_id) == ("dropped", "no_email_consent")


def test_at_night_only_advertising_waits(app: TestApp) -> None:
    app.clock.moment = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)  # 22:00 in Florida
    lead = clinic(app)
    agree(app)
    advert, notes = plan(app, lead, BACK), plan(app, lead, AFTER)
    assert send_all(app) == 1
    assert state(app, notes)[0] == "sent"
    assert state(app, advert) == ("planned", "quiet_hours")
    app.clock.moment = due_at(app, advert)
    assert send_all(app) == 1


def test_what_is_of_no_more_use_is_not_sent(app: TestApp) -> None:
    action_id = plan(app, clinic(app), useful_until=app.clock.now() + timedelta(hours=1))
    later(app, hours=2)
    assert send_all(app) == 0
    assert state(app, action_id) == ("dropped", "too_late")


def test_a_step_of_an_email_meets_the_conditions_of_its_sequence(app: TestApp) -> None:
    """Planned as the engine does, by a NewAction: whoever has booked is not asked to."""
    lead_id = clinic(app)
    with app.db.write() as session:
        lead = leads.get(session, lead_id)
        action = NewAction(
            key="step:1:email",
            kind="email",
            due_at=app.clock.now(),
            purpose=Purpose.TRANSACTIONAL,
            lane=Lane.BULK,
            lead_id=lead.id,
            patient_id=lead.patient_id,
            conditions=("not_booked",),
            template=EXPECT,
        )
        action_id = planning.plan(session, action, app.clock.now())
        leads.change(session, lead_id, app.clock.now(), booked_at=app.clock.now())
    assert send_all(app) == 0
    assert state(app, action_id) == ("dropped", "booked")


def test_the_daily_limit_of_texts_does_not_count_emails_nor_stop_them(app: TestApp) -> None:
    lead = clinic(app)
    run_due(app)
    for number in range(5):
        plan(app, lead, key=f"email {number}")
    assert send_all(app) == 5
    assert run_due(app) == 0


def test_a_pause_of_all_sending_holds_emails_too(app: TestApp) -> None:
    plan(app, clinic(app))
    with app.db.write() as session:
        pausing.pause(session, actor(session, "admin"), "a look first", now=app.clock.now())
    assert send_all(app) == 0
    with app.db.write() as session:
        pausing.resume(session, actor(session, "admin"), now=app.clock.now())
    assert send_all(app) == 1


def test_what_was_overdue_can_be_left_out_when_sending_is_resumed(app: TestApp) -> None:
    """After a restore yesterday's emails must not go out as if nothing had been."""
    action_id = plan(app, clinic(app))
    later(app, minutes=1)
    with app.db.write() as session:
        overdue.drop(session, app.clock.now())
    assert state(app, action_id) == ("dropped", "overdue_dropped")
    assert send_all(app) == 0


def test_an_email_that_is_cancelled_between_two_tries_is_shown_as_not_sent(app: TestApp) -> None:
    action_id = plan(app, clinic(app))
    app.email.answer = answer(Outcome.RETRY)
    turn(app)
    with app.db.write() as session:
        assert planning.cancel(session, action_id, "replied", by=None, now=app.clock.now())
    assert record(app, action_id).status == "failed"


def test_emails_join_the_profile_that_another_is_merged_into(app: TestApp) -> None:
    lead_id = clinic(app)
    action_id = plan(app, lead_id)
    send_all(app)
    with app.db.write() as session:
        patient_id = leads.get(session, lead_id).patient_id
        other = profiles.create(
            session,
            {"first_name": "Omar", "last_name": "R", "zone": "America/New_York", "location": "downtown",
             "status": "new", "source": "website", "acquired_at": app.clock.now()},
            None,
            app.clock.now(),
        )  # fmt: skip
        given = household.give_emails(session, patient_id, other, None)
    assert record(app, action_id).patient_id == other
    assert given == [record(app, action_id).id]


def test_without_a_mail_server_the_reason_is_said(app: TestApp) -> None:
    action_id = plan(app, clinic(app))
    object.__setattr__(app, "email", NoEmail())
    assert turn(app) is None
    assert state(app, action_id) == ("dropped", "email_not_set_up")


def test_without_an_address_the_reason_is_said(app: TestApp) -> None:
    action_id = plan(app, clinic(app, email=""))
    assert send_all(app) == 0
    assert state(app, action_id) == ("dropped", "no_email")


def test_a_texts_template_is_no_email_and_an_emails_no_text(app: TestApp) -> None:
    lead = clinic(app)
    email = plan(app, lead, "visit_again", purpose=Purpose.MARKETING)
    with app.db.write() as session:
        found = leads.get(session, lead)
        text = planning.plan(
            session,
            NewAction(
                key="t",
                kind="text",
                due_at=app.clock.now(),
                purpose=Purpose.TRANSACTIONAL,
                lead_id=lead,
                patient_id=found.patient_id,
                phone=found.phone,
                template=EXPECT,
            ),
            app.clock.now(),
        )
    run_due(app)
    send_all(app)
    assert state(app, email) == state(app, text) == ("dropped", "no_wording")


# ---- what came back


def test_an_address_that_is_dead_is_not_written_to_again(app: TestApp) -> None:
    lead = clinic(app)
    app.email.answer = answer(Outcome.REFUSED, status=BOUNCED, code=550, detail="5.1.1")
    first = plan(app, lead, key="first")
    send_all(app)
    assert state(app, first) == ("failed", "email_bounced")
    assert (record(app, first).status, record(app, first).error_code) == ("bounced", 550)
    assert told(app, lead) == ["email_bounced"]
    second = plan(app, lead, key="second")
    send_all(app)
    assert state(app, second) == ("dropped", "email_bounced")


def test_a_refused_email_says_nothing_about_the_next(app: TestApp) -> None:
    lead = clinic(app)
    app.email.answer = answer(Outcome.REFUSED, status="failed", code=554, detail="5.7.1")
    first = plan(app, lead, key="first")
    send_all(app)
    assert state(app, first) == ("failed", "email_refused")
    app.email.answer = lambda _email: None
    plan(app, lead, key="second")
    assert send_all(app) == 1


def test_a_server_that_asks_to_wait_is_asked_again_ever_later_and_then_given_up(app: TestApp) -> None:
    action_id = plan(app, clinic(app))
    app.email.answer = answer(Outcome.RETRY, code=451)
    waits = []
    while state(app, action_id)[0] == "planned":
        turn(app)
        waits.append(due_at(app, action_id) - app.clock.now())
        app.clock.moment = max(app.clock.now(), due_at(app, action_id))
    assert len(waits) == send_hold_drop.MAX_EMAIL_TRIES
    assert waits[:3] == [timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4)]
    assert state(app, action_id) == ("failed", "gave_up")
    assert app.email.accepted == []


def test_a_later_try_goes_to_the_address_as_it_was_corrected(app: TestApp) -> None:
    lead_id = clinic(app)
    action_id = plan(app, lead_id)
    app.email.answer = answer(Outcome.RETRY)
    turn(app)
    with app.db.write() as session:
        patient_id = leads.get(session, lead_id).patient_id
        known = profiles.identity(session, patient_id)
        profiles.set_identity(
            session,
            patient_id,
            known | {"email": "new@example.com"},
            {"email": "new@example.com"},
            app.clock.now(),
        )
    app.email.answer = lambda _email: None
    app.clock.moment = due_at(app, action_id)
    assert send_all(app) == 1
    assert [email.to for email in app.email.accepted] == ["new@example.com"]
    assert record(app, action_id).address == "new@example.com"


@pytest.mark.parametrize("template", [AFTER, BACK])
def test_an_email_of_unknown_fate_is_never_sent_again_and_a_person_is_told(
    app: TestApp, template: str
) -> None:
    """The line was lost after the content had gone: a mail server can't be asked."""
    lead = clinic(app)
    agree(app)
    action_id = plan(app, lead, template)
    app.email.answer = answer(Outcome.UNKNOWN)
    send_all(app)
    assert state(app, action_id) == ("unknown", "email_unsure")
    app.email.answer = lambda _email: None
    later(app, days=2)
    assert send_all(app) == 0
    assert len(app.email.accepted) == 1
    assert told(app, lead) == ["email_unsure"]


def test_a_scheduler_that_dies_between_claim_and_result_sends_nothing_twice(app: TestApp) -> None:
    """Whether the mail server had it already, nobody knows."""
    lead = clinic(app)
    action_id = plan(app, lead)
    job = emailing.claim(app, "dead-scheduler", now=app.clock.now()).job
    assert job
    app.email.send(job.email)  # it had, and then the machine lost power
    assert take_over_dead(app, OWNER, Held(), app.clock.now()) == 1
    later(app, hours=1)
    assert send_all(app) == 0
    assert state(app, action_id) == ("unknown", "for_a_person")
    assert told(app, lead) == ["email_unsure"]
    emailing.settle(app, job, SendResult(Outcome.RETRY), now=app.clock.now())
    assert state(app, action_id)[0] == "unknown"  # a late word of the dead one plans nothing anew


def _claim_and_die(app: TestApp) -> None:
    with app.db.write() as session:
        [due] = dispatch.due(session, EMAIL_LANE, 1, app.clock.now())
        emailing._take_up(session, app, OWNER, due, operations.gate(session), app.clock.now())
        raise RuntimeError


def test_a_claim_that_was_never_committed_leaves_the_email_planned(app: TestApp) -> None:
    action_id = plan(app, clinic(app))
    with pytest.raises(RuntimeError):
        _claim_and_die(app)
    assert state(app, action_id) == ("planned", "")
    assert send_all(app) == 1


def test_emails_of_a_living_scheduler_are_left_alone_when_it_looks_after_its_texts(app: TestApp) -> None:
    action_id = plan(app, clinic(app))
    job = emailing.claim(app, OWNER, now=app.clock.now()).job
    assert job
    assert rescuing.take_over(app, OWNER, now=app.clock.now()) == 0
    emailing.settle(app, job, app.email.send(job.email), now=app.clock.now())
    assert state(app, action_id) == ("sent", "accepted")


def test_texts_leave_while_a_mail_server_takes_its_time(app: TestApp) -> None:
    """An email is in flight, unanswered: no text waits for it, and none of their claims sees it."""
    plan(app, clinic(app))
    job = emailing.claim(app, OWNER, now=app.clock.now()).job
    assert job
    assert run_due(app) == 2
    assert app.sms.accepted
    emailing.settle(app, job, app.email.send(job.email), now=app.clock.now())
