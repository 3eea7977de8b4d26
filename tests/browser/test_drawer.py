"""Where the panel does not fit beside the list it is a drawer: the focus goes in, stays in, and comes back."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Console
from tests.browser.test_blind_keys import at_width
from tests.browser.test_lead_queue import row

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("empty_queue")]


@pytest.mark.parametrize("width", [1024, 390])
def test_a_key_opens_the_drawer_with_its_question(page: Page, console: Console, width: int) -> None:
    """T writes to the lead whose name stands above the box; Esc closes the box, then the drawer."""
    lead_id = console.add_lead(first_name="Ada", last_name="Quill")
    at_width(page, console, width)
    page.keyboard.press("j")
    expect(row(page, lead_id)).to_be_focused()
    page.keyboard.press("t")
    drawer = page.get_by_role("dialog", name="Selected lead")
    expect(drawer.locator(".peek-name")).to_have_text("Ada Quill")
    expect(drawer.get_by_role("textbox", name="Text to Ada Quill")).to_be_focused()
    page.keyboard.press("Escape")
    expect(drawer.get_by_role("textbox")).to_have_count(0)
    expect(drawer).to_be_visible()
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    expect(page.locator(".row.selected")).to_be_focused()


def test_what_is_behind_the_drawer_is_out_of_reach(page: Page, console: Console) -> None:
    """Tab goes round inside it, a click beside it closes it, and its undo can be pressed."""
    lead_id = console.add_lead(first_name="Bo", last_name="Stone")
    at_width(page, console, 1024)
    row(page, lead_id).click()
    drawer = page.get_by_role("dialog", name="Selected lead")
    expect(drawer.locator(".peek-name")).to_have_text("Bo Stone")
    for _ in range(14):
        page.keyboard.press("Tab")
        outside = page.evaluate(
            "document.querySelector('[data-testid=stSidebar]').contains(document.activeElement)"
        )
        assert not outside
    drawer.get_by_role("button", name="Snooze").click()
    drawer.get_by_role("button", name="1 hour").click()
    drawer.get_by_role("button", name="Undo").click()
    expect(drawer.get_by_text("Due in")).to_be_visible()
    page.mouse.click(300, 400)
    expect(drawer).to_be_hidden()


def test_on_a_phone_a_press_opens_the_leads_page(page: Page, console: Console) -> None:
    """As drawn: the list is the list, the lead has the whole screen."""
    lead_id = console.add_lead(first_name="Cy", last_name="Vale")
    at_width(page, console, 390)
    row(page, lead_id).click()
    expect(page.locator("h1.name")).to_have_text("Cy Vale")
    page.go_back()
    expect(row(page, lead_id)).to_be_visible()


def test_a_name_is_never_cut_beside_its_chips(page: Page, console: Console) -> None:
    """Whatever stands beside it, one reads who it is."""
    lead_id = console.add_lead(first_name="Wilhelmina", last_name="Featherstonehaugh-Cholmondeley")
    at_width(page, console, 1440)
    row(page, lead_id).click()
    name = row(page, lead_id).locator(".name")
    expect(name).to_have_text("Wilhelmina Featherstonehaugh-Cholmondeley")
    assert name.evaluate(
        "(node) => node.scrollWidth <= node.clientWidth + 1 || getComputedStyle(node).overflowX === 'visible'"
    )
    inside = "(node) => node.getBoundingClientRect().right <= node.closest('.cell').getBoundingClientRect().right + 1"
    assert name.evaluate(inside)
