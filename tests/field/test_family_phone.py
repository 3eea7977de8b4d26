"""Two people with one phone, as their forms and their texts come in."""

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from core.domain.errors import Denied, InvalidInput
from core.flows.conversation import scheduling, staff_text, staff_whose
from core.flows.leads import staff_action
from core.leads.tables import leads
from core.messaging.tables import sms_messages, timed_actions
from core.patients.tables import patients
from core.reads import lead_queue
from tests.conftest import TestApp
from tests.factories import actor
from tests.flows.dispatching import run_due
from tests.flows.sending.test_dispatch import write_in
from tests.flows.staffing import do, new_lead, one, who
from tests.gateway.asking import Gateway
from tests.gateway.conftest import public_app, signed_gateway

__all__ = ["public_app", "signed_gateway"]  # fixtures of the gateway's tests

CASE = Path(__file__).parent / "cases" / "family-phone.json"
PHONE = "+13025550117"


def deliver(gateway: Gateway) -> TestApp:
    """Both forms, signed, one after the other; their first texts went out."""
    gateway.app.clock.moment = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)
    for form in json.loads(CASE.read_text(encoding="utf-8")):
        body = json.dumps(form).encode()
        signature = hmac.new(b"generic-secret", body, hashlib.sha256).hexdigest()
        assert gateway.post("generic", body, {"X-Signature": f"sha256={signature}"}).status_code == 201
        run_due(gateway.app)
        gateway.app.clock.advance(timedelta(seconds=20))
    return gateway.app


def lead_of(app: TestApp, first_name: str) -> str:
    with app.db.read() as session:
        rows = session.execute(
            select(leads.c.id, patients.c.first_name).join(patients, patients.c.id == leads.c.patient_id)
        )
        return next(str(row.id) for row in rows if row.first_name == first_name)


def still_planned(app: TestApp, first_name: str) -> set[str]:
    """What is still to come for one of them: texts, call tasks; not the one answer to a STOP."""
    with app.db.read() as session:
        a = timed_actions.c
        return set(
            session.execute(
                select(a.kind).where(
                    a.lead_id == lead_of(app, first_name),
                    a.state == "planned",
                    a.purpose != "reply",
                    (a.audience == "patient") | (a.kind == "call_task"),
                )
            ).scalars()
        )


def test_each_is_greeted_by_their_own_name_and_both_are_found(signed_gateway: Gateway) -> None:
    app = deliver(signed_gateway)
    bodies = app.sms.bodies_to(PHONE)
    assert sum("Robin" in body for body in bodies) == 1
    assert sum("Casey" in body for body in bodies) == 1
    with app.db.read() as session:
        desk = actor(session, "frontdesk")
        for text, names in (("robin", {"Robin"}), ("casey sample", {"Casey"}), (PHONE, {"Robin", "Casey"})):
            assert {row.first_name for row in lead_queue.search(session, desk, text).rows} == names
        assert {row.first_name for row in lead_queue.read(session, desk).rows} == {"Robin", "Casey"}


def test_the_second_form_does_not_end_the_first_ones_follow_up(signed_gateway: Gateway) -> None:
    app = deliver(signed_gateway)
    assert still_planned(app, "Robin") == still_planned(app, "Casey") == {"text", "call_task"}


def test_stop_stops_both(signed_gateway: Gateway) -> None:
    app = deliver(signed_gateway)
    write_in(app, "STOP", phone=PHONE)
    assert still_planned(app, "Robin") == still_planned(app, "Casey") == set()
    sent = len(app.sms.bodies_to(PHONE))
    run_due(app)
    app.clock.advance(timedelta(days=1))
    run_due(app)
    assert len(app.sms.bodies_to(PHONE)) == sent + 1  # that they will get no more


def test_a_reply_with_a_name_is_theirs_alone(signed_gateway: Gateway) -> None:
    app = deliver(signed_gateway)
    received = write_in(app, "Casey here, is Friday possible?", phone=PHONE)
    assert received.lead_id == lead_of(app, "Casey")
    assert still_planned(app, "Casey") == set()
    assert still_planned(app, "Robin") == {"text", "call_task"}


def test_a_reply_that_may_be_of_either_stops_texts_to_both_and_calls_to_one(signed_gateway: Gateway) -> None:
    """Nobody is texted over the head of who just wrote; and nobody's call is forgotten because another wrote."""
    app = deliver(signed_gateway)
    received = write_in(app, "Is Friday possible?", phone=PHONE)
    assert received.lead_id == lead_of(app, "Casey")  # the last one we wrote to
    assert still_planned(app, "Casey") == set()
    assert still_planned(app, "Robin") == {"call_task"}
    with app.db.read() as session:
        assert (
            session.execute(
                select(sms_messages.c.whose).where(sms_messages.c.direction == "inbound")
            ).scalar_one()
            == "unclear"
        )


