"""A calendar invite by email: with the booking, anew with each move, called off with the end, and once each."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default as modern
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from ical.calendar_stream import IcsCalendarStream
from sqlalchemy import select, update

from core.adapters.mime import compose
from core.booking.store import Visit
from core.domain.ports import Outcome, OutgoingEmail
from core.domain.roles import PATIENT
from core.flows.booking import changing
from core.flows.booking.keeping import Wanted
from core.flows.leads import correcting, stages, visits
from core.flows.sending import unsubscribing
from core.leads.store import leads
from core.messaging.tables import timed_actions
from core.patients.tables import patients
from tests.conftest import TestApp
from tests.factories import submission
from tests.flows.booking.booking import a_lead, add_provider, booked, wish
from tests.flows.dispatching import take_in
from tests.flows.emailing import answer, later, send_all, turn
from tests.flows.staffing import do, who

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TO = "b1@example.com"
# Emails of sequences are none of this test's.
INVITES = ("email_visit_booked", "email_visit_moved", "email_visit_cancelled")


def a_visit(app: TestApp, at: datetime | None = None) -> Visit:
    add_provider(app, "zoe", "Zoe Park", ["skin"])
    lead_id = a_lead(app, 1)
    return booked(app, lead_id, wish(app), at or app.clock.now() + 28 * HOUR)


def move(app: TestApp, visit: Visit, to: datetime) -> None:
    do(app, changing.move, app.reference, PATIENT, visit, Wanted(to, visit.provider_id), seen=visit.starts_at)


def cancel(app: TestApp, visit: Visit) -> None:
    do(app, changing.end, app.reference, PATIENT, visit, "cancelled", {"reason": "patient"})


def invites(app: TestApp) -> list[OutgoingEmail]:
    return [email for email in app.email.to(TO) if email.invite]


def states(app: TestApp) -> list[tuple[str, str, str]]:
    """Template, state and reason of every invite, oldest first."""
    c = timed_actions.c
    statement = select(c.template, c.state, c.reason).where(c.template.in_(INVITES)).order_by(c.created_at)
    with app.db.read() as session:
        return [(row.template, row.state, row.reason) for row in session.execute(statement)]


def entry(email: OutgoingEmail) -> Any:
    assert email.invite
    [found] = IcsCalendarStream.calendar_from_ics(email.invite.content.decode()).events
    return found


def test_who_booked_gets_one_invite_for_the_time_and_the_place(app: TestApp) -> None:
    visit = a_visit(app)
    send_all(app)
    [email] = invites(app)
    one = entry(email)
    assert email.invite
    assert email.invite.method == "REQUEST"
    assert one.uid == f"{visit.id}@127.0.0.1"
    assert (one.sequence, one.dtstart, one.dtend) == (0, visit.starts_at, visit.ends_at)
    assert one.summary == "Appointment - Luxe"
    assert one.location == "Luxe Medical Spa, 100 Main Street"
    assert visit.code
    assert visit.code in one.description


def test_nothing_of_the_treatment_is_in_the_email_nor_in_its_entry(app: TestApp) -> None:
    visit = a_visit(app)
    move(app, visit, (visit.starts_at or app.clock.now()) + HOUR)
    send_all(app)
    for email in invites(app):
        assert email.invite
        words = f"{email.subject} {email.body} {email.invite.content.decode()}".lower()
        assert not any(name in words for name in ("facial", "hydra", "laser", "treatment", visit.service))


def test_without_an_address_nothing_is_planned(app: TestApp) -> None:
    add_provider(app, "zoe", "Zoe Park", ["skin"])
    lead_id = a_lead(app, 1)
    with app.db.write() as session:
        theirs = patients.c.id == leads.get(session, lead_id).patient_id
        session.execute(update(patients).where(theirs).values(email=None, email_index=None))
    visit = booked(app, lead_id, wish(app), app.clock.now() + 28 * HOUR)
    move(app, visit, app.clock.now() + 29 * HOUR)
    assert states(app) == []


def test_a_visit_without_a_time_and_one_that_has_begun_have_none(app: TestApp) -> None:
    lead_id = a_lead(app, 1)
    do(app, stages.mark_stage, who(app, "manager"), lead_id, "booked")
    assert states(app) == []


def test_a_moved_visit_is_the_same_entry_with_the_next_number(app: TestApp) -> None:
    visit = a_visit(app)
    send_all(app)
    to = app.clock.now() + 30 * HOUR
    later(app, minutes=5)
    move(app, visit, to)
    send_all(app)
    first, second = (entry(email) for email in invites(app))
    assert first.uid == second.uid
    assert (first.sequence, second.sequence) == (0, 1)
    assert second.dtstart == to
    assert "has changed" in invites(app)[1].subject


def test_an_invite_that_has_not_left_when_the_visit_moves_is_replaced_and_not_sent_twice(
    app: TestApp,
) -> None:
    visit = a_visit(app)
    move(app, visit, app.clock.now() + 30 * HOUR)
    send_all(app)
    [email] = invites(app)
    assert (entry(email).sequence, entry(email).dtstart) == (1, app.clock.now() + 30 * HOUR)
    assert states(app)[0] == ("email_visit_booked", "cancelled", "visit_changed")
    assert states(app)[1][:2] == (
        "email_visit_booked",
        "sent",
    )  # nothing had been sent before that it would change


def test_a_cancelled_visit_calls_its_entry_off(app: TestApp) -> None:
    visit = a_visit(app)
    send_all(app)
    later(app, minutes=5)
    cancel(app, visit)
    send_all(app)
    first, second = invites(app)
    assert second.invite
    assert second.invite.method == "CANCEL"
    one = entry(second)
    assert (one.uid, one.sequence, str(one.status.value).upper()) == (entry(first).uid, 1, "CANCELLED")


def test_what_was_never_sent_is_not_called_off(app: TestApp) -> None:
    """A cancellation of something that they never heard of would only confuse."""
    cancel(app, a_visit(app))
    send_all(app)
    assert invites(app) == []
    assert states(app) == [("email_visit_booked", "cancelled", "visit_changed")]


def test_a_visit_that_stands_again_is_invited_to_again(app: TestApp) -> None:
    visit = a_visit(app)
    send_all(app)
    later(app, minutes=5)
    cancel(app, visit)
    send_all(app)
    later(app, minutes=5)
    do(app, visits.put_back, app.reference, who(app, "manager"), visit.id)
    send_all(app)
    assert [email.invite and email.invite.method for email in invites(app)] == [
        "REQUEST",
        "CANCEL",
        "REQUEST",
    ]
    assert [entry(email).sequence for email in invites(app)] == [0, 1, 2]


def test_a_booking_that_was_marked_by_mistake_is_called_off(app: TestApp) -> None:
    visit = a_visit(app)
    send_all(app)
    later(app, minutes=5)
    do(app, stages.unmark_stage, app.reference, who(app, "manager"), visit.lead_id, "booked")
    send_all(app)
    assert [email.invite and email.invite.method for email in invites(app)] == ["REQUEST", "CANCEL"]


def test_one_that_was_refused_for_now_does_not_bring_the_old_time_back(app: TestApp) -> None:
    """Greylisted at its first try, the visit moves; the second try of the old invite never leaves."""
    visit = a_visit(app)
    app.email.answer = answer(Outcome.RETRY)
    turn(app)
    move(app, visit, app.clock.now() + 30 * HOUR)
    app.email.answer = lambda _email: None
    later(app, hours=1)
    send_all(app)
    assert [entry(email).sequence for email in invites(app)] == [1]


def test_one_whose_answer_was_lost_is_not_sent_again_and_counts_as_sent(app: TestApp) -> None:
    visit = a_visit(app)
    app.email.answer = answer(Outcome.UNKNOWN)
    turn(app)
    app.email.answer = lambda _email: None
    later(app, hours=3)
    assert send_all(app) == 0
    cancel(app, visit)
    send_all(app)
    assert [email.invite and email.invite.method for email in invites(app)] == ["REQUEST", "CANCEL"]


def test_unsubscribing_from_advertising_does_not_stop_it(app: TestApp) -> None:
    visit = a_visit(app)
    send_all(app)
    with app.db.write() as session:
        assert unsubscribing.unsubscribe(session, invites(app)[0].action_id, "one_click", now=app.clock.now())
    later(app, minutes=5)
    move(app, visit, app.clock.now() + 30 * HOUR)
    send_all(app)
    assert len(invites(app)) == 2


def test_without_a_mail_server_it_is_dropped_and_says_why(app: TestApp) -> None:
    a_visit(app)
    app.email.sender = ""
    send_all(app)
    assert states(app) == [("email_visit_booked", "dropped", "email_not_set_up")]


def test_an_invite_is_useless_once_the_visit_has_begun(app: TestApp) -> None:
    a_visit(app)
    later(app, hours=29)
    send_all(app)
    assert states(app) == [("email_visit_booked", "dropped", "too_late")]


def test_the_email_has_its_words_the_entry_beside_them_and_a_file(app: TestApp) -> None:
    a_visit(app)
    send_all(app)
    message = compose(invites(app)[0], app.email.sender, "Luxe", "")
    read = message_from_bytes(message.as_bytes(), policy=modern)
    assert [part.get_content_type() for part in read.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/calendar",
        "application/ics",
    ]
    calendar = next(part for part in read.walk() if part.get_content_type() == "text/calendar")
    assert calendar.get_param("method") == "REQUEST"
    assert str(calendar.get_content_charset()).upper() == "UTF-8"
    [file] = list(read.iter_attachments())
    assert file.get_filename() == "invite.ics"
    assert file.get_content() == calendar.get_content().replace("\n", "\r\n").replace("\r\r", "\r").encode()


def test_spanish_is_kept_to(app: TestApp) -> None:
    visit = a_visit(app)
    with app.db.write() as session:
        session.execute(update(patients).where(patients.c.id == visit.patient_id).values(language="es"))
    send_all(app)
    assert invites(app)[0].subject == "Su cita en Luxe Medical Spa"
    assert entry(invites(app)[0]).summary == "Cita - Luxe"


@pytest.mark.parametrize("zone", ["America/New_York", "Europe/London", "Australia/Sydney"])
def test_the_entry_and_the_words_have_the_wall_of_the_location(app: TestApp, zone: str) -> None:
    clinic = app.reference.clinic
    place = clinic.locations["downtown"]
    there = replace(place, hours=replace(place.hours, zone=ZoneInfo(zone)))
    moved_clinic = replace(clinic, locations={**clinic.locations, "downtown": there})
    visit = a_visit(app)
    shown = replace(app.reference, clinic=moved_clinic)
    seen = replace(app, shipped=shown)
    send_all(seen)
    one = entry(invites(app)[0])
    starts_at = (visit.starts_at or datetime.now(UTC)).astimezone(ZoneInfo(zone))
    assert one.dtstart.astimezone(UTC) == visit.starts_at
    assert one.dtstart.replace(tzinfo=None) == starts_at.replace(tzinfo=None)
    assert f"{starts_at:%a %b} {starts_at.day}, {starts_at.hour % 12 or 12}:" in invites(app)[0].body


VICTIM, STRANGER = "+14075550177", "stranger@example.com"


def without_address(app: TestApp) -> Visit:
    """Somebody whom we know by their number alone has a visit tomorrow."""
    add_provider(app, "zoe", "Zoe Park", ["skin"])
    form = submission(external_id="own", phone=VICTIM, email="")
    found = booked(app, take_in(app, form).lead_id or "", wish(app), app.clock.now() + 28 * HOUR)
    app.clock.advance(timedelta(minutes=1))
    return found


def test_who_knows_a_name_and_a_number_gets_no_invite_to_that_persons_visit(app: TestApp) -> None:
    """A form adds its address to a profile that had none: it may be anybody's."""
    visit = without_address(app)
    take_in(app, submission(external_id="strange", phone=VICTIM, email=STRANGER))
    assert visit.starts_at
    move(app, visit, visit.starts_at + HOUR)
    send_all(app)
    assert [email for email in app.email.to(STRANGER) if email.invite] == []
    assert ("email_visit_booked", "dropped", "email_unconfirmed") in states(app)


def test_what_goes_to_that_address_about_its_own_form_names_nobody_and_opens_no_page(app: TestApp) -> None:
    without_address(app)
    strange = take_in(app, submission(external_id="strange", phone=VICTIM, email=STRANGER)).lead_id
    visit = booked(app, strange or "", wish(app), app.clock.now() + 50 * HOUR)
    send_all(app)
    [email] = [one for one in app.email.to(STRANGER) if one.invite]
    assert entry(email).dtstart == visit.starts_at
    for one in app.email.to(STRANGER):
        assert "Omar" not in one.subject + one.body
        assert "/b/" not in one.body


def test_an_address_that_staff_entered_gets_the_invites(app: TestApp) -> None:
    visit = without_address(app)
    desk = who(app, "frontdesk")
    do(app, correcting.correct, app.reference, desk, visit.lead_id, {"email": "own@example.com"})
    assert visit.starts_at
    move(app, visit, visit.starts_at + HOUR)
    send_all(app)
    assert [email.invite.method for email in app.email.to("own@example.com") if email.invite] == ["REQUEST"]
