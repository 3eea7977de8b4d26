"""Leaderboard and Speed in a real browser: what is pressed, a name or a bar, lists its leads at the right."""

import pytest
from playwright.sync_api import Page, expect

from core.flows.leads import calls
from tests.browser.conftest import Console, sign_in

pytestmark = pytest.mark.browser


def reached(console: Console) -> str:
    """Somebody called a lead at once; its id."""
    lead_id, app = console.add_lead(), console.app
    with app.db.write() as session:
        calls.log(session, app.reference, console.actor("manager"), lead_id, "no_answer", now=app.clock.now())
    return lead_id


def test_a_name_and_a_bar_open_the_leads_behind_them_twice_if_need_be(page: Page, console: Console) -> None:
    console.forget_everyone()
    reached(console)
    # Reads are kept for half a minute: no other test asks for seven days.
    sign_in(page, console, "manager", "/leaderboard?period=7")
    page.locator("[data-pick^='person:']").first.wait_for()
    page.wait_for_timeout(800)  # a part that is drawn again meanwhile loses a click
    page.locator("[data-pick^='person:']").first.click()
    drawer = page.get_by_role("dialog")
    expect(drawer).to_contain_text("One lead.")
    expect(drawer).to_contain_text("tried after")
    page.goto(f"{console.url}/speed?period=7")
    bar = page.locator(".js-plotly-plot").first.locator(".point path:visible").first
    for _ in range(2):
        bar.wait_for()
        bar.click(force=True)
        expect(drawer).to_contain_text("One lead.")
        drawer.get_by_role("button", name="Close").click()
        expect(drawer).to_be_hidden()
