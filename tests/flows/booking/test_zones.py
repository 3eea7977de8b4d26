"""A location in another zone than the clinic: its hours, its free times, its texts and invites are on its own wall."""

import re
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from ical.calendar_stream import IcsCalendarStream

from core.domain.roles import PATIENT
from core.flows.booking import asking_to_move, changing
from core.flows.booking.asking_to_move import Question
from core.flows.booking.keeping import Wanted
from core.flows.conversation import receive_text
from core.flows.leads import visits
from core.flows.sequences import stopping
from core.reference import Reference
from core.setup.published import CLINIC, calendars_over, clinic_over, shipped_clinic
from core.versions.rules import InUse
from tests.conftest import TestApp
from tests.factories import submission
from tests.flows.booking.booking import DAY, a_lead, add_provider, booked, free, visit, wish
from tests.flows.booking.waitlist import at, join, offer_of, quiet_lead, says, visit_of
from tests.flows.dispatching import run_due, run_until, take_in
from tests.flows.emailing import send_all
from tests.flows.staffing import do, who

TIME = re.compile(r"\d{1,2}:\d{2} [AP]M")
# Where clocks change, the visit is on the day after that night.
NIGHTS = [
    ("America/New_York", "2027-03-14T11:40"),
    ("America/New_York", "2027-11-07T11:40"),
    ("America/Los_Angeles", "2027-03-14T11:40"),
    ("America/Los_Angeles", "2027-11-07T11:40"),
    ("Europe/London", "2027-03-28T11:40"),
    ("Europe/London", "2027-10-31T11:40"),
]


def in_zone(reference: Reference, zone: str, slug: str = "downtown") -> Reference:
    """The clinic with this location in another zone, as Set up publishes it."""
    body = dict(shipped_clinic()[CLINIC])
    body["locations"] = [
        {**place, "zone": zone} if place["slug"] == slug else place for place in body["locations"]
    ]
    return clinic_over(reference, [InUse(CLINIC, 1, body)])


def there(app: TestApp, zone: str) -> TestApp:
    return replace(app, shipped=in_zone(app.reference, zone))


@pytest.mark.parametrize(("zone", "local"), NIGHTS)
def test_confirmation_reminders_and_invite_name_the_wall_of_the_location_on_nights_when_clocks_change(
    app: TestApp, zone: str, local: str
) -> None:
    seen, wall = there(app, zone), datetime.fromisoformat(local)
    starts_at = wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    app.clock.moment = starts_at - timedelta(hours=80)
    lead_id = a_lead(app, 1)
    run_due(seen)
    before = len(app.sms.accepted)
    visit_id = str(do(seen, visits.book, seen.reference, who(app, "manager"), lead_id, starts_at))
    run_until(seen, timedelta(hours=80))
    bodies = [text.body for text, _, _ in app.sms.accepted[before:] if text.to.endswith("0001")]
    said = [found for body in bodies for found in TIME.findall(body)]
    assert len(said) >= 3
    assert set(said) == {"11:40 AM"}
    assert all(f"{wall:%a %b} {wall.day}" in body for body in bodies if TIME.search(body))
    app.clock.moment = starts_at - timedelta(hours=1)
    send_all(seen)
    [email] = [one for one in app.email.to("b1@example.com") if one.invite]
    assert f"{wall:%a %b} {wall.day}, 11:40 AM" in email.body
    assert email.invite
    [entry] = IcsCalendarStream.calendar_from_ics(email.invite.content.decode()).events
    assert isinstance(entry.dtstart, datetime)
    assert entry.dtstart.replace(tzinfo=None) == wall
    assert entry.dtstart.astimezone(UTC) == starts_at == visit(app, visit_id).starts_at


def test_a_visit_that_moves_over_the_night_keeps_to_the_wall(app: TestApp) -> None:
    seen = there(app, "America/Los_Angeles")
    zone = ZoneInfo("America/Los_Angeles")
    before, after = (datetime(2027, 3, day, 9, 0, tzinfo=zone).astimezone(UTC) for day in (13, 14))
    assert after - before == timedelta(hours=23)
    app.clock.moment = before - timedelta(hours=30)
    visit_id = str(do(seen, visits.book, seen.reference, who(app, "manager"), a_lead(app, 1), before))
    send_all(seen)
    app.clock.advance(timedelta(minutes=5))
    moved, to = visit(app, visit_id), Wanted(after, None)
    do(seen, changing.move, seen.reference, PATIENT, moved, to, seen=before)
    send_all(seen)
    first, second = [one for one in app.email.to("b1@example.com") if one.invite]
    assert "Sat Mar 13, 9:00 AM" in first.body
    assert "Sun Mar 14, 9:00 AM" in second.body


@pytest.mark.parametrize("zone", ["America/Denver", "Europe/London"])
def test_a_location_opens_and_is_booked_by_its_own_wall(app: TestApp, zone: str) -> None:
    seen = there(app, zone)
    place = seen.reference.clinic.locations["downtown"]
    assert place.hours.zone.key == zone
    assert seen.reference.clinic.locations["westlake"].hours.zone.key == "America/New_York"
    add_provider(app, "tess", "Tess Holloway", ["skin"])
    starts = [slot.starts_at.astimezone(ZoneInfo(zone)) for slot in free(seen, wish(seen), days=3)]
    whole = [one for one in starts if one.date() == starts[-1].date() - DAY]
    assert min(one.time() for one in whole) == time(8)


