"""A location in another zone than the clinic: its visits are shown, and moved, on its own wall."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import delete, select

from core.booking import store as visits
from core.booking.store import Visit
from core.booking.tables import holds, reservations
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


def ada_at_one(console: Console) -> Visit:
    """Her Botox with Nina at one in the afternoon, in Denver."""
    lead_id = console.add_lead(first_name="Ada", last_name="Quill")
    nina, desk = console.actor("provider").staff_id, console.actor("frontdesk")
    wish = Wish(console.app.reference.bookable.services["botox"], "downtown", nina)
    at = datetime(2026, 11, 24, 13, 0, tzinfo=DENVER)
    with console.app.db.write() as session:
        session.execute(delete(reservations))  # what tests before kept is nobody's: their patients are gone
        now, known = console.app.clock.now(), console.app.reference
        return booking.book_at(session, known, desk, lead_id, wish, at, "staff", now=now)


def test_a_visit_in_another_zone_is_shown_and_moved_on_its_own_wall(page: Page, console: Console) -> None:
    """One in the afternoon there is three here: whoever presses 'two' there must not move it to noon or to four."""
    in_denver(console, console.actor("admin"))
    visit = ada_at_one(console)
    sign_in(page, console, path=f"/lead?lead={visit.lead_id}")
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


def test_the_calendar_of_another_zone_is_on_its_own_wall(page: Page, console: Console) -> None:
    """Its day begins at that midnight, its hours are those, and what is typed is meant there."""
    in_denver(console, console.actor("admin"))
    visit_id = ada_at_one(console).id
    sign_in(page, console, path="/calendar?day=2026-11-24&location=downtown")
    expect(page.get_by_label("Location")).to_contain_text("MST")
    ada = page.locator(f'.card[data-id="{visit_id}"]')
    expect(ada).to_have_attribute("aria-label", re.compile("1:00 PM to 1:"))
    ada.click()
    expect(page.locator(".cal-side .facts")).to_contain_text("1:00 PM to 1:")
    page.keyboard.press("m")
    panel = page.locator(".cal-card-panel.moving")
    panel.get_by_label("To what time").fill("2:00 PM")
    panel.get_by_label("To what time").press("Tab")
    panel.get_by_role("button", name="Ask Ada").click()
    expect(page.locator(".toast")).to_contain_text("Asked about Tue 2:00 PM")
    with console.app.db.read() as session:
        kept = session.scalars(select(holds.c.starts_at)).all()
    assert kept == [datetime(2026, 11, 24, 14, 0, tzinfo=DENVER)]
