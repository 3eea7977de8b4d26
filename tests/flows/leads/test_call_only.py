"""Numbers that staff can only call: with an extension, abroad, in a territory, of a service."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from core.db.prepared import UpdateOne
from core.domain.errors import ClosedToTexts
from core.flows.conversation import receive_text, staff_text
from core.leads.tables import lead_events, leads, tasks
from core.messaging.tables import timed_actions
from tests.conftest import TestApp
from tests.factories import submission
from tests.flows.dispatching import run_until, take_in
from tests.flows.staffing import do, new_lead, one, rows, who


@pytest.mark.parametrize(
    ("phone", "extension"),
    [("+13025550117", "12"), ("+442079460958", ""), ("+17875550155", ""), ("+18005550155", "")],
)
def test_a_number_that_may_not_be_texted_makes_a_lead_to_call(
    app: TestApp, phone: str, extension: str
) -> None:
    """An owner, a clock and calls to make, as for everybody; no text to the patient in two weeks."""
    lead_id = take_in(app, submission(phone=phone, extension=extension)).lead_id
    run_until(app, timedelta(days=15))
    lead = one(app, leads)
    assert (lead.call_only, lead.phone, lead.extension) == (True, phone, extension or None)
    assert lead.owner_id
    refused = one(app, lead_events, lead_events.c.kind == "refused_text")
    assert (refused.lead_id, refused.data["reason"]) == (lead_id, "not_textable")
    assert len(rows(app, tasks)) == 2
    assert app.sms.bodies_to(phone) == []


def test_a_colleague_is_told_to_call_instead(app: TestApp) -> None:
    lead_id = new_lead(app, submission(phone="+13025550117", extension="12"))
    with pytest.raises(ClosedToTexts, match="call only"):
        do(app, staff_text.send_text, app.reference, who(app, "frontdesk"), lead_id, "Hello")


def test_whatever_reopens_a_lead_to_texts_no_text_goes_abroad(app: TestApp) -> None:
    lead_id = take_in(app, submission()).lead_id
    with app.db.write() as session:
        session.execute(update(leads).values(call_only=False))
        planned = session.execute(select(timed_actions.c.id).where(timed_actions.c.audience == "patient"))
        for action_id in planned.scalars().all():
            UpdateOne(timed_actions).run(session, action_id, phone="+442079460958")
    run_until(app, timedelta(days=15))
    assert lead_id
    assert app.sms.bodies_to("+442079460958") == []


def test_whoever_writes_from_abroad_is_heard_and_called(app: TestApp) -> None:
    """Their START opens nothing that we may not use."""
    for sid, body in (("SMin1", "Do you do fillers?"), ("SMin2", "STOP"), ("SMin3", "START")):
        receive_text.receive(
            app, {"MessageSid": sid, "From": "+442079460958", "Body": body}, now=app.clock.now()
        )
    assert one(app, leads).call_only
