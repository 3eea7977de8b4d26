"""Every page of the console, on a tablet and on a phone: what must hold wherever one looks."""

import pytest
from playwright.sync_api import ConsoleMessage, Page, expect

from console import nav
from core.flows.intake import receive_form
from core.intake.draft import Delivery
from tests.browser.conftest import Console, sign_in

pytestmark = pytest.mark.browser
PHONE, TABLET = (390, 844), (1024, 768)
THUMB = 40  # px
EVERYTHING = """() => {
  const inside = (node) => [node, ...(node.shadowRoot ? all(node.shadowRoot) : [])];
  const all = (root) => [...root.querySelectorAll("*")].flatMap(inside);
  const named = (node) => `${node.tagName.toLowerCase()} '${node.innerText.trim().slice(0, 40)}'`;
  const main = document.querySelector("[data-testid=stMain]");
  const buttons = all(main).filter((node) =>
    node.matches("button, a.b") && node.checkVisibility() && node.offsetWidth && node.innerText.trim());
  const wider = (node) => node.scrollWidth > node.clientWidth + 1;
  const cut = (node) => wider(node) && getComputedStyle(node).overflowX !== "visible";
  const low = (node) => node.matches(".b:not(.quiet)") && node.getBoundingClientRect().height < THUMB;
  return {
    sideways: [document.scrollingElement, main].some(wider),
    clipped: buttons.filter(cut).map(named),
    small: buttons.filter(low).map(named),
  };
}""".replace("THUMB", str(THUMB))


def filled(console: Console) -> str:
    """A few leads with long and short names, and a form that nobody can read; a lead's address."""
    lead = console.add_lead(first_name="Wilhelmina Alexandrina", last_name="Featherstonehaugh-Cholmondeley")
    console.add_lead(first_name="Bo", last_name="Ek")
    receive_form.take_in(console.app, "generic", Delivery(b"{broken"), now=console.app.clock.now())
    return f"/lead?lead={lead}"


def test_no_page_scrolls_sideways_cuts_its_buttons_or_logs_errors(page: Page, console: Console) -> None:
    """With leads in it; Streamlit's own search for its server below a page's address is no error of ours."""
    errors: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error" and "/_stcore/" not in message.location["url"]:
            errors.append(message.text)

    page.on("console", note)
    page.on("pageerror", lambda error: errors.append(str(error)))
    lead = filled(console)
    sign_in(page, console, "admin")
    found = {}
    for address in [*(f"/{entry.url}" for entry in nav.ENTRIES[1:] if entry.section), "/", lead]:
        page.goto(console.url + address)
        page.get_by_test_id("stMain").get_by_role("heading").first.wait_for()
        page.wait_for_timeout(800)  # rows come by push
        for size in (PHONE, TABLET):
            page.set_viewport_size({"width": size[0], "height": size[1]})
            page.wait_for_timeout(300)
            state = page.evaluate(EVERYTHING)
            if size != PHONE:
                state.pop("small")
            found[f"{address} at {size[0]}"] = {what: is_so for what, is_so in state.items() if is_so}
    assert {address: state for address, state in found.items() if state} == {}
    assert errors == []


def test_a_drawer_is_closed_where_a_thumb_expects_it(page: Page, console: Console) -> None:
    """The cross stands in the right corner on a phone, too."""
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    sign_in(page, console)
    page.get_by_role("button", name="Add lead").click()
    page.wait_for_timeout(500)  # it slides in
    box = page.get_by_role("dialog").get_by_role("button", name="Close").bounding_box()
    assert box
    assert box["x"] + box["width"] > PHONE[0] - 20
    assert min(box["width"], box["height"]) >= THUMB


def test_an_address_of_no_page_leads_to_a_queue_that_can_be_worked(page: Page, console: Console) -> None:
    """Nothing lies invisibly over the list."""
    console.add_lead(first_name="Ines", last_name="Roth")
    sign_in(page, console)
    page.goto(f"{console.url}/queue")
    expect(page.get_by_text("Live,")).to_be_visible()
    page.get_by_role("row", name="Ines Roth").first.click(timeout=5000)
    assert page.evaluate("() => document.getElementById('root').inert") is False


def test_a_dialog_follows_the_page_into_the_dark(page: Page, console: Console) -> None:
    """Streamlit hangs it outside the page: its words would keep the colours of the light theme."""
    page.emulate_media(color_scheme="dark")
    sign_in(page, console, "admin", path="/delivery")
    page.get_by_role("button", name="Pause all texts").click()
    dialog = page.get_by_test_id("stDialog")
    expect(dialog.get_by_role("textbox")).to_be_visible()
    expect(dialog).to_have_css("color-scheme", "dark")