def test_a_text_that_may_be_of_either_tells_both_owners(signed_gateway: Gateway) -> None:
    """Whoever looks after the one must not miss it because it was taken for the other's."""
    app = deliver(signed_gateway)
    owners = {"Robin": "frontdesk", "Casey": "jordan"}
    for name, username in owners.items():
        do(
            app,
            staff_action.reassign,
            app.settings,
            who(app, "manager"),
            lead_of(app, name),
            who(app, username).staff_id,
        )
    run_due(app)
    before = len(app.sms.accepted)
    write_in(app, "Is Friday possible?", phone=PHONE)
    run_due(app)
    told = {text.to for text, _, _ in app.sms.accepted[before:]}
    assert told == {"+15125550171", "+15125550172"}  # Maya's and Jordan's


def test_an_answer_to_a_colleague_is_of_whom_the_colleague_wrote_to(signed_gateway: Gateway) -> None:
    app = deliver(signed_gateway)
    robin = lead_of(app, "Robin")
    do(app, staff_text.send_text, app.reference, who(app, "frontdesk"), robin, "When may we call you?")
    app.clock.advance(timedelta(minutes=1))
    run_due(app)
    assert write_in(app, "At five", phone=PHONE).lead_id == robin
    assert "text" in still_planned(app, "Casey")


def test_three_automatic_texts_a_day_go_to_the_phone_not_to_each_person(signed_gateway: Gateway) -> None:
    app = deliver(signed_gateway)
    app.clock.advance(timedelta(hours=5))
    run_due(app)
    with app.db.read() as session:
        automatic = session.execute(
            select(sms_messages.c.id).where(sms_messages.c.origin == "automatic")
        ).all()
    assert len(automatic) == 3


def test_staff_say_whose_text_it_is_and_the_others_follow_up_goes_on(signed_gateway: Gateway) -> None:
    """'This is Robin': the text joins Robin's conversation, and Casey, who wrote nothing, is followed up again."""
    app = deliver(signed_gateway)
    robin, casey = lead_of(app, "Robin"), lead_of(app, "Casey")
    planned = still_planned(app, "Casey")
    text_id = write_in(app, "Is Friday possible?", phone=PHONE).text_id
    app.clock.advance(timedelta(minutes=2))
    before = do(app, staff_whose.assign_text, app.reference, who(app, "frontdesk"), text_id, robin)
    assert before == casey
    text = one(app, sms_messages, sms_messages.c.id == text_id)
    assert (text.lead_id, text.whose) == (robin, "said")
    assert still_planned(app, "Casey") == planned
    assert still_planned(app, "Robin") == set()
    assert [one(app, leads, leads.c.id == id_).unread for id_ in (robin, casey)] == [1, 0]
    assert one(app, leads, leads.c.id == casey).responded_at is None
    # It was Casey after all.
    do(app, staff_whose.assign_text, app.reference, who(app, "frontdesk"), text_id, before)
    assert one(app, sms_messages, sms_messages.c.id == text_id).lead_id == casey
    assert still_planned(app, "Casey") == set()
    assert [one(app, leads, leads.c.id == id_).unread for id_ in (robin, casey)] == [0, 1]


def test_what_was_planned_for_one_of_them_until_a_reply_follows_whose_the_reply_is(
    signed_gateway: Gateway,
) -> None:
    """Taken for Casey's, the text stops what waits for Casey; said to be Robin's, it stops Robin's instead."""
    app = deliver(signed_gateway)
    robin, casey, maya = lead_of(app, "Robin"), lead_of(app, "Casey"), who(app, "frontdesk")
    at = app.clock.now() + timedelta(days=1)
    planned = {
        lead: do(app, scheduling.schedule, app.reference, maya, lead, "See you", at, until_reply=True)
        for lead in (robin, casey)
    }

    def states() -> list[str]:
        return [one(app, timed_actions, timed_actions.c.id == planned[lead]).state for lead in (robin, casey)]

    app.clock.advance(timedelta(minutes=1))
    text_id = write_in(app, "Is Friday possible?", phone=PHONE).text_id
    assert states() == ["planned", "cancelled"]
    app.clock.advance(timedelta(minutes=2))
    do(app, staff_whose.assign_text, app.reference, maya, text_id, robin)
    assert states() == ["cancelled", "planned"]


def test_a_text_is_given_to_nobody_with_another_number(signed_gateway: Gateway) -> None:
    app = deliver(signed_gateway)
    text_id = write_in(app, "Is Friday possible?", phone=PHONE).text_id
    stranger = new_lead(app)
    with pytest.raises(InvalidInput, match="another number"):
        do(app, staff_whose.assign_text, app.reference, who(app, "frontdesk"), text_id, stranger)
    with pytest.raises(Denied):
        do(app, staff_whose.assign_text, app.reference, who(app, "provider"), text_id, stranger)
