"""Resend in a real browser: failed texts chosen by keys, read in the drawer, sent once, stopped again."""

import re

import pytest
from playwright.sync_api import Page, expect

from core.flows.sending import delivery_status
from tests.browser.conftest import Console, sign_in

pytestmark = pytest.mark.browser


def fail(console: Console, *names: str, code: int = 30003) -> None:
    """Forms come in; their first texts are accepted and then reported as undelivered."""
    console.only_new_texts_are_due()
    leads = {console.add_lead(first_name=name, last_name="Quill") for name in names}
    sent = [
        (one.job.text.action_id, one.result.sid or "")
        for one in console.hand_over()
        if any(name in one.job.text.body for name in names)
    ]
    assert len(sent) >= len(leads)
    for action_id, sid in sent:
        params = {"MessageSid": sid, "MessageStatus": "undelivered", "ErrorCode": str(code)}
        delivery_status.record(console.app, action_id, "1", params, now=console.app.clock.now())


def test_failed_texts_are_chosen_by_keys_and_sent_again_once(page: Page, console: Console) -> None:
    """Down, Space, Shift and down; the drawer shows both, and the undo of the toast stops them."""
    fail(console, "Uma", "Vic")
    sign_in(page, console, "admin", "/resend?span=today")
    grid = page.get_by_role("grid", name="Texts and emails that did not arrive")
    first = grid.get_by_role("row", name="Quill").first
    first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Shift+ArrowDown")
    page.get_by_role("button", name="Resend 2 selected").click()
    drawer = page.get_by_role("dialog")
    drawer.get_by_text("I have read the 2 texts above").click()
    drawer.get_by_role("textbox").fill("Phones are back on")
    page.keyboard.press("Control+Enter")
    drawer.get_by_role("button", name="Resend 2 texts").click()
    expect(grid.get_by_text("Resending")).to_have_count(2)
    page.locator(".toast").get_by_role("button", name="Undo").click()
    expect(grid.get_by_text("Resending")).to_have_count(0)


def test_what_a_resend_cannot_help_is_not_selectable(page: Page, console: Console) -> None:
    """A landline: the row says what can be done instead, and leads there, as does the name."""
    fail(console, "Wes", code=30006)
    sign_in(page, console, "admin", "/resend?span=today")
    row = page.get_by_role("row", name="Wes Quill")
    expect(row.get_by_role("checkbox")).to_be_disabled()
    row.get_by_role("link", name="Ask for a mobile").click()
    expect(page.get_by_text("Wes Quill").first).to_be_visible()
    expect(page).to_have_url(re.compile(r"/lead\?lead=A-"))
    page.go_back()
    expect(row.get_by_role("link", name="Wes Quill")).to_have_attribute("href", re.compile(r"lead\?lead=A-"))


def test_an_empty_list_of_doubtful_texts_takes_no_place(page: Page, console: Console) -> None:
    """Beside the strip that says 'none' a heading over nothing would say nothing more."""
    sign_in(page, console, "admin", "/delivery")
    heading = page.locator("h2", has_text="Fate unknown")
    expect(heading).to_have_count(1)
    expect(heading).to_be_hidden()
    expect(page.locator(".table-box")).to_be_hidden()
