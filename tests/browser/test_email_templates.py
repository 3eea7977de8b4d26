"""Templates of emails in a real browser: they have a subject, and stay emails when they are edited."""

import pytest
from playwright.sync_api import Page, expect

from core.kinds import TEMPLATE
from core.reads.parts import versions as reads
from core.versions.rules import Body
from tests.browser.conftest import Console, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("as_shipped")]
KEY = "email_come_back"


def drafted(console: Console) -> Body:
    with console.app.db.read() as session:
        draft = reads.history(session, console.actor("manager"), TEMPLATE, KEY).draft
    assert draft
    return draft.body


def test_a_subject_is_edited_and_the_template_stays_an_email(page: Page, console: Console) -> None:
    sign_in(page, console, "marketing", f"/templates?template={KEY}")
    subject = page.get_by_role("textbox", name="English subject")
    expect(subject).to_have_value("A quiet hour for you at {{clinicName}}")
    expect(page.get_by_role("button", name="Test text to me").first).to_be_hidden()
    subject.fill("For {{firstName}} alone")
    expect(page.get_by_text("a subject can be read on the way").first).to_be_visible()
    subject.fill("Come by at {{clinicName}}")
    expect(page.locator(".editor-state")).to_contain_text("saved")
    expect(page.get_by_text("a subject can be read on the way")).to_have_count(0)
    body = drafted(console)
    assert (body["channel"], body["wordings"]["en"]["subject"]) == ("email", "Come by at {{clinicName}}")


def test_a_text_has_no_subject_after_an_email_was_looked_at(page: Page, console: Console) -> None:
    sign_in(page, console, "marketing", f"/templates?template={KEY}")
    expect(page.get_by_role("textbox", name="English subject")).to_be_visible()
    page.get_by_role("searchbox").first.fill("What to expect")
    page.get_by_text("What to expect", exact=True).first.click()
    expect(page.get_by_role("textbox", name="English subject")).to_be_hidden()
    expect(page.get_by_role("button", name="Test text to me").first).to_be_visible()
