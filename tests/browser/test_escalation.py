"""Escalation in a real browser: a manager changes a level, sees what it means, publishes; the next lead follows it."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from core.kinds import ESCALATION, LEVELS_KEY
from core.messaging.tables import timed_actions
from core.reads.parts import versions as reads
from tests.browser.conftest import Console, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("as_shipped")]


def open_levels(page: Page, console: Console, username: str = "manager") -> Page:
    sign_in(page, console, username, "/escalation")
    page.locator(".levels .level").first.wait_for()
    return page


def in_use(console: Console) -> Any:
    with console.app.db.read() as session:
        return reads.history(session, console.actor("manager"), ESCALATION, LEVELS_KEY).published


def minutes_of(console: Console, lead_id: str) -> list[int]:
    """After how many minutes each level of a lead comes."""
    c = timed_actions.c
    with console.app.db.read() as session:
        found = session.execute(
            select(c.due_at, c.created_at)
            .where(c.lead_id == lead_id, c.kind == "escalation")
            .order_by(c.due_at)
        )
        return [round((due - made).total_seconds() / 60) for due, made in found]


def test_a_manager_changes_a_level_sees_what_it_means_and_the_next_lead_follows_it(
    page: Page, console: Console
) -> None:
    open_levels(page, console)
    levels = page.locator(".levels .level")
    expect(levels).to_have_count(3)
    first = levels.nth(0)
    first.get_by_label("Minutes").fill("15")
    expect(page.locator(".level .field-error:visible").first).to_contain_text("Two levels come at 15 minutes")
    first.get_by_label("Minutes").fill("20")
    page.keyboard.press("Tab")
    expect(levels.nth(1).get_by_label("Minutes")).to_have_value("20")  # it stands where its minutes put it
    levels.nth(1).get_by_label("Tell somebody more").select_option("medical_director")
    played = page.locator(".preview")
    played.get_by_role("button", name="Tuesday 10 AM").click()
    expect(played.locator(".stage", has_text="Level 2, 20 min")).to_contain_text("10:20 AM")
    expect(played.get_by_role("img")).to_have_attribute(
        "aria-label", "Levels after 15, 20, 30 minutes of opening hours"
    )
    page.get_by_role("button", name="Count the last 30 days").click()
    expect(page.locator(".month-found")).to_contain_text("No lead came in the last 30 days")
    expect(page.locator(".editor-state")).to_contain_text("Draft, saved")
    page.get_by_role("button", name="Publish version 2").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("No lead is under way")
    dialog.get_by_role("textbox", name="What changes?").fill("The team lead has more time")
    dialog.get_by_role("button", name="Publish", exact=True).click()
    expect(page.locator(".editor-state")).to_have_text("Published, version 2")
    assert [level["after_minutes"] for level in in_use(console).body["levels"]] == ["15", "20", "30"]
    with console.app.db.read() as session:
        console.app.in_use.catch_up(session)
    assert minutes_of(console, console.add_lead()) == [15, 20, 30]


def test_the_front_desk_reads_and_plays_and_changes_nothing(page: Page, console: Console) -> None:
    open_levels(page, console, "frontdesk")
    expect(page.get_by_role("button", name="Add a level")).to_be_hidden()
    expect(page.locator(".levels .level").first.get_by_label("Minutes")).to_be_disabled()
    expect(page.locator(".stage").first).to_be_visible()
