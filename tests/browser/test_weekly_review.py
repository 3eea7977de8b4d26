"""The weekly list of cold leads in a real browser: a manager marks many as seen and closes one with a reason."""

import pytest
from playwright.sync_api import Page, expect

from core.leads.tables import leads
from tests.browser.conftest import Console, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("empty_queue")]
COLD = {"form_type": "lead_capture", "timeframe": "just_browsing", "treatment": "not_sure"}


def test_a_manager_looks_through_the_week_and_nothing_is_lost_by_a_slip(page: Page, console: Console) -> None:
    for first in ("Ana", "Bo", "Cy"):
        console.add_lead(first_name=first, last_name="Cold", **COLD)
    console.add_lead(first_name="Di", last_name="Warm")
    sign_in(page, console, "manager", "/queue?show=review")
    table = page.get_by_role("grid", name="Cold leads of the week")
    expect(table.get_by_role("row")).to_have_count(4)
    table.get_by_label("Select all of cold leads of the week").check()
    page.get_by_role("button", name="Seen 3").click()
    expect(page.get_by_role("heading", name="Nothing to review")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(table.get_by_role("row")).to_have_count(4)
    table.get_by_label("Select Cy Cold").check()
    page.get_by_role("button", name="Close", exact=True).last.click()
    dialog = page.get_by_role("dialog", name="Close 1 lead")
    dialog.get_by_role("button", name="Close", exact=True).last.click()
    expect(dialog.get_by_text("Choose a reason")).to_have_count(2)
    dialog.get_by_label("Why they lead nowhere").select_option("not_interested")
    dialog.get_by_role("button", name="Close", exact=True).last.click()
    expect(table.get_by_role("row")).to_have_count(3)
    with console.app.db.read() as session:
        states = sorted(session.execute(leads.select().with_only_columns(leads.c.state)).scalars())
    assert states == ["disqualified", "open", "open", "open"]


def test_front_desk_has_no_such_list(page: Page, console: Console) -> None:
    console.add_lead(first_name="Ana", last_name="Cold", **COLD)
    sign_in(page, console)
    expect(page.get_by_role("button", name="All open")).to_be_visible()
    expect(page.get_by_role("button", name="Review")).to_have_count(0)
