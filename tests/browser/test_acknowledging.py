"""An alert acknowledged in the console: offered to its owner and to managers, once, and said on the lead."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Console, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("empty_queue")]


def test_a_manager_acknowledges_on_the_monitor_and_the_lead_says_who_did(
    page: Page, console: Console
) -> None:
    lead = console.add_lead(first_name="Ana", last_name="Lopez")
    sign_in(page, console, "manager", "/sla")
    row = page.get_by_role("row").filter(has_text="Ana Lopez")
    row.get_by_role("button", name="Acknowledge the alert about Ana Lopez").click()
    expect(row.get_by_text("acknowledged")).to_be_visible()
    expect(row.get_by_role("button")).to_have_count(0)
    assert page.url.endswith("/sla")  # the row is a link, and its button leads nowhere
    page.goto(f"{console.url}/lead?lead={lead}")
    expect(page.get_by_text("Elena acknowledged")).to_be_visible()
    expect(page.get_by_role("button", name="Acknowledge")).to_have_count(0)
