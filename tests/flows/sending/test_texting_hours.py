"""Whose night it is: texting hours are those of the number that is texted and of what is known of its owner."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from core.flows.upkeep import placing
from core.messaging.tables import timed_actions
from core.patients.tables import patients
from tests.conftest import TestApp
from tests.factories import submission
from tests.flows.dispatching import run_due, take_in

NEW_YORK = ZoneInfo("America/New_York")


def sent_in_the_morning(app: TestApp, phone: str, zip_code: str, hour: int, minute: int = 0) -> bool:
    """A form of the evening before: whether its next texts leave at that time of a Tuesday in New York."""
    evening = datetime(2026, 11, 23, 22, tzinfo=NEW_YORK).astimezone(UTC)
    app.clock.moment = evening
    take_in(app, submission(phone=phone, zip=zip_code, submitted_at=evening))
    run_due(app)
    before = len(app.sms.bodies_to(phone))
    app.clock.moment = datetime(2026, 11, 24, hour, minute, tzinfo=NEW_YORK).astimezone(UTC)
    with app.db.write() as session:
        session.execute(
            update(timed_actions)
            .where(timed_actions.c.step == "minute-2")
            .values(due_at=app.clock.now(), useful_until=None)
        )
    run_due(app)
    return len(app.sms.bodies_to(phone)) > before


@pytest.mark.parametrize(
    ("phone", "zip_code", "hour", "minute", "sent"),
    [
        ("+12195550155", "", 8, 30, False),  # half past seven in half of the area
        ("+12195550155", "", 9, 0, True),
        ("+12195550155", "46204", 8, 30, True),  # Indianapolis keeps Eastern time
        (
            "+12865550155",
            "",
            10,
            59,
            False,
        ),  # an area code nobody has heard of: not before eight on the Pacific
        ("+12865550155", "", 11, 0, True),
    ],
)
def test_a_text_waits_until_it_is_day_wherever_the_number_may_be(
    app: TestApp, phone: str, zip_code: str, hour: int, minute: int, sent: bool
) -> None:
    assert sent_in_the_morning(app, phone, zip_code, hour, minute) is sent


def zone_of_all(app: TestApp) -> list[str]:
    with app.db.read() as session:
        return list(session.execute(select(patients.c.zone)).scalars())


def test_an_update_of_the_tables_places_every_patient_anew_once(app: TestApp) -> None:
    take_in(app, submission(phone="+12195550155"))
    with app.db.write() as session:
        session.execute(update(patients).values(zone="America/New_York"))
    assert placing.place_everybody(app, now=app.clock.now()) == 1
    assert zone_of_all(app) == ["America/Chicago,America/New_York"]
    with app.db.write() as session:
        session.execute(update(patients).values(zone="America/Phoenix"))  # by hand, for a reason
    assert placing.place_everybody(app, now=app.clock.now()) == 0
    assert zone_of_all(app) == ["America/Phoenix"]


def test_a_number_that_a_later_form_adds_moves_the_patient(app: TestApp) -> None:
    """The first form gave none, so the patient was where the clinic is."""
    take_in(app, submission(external_id="earlier", phone="", consents=()))
    assert zone_of_all(app) == ["America/New_York"]
    take_in(app, submission(phone="+13085550155"))
    assert zone_of_all(app) == ["America/Chicago,America/Denver"]


def test_the_night_at_another_number_than_the_patient_s_own_counts_too(app: TestApp) -> None:
    """Recognised by their email address; the form gave a number on the Pacific."""
    take_in(app, submission(external_id="earlier", consents=()))
    assert not sent_in_the_morning(app, "+12065550155", "", 10, 59)


def test_and_their_day_begins_when_it_is_day_in_both_places(app: TestApp) -> None:
    take_in(app, submission(external_id="earlier", consents=()))
    assert sent_in_the_morning(app, "+12065550155", "", 11)
