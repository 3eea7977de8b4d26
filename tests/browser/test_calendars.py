"""My account in a real browser: a calendar elsewhere is connected, and the address of one's visits is shown once."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Column, delete, select

from core.booking.tables import calendar_addresses, calendar_feeds
from core.db.schema import metadata
from core.staff.tables import staff
from tests.browser.conftest import PASSWORD, Console, sign_in
from tests.factories import put

pytestmark = pytest.mark.browser
TESS = "tess-id"
FIELD = "Secret address of the calendar, in iCal format"


@pytest.fixture
def tess(console: Console) -> Iterator[str]:
    """Somebody who gives treatments, and is no colleague of other tests; her user name."""
    with console.app.db.write() as session:
        like = session.execute(select(staff).where(staff.c.username == "frontdesk")).one()._asdict()
        new = {"id": TESS, "username": "tess", "name": "Tess Holloway", "role": "provider", "email": None}
        put(session, staff, **{**like, **new})
    yield "tess"
    with console.app.db.write() as session:
        for of_hers in referring_to(staff.c.id):
            session.execute(delete(of_hers.table).where(of_hers == TESS))
        session.execute(delete(staff).where(staff.c.id == TESS))


def referring_to(column: Column[str]) -> list[Column[str]]:
    """The columns that name one of these, children first."""
    tables = reversed(metadata.sorted_tables)
    return [key.parent for table in tables for key in table.foreign_keys if key.column is column]


def shoot(page: Page, name: str) -> None:
    """A picture for who wants one: LUXE_SHOTS names the folder."""
    if folder := os.environ.get("LUXE_SHOTS"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


def rows(console: Console, table: object) -> int:
    with console.app.db.read() as session:
        return len(session.execute(select(table)).all())  # type: ignore[call-overload]


def test_a_provider_connects_a_calendar_and_sees_the_address_of_their_visits_once(
    page: Page, console: Console, tess: str
) -> None:
    sign_in(page, console, tess, "/my-account")
    shoot(page, "account-before")
    page.get_by_role("textbox", name=FIELD).fill("https://192.168.0.9/x.ics")
    page.get_by_role("button", name="Connect").click()
    expect(page.get_by_text("does not lie on the internet")).to_be_visible()
    page.get_by_role("textbox", name=FIELD).fill("https://calendar.example.com/secret/basic.ics")
    page.get_by_role("button", name="Connect").click()
    expect(page.get_by_text("calendar.example.com, not read yet")).to_be_visible()
    assert rows(console, calendar_feeds) == 1
    page.get_by_role("button", name="Make an address of the visits").click()
    make = page.get_by_role("button", name="Make it")
    proof = page.get_by_role("dialog").get_by_label("Password", exact=False)
    expect(make.or_(proof.first)).to_be_visible()
    if not make.is_visible():
        proof.first.fill(PASSWORD)
        page.get_by_role("button", name="Confirm that it is me").click()
    make.click()
    expect(page.get_by_text("it is not shown again")).to_be_visible()
    expect(page.get_by_role("dialog").get_by_text("/feeds/")).to_be_visible()
    shoot(page, "account-address")
    page.set_viewport_size({"width": 390, "height": 844})
    shoot(page, "account-address-390")
    page.keyboard.press("Escape")
    page.reload()
    expect(page.get_by_text("at a secret address made")).to_be_visible()
    assert "/feeds/" not in page.inner_text("body")
    shoot(page, "account-after-390")
    page.set_viewport_size({"width": 1440, "height": 900})
    shoot(page, "account-after")
    page.get_by_role("button", name="Take the address away").click()
    expect(page.get_by_text("There is no address for that yet")).to_be_visible()
    page.get_by_role("button", name="Disconnect").click()
    expect(page.get_by_role("button", name="Connect", exact=True)).to_be_visible()
    assert (rows(console, calendar_feeds), rows(console, calendar_addresses)) == (0, 0)
