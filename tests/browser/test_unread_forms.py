"""Unread forms in a real browser: one is mended into a lead, one is dismissed and waits again."""

import json
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from core.flows.intake import receive_form
from core.intake.draft import Delivery
from tests.browser.conftest import Console, sign_in
from tests.gateway.asking import generic_form

pytestmark = pytest.mark.browser


def came(console: Console, **contact: Any) -> None:
    """A form whose phone and email can't be used."""
    wrong = {"phone": "51-O2", "email": "omar@"} | contact
    body = json.dumps(generic_form(external_id=str(contact), contact=wrong)).encode()
    receive_form.take_in(
        console.app, "generic", Delivery(body, "application/json"), now=console.app.clock.now()
    )


def opened(page: Page, row: str) -> Locator:
    """The newest form whose row says so, in its drawer."""
    grid = page.get_by_role("grid", name="Forms that wait for a person")
    grid.get_by_role("row", name=row).first.get_by_role("button", name="Open").click()
    return page.get_by_role("dialog")


def test_a_form_with_a_wrong_number_is_mended_into_a_lead(page: Page, console: Console) -> None:
    """What was sent beside fields with their faults; a refusal keeps what was typed; the lead is a click away."""
    came(console, first_name="Olive", last_name="Quarry")
    sign_in(page, console, path="/unread-forms")
    drawer = opened(page, "Website form, Phone: Use digits only")
    expect(drawer.get_by_text("51-O2")).to_be_visible()
    phone = drawer.get_by_label("Phone")
    expect(phone).to_be_focused()
    expect(phone).to_have_attribute("aria-invalid", "true")
    expect(drawer.get_by_label("First name")).to_have_value("Olive")
    phone.fill("407-555-01")
    drawer.get_by_label("Last name").fill("Quarrier")
    drawer.get_by_role("button", name="Make a lead").click()
    expect(drawer.get_by_text("This number has 8 digits")).to_be_visible()
    expect(drawer.get_by_label("Last name")).to_have_value("Quarrier")
    phone.fill("407-555-0191")
    drawer.get_by_label("Email").fill("")
    drawer.get_by_role("button", name="Make a lead").click()
    expect(drawer.get_by_text("Call: nobody at this number agreed to texts")).to_be_visible()
    drawer.get_by_role("link", name="Open lead").click()
    expect(page.get_by_text("Olive Quarrier").first).to_be_visible()


def test_what_was_typed_stays_when_the_drawer_is_left_by_a_slip(page: Page, console: Console) -> None:
    came(console, first_name="Tansy", last_name="Rowe")
    sign_in(page, console, path="/unread-forms")
    drawer = opened(page, "Website form, Phone: Use digits only")
    drawer.get_by_label("First name").fill("Tansy Ann")
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    drawer = opened(page, "Website form, Phone: Use digits only")
    expect(drawer.get_by_label("First name")).to_have_value("Tansy Ann")


def test_a_form_is_dismissed_with_a_reason_and_waits_again(page: Page, console: Console) -> None:
    """Without a reason it is not; afterwards it stands below, with who and why, and can be reopened."""
    receive_form.take_in(console.app, "generic", Delivery(b"{broken"), now=console.app.clock.now())
    sign_in(page, console, path="/unread-forms")
    drawer = opened(page, "Website form, Its layout is not one we know")
    drawer.get_by_text("Dismiss it instead").click()
    drawer.get_by_role("button", name="Dismiss", exact=True).click()
    expect(drawer.get_by_text("Say why, so that a colleague understands it later.")).to_be_visible()
    drawer.get_by_label("Why").select_option("test")
    drawer.get_by_role("button", name="Dismiss", exact=True).click()
    handled = page.get_by_role("grid", name="Handled in the last 7 days")
    row = handled.get_by_role("row", name="Dismissed by Maya Torres: A test")
    row.get_by_role("button", name="Reopen").click()
    expect(row).to_have_count(0)
    expect(
        page.get_by_role("grid", name="Forms that wait").get_by_role("row", name="Its layout")
    ).to_have_count(1)
