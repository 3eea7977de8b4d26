"""A misread reply is corrected in a real browser: one click, and what followed from it is undone."""

import pytest
from playwright.sync_api import Page, expect

from core.compliance import store as compliance
from core.leads.tables import leads
from tests.browser.conftest import Console, sign_in
from tests.browser.test_urgent import say

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("empty_queue")]


def opted_out(console: Console, lead_id: str) -> bool:
    with console.app.db.read() as session:
        index = session.execute(leads.select().where(leads.c.id == lead_id)).one().phone_index
        return compliance.standing(session, index).opted_out_at is not None


def test_a_misread_stop_is_lifted_with_a_reason_and_the_thread_says_so(page: Page, console: Console) -> None:
    lead_id = console.add_lead(first_name="Ines", last_name="Quist")
    say(console, lead_id, "please no more of these messages")
    assert opted_out(console, lead_id)
    sign_in(page, console, "frontdesk", f"/lead?lead={lead_id}")
    page.get_by_role("button", name="Understood as stop texting: correct it").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="a question", exact=True).click()
    dialog.get_by_role("button", name="Correct it").click()
    expect(dialog).to_contain_text("Say why")
    dialog.get_by_role("textbox", name="Why").fill("She meant another clinic's")
    dialog.get_by_role("button", name="Correct it").click()
    expect(page.get_by_role("button", name="Understood as a question: correct it")).to_be_visible()
    expect(page.get_by_text("corrected: not stop texting, but a question").first).to_be_visible()
    assert not opted_out(console, lead_id)


def test_a_stop_that_was_not_heard_is_heard_with_one_click(page: Page, console: Console) -> None:
    lead_id = console.add_lead(first_name="Jana", last_name="Quist")
    say(console, lead_id, "hello there")
    sign_in(page, console, "frontdesk", f"/lead?lead={lead_id}")
    page.get_by_role("button", name="Understood as something else: correct it").click()
    page.get_by_role("dialog").get_by_role("button", name="stop texting", exact=True).click()
    expect(page.get_by_role("button", name="Understood as stop texting: correct it")).to_be_visible()
    assert opted_out(console, lead_id)
