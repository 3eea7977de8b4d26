"""Two people at one lead: each knows of the other before both write."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Console, sign_in
from tests.browser.test_lead_page import any_hour, box
from tests.browser.test_lead_queue import row

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("empty_queue")]


def test_each_sees_that_the_other_looks_and_what_is_about_to_be_sent(
    page: Page, colleague: Page, console: Console
) -> None:
    """One has the lead's page open, one the panel; a text that waits its ten seconds has its writer's name in both."""
    lead_id = console.add_lead(first_name="Ada", last_name="Quill")
    any_hour(console, lead_id)
    other = sign_in(colleague, console, "manager", f"/lead?lead={lead_id}")
    sign_in(page, console)
    row(page, lead_id).click()
    expect(page.get_by_text("Elena is viewing")).to_be_visible()
    expect(other.get_by_text("Maya is viewing")).to_be_visible()
    box(other).fill("Hi Ada, may I call?")
    other.keyboard.press("Control+Enter")
    expect(page.locator(".peek .bubble.staff")).to_have_text("Hi Ada, may I call?")
    expect(page.locator(".peek .facts.from-staff")).to_contain_text("Elena Ruiz")
    other.close()
    expect(page.get_by_text("Elena is viewing")).to_have_count(0)
