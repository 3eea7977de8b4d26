"""Screens that nobody touches: a wall that stays on, a page that asks before it signs out."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select, update

from core.staff.rules import lifetimes
from core.staff.tables import sessions
from tests.browser.conftest import Console, sign_in_by_form

pytestmark = pytest.mark.browser


def last_hand(console: Console, before: timedelta) -> None:
    """As if nobody had touched any page for so long."""
    with console.app.db.write() as session:
        session.execute(update(sessions).values(last_seen_at=console.app.clock.now() - before))


def open_sessions(console: Console) -> int:
    with console.app.db.read() as session:
        seen = session.scalars(select(sessions.c.last_seen_at).where(sessions.c.revoked_at.is_(None)))
        now, idle = console.app.clock.now(), lifetimes(console.app.clock).idle
        return sum(moment > now - idle for moment in seen)


def test_the_wall_by_its_link_is_live_after_an_hour_and_dark_once_it_is_ended(
    page: Page, console: Console
) -> None:
    """A manager makes the link on the board; it shows references and no patient's name, and needs no sign-in."""
    console.add_lead(first_name="Zelda", last_name="Quiet")
    sign_in_by_form(page, console, "manager", "/sla")
    page.get_by_role("button", name="Wall displays").click()
    page.get_by_label("New link for which screen").fill("Front desk")
    page.get_by_role("button", name="Make link").click()
    address = page.locator("code").filter(has_text="/wall/").inner_text().strip()
    screen = page.context.browser.new_context(viewport={"width": 1920, "height": 1080}).new_page()  # type: ignore[union-attr]
    screen.goto(address)
    expect(screen.get_by_text("Live", exact=True)).to_be_visible()
    expect(screen.locator(".wall-row").first).to_contain_text("A-")
    last_hand(console, timedelta(minutes=61))
    screen.reload()
    expect(screen.get_by_text("Live", exact=True)).to_be_visible()
    expect(screen.get_by_text("Zelda")).to_have_count(0)
    sign_in_by_form(page, console, "manager", "/sla")
    page.get_by_role("button", name="Wall displays").click()
    page.get_by_role("button", name="End", exact=True).first.click()
    expect(page.get_by_text("No screen has a link yet.")).to_be_visible()
    screen.reload()
    expect(screen.get_by_text("This link has ended")).to_be_visible()
    screen.context.close()


def test_a_quiet_page_asks_and_one_click_keeps_it(page: Page, console: Console) -> None:
    """The alarms of a page that nobody touched must not vanish without a word."""
    sign_in_by_form(page, console)
    last_hand(console, lifetimes(console.app.clock).idle - timedelta(seconds=100))
    question = page.get_by_role("dialog", name="Still there?")
    expect(question).to_be_visible(timeout=25_000)
    expect(question).to_contain_text("It signs out in 1:")
    question.get_by_role("button", name="Stay signed in").click()
    expect(question).to_be_hidden()
    assert open_sessions(console) >= 1
