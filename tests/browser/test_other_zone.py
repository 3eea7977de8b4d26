"""A location in another zone than the clinic: its visits are shown, and moved, on its own wall."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import delete

from core.booking import store as visits
from core.booking.tables import reservations
from core.domain.roles import Actor
from core.flows.booking import booking
from core.flows.publishing import publish
from core.free_times import Wish
from core.kinds import CLINIC_KIND
from core.setup.published import shipped_clinic
from tests.browser.conftest import Console, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("empty_queue", "as_shipped")]
DENVER = ZoneInfo("America/Denver")


def in_denver(console: Console, manager: Actor) -> None:
    """The clinic publishes that its location downtown is in Denver."""
    body = dict(shipped_clinic()["clinic"])
    body["locations"] = [
        {**one, "zone": "America/Denver"} if one["slug"] == "downtown" else one for one in body["locations"]
    ]
    with console.app.db.write() as session:
        now = console.app.clock.now()
        saved = publish.save_draft(session, manager, CLINIC_KIND, "clinic", body, publish.NONE_SEEN, now=now)
        publish.publish(session, manager, CLINIC_KIND, "clinic", saved.revision, "Denver", now=now)
    with console.app.db.read() as session:
        console.app.in_use.catch_up(session)


def test_a_visit_in_another_zone_is_shown_and_moved_on_its_own_wall(page: Page, console: Console) -> None:
    """One in the afternoon there is three here: whoever presses 'two' there must not move it to noon or to four."""
    in_denver(console, console.actor("admin"))
    lead_id = console.add_lead(first_name="Ada", last_name="Quill")
    nina, desk = console.actor("provider").staff_id, console.actor("frontdesk")
    wish = Wish(console.app.reference.bookable.services["botox"], "downtown", nina)
    at = datetime(2026, 11, 24, 13, 0, tzinfo=DENVER)
    with console.app.db.write() as session:
        session.execute(delete(reservations))  # what tests before kept is nobody's: their patients are gone
        now, known = console.app.clock.now(), console.app.reference
        visit = booking.book_at(session, known, desk, lead_id, wish, at, "staff", now=now)
    sign_in(page, console, path=f"/lead?lead={lead_id}")
    expect(page.locator(".visit-when")).to_have_text("Tue, Nov 24, 1:00 PM MST")
    page.locator(".visit-card").get_by_role("button", name="Move").click()
    page.get_by_role("radio", name="2:00 PM MST", exact=True).click()
    page.locator(".ask").get_by_role("button", name="Move").click()
    expect(page.locator(".visit-when")).to_have_text("Tue, Nov 24, 2:00 PM MST")
    expect(page.locator(".toast")).to_contain_text("Tue 2:00 PM MST")
    expect(page.locator(".visit-moves")).to_contain_text("Tue Nov 24, 1:00 PM MST to Tue Nov 24, 2:00 PM MST")
    expect(page.locator(".visits")).to_contain_text("Nov 24, 2:00 PM MST")
    with console.app.db.read() as session:
        moved = visits.get(session, visit.id).starts_at
    assert moved == datetime(2026, 11, 24, 14, 0, tzinfo=DENVER)
    page.locator(".toast").get_by_role("button", name="Undo").click()
    expect(page.locator(".visit-when")).to_have_text("Tue, Nov 24, 1:00 PM MST")
