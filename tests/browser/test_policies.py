"""SLA policies in a real browser: a target is changed, refused where it can't be, tried on a lead, and published."""

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from core.kinds import SLA_POLICIES
from core.reads.parts import versions as reads
from core.sla import policy_body
from tests.browser.conftest import Console, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("as_shipped")]


def open_policies(page: Page, console: Console, username: str = "manager") -> Page:
    sign_in(page, console, username, "/policies")
    page.locator(".policy").first.wait_for()
    return page


def target(page: Page, name: str) -> Locator:
    return page.locator(f'.target[data-target="{name}"]')


def in_use(console: Console) -> Any:
    with console.app.db.read() as session:
        history = reads.history(session, console.actor("manager"), SLA_POLICIES, policy_body.KEY)
    assert history.published
    return history.published


def test_a_manager_gives_westlake_less_time_and_sees_what_it_means_before_it_holds(
    page: Page, console: Console
) -> None:
    open_policies(page, console)
    replies = target(page, "next_reply")
    replies.get_by_role("button", name="Add an exception").click()
    page.get_by_label("Name", exact=True).fill("Westlake answers faster")
    page.get_by_label("Temperature", exact=True).first.select_option("")
    page.locator(".p-conditions").get_by_label("Location").select_option("westlake")
    page.get_by_label("Unit").select_option(label="minutes")
    page.get_by_label("How long").fill("0")
    expect(replies.locator(".field-error:visible").first).to_contain_text("1 minute at least")
    page.get_by_label("How long").fill("20")
    expect(page.locator(".policy-main > p")).to_contain_text("most specific policy")
    preview = page.locator(".preview")
    preview.get_by_label("Location").select_option("westlake")
    answer = preview.locator("li", has_text="Answer to a text")
    expect(answer).to_contain_text("Westlake answers faster, 20 min")
    expect(page.locator(".editor-state")).to_contain_text("Draft, saved")
    page.get_by_role("button", name="Publish version 2").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="What changes?").fill("Westlake has more people")
    dialog.get_by_role("button", name="Publish", exact=True).click()
    expect(page.locator(".editor-state")).to_have_text("Published, version 2")
    found = in_use(console)
    assert found.number == 2
    names = [one["name"] for one in found.body["next_reply"]]
    assert names == ["Westlake answers faster", "Reply"]


def test_the_front_desk_reads_and_tries_and_changes_nothing(page: Page, console: Console) -> None:
    open_policies(page, console, "frontdesk")
    expect(page.get_by_role("button", name="Add an exception").first).to_be_hidden()
    target(page, "first_contact").locator(".p-head").first.click()
    expect(page.get_by_label("How long")).to_be_disabled()
    expect(page.locator(".preview li").first).to_contain_text("First contact")
