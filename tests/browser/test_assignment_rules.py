"""Assignment rules in a real browser: a manager changes one, sees what follows, replays the month, and publishes."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import delete, select

from core.assignment.tables import assignment_rules
from core.versions.tables import versions
from tests.browser.conftest import Console, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("empty_queue")]


@pytest.fixture(autouse=True)
def _as_shipped(console: Console) -> Iterator[None]:
    """What one test publishes is not in use for the next."""
    yield
    with console.app.db.write() as session:
        session.execute(delete(versions).where(versions.c.kind == "assignment_rules"))


def test_a_manager_edits_a_rule_replays_and_publishes(page: Page, console: Console) -> None:
    console.add_lead()
    sign_in(page, console, "manager", "/rules")
    rules = page.locator(".rule-list .rule")
    expect(rules).to_have_count(13)
    expect(page.locator(".considered-one.chosen")).to_contain_text("takes it")
    last = rules.nth(12)
    last.get_by_role("button", name="Consultations").first.click()
    page.get_by_label("Name", exact=True).fill("Whoever is left")
    expect(page.locator(".editor-state")).to_contain_text("Draft, saved")
    page.get_by_role("button", name="Whoever is left: earlier").click()
    expect(rules.nth(11)).to_contain_text("Whoever is left")
    expect(page.locator(".held")).to_contain_text("Rule 12 holds: Whoever is left")
    rules.nth(11).get_by_role("switch").click()
    expect(rules.nth(11)).to_have_class("rule opened off")
    rules.nth(11).get_by_role("switch").click()
    page.get_by_role("button", name="Replay the last 30 days").click()
    expect(page.locator(".replay-found")).to_contain_text("Other owner")
    expect(page.locator(".editor-state")).to_contain_text("Draft, saved")
    page.get_by_role("button", name="Publish version").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="What changes?").fill("A clearer name")
    dialog.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_text("Version 2 is in use")).to_be_visible()
    with console.app.db.read() as session:
        names = list(
            session.execute(select(assignment_rules.c.name).order_by(assignment_rules.c.priority)).scalars()
        )
    assert names[11] == "Whoever is left"
