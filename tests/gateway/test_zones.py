"""A patient's pages name the wall of the location, wherever clinic and patient are, on nights when clocks change."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape
from zoneinfo import ZoneInfo

import pytest
from starlette.testclient import TestClient

from core.booking.waitlist_rules import Wanted
from core.domain.roles import PATIENT
from core.flows.booking import links, waiting
from core.flows.leads import visits
from core.flows.sequences import stopping
from gateway.main import create_app
from tests import by_vobject
from tests.conftest import TestApp
from tests.factories import submission
from tests.flows.booking.booking import DAY, add_provider, booked, wish
from tests.flows.booking.test_zones import in_zone
from tests.flows.booking.waitlist import quiet_lead
from tests.flows.dispatching import run_due, take_in
from tests.flows.staffing import do, who
from tests.gateway.asking import Gateway
from tests.gateway.patient import Patient
from tests.samples import TWILIO_URL

BUTTON = re.compile(r'name="at" value="([^"]+)"[^>]*><span>([^<]+)</span>')
# Zone of the location, a moment of the day before clocks change there, and the day on which they have.
CHANGES = [
    ("America/Los_Angeles", "2027-03-13T18:00", "Sunday", "March 14"),
    ("America/Los_Angeles", "2027-11-06T18:00", "Sunday", "November 7"),
    ("America/New_York", "2027-03-13T18:00", "Sunday", "March 14"),
    ("America/New_York", "2027-11-06T18:00", "Sunday", "November 7"),
    ("Europe/London", "2027-03-27T18:00", "Sunday", "March 28"),
    ("Europe/London", "2027-10-30T18:00", "Sunday", "October 31"),
]


@pytest.fixture
def there(public_app: TestApp, request: pytest.FixtureRequest) -> Iterator[Gateway]:
    """A gateway of a clinic in New York whose location downtown is in the zone that the test names."""
    app = replace(public_app, shipped=in_zone(public_app.reference, request.param))
    with TestClient(create_app(app), base_url=TWILIO_URL, follow_redirects=False) as client:
        yield Gateway(client, app)


def clock(moment: datetime, zone: str) -> str:
    """`9:40 AM` on that wall."""
    return moment.astimezone(ZoneInfo(zone)).strftime("%I:%M %p").lstrip("0")


@pytest.mark.parametrize(("there", "now", "weekday", "date"), CHANGES, indirect=["there"])
def test_times_the_visit_and_its_calendar_file_are_those_of_the_location(
    there: Gateway, now: str, weekday: str, date: str
) -> None:
    """From the page of times, through the tap, to the visit and the file that is taken along."""
    zone = there.app.reference.clinic.locations["downtown"].hours.zone
    there.app.clock.moment = datetime.fromisoformat(now).replace(tzinfo=zone).astimezone(UTC)
    add_provider(there.app, "tess", "Tess Holloway", ["skin"])
    grace = Patient(there, 1)
    page = grace.get()
    shown = {unescape(at): words for at, words in BUTTON.findall(page.text)}
    assert {at: clock(datetime.fromisoformat(at), zone.key) for at in shown} == shown
    after = [at for at in shown if f"{datetime.fromisoformat(at).astimezone(zone):%B %-d}" == date]
    tapped = grace.follow(grace.tap(page, after[0]))
    assert shown[after[0]] in tapped.text
    grace.press(tapped, "/confirm", hold=grace.hold().id)
    starts_at = grace.visit().starts_at
    assert starts_at == datetime.fromisoformat(after[0])
    standing = grace.get().text
    assert f"{weekday}, {date}" in standing
    assert clock(starts_at, zone.key) in standing
    entry = by_vobject.read(there.client.get(f"{grace.path}/calendar.ics").text).vevent
    assert entry.dtstart.value == starts_at
    assert f"{entry.dtstart.value:%H:%M}" == f"{starts_at.astimezone(zone):%H:%M}"


# What is left of an offer is shown on the location's wall, in the hour that the wall skips or shows twice too.
@pytest.mark.parametrize(
    ("there", "now", "when", "until"),
    [
        ("Europe/London", "2027-03-28T00:40", "today 1:40 PM", "2:10 AM"),
        ("Europe/London", "2027-10-31T00:40", "today 1:40 PM", "1:10 AM GMT"),
        ("America/Los_Angeles", "2027-03-14T02:00", "tomorrow 1:40 PM", "6:30 PM"),
        ("America/New_York", "2027-11-06T23:00", "tomorrow 1:40 PM", "7:30 PM"),
    ],
    indirect=["there"],
)
def test_an_offer_and_its_deadline_are_those_of_the_location(
    there: Gateway, now: str, when: str, until: str
) -> None:
    """`now` is UTC. Whoever waits lives in Los Angeles."""
    app, moment = there.app, datetime.fromisoformat(now).replace(tzinfo=UTC)
    zone = app.reference.clinic.locations["downtown"].hours.zone
    day = (moment + timedelta(hours=6 if "today" in when else 24)).astimezone(zone).date()
    starts_at = datetime(day.year, day.month, day.day, 13, 40, tzinfo=zone).astimezone(UTC)
    app.clock.moment = moment - 2 * DAY
    add_provider(app, "tess", "Tess Holloway", ["skin"])
    given_up = booked(app, quiet_lead(app, 900), wish(app), starts_at)
    lead_id = take_in(app, submission(external_id="away", phone="+12135550101")).lead_id or ""
    do(app, stopping.stop_sequences, lead_id, "booked", by=None)
    do(app, waiting.join, app.reference, PATIENT, lead_id, "hydrafacial", Wanted())
    run_due(app)
    app.clock.moment = moment
    do(app, visits.cancel, app.reference, who(app, "frontdesk"), given_up.id, "time")
    run_due(app)
    code = do(app, links.make, app.reference, lead_id, "text", service="hydrafacial")
    shown = unescape(there.client.get(f"/b/{code}/offer").text)
    assert f"Take {when}" in shown
    assert f"until {until}" in shown
