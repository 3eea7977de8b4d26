"""Timed texts: what leaves, when, and why not."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from core.domain.ports import Outcome, OutgoingText, SendResult
from core.flows.conversation import receive_text
from core.flows.sending import delivery_status, dispatch, reconciling, rescuing
from core.intake.submission import ConsentGiven
from core.leads.store import leads
from core.leads.tables import lead_events, tasks
from core.leads.tables import leads as lead_table
from core.messaging.actions import Lane, NewAction, Purpose
from core.messaging.rules import send_hold_drop
from core.messaging.store import planning as messaging
from core.messaging.tables import sms_messages, timed_actions
from core.reads.lead_thread import moves_of
from tests.conftest import TestApp
from tests.factories import submission
from tests.flows.dispatching import OWNER, ROOM, run_due, run_until, take_in

PATIENT, MAYA = "+14075550155", "+15125550171"
HOUR = timedelta(hours=1)


def steps(app: TestApp) -> dict[str, tuple[str, str]]:
    """State and reason of each step of the sequence."""
    with app.db.read() as session:
        rows = session.execute(
            select(timed_actions.c.step, timed_actions.c.state, timed_actions.c.reason).where(
                timed_actions.c.step.is_not(None)
            )
        )
        return {step: (state, reason) for step, state, reason in rows}


def write_in(app: TestApp, body: str, sid: str = "SMin1", phone: str = PATIENT) -> receive_text.Received:
    return receive_text.receive(app, {"MessageSid": sid, "From": phone, "Body": body}, now=app.clock.now())


def test_the_patient_is_texted_and_the_owner_alerted_at_once(app: TestApp) -> None:
    take_in(app, submission())
    assert run_due(app) == 2
    assert app.sms.bodies_to(PATIENT)[0].startswith("Hi Omar, it's Luxe Medical Spa.")
    alert = next(body for phone in (MAYA, "+15125550172") for body in app.sms.bodies_to(phone))
    assert "A-1001" in alert
    assert "10:05 AM" in alert
    assert not any(word in alert for word in ("Omar", "Reyes", "otox", "407"))


def test_the_fourteen_day_sequence_keeps_quiet_hours_and_the_daily_cap(app: TestApp) -> None:
    app.clock.moment = datetime(
        2026, 11, 24, 0, 30, tzinfo=UTC
    )  # 19:30 on a Monday in New York and in Florida
    take_in(app, submission(submitted_at=app.clock.now()))
    run_until(app, timedelta(days=16))
    sent = sorted(at for text, _, at in app.sms.accepted if text.to == PATIENT)
    assert len(sent) >= 6
    for at in sent[1:]:
        assert 8 <= at.astimezone(app.settings.zone).hour < 21
    for at in sent:
        assert sum(at - timedelta(hours=24) < other <= at for other in sent) <= 3
    assert {state for state, _ in steps(app).values()} <= {"sent", "dropped"}


def test_a_text_due_at_night_goes_at_the_next_allowed_minute(app: TestApp) -> None:
    app.clock.moment = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)  # 20:00 in Florida
    take_in(app, submission(submitted_at=app.clock.now()))
    run_until(app, timedelta(hours=14))
    evening = steps(app)["hour-2"]
    assert evening == ("sent", "accepted")
    morning = sorted(at for text, _, at in app.sms.accepted if text.to == PATIENT)[1]
    assert morning == datetime(2026, 11, 24, 13, 0, tzinfo=UTC)  # 08:00, Florida's opening


def test_texts_that_waited_for_the_same_morning_come_one_after_the_other(app: TestApp) -> None:
    """What was planned first goes at the opening minute, the next a quarter of an hour later: no volley at eight."""
    app.clock.moment = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)  # 22:00 in Florida
    second, first = plan_marketing(app, "m2", HOUR), plan_marketing(app, "m1")
    run_until(app, timedelta(hours=16))
    with app.db.read() as session:
        a = timed_actions.c
        went = dict(session.execute(select(a.id, a.settled_at).where(a.id.in_((first, second)))).all())
    assert went[second] - went[first] == timedelta(minutes=15)


def test_a_step_that_waited_too_long_is_dropped_with_its_reason(app: TestApp) -> None:
    take_in(app, submission())
    app.clock.advance(timedelta(hours=3))
    run_due(app)
    assert steps(app)["minute-2"] == ("dropped", "too_late")
    assert steps(app)["minute-0"] == ("dropped", "too_late")


def test_a_reply_stops_the_sequence_and_tells_the_owner(app: TestApp) -> None:
    lead_id = take_in(app, submission()).lead_id or ""
    run_until(app, timedelta(minutes=3))
    write_in(app, "Can you call me tomorrow?")
    run_until(app, timedelta(days=15))
    assert len(app.sms.bodies_to(PATIENT)) == 2
    assert steps(app)["day-1"] == ("cancelled", "replied")
    with app.db.read() as session:
        lead = session.execute(
            select(lead_table.c.unread, lead_table.c.responded_at).where(lead_table.c.id == lead_id)
        ).one()
        kinds = list(session.execute(select(lead_events.c.kind)).scalars())
    assert lead.unread == 1
    assert lead.responded_at is not None
    assert "sequence_stopped" in kinds
    assert sum("replied" in text.body for text, _, _ in app.sms.accepted) == 1


@pytest.mark.parametrize(
    "words",
    [
        "STOP",
        "stop.",
        "Stop!!",
        " sToP ",
        "please stop texting me",
        "OPT OUT",
        "Unsubscribe",
        "no mas",
        "stoppp",
    ],
)
def test_whoever_says_stop_gets_one_confirmation_and_nothing_more(app: TestApp, words: str) -> None:
    take_in(app, submission())
    run_due(app)
    write_in(app, words)
    write_in(app, words, sid="SMin2")
    run_until(app, timedelta(days=15))
    bodies = app.sms.bodies_to(PATIENT)
    assert len(bodies) == 2
    assert ("dio de baja" if words == "no mas" else "unsubscribed") in bodies[1]


def test_a_new_form_never_opts_anybody_back_in(app: TestApp) -> None:
    take_in(app, submission())
    write_in(app, "STOP")
    run_due(app)
    before = len(app.sms.bodies_to(PATIENT))
    take_in(app, submission(external_id="again"))
    run_until(app, timedelta(days=15))
    assert len(app.sms.bodies_to(PATIENT)) == before


def test_start_after_stop_lets_texts_go_again(app: TestApp) -> None:
    take_in(app, submission())
    write_in(app, "STOP")
    app.clock.advance(timedelta(seconds=1))
    write_in(app, "START", sid="SMin2")
    run_due(app)
    assert "will get texts from us again" in app.sms.bodies_to(PATIENT)[-1]


def test_help_is_answered_even_after_stop(app: TestApp) -> None:
    take_in(app, submission())
    write_in(app, "STOP")
    write_in(app, "help", sid="SMin2")
    run_due(app)
    assert any("for help call" in body for body in app.sms.bodies_to(PATIENT))


def test_an_unknown_number_opens_a_conversation_with_an_owner(app: TestApp) -> None:
    received = write_in(app, "Do you do facials?", phone="+13055550142")
    with app.db.read() as session:
        lead = leads.find(session, received.lead_id)
    assert lead is not None
    assert (lead.form_type, lead.state) == ("text_in", "open")
    assert lead.owner_id


def test_the_same_inbound_text_delivered_twice_is_one_text(app: TestApp) -> None:
    take_in(app, submission())
    write_in(app, "Hello")
    assert write_in(app, "Hello").repeated
    with app.db.read() as session:
        assert (
            len(session.execute(select(sms_messages.c.id).where(sms_messages.c.direction == "inbound")).all())
            == 1
        )


def test_without_consent_only_people_reach_out(app: TestApp) -> None:
    take_in(app, submission(consents=()))
    run_until(app, timedelta(days=15))
    assert app.sms.bodies_to(PATIENT) == []
    with app.db.read() as session:
        assert session.execute(select(lead_table.c.call_only)).scalar_one()
        assert len(session.execute(select(tasks.c.id)).all()) == 2


def test_consent_to_the_request_alone_brings_no_advertising(app: TestApp) -> None:
    take_in(app, submission(consents=(ConsentGiven("transactional", True, "ok"),)))
    run_until(app, timedelta(days=15))
    assert steps(app)["day-3"] == ("dropped", "consent_missing")
    assert steps(app)["minute-2"] == ("sent", "accepted")


def test_a_refusal_for_now_is_tried_again_and_arrives_once(app: TestApp) -> None:
    tries: list[int] = []

    def busy_twice(text: OutgoingText) -> SendResult | None:
        if text.to != PATIENT:
            return None
        tries.append(text.attempt)
        return SendResult(Outcome.RETRY, code=20429) if len(tries) < 3 else None

    app.sms.answer = busy_twice
    take_in(app, submission())
    run_until(app, timedelta(minutes=1))
    assert tries == [1, 2, 3]
    assert len(app.sms.bodies_to(PATIENT)) == 1


def test_a_refusal_for_good_is_shown_and_never_tried_again(app: TestApp) -> None:
    app.sms.answer = lambda text: SendResult(Outcome.REFUSED, code=21610) if text.to == PATIENT else None
    lead_id = take_in(app, submission()).lead_id or ""
    run_until(app, timedelta(days=15))
    with app.db.read() as session:
        text = session.execute(
            select(sms_messages.c.status, sms_messages.c.error_code).where(
                sms_messages.c.origin == "automatic"
            )
        ).one()
        lead = leads.find(session, lead_id)
    assert tuple(text) == ("failed", 21610)
    assert lead is not None
    assert lead.call_only
    assert steps(app)["day-1"] == ("cancelled", "opted_out")


def test_a_lost_answer_is_looked_up_and_not_sent_twice(app: TestApp) -> None:
    app.sms.answer = lambda text: (
        SendResult(Outcome.UNKNOWN, sid="accepted-but-lost") if text.to == PATIENT else None
    )
    take_in(app, submission())
    run_due(app)
    assert steps(app)["minute-0"] == ("unknown", "unknown")
    app.clock.advance(timedelta(seconds=send_hold_drop.GRACE_SECONDS))
    reconciling.look_up(app, now=app.clock.now())
    run_due(app)
    assert steps(app)["minute-0"] == ("sent", "adopted")
    assert len(app.sms.bodies_to(PATIENT)) == 1


def test_a_text_the_provider_never_got_is_sent_again_after_the_grace_period(app: TestApp) -> None:
    app.sms.answer = lambda text: (
        SendResult(Outcome.UNKNOWN) if text.to == PATIENT and text.attempt == 1 else None
    )
    take_in(app, submission())
    run_due(app)
    app.clock.advance(timedelta(seconds=send_hold_drop.GRACE_SECONDS))
    reconciling.look_up(app, now=app.clock.now())
    run_due(app)
    assert len(app.sms.bodies_to(PATIENT)) == 1
    assert steps(app)["minute-0"] == ("sent", "accepted")


def plan_marketing(app: TestApp, key: str = "m1", after: timedelta = timedelta(0)) -> str:
    accepted = take_in(app, submission())
    run_due(app)
    with app.db.write() as session:
        lead = leads.find(session, accepted.lead_id or "")
        assert lead is not None
        action = NewAction(
            key=key, kind="text", due_at=app.clock.now() + after, purpose=Purpose.MARKETING, lane=Lane.BULK,
            lead_id=lead.id, patient_id=lead.patient_id, template="lead_offer", phone=PATIENT,
        )  # fmt: skip
        return messaging.plan(session, action, app.clock.now())


def test_marketing_whose_fate_is_unknown_goes_to_a_person(app: TestApp) -> None:
    action_id = plan_marketing(app)
    app.sms.answer = lambda _text: SendResult(Outcome.UNKNOWN)
    run_due(app)
    app.clock.advance(timedelta(minutes=1))
    reconciling.look_up(app, now=app.clock.now())
    app.clock.advance(HOUR)
    reconciling.look_up(app, now=app.clock.now())
    with app.db.read() as session:
        row = session.execute(
            select(timed_actions.c.state, timed_actions.c.reason).where(timed_actions.c.id == action_id)
        ).one()
    assert tuple(row) == ("unknown", "for_a_person")


def test_a_callback_proves_a_text_whose_answer_was_lost(app: TestApp) -> None:
    app.sms.answer = lambda text: SendResult(Outcome.UNKNOWN, sid="x") if text.to == PATIENT else None
    take_in(app, submission())
    run_due(app)
    text, sid, _ = next(entry for entry in app.sms.accepted if entry[0].to == PATIENT)
    assert delivery_status.record(
        app, text.action_id, "1", {"MessageSid": sid, "MessageStatus": "delivered"}, now=app.clock.now()
    )
    assert steps(app)["minute-0"] == ("sent", "adopted")
    run_until(app, timedelta(minutes=1))
    assert len(app.sms.bodies_to(PATIENT)) == 1


def test_statuses_only_move_forward(app: TestApp) -> None:
    take_in(app, submission())
    run_due(app)
    text, sid, _ = next(entry for entry in app.sms.accepted if entry[0].to == PATIENT)
    news = [
        delivery_status.record(
            app, text.action_id, "1", {"MessageSid": sid, "MessageStatus": status}, now=app.clock.now()
        )
        for status in ("sent", "delivered", "sent", "delivered", "failed", "queued", "nonsense")
    ]
    assert news == [True, True, False, False, False, False, False]
    with app.db.read() as session:
        assert (
            session.execute(
                select(sms_messages.c.status).where(sms_messages.c.twilio_sid == sid)
            ).scalar_one()
            == "delivered"
        )


def test_cancelled_means_cancelled(app: TestApp) -> None:
    take_in(app, submission())
    with app.db.write() as session:
        action_id = session.execute(
            select(timed_actions.c.id).where(timed_actions.c.step == "minute-0")
        ).scalar_one()
        assert messaging.cancel(session, action_id, "cancelled_by_staff", by=None, now=app.clock.now())
    with app.db.write() as session:
        assert not messaging.cancel(session, action_id, "cancelled_by_staff", by=None, now=app.clock.now())
    run_until(app, timedelta(minutes=1))
    assert app.sms.bodies_to(PATIENT) == []


def test_planning_the_same_intention_twice_plans_it_once(app: TestApp) -> None:
    first = plan_marketing(app)
    with app.db.write() as session:
        again = messaging.plan(
            session,
            NewAction(key="m1", kind="text", due_at=app.clock.now(), purpose=Purpose.MARKETING),
            app.clock.now(),
        )
    assert again == first


def test_a_crash_after_the_intent_is_looked_up_by_the_next_scheduler(app: TestApp) -> None:
    take_in(app, submission())
    step = dispatch.step(app, "dead", [], ROOM, now=app.clock.now())
    sent = [app.sms.take(job.text) for job in step.jobs]  # handed over, then killed before T2
    assert rescuing.take_over(app, "dead", now=app.clock.now()) == len(sent) == 2
    app.clock.advance(timedelta(seconds=send_hold_drop.TAKE_OVER_SECONDS))
    reconciling.look_up(app, now=app.clock.now())
    run_due(app)
    assert len(app.sms.accepted) == 2


def test_a_late_result_of_a_scheduler_that_lost_its_row_changes_nothing(app: TestApp) -> None:
    take_in(app, submission())
    step = dispatch.step(app, "slow", [], ROOM, now=app.clock.now())
    rescuing.take_over(app, "slow", now=app.clock.now())
    late = [dispatch.Finished(job, SendResult(Outcome.REFUSED, code=30001)) for job in step.jobs]
    dispatch.step(app, "slow", late, dispatch.Capacity(0, 64), now=app.clock.now())
    assert steps(app)["minute-0"][0] == "unknown"


def test_every_move_is_kept_with_its_reason(app: TestApp) -> None:
    take_in(app, submission())
    run_due(app)
    with app.db.read() as session:
        action_id = session.execute(
            select(timed_actions.c.id).where(timed_actions.c.step == "minute-0")
        ).scalar_one()
        moves = moves_of(session, [action_id], {})[action_id]
    assert [(move.state, move.reason) for move in moves] == [("sending", "due"), ("sent", "accepted")]


def test_bulk_texts_leave_slots_for_urgent_ones() -> None:
    assert dispatch.room_for(Lane.BULK, 32, 32) == 24
    assert dispatch.room_for(Lane.BULK, 6, 32) == 0
    assert dispatch.room_for(Lane.URGENT, 6, 32) == 6
    assert OWNER


def test_call_tasks_come_at_ten_and_thirty_minutes_unless_somebody_called(app: TestApp) -> None:
    take_in(app, submission())
    run_until(app, timedelta(minutes=31))
    with app.db.read() as session:
        titles = list(session.execute(select(tasks.c.title).order_by(tasks.c.created_at)).scalars())
    assert titles == ["First call", "Second call"]


def test_nobody_is_asked_to_call_while_the_clinic_is_closed(app: TestApp) -> None:
    app.clock.moment = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)  # 22:00 in New York
    take_in(app, submission(submitted_at=app.clock.now()))
    run_until(app, timedelta(hours=2))
    with app.db.read() as session:
        assert session.execute(select(tasks.c.id)).all() == []
    run_until(app, timedelta(hours=9))
    with app.db.read() as session:
        assert len(session.execute(select(tasks.c.id)).all()) == 2


def test_a_claim_whose_commit_was_never_confirmed_is_looked_up(app: TestApp) -> None:
    take_in(app, submission())
    step = dispatch.step(app, OWNER, [], ROOM, now=app.clock.now())
    known, lost = step.jobs[0].text.action_id, step.jobs[1].text.action_id
    assert rescuing.take_over(app, OWNER, now=app.clock.now(), except_for=[known]) == 1
    with app.db.read() as session:
        states = {
            row.id: row.state for row in session.execute(select(timed_actions.c.id, timed_actions.c.state))
        }
    assert (states[known], states[lost]) == ("sending", "unknown")


def test_a_text_withdrawn_after_a_first_try_counts_as_none(app: TestApp) -> None:
    app.sms.answer = lambda text: SendResult(Outcome.RETRY, code=20429) if text.to == PATIENT else None
    take_in(app, submission())
    run_due(app)
    write_in(app, "STOP")
    with app.db.read() as session:
        status = session.execute(
            select(sms_messages.c.status).where(sms_messages.c.origin == "automatic")
        ).scalar_one()
    assert status == "canceled"


def test_wrong_credentials_cost_no_text(app: TestApp) -> None:
    app.sms.answer = lambda text: SendResult(Outcome.RETRY, code=20003) if app.clock.now() < mended else None
    mended = app.clock.now() + timedelta(minutes=20)
    take_in(app, submission())
    run_until(app, timedelta(hours=2))
    assert steps(app)["minute-0"] == ("sent", "accepted")