def test_its_own_calendar_is_kept_on_its_own_wall_and_so_are_the_usual_hours(app: TestApp) -> None:
    reference = in_zone(app.reference, "America/Denver", "westlake")
    week = {"week": {"monday": ["09:00-10:00"]}, "holidays": [], "days": []}
    own = calendars_over(reference, [InUse("westlake", 1, week)])
    opens = own.clinic.locations["westlake"].hours.next_open(app.clock.now())
    assert opens == datetime(2026, 11, 23, 9, tzinfo=ZoneInfo("America/Denver"))


def test_whether_a_visit_may_move_is_asked_on_the_wall_of_the_visit_wherever_the_request_was_for(
    app: TestApp,
) -> None:
    """Nine there is eleven here: a yes to the wrong hour is a visit that nobody comes to."""
    seen = there(app, "America/Denver")
    tess = add_provider(app, "tess", "Tess Holloway", ["skin"])
    lead_id = a_lead(app, 101, location="westlake")
    found = booked(seen, lead_id, wish(seen), at(app, 11))
    asked = Question(found.id, at(app, 13), tess, at(app, 11))
    run_due(seen)
    app.clock.advance(timedelta(minutes=5))
    do(seen, asking_to_move.ask, seen.reference, who(app, "frontdesk"), asked)
    run_due(seen)
    assert "from Tue Nov 24, 9:00 AM to 11:00 AM" in app.sms.accepted[-1][0].body
    says(seen, 101, "1")
    run_due(seen)
    assert "Your visit is now Tue Nov 24, 11:00 AM" in app.sms.accepted[-1][0].body


def somewhere_else(app: TestApp) -> str:
    """Somebody in Los Angeles, wherever clinic and location are; their lead."""
    lead_id = take_in(app, submission(external_id="away", phone="+12135550101")).lead_id
    assert lead_id
    do(app, stopping.stop_sequences, lead_id, "booked", by=None)
    return lead_id


# Offers go out between 8 and 20 of whoever is asked: only far from their wall a deadline is in the night of the change.
@pytest.mark.parametrize(
    ("zone", "asked_at", "visit", "free", "until"),
    [
        ("Europe/London", "2027-03-28T00:40", "2027-03-28T13:40", "today 1:40 PM", "2:10 AM"),
        ("Europe/London", "2027-10-31T00:40", "2027-10-31T13:40", "today 1:40 PM", "1:10 AM GMT"),
        ("America/Los_Angeles", "2027-03-14T02:00", "2027-03-14T13:40", "Sun Mar 14, 1:40 PM", "6:30 PM"),
        ("America/Los_Angeles", "2027-11-07T02:00", "2027-11-07T13:40", "Sun Nov 7, 1:40 PM", "7:30 PM"),
        ("America/New_York", "2027-03-13T23:00", "2027-03-14T13:40", "Sun Mar 14, 1:40 PM", "6:30 PM"),
        ("America/New_York", "2027-11-06T23:00", "2027-11-07T13:40", "Sun Nov 7, 1:40 PM", "7:30 PM"),
    ],
)
def test_an_offer_its_deadline_and_the_answer_name_the_wall_of_the_location_on_nights_when_clocks_change(
    app: TestApp, zone: str, asked_at: str, visit: str, free: str, until: str
) -> None:
    """Clinic in New York, whoever waits in Los Angeles; `asked_at` is UTC, all else on the wall of the location."""
    seen, moment = there(app, zone), datetime.fromisoformat(asked_at).replace(tzinfo=UTC)
    starts_at = datetime.fromisoformat(visit).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    app.clock.moment = moment - 2 * DAY
    add_provider(app, "tess", "Tess Holloway", ["skin"])
    given_up = booked(seen, quiet_lead(app, 900), wish(seen), starts_at)
    lead_id = somewhere_else(app)
    join(seen, lead_id)
    run_due(seen)
    app.clock.moment = moment
    do(seen, visits.cancel, seen.reference, who(app, "frontdesk"), given_up.id, "time")
    run_due(seen)
    [offer] = [text for text, _, _ in app.sms.accepted if "a time opened" in text.body]
    assert f"a time opened: {free}, Downtown, yours until {until}. Reply 1" in offer.body
    assert offer_of(app, lead_id).expires_at == moment + timedelta(minutes=30)
    params = {"MessageSid": "SMin1", "From": "+12135550101", "To": "+15125550100", "Body": "1"}
    receive_text.receive(seen, params, now=app.clock.now())
    run_due(seen)
    answer, confirmation = sorted((text.body for text, _, _ in app.sms.accepted[-2:]), reverse=True)
    assert f"You have it: {free}, Downtown." in answer
    assert f"{free.partition(',')[0]} at 1:40 PM" in confirmation or "today" in free
    assert " at 1:40 PM" in confirmation
    assert visit_of(app, lead_id).starts_at == starts_at
