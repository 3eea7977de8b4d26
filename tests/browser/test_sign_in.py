"""The sign-in as a keyboard meets it."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PASSWORD, Console

pytestmark = pytest.mark.browser


def test_one_types_at_once_and_enter_signs_in(page: Page, console: Console) -> None:
    """The cursor stands in the first field; an Enter too early is asked about and costs nothing."""
    page.goto(console.url)
    expect(page.get_by_role("textbox", name="User name")).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_text("Enter your user name and password.").wait_for()
    page.get_by_role("textbox", name="User name").fill("frontdesk")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_text("Live,").wait_for()


def test_a_role_with_one_page_has_it_in_its_menu(page: Page, console: Console) -> None:
    """A provider's sidebar says where one is, and no call is offered that could not be recorded."""
    console.add_lead()
    page.goto(console.url)
    page.get_by_role("textbox", name="User name").fill("provider")
    page.get_by_role("textbox", name="Password").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    page.get_by_text("Live,").wait_for()
    expect(page.get_by_test_id("stSidebar").get_by_role("link", name="Lead queue")).to_be_visible()
    expect(page.get_by_role("row", name="Omar Reyes").first).to_be_visible()
    page.keyboard.press("j")
    peek = page.get_by_role("complementary", name="Selected lead")
    expect(peek.get_by_text("Your role can look at leads, not work them")).to_be_visible()
    expect(peek.get_by_role("link", name="Call")).to_be_hidden()
