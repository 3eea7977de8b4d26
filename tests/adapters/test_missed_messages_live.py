"""From a patient's phone to our ledger although nobody answered the webhook, over the simulator and the client."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from core.app import App
from core.compliance.tables import phone_standing
from core.flows.conversation import missed_messages, received_files
from core.messaging.tables import sms_messages, text_media
from tests.adapters.test_twilio import PHONE, adapter
from tests.conftest import TestApp
from tests.simulator.conftest import Rig, gateway, rig, running

__all__ = ["gateway", "rig", "running"]


def two_minutes_later(app: App) -> int:
    return missed_messages.catch_up(app, now=datetime.now(UTC) + timedelta(minutes=2))


def test_a_stop_and_a_picture_are_fetched_from_the_provider(app: TestApp, rig: Rig) -> None:
    """The gateway answers with an error each time; minutes later both are here, once."""
    here = replace(app, sms=adapter(rig))  # type: ignore[arg-type]
    for body, media in (("My scar", ["cheek"]), ("Stop", [])):
        rig.gateway.answers[:] = [(500, "")] * 3
        rig.control("reply", phone=PHONE, body=body, media=media)
    assert (two_minutes_later(here), two_minutes_later(here)) == (2, 0)
    received_files.fetch_pictures(here, now=datetime.now(UTC))
    with app.db.read() as session:
        bodies = session.execute(select(sms_messages.c.message_body).order_by(sms_messages.c.created_at))
        assert bodies.scalars().all() == ["My scar", "Stop"]
        assert session.execute(select(phone_standing.c.opted_out_at)).scalar_one() is not None
        assert session.execute(select(text_media.c.content)).scalar_one()
