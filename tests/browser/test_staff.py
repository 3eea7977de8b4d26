"""Staff in a real browser: a manager plans by number and sees what stays uncovered; anybody says where they stand."""

from collections.abc import Iterator
from datetime import date

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import delete, update

from core.domain.roles import Actor
from core.staff.store import rota
from core.staff.tables import on_call, shift_days, staff, time_off
from tests.browser.conftest import Console, sign_in, sign_in_by_form
from tests.factories import EVERY_DAY

pytestmark = pytest.mark.browser
MONDAY = date(2026, 11, 23)  # the day on which the console's clock begins


@pytest.fixture(autouse=True)
def _as_usual(console: Console) -> Iterator[None]:
    """Everybody works every day, and nothing else is planned."""
    yield
    with console.app.db.write() as session:
        for table in (shift_days, time_off, on_call):
            session.execute(delete(table))
        session.execute(delete(staff).where(staff.c.username == "tess"))
        session.execute(update(staff).values(hours=EVERY_DAY, status="available", status_until=None))


def maya(console: Console) -> Actor:
    return console.actor("frontdesk")


def test_a_manager_changes_a_shift_by_number_and_reads_first_what_it_leaves_uncovered(
    page: Page, colleague: Page, console: Console
) -> None:
    """The colleague who looks at the same week sees it without a click."""
    with console.app.db.write() as session:
        alone = update(staff).where(staff.c.username.in_(("jordan", "manager")))
        session.execute(alone.values(hours={}))
    other = sign_in(colleague, console, "frontdesk", "/staff")
    sign_in(page, console, "manager", "/staff")
    page.locator('.cell[aria-label^="Maya Torres, Mon, Nov 23: 7:00 AM to 10:00 PM"]').click()
    drawer = page.get_by_role("dialog", name="Staff")
    drawer.get_by_label("To", exact=True).fill("06:00")
    expect(drawer.get_by_role("alert")).to_contain_text("ends before it begins")
    drawer.get_by_label("To", exact=True).fill("15:00")
    drawer.get_by_label("From", exact=True).fill("10:00")
    expect(drawer.get_by_role("status")).to_contain_text(
        "Downtown is open and has nobody who takes leads from 8:00 AM"
    )
    drawer.get_by_role("button", name="Save shifts").click()
    changed = '.cell[aria-label="Maya Torres, Mon, Nov 23: 10:00 AM to 3:00 PM"]'
    expect(page.locator(changed)).to_be_visible()
    expect(other.locator(changed)).to_be_visible()
    expect(other.locator('.cell[aria-label^="Nobody at Downtown: 8:00 AM to 10:00 AM"]')).to_be_visible()
    with console.app.db.read() as session:
        kept = rota.dates(session, console.app.clock.now()).days[maya(console).staff_id]
    assert kept == {MONDAY: ["10:00-15:00"]}


def test_time_off_is_planned_in_the_drawer_and_a_slip_stands_at_its_field(
    page: Page, console: Console
) -> None:
    sign_in(page, console, "manager", "/staff")
    page.locator("button.who", has_text="Maya Torres").click()
    drawer = page.get_by_role("dialog", name="Staff")
    drawer.get_by_text("Add time off").first.click()
    drawer.get_by_label("First day").fill("2026-11-27")
    drawer.get_by_label("Last day").fill("2026-11-24")
    drawer.get_by_role("button", name="Add time off").click()
    expect(drawer.get_by_role("alert").filter(has_text="ends before it begins")).to_be_visible()
    drawer.get_by_label("Last day").fill("2026-11-27")
    drawer.get_by_role("button", name="Add time off").click()
    expect(drawer.get_by_text("Nov 27", exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator('.cell[aria-label^="Maya Torres, Fri, Nov 27: off, time off"]')).to_be_visible()


def test_a_break_is_one_click_and_stands_on_every_page_until_it_ends(page: Page, console: Console) -> None:
    sign_in(page, console, "frontdesk", "/")
    own = page.get_by_role("group", name="Your status")
    own.get_by_role("button", name="Break").click()
    expect(own.get_by_role("button", name="Break")).to_have_attribute("aria-pressed", "true")
    expect(own.get_by_role("status")).to_contain_text("Break until 10:")
    with console.app.db.read() as session:
        (mine,) = [
            one for one in rota.rotas(session, console.app.clock.now()) if one.id == maya(console).staff_id
        ]
    assert mine.status == "break"
    page.goto(f"{console.url}/staff")
    expect(page.locator(".now-row", has_text="Maya Torres").locator(".standing")).to_contain_text(
        "On a break until"
    )
    own.get_by_role("button", name="Available").click()
    expect(page.locator(".now-row", has_text="Maya Torres").locator(".standing")).to_have_text("Available")
    expect(own.get_by_role("button", name="Break")).to_have_attribute("aria-pressed", "false")


def test_an_administrator_adds_a_colleague_who_is_in_the_week_at_once(page: Page, console: Console) -> None:
    """A username that is taken is said in the dialog; the first password stands there once."""
    sign_in_by_form(
        page, console, "admin", "/staff"
    )  # anew: an account is made by who has just proved who they are
    page.get_by_role("button", name="Add person").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="Full name").fill("Tess Holloway")
    username = dialog.get_by_role("textbox", name="Username")
    username.fill("jordan")
    dialog.get_by_role("button", name="Add this person").click()
    expect(dialog.get_by_text("'jordan' is taken")).to_be_visible()
    username.fill("tess")
    dialog.get_by_role("button", name="Add this person").click()
    expect(dialog.get_by_text("It is not shown again")).to_be_visible()
    dialog.get_by_role("button", name="Done").click()
    expect(page.locator("button.who", has_text="Tess Holloway")).to_be_visible()


def test_an_end_of_a_shift_is_dragged_and_nothing_is_kept_before_it_is_saved(
    page: Page, console: Console
) -> None:
    sign_in(page, console, "manager", "/staff")
    cell = page.locator('.cell[aria-label^="Maya Torres, Mon, Nov 23:"]')
    cell.hover()  # tries again where it is drawn anew meanwhile
    room, end = cell.bounding_box(), cell.locator(".edge.end").bounding_box()
    assert room
    assert end
    page.mouse.move(end["x"] + end["width"] / 2, end["y"] + end["height"] / 2)
    page.mouse.down()
    page.mouse.move(
        room["x"] + room["width"] / 2, end["y"] + 4, steps=4
    )  # half past two, halfway from 7 to 22
    page.mouse.up()
    drawer = page.get_by_role("dialog", name="Staff")
    expect(drawer.get_by_label("To", exact=True)).to_have_value("14:30")
    expect(drawer.get_by_label("From", exact=True)).to_have_value("07:00")
    with console.app.db.read() as session:
        assert rota.dates(session, console.app.clock.now()).days == {}
    page.keyboard.press("Escape")
    expect(cell).to_have_attribute("aria-label", "Maya Torres, Mon, Nov 23: 7:00 AM to 10:00 PM")
