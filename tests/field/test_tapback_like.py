"""An iPhone's reaction to our confirmation quotes our own STOP line: nobody has opted out, nobody has answered."""

from pathlib import Path
from urllib.parse import parse_qsl

from sqlalchemy import select

from core.leads.tables import lead_events
from core.messaging.tables import sms_messages
from core.reads.lead_thread import read as read_thread
from core.sequences.tables import enrollments
from core.sla.rules import RESPONSES
from core.sla.tables import sla_clocks
from tests.factories import actor
from tests.flows.dispatching import run_due
from tests.gateway.asking import Gateway
from tests.gateway.test_twilio import signed

FORM = Path(__file__).parent / "cases" / "tapback-like.form"
PERSON = {"first_name": "Robin", "last_name": "Field", "phone": "302-555-0111", "email": "robin@example.com"}


def react(gateway: Gateway) -> None:
    """A consented form, its confirmation, and the reaction to it."""
    assert gateway.submit(contact=PERSON).status_code == 201
    run_due(gateway.app)
    params = dict(parse_qsl(FORM.read_text(), keep_blank_values=True))
    assert signed(gateway, "/twilio/inbound", params).status_code == 200
    run_due(gateway.app)


def test_a_reaction_that_quotes_our_stop_line_opts_nobody_out(gateway: Gateway) -> None:
    react(gateway)
    assert gateway.column("phone_standing.opted_out_at") == [None]
    assert "revoke" not in gateway.column("consents.action")
    assert len(gateway.app.sms.bodies_to("+13025550111")) == 1


def test_a_reaction_is_no_answer(gateway: Gateway) -> None:
    """No answer in the funnel, none in the rate, no clock of its own, no alert, and the sequence goes on."""
    react(gateway)
    assert gateway.column("leads.responded_at") == [None]
    assert gateway.column("leads.unread") == [0]
    assert gateway.column("patients.texts_in") == [0]
    assert "responded" not in gateway.column("conversion_events.event_type")
    with gateway.app.db.read() as session:
        assert list(session.execute(select(enrollments.c.state)).scalars()) == ["active"]
        targets = set(session.execute(select(sla_clocks.c.target)).scalars())
        assert targets & set(RESPONSES) == {"first_contact", "first_conversation"}
        assert "replied" not in set(session.execute(select(lead_events.c.kind)).scalars())


def test_the_conversation_shows_a_reaction(gateway: Gateway) -> None:
    react(gateway)
    with gateway.app.db.read() as session:
        lead_id = session.execute(select(sms_messages.c.lead_id).limit(1)).scalar_one()
        thread = read_thread(session, actor(session, "frontdesk"), lead_id)
    assert thread.texts[-1].understood_as == "tapback"
    assert thread.texts[-1].message_body.startswith("Liked")
