"""A file that leaves the house, as a browser gets it."""

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select, update

from core.audit.tables import audit_events
from core.staff.tables import sessions
from tests.browser.conftest import PASSWORD, Console, sign_in_by_form

pytestmark = pytest.mark.browser


def test_an_export_is_saved_after_a_fresh_proof(page: Page, console: Console) -> None:
    """A page that was left open asks for the password, then gives the file, and the trail has a line of it."""
    console.add_lead()
    began = console.app.clock.now()
    sign_in_by_form(page, console, "manager", "/funnel")
    page.get_by_role("button", name="Export CSV").wait_for()
    with console.app.db.write() as session:
        session.execute(update(sessions).values(confirmed_at=None))
    page.goto(f"{console.url}/funnel")
    page.get_by_role("button", name="Export CSV").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="Your password").fill("wrong")
    dialog.get_by_role("button", name="Confirm that it is me").click()
    expect(dialog.get_by_text("This is not your password.")).to_be_visible()
    dialog.get_by_role("textbox", name="Your password").fill(PASSWORD)
    dialog.get_by_role("button", name="Confirm that it is me").click()
    with page.expect_download() as saving:
        dialog.get_by_role("button", name="Save the file").click()
    assert saving.value.suggested_filename.startswith("funnel-")
    assert saving.value.path().read_text(encoding="utf-8").startswith("from,to,")
    with console.app.db.read() as session:
        told = session.scalars(
            select(audit_events.c.subject).where(
                audit_events.c.action == "exported", audit_events.c.at >= began
            )
        ).all()
    assert told == [saving.value.suggested_filename]
