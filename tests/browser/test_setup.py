"""Page Clinic in a real browser: a new clinic is set up from nothing, and what would do harm is held back."""

from collections.abc import Iterator

import bcrypt
import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import update

from core.flows.intake import accept_submission
from core.reads import setup as reads
from core.reads.setup import State
from core.staff.tables import staff
from luxe import staff as accounts
from luxe.seed import seed
from luxe.staff import NewAccount
from tests.browser.conftest import CHROMIUM, PASSWORD, Console, served, sign_in
from tests.browser.profiles import Kept
from tests.factories import submission as form

pytestmark = [pytest.mark.browser]


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """A console on a database that nobody has used: one admin, and nothing else."""
    if CHROMIUM is None:
        pytest.skip("browser tests need Chromium (apt-get install chromium)")
    with served(tmp_path_factory.mktemp("fresh"), {}, staffed=False) as found:
        now = found.app.clock.now()
        seed(found.app, now)
        accounts.add(found.app, NewAccount("admin", "Chris Lindqvist", "admin"), now)
        made = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()
        with found.app.db.write() as session:
            session.execute(update(staff).values(password_hash=made, must_change_password=False))
        yield found


@pytest.fixture
def page(kept: Kept, fresh: Console) -> Iterator[Page]:
    """A little higher than elsewhere: all steps are seen at once."""
    with kept.tab(fresh.url) as opened:
        opened.set_viewport_size({"width": 1440, "height": 1000})
        yield opened


def open_part(page: Page, name: str) -> None:
    page.locator(".setup-list").get_by_role("button", name=name).click()
    expect(page.locator(".editor:visible .editor-title")).to_have_text(name)


def publish_here(page: Page, note: str) -> None:
    expect(page.locator(".editor:visible .editor-state")).to_contain_text("Draft, saved")
    page.locator(".editor:visible").get_by_role("button", name="Publish version").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="What changes?").fill(note)
    dialog.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_text("is in use", exact=False).first).to_be_visible()


def state(page: Page, about: str) -> str:
    return str(
        page.locator(".first-steps li", has=page.get_by_text(about, exact=True)).get_attribute("class")
    )


def test_a_new_clinic_is_set_up_from_nothing(fresh: Console, page: Page) -> None:
    """From the first sign-in to the first lead, by the checklist that the doctor shares."""
    sign_in(page, fresh, "admin", "/setup")
    expect(page.get_by_role("heading", name="Before the first lead")).to_be_visible()
    assert state(page, "Clinic") == "later"
    assert state(page, "Who takes leads") == "to_do"

    page.get_by_role("button", name="Open Clinic").click()
    name = page.get_by_role("textbox", name="Name", exact=True).first
    name.fill("Glow Studio")
    page.get_by_role("textbox", name="Short name").fill("Glow")
    number = page.get_by_role("textbox", name="Number", exact=True)
    number.fill("512-55")
    expect(page.get_by_text("digits", exact=False).first).to_be_visible()
    number.fill("(512) 555-0142")
    expect(page.locator(".bubble")).to_have_text("Glow: Hi Maria, we have your request.")
    page.get_by_role("button", name="Add a location").click()
    card = page.locator(".location-card").last
    card.get_by_role("textbox", name="Name").fill("North Side")
    card.get_by_role("textbox", name="Address").fill("7 Oak Road")
    card.get_by_role("textbox", name="ZIP codes nearest to it").fill("787, 788")
    expect(page.get_by_text("787 is Downtown's already", exact=False)).to_be_visible()
    card.get_by_role("textbox", name="ZIP codes nearest to it").fill("788")
    expect(page.get_by_text("787 is Downtown's already", exact=False)).to_be_hidden()
    publish_here(page, "Our own name")

    page.locator(".setup-list").get_by_role("button", name="Hours of North Side").click()
    page.get_by_role("button", name="Give it hours of its own").click()
    expect(page.locator(".editor:visible .editor-title")).to_have_text("Hours of North Side")
    page.get_by_label("Monday, opens").fill("10:00")
    page.get_by_role("button", name="Use Monday's hours until Friday").click()
    expect(page.locator(".stands")).to_contain_text("Open now, until 8:00 PM")
    expect(page.locator(".stands-changes")).to_contain_text("Thu Nov 26: closed (Thanksgiving Day)")
    publish_here(page, "From ten")

    with fresh.app.db.read() as session:
        fresh.app.in_use.catch_up(session)
    clinic = fresh.app.reference.clinic
    assert (clinic.name, clinic.phone, clinic.nearest("78801").slug) == (
        "Glow Studio",
        "+15125550142",
        "north-side",
    )

    accounts.add(
        fresh.app,
        NewAccount("maya", "Maya Torres", "frontdesk", "coordinator", "512-555-0171", location="north-side",
                   accepts_leads=True),
        fresh.app.clock.now(),
    )  # fmt: skip
    page.locator(".setup-list").get_by_role("button", name="Before the first lead").click()
    expect(page.locator(".first-steps li.done", has_text="Alerts")).to_be_visible()
    assert state(page, "Who takes leads") == "done"
    with fresh.app.db.write() as session:
        sent = form(external_id="first", submitted_at=fresh.app.clock.now())
        accept_submission.accept(
            session,
            fresh.app.reference,
            fresh.app.settings,
            sent,
            raw_payload_id=None,
            now=fresh.app.clock.now(),
        )
    expect(page.locator(".first-steps li.done", has_text="Leads have come in")).to_be_visible()
    with fresh.app.db.read() as session:
        steps = reads.read(session, fresh.app.settings, fresh.app.reference, fresh.app.clock.now())
        assert all(one.state is not State.TO_DO for one in steps)


def test_hours_that_never_open_are_not_published(fresh: Console, page: Page) -> None:
    sign_in(page, fresh, "admin", "/setup?part=calendar:downtown")
    expect(page.locator(".editor:visible .editor-title")).to_have_text("Hours of Downtown")
    for _ in range(7):
        page.get_by_role("button", name="away from").first.click()
    expect(page.get_by_text("There is no open hour in a whole year", exact=False)).to_be_visible()
    expect(page.locator(".stands")).to_contain_text("Never open")
    page.locator(".editor:visible").get_by_role("button", name="Publish version").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="What changes?").fill("Closed for good")
    dialog.get_by_role("button", name="Publish", exact=True).click()
    expect(dialog.get_by_text("There is no open hour", exact=False)).to_be_visible()


def test_a_service_is_changed_at_its_row_and_published(fresh: Console, page: Page) -> None:
    """Folded out, mended where it is wrong, typed in without losing the focus, and used by whoever books."""
    sign_in(page, fresh, "admin", "/setup?part=services")
    row = page.locator(".fold", has=page.get_by_text("HydraFacial", exact=True))
    row.locator(".fold-head").click()
    minutes = row.get_by_role("textbox", name="Minutes", exact=True)
    minutes.fill("")
    minutes.press_sequentially("9000", delay=250)
    expect(minutes).to_have_value("900")  # at most three digits; typed through two savings
    expect(row.locator(".fold-body").get_by_text("Write a whole number from 5 to 480.")).to_be_visible()
    row.locator(".fold-head").click()
    expect(row.locator(".fold-wrong")).to_have_text("Write a whole number from 5 to 480.")
    row.locator(".fold-head").click()
    minutes.fill("55")
    expect(row.locator(".fold-wrong")).to_be_hidden()
    publish_here(page, "A little longer")
    with fresh.app.db.read() as session:
        fresh.app.in_use.catch_up(session)
    assert fresh.app.reference.bookable.services["hydrafacial"].minutes == 55
