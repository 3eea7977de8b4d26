"""A misread text is corrected: what the misreading did is undone, what the right reading asks for is done."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from core.audit.tables import audit_events
from core.compliance import store as compliance
from core.compliance.tables import consents, phone_standing
from core.conversation.tables import alarms, reading_corrections
from core.domain.errors import Denied, InvalidInput, LostRace
from core.flows.conversation import correcting_reading, receive_text
from core.flows.conversation.receive_text import Received
from core.leads.tables import leads
from core.messaging.tables import sms_messages, timed_actions
from core.sequences.tables import enrollments
from core.sla.tables import sla_clocks
from tests.conftest import TestApp
from tests.flows.dispatching import run_due
from tests.flows.staffing import kinds, new_lead, one, rows, who

PATIENT = "+14075550155"
MINUTE = timedelta(minutes=1)
PLAIN = "please no more of these messages"


def write_in(app: TestApp, body: str, sid: str = "SMin1", **params: str) -> Received:
    text = {"MessageSid": sid, "From": PATIENT, "Body": body} | params
    return receive_text.receive(app, text, now=app.clock.now())


def correct(
    app: TestApp,
    received: Received,
    becomes: str,
    reason: str | None = "I read it",
    *,
    seen: str = "",
    by: str = "frontdesk",
) -> bool:
    """Somebody corrects what a text was read as, a minute later."""
    app.clock.advance(MINUTE)
    actor = who(app, by)
    seen = seen or one(app, sms_messages, sms_messages.c.id == received.text_id).understood_as
    with app.db.write() as session:
        return correcting_reading.correct(
            session, app, actor, received.text_id, becomes, seen, reason, now=app.clock.now()
        )


def planned(app: TestApp) -> int:
    """How many texts to the patient are still to come."""
    c = timed_actions.c
    return len(rows(app, timed_actions, c.audience == "patient", c.state == "planned", c.kind == "text"))


def standing(app: TestApp) -> Any:
    return one(app, phone_standing)


def state_of_alarms(app: TestApp) -> list[bool]:
    return [row.ended_at is not None for row in rows(app, alarms)]


def test_a_misread_opt_out_is_lifted_and_its_rights_are_what_they_were(app: TestApp) -> None:
    lead_id = new_lead(app)
    before = standing(app)
    received = write_in(app, PLAIN)
    assert standing(app).opted_out_at
    assert not standing(app).transactional_at
    assert correct(app, received, "question")
    after = standing(app)
    assert (after.opted_out_at, after.transactional_at, after.marketing_at) == (
        None,
        before.transactional_at,
        before.marketing_at,
    )
    lead = one(app, leads, leads.c.id == lead_id)
    assert (lead.call_only, lead.unread) == (False, 1)
    assert lead.responded_at
    assert "reading_corrected" in kinds(app, lead_id)


def test_an_answer_is_due_from_when_they_wrote(app: TestApp) -> None:
    new_lead(app)
    with app.db.write() as session:
        session.execute(update(sla_clocks).values(state="met"))
    received = write_in(app, PLAIN)
    correct(app, received, "question")
    clock = one(app, sla_clocks, sla_clocks.c.target == "next_reply")
    assert (clock.state, clock.started_at) == ("running", app.clock.now() - MINUTE)


def test_a_confirmation_that_has_not_left_stays_here(app: TestApp) -> None:
    new_lead(app)
    before = len(app.sms.bodies_to(PATIENT))
    correct(app, write_in(app, PLAIN), "question")
    run_due(app)
    assert len(app.sms.bodies_to(PATIENT)) == before


def test_what_a_machine_wrote_lets_the_follow_up_go_on_where_it_is_still_to_come(app: TestApp) -> None:
    """Read as an opt-out, or as an answer, it had stopped the sequence for good."""
    lead_id = new_lead(app)
    before = planned(app)
    assert before > 0
    received = write_in(app, PLAIN)
    assert planned(app) <= 1  # the confirmation alone
    correct(app, received, "auto_reply")
    assert planned(app) == before
    assert one(app, enrollments).state == "active"
    lead = one(app, leads, leads.c.id == lead_id)
    assert lead.responded_at is None
    assert "sequence_resumed" in kinds(app, lead_id)


def test_a_question_that_was_an_answering_machine_owes_nobody_an_answer(app: TestApp) -> None:
    lead_id = new_lead(app)
    before = planned(app)
    received = write_in(app, "We are busy, what do you want?")
    assert one(app, enrollments).state == "stopped"
    correct(app, received, "auto_reply")
    lead = one(app, leads, leads.c.id == lead_id)
    assert (lead.responded_at, lead.unread, planned(app)) == (None, 0, before)
    running = rows(app, sla_clocks, sla_clocks.c.state == "running", sla_clocks.c.target == "next_reply")
    assert (running, one(app, enrollments).state) == ([], "active")


def test_without_a_reason_no_opt_out_is_lifted(app: TestApp) -> None:
    new_lead(app)
    received = write_in(app, PLAIN)
    with pytest.raises(InvalidInput, match="Say why"):
        correct(app, received, "question", " ")
    assert standing(app).opted_out_at
    assert one(app, sms_messages, sms_messages.c.id == received.text_id).understood_as == "opt_out"


def test_an_opt_out_that_another_text_made_too_stands(app: TestApp) -> None:
    new_lead(app)
    received = write_in(app, PLAIN)
    app.clock.advance(MINUTE)
    write_in(app, "I said leave me alone", "SMin2")
    with pytest.raises(InvalidInput, match="another text"):
        correct(app, received, "question")
    assert standing(app).opted_out_at


def test_an_opt_out_that_the_carrier_heard_stands(app: TestApp) -> None:
    new_lead(app)
    received = write_in(app, "Stop.", OptOutType="STOP")
    with pytest.raises(InvalidInput, match="START"):
        correct(app, received, "question")
    assert standing(app).opted_out_at


def test_an_opt_out_that_nobody_heard_is_one_at_once_and_confirmed_once(app: TestApp) -> None:
    lead_id = new_lead(app)
    received = write_in(app, "I have had it with you people writing")
    before = len(app.sms.bodies_to(PATIENT))
    app.clock.advance(60 * MINUTE)
    correct(app, received, "opt_out", None)
    assert standing(app).opted_out_at
    assert one(app, leads, leads.c.id == lead_id).call_only
    run_due(app)
    said = app.sms.bodies_to(PATIENT)[before:]
    assert len(said) == 1
    assert "unsubscribed" in said[0]
    assert planned(app) == 0
    correct(app, received, "question")
    correct(app, received, "opt_out")
    run_due(app)
    assert len(app.sms.bodies_to(PATIENT)) == before + 1


def test_a_wrong_number_that_was_one_is_shut_and_marked_as_somebody_elses(app: TestApp) -> None:
    new_lead(app)
    received = write_in(app, "this is the bakery")
    correct(app, received, "wrong_number", None)
    assert standing(app).opted_out_at
    assert standing(app).unreachable_at
    correct(app, received, "other")
    assert (standing(app).opted_out_at, standing(app).unreachable_at) == (None, None)


def test_thanks_that_told_of_danger_page_at_once(app: TestApp) -> None:
    lead_id = new_lead(app)
    received = write_in(app, "thanks so much dear")
    correct(app, received, "red_flag", None)
    run_due(app)
    assert state_of_alarms(app) == [False]
    assert one(app, leads, leads.c.id == lead_id).priority == 1
    assert any("911" in body for body in app.sms.bodies_to(PATIENT))


def test_danger_that_was_none_is_called_off_with_a_reason(app: TestApp) -> None:
    lead_id = new_lead(app)
    before = one(app, leads, leads.c.id == lead_id).priority
    received = write_in(app, "I can't breathe")
    with pytest.raises(InvalidInput, match="Say why"):
        correct(app, received, "other", None)
    assert state_of_alarms(app) == [False]
    correct(app, received, "other")
    assert state_of_alarms(app) == [True]
    assert one(app, leads, leads.c.id == lead_id).priority == before
    alerts_to_come = rows(
        app, timed_actions, timed_actions.c.kind == "alarm", timed_actions.c.state == "planned"
    )
    assert alerts_to_come == []
    run_due(app)
    assert not any("911" in body for body in app.sms.bodies_to(PATIENT))


def test_danger_that_another_text_tells_of_too_stays(app: TestApp) -> None:
    new_lead(app)
    received = write_in(app, "I can't breathe")
    app.clock.advance(MINUTE)
    write_in(app, "my throat is closing", "SMin2")
    with pytest.raises(InvalidInput, match="Another text"):
        correct(app, received, "other")
    assert state_of_alarms(app) == [False]


def test_an_opt_in_that_was_none_shuts_the_number_again(app: TestApp) -> None:
    new_lead(app)
    write_in(app, "STOP")
    app.clock.advance(MINUTE)
    received = write_in(app, "START", "SMin2")
    assert standing(app).opted_out_at is None
    correct(app, received, "other")
    assert standing(app).opted_out_at
    assert rows(app, consents)[-1].action == "revoke"


def test_the_second_of_two_correctors_is_told_who_was_faster(app: TestApp) -> None:
    new_lead(app)
    received = write_in(app, "thanks so much dear")
    correct(app, received, "question")
    with pytest.raises(LostRace, match="Maya has corrected this already"):
        correct(app, received, "complaint", seen="gratitude", by="manager")
    assert len(rows(app, reading_corrections)) == 1


def test_the_same_correction_twice_is_one(app: TestApp) -> None:
    new_lead(app)
    received = write_in(app, "thanks so much dear")
    assert correct(app, received, "opt_out")
    assert not correct(app, received, "opt_out", seen="gratitude", by="manager")
    with app.db.read() as session:
        revoked = select(func.count()).select_from(consents).where(consents.c.action == "revoke")
        assert session.execute(revoked).scalar_one() == 1


def test_who_corrected_what_is_kept(app: TestApp) -> None:
    new_lead(app)
    received = write_in(app, "thanks so much dear")
    correct(app, received, "question", "She asked me")
    kept = one(app, reading_corrections)
    assert (kept.was, kept.becomes, kept.staff_id) == (
        "gratitude",
        "question",
        who(app, "frontdesk").staff_id,
    )
    assert "reading_corrected" in [row.action for row in rows(app, audit_events)]


def test_who_may_not_work_leads_corrects_nothing(app: TestApp) -> None:
    new_lead(app)
    received = write_in(app, "thanks so much dear")
    with pytest.raises(Denied):
        correct(app, received, "question", by="marketing")


def test_a_meaning_that_does_not_exist_is_refused_with_those_that_do(app: TestApp) -> None:
    new_lead(app)
    with pytest.raises(InvalidInput, match="choose one of"):
        correct(app, write_in(app, "hello"), "nonsense")


def test_the_ledger_says_who_corrected_it(app: TestApp) -> None:
    new_lead(app)
    received = write_in(app, PLAIN)
    correct(app, received, "question")
    with app.db.read() as session:
        entries = list(session.execute(select(consents.c.action, consents.c.method).order_by(consents.c.id)))
        assert compliance.standing(session, standing(app).phone_index).opted_out_at is None
    assert entries[-1] == ("correct", "misread")
