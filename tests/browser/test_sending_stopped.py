"""A stop of all sending in a real browser: said on every page at once, lifted by who may, asked for with a reason."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from core.flows.sending import pausing
from core.operations import store_troubles
from core.operations.store import PAUSED
from core.operations.store_stops import lift
from core.reads.parts import sending_state
from tests.browser.conftest import Console, sign_in

pytestmark = pytest.mark.browser
WHY = "Wrong wording in use"


@pytest.fixture(autouse=True)
def _texts_leave_again(console: Console) -> Iterator[None]:
    """The console is shared by all tests of a process."""
    yield
    with console.app.db.write() as session:
        lift(session, PAUSED, by=None, now=console.app.clock.now())


def pause(console: Console) -> None:
    now = console.app.clock.now()
    with console.app.db.write() as session:
        pausing.pause(session, console.actor("manager"), WHY, now=now)


def is_stopped(console: Console) -> bool:
    with console.app.db.read() as session:
        return bool(sending_state.read(session).stopped)


def test_the_live_queue_says_it_without_reloading_and_takes_it_back(page: Page, console: Console) -> None:
    """Why, by whom, and what to do; a colleague who may not lift it has no button."""
    sign_in(page, console)
    pause(console)
    expect(page.get_by_text("All sending is paused.")).to_be_visible()
    expect(page.get_by_text(WHY)).to_contain_text("by Elena Ruiz")
    expect(page.get_by_text("Call by hand meanwhile")).to_be_visible()
    expect(page.get_by_role("button", name="Resume")).to_have_count(0)
    with console.app.db.write() as session:
        pausing.resume(session, console.actor("manager"), "", now=console.app.clock.now())
    expect(page.get_by_text("All sending is paused.")).to_have_count(0)


def test_marketing_reads_it_too(page: Page, console: Console) -> None:
    """They see no patients, but their campaign's texts wait."""
    pause(console)
    sign_in(page, console, "marketing", "/funnel")
    expect(page.get_by_text("All sending is paused.")).to_be_visible()


def test_a_manager_pauses_and_resumes_each_with_a_reason(page: Page, console: Console) -> None:
    """The first click only asks; without a reason nothing happens."""
    sign_in(page, console, "manager", "/delivery")
    page.get_by_role("button", name="Pause all texts").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Pause all texts").click()
    expect(dialog.get_by_text("Say why, in a few words.")).to_be_visible()
    assert not is_stopped(console)
    dialog.get_by_role("textbox").fill(WHY)
    dialog.get_by_role("button", name="Pause all texts").click()
    expect(page.get_by_text("Nothing is sent: all sending is paused.")).to_be_visible()
    assert is_stopped(console)
    page.get_by_role("button", name="Resume").click()
    expect(dialog.get_by_text(f'Elena Ruiz wrote: "{WHY}"')).to_be_visible()
    dialog.get_by_role("textbox").fill("Wording is right again")
    dialog.get_by_role("button", name="Resume").click()
    expect(page.get_by_role("button", name="Pause all texts")).to_be_visible()
    expect(page.get_by_text("All sending is paused.")).to_have_count(0)
    assert not is_stopped(console)


def test_what_the_watch_found_is_said_to_marketing_in_words_of_theirs(page: Page, console: Console) -> None:
    """They see no patients and have nobody to call, but the forms of their campaign don't come in."""
    now = console.app.clock.now()
    with console.app.db.write() as session:
        store_troubles.begin(session, "forms_silent", {"usual": 9, "hours": 2}, now)
    try:
        sign_in(page, console, "marketing", "/funnel")
        expect(page.get_by_text("No form has come in 2 opening hours")).to_be_visible()
        expect(page.get_by_text("look at what was changed there last")).to_be_visible()
        expect(page.get_by_text("Runbook")).to_have_count(0)
    finally:
        with console.app.db.write() as session:
            store_troubles.end(session, ["forms_silent"], now)
