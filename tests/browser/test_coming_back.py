"""Coming back: the list, the place in it and the words that were typed are as one left them."""

import re

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import update

from core.flows.conversation import receive_text
from core.leads.tables import leads
from tests.browser.conftest import Console, sign_in, until
from tests.browser.test_lead_page import any_hour, box
from tests.browser.test_lead_queue import row

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("empty_queue")]


def scrolled(page: Page) -> int:
    return int(page.evaluate("document.querySelector('[data-testid=stMain]').scrollTop"))


@pytest.mark.parametrize("way", ["Escape", "Back", "button"])
def test_back_from_a_lead_keeps_filter_selection_and_scroll(page: Page, console: Console, way: str) -> None:
    """Whichever way one comes back, the work goes on where it was."""
    ids = [console.add_lead(first_name=f"Guest{number}", last_name="Penn") for number in range(25)]
    with console.app.db.write() as session:
        session.execute(
            update(leads).where(leads.c.id.in_(ids)).values(owner_id=console.actor("frontdesk").staff_id)
        )
    sign_in(page, console)
    page.get_by_role("button", name="Mine").click()
    page.get_by_role("combobox", name="Form").select_option("consultation_request")
    expect(row(page, ids[9])).to_be_visible()
    row(page, ids[9]).click()
    page.mouse.move(400, 500)
    page.mouse.wheel(0, 260)
    until(page, "history.state?.top > 100")
    top = scrolled(page)
    page.keyboard.press("Enter")
    expect(page.locator("h1.name")).to_have_text("Guest9 Penn")
    if way == "Back":
        page.go_back()
    elif way == "button":
        page.get_by_role("button", name="Lead queue").click()
    else:
        page.keyboard.press("Escape")
    expect(row(page, ids[9])).to_have_class(re.compile("selected"))
    expect(page.locator(".peek-name")).to_have_text("Guest9 Penn")
    expect(page.get_by_role("button", name="Mine")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("combobox", name="Form")).to_have_value("consultation_request")
    until(page, f"Math.abs(document.querySelector('[data-testid=stMain]').scrollTop - {top}) < 3")
    assert scrolled(page) > 100


def test_no_step_of_the_history_is_a_lead_without_a_lead(page: Page, console: Console) -> None:
    """Open, Esc, Back: no page says 'No such lead'."""
    lead_id = console.add_lead(first_name="Ada", last_name="Quill")
    sign_in(page, console)
    row(page, lead_id).click()
    page.keyboard.press("Enter")
    expect(page.locator("h1.name")).to_have_text("Ada Quill")
    page.keyboard.press("Escape")
    expect(row(page, lead_id)).to_be_visible()
    page.go_forward()
    expect(page.locator("h1.name")).to_have_text("Ada Quill")
    page.go_back()
    expect(row(page, lead_id)).to_be_visible()
    expect(page.get_by_text("No such lead")).to_have_count(0)
    assert page.evaluate("history.length") <= 4


def test_a_text_begun_beside_the_list_goes_on_anywhere(page: Page, console: Console) -> None:
    """Expanding, coming back, another lead and a reload keep the words."""
    lead_id = console.add_lead(first_name="Bo", last_name="Stone")
    other = console.add_lead(first_name="Cy", last_name="Vale")
    sign_in(page, console)
    row(page, lead_id).click()
    page.keyboard.press("t")
    page.get_by_role("textbox", name="Text to Bo Stone").fill("Half a sen")
    page.get_by_role("button", name="Open the lead").click()
    expect(page.locator("h1.name")).to_have_text("Bo Stone")
    expect(box(page)).to_have_value("Half a sen")
    box(page).fill("Half a sentence")
    page.go_back()
    expect(page.get_by_role("textbox", name="Text to Bo Stone")).to_have_value("Half a sentence")
    row(page, other).click()
    expect(page.get_by_role("textbox", name="Text to Bo Stone")).to_have_count(0)
    page.reload()
    row(page, lead_id).click()
    expect(page.get_by_role("textbox", name="Text to Bo Stone")).to_have_value("Half a sentence")


def test_a_send_that_is_undone_gives_the_words_back(page: Page, console: Console) -> None:
    """In the panel as on the lead's page."""
    lead_id = console.add_lead(first_name="Dee", last_name="Marsh")
    any_hour(console, lead_id)
    sign_in(page, console)
    row(page, lead_id).click()
    page.keyboard.press("t")
    page.get_by_role("textbox", name="Text to Dee Marsh").fill("May I call?")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("The text goes out in 10 s")).to_be_visible()
    expect(page.locator(".peek .bubble.staff")).to_have_text("May I call?")
    expect(page.locator(".peek .facts.from-staff")).to_contain_text("Maya Torres")
    expect(page.locator(".request")).not_to_contain_text("May I call?")
    page.keyboard.press("z")
    expect(page.get_by_role("textbox", name="Text to Dee Marsh")).to_have_value("May I call?")


def test_the_printed_key_takes_a_text_back_while_one_writes(page: Page, console: Console) -> None:
    """The focus is still in the box: Alt+Z is what the button says, and it works; Z is a letter there."""
    lead_id = console.add_lead(first_name="Eli", last_name="North")
    any_hour(console, lead_id)
    sign_in(page, console, path=f"/lead?lead={lead_id}")
    box(page).fill("Shall we say noon?")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".said.waiting")).to_contain_text("Maya Torres: sending in")
    expect(page.get_by_role("button", name="Undo Alt+Z")).to_be_visible()
    page.keyboard.press("Alt+z")
    expect(page.locator(".said.waiting")).to_have_count(0)
    expect(box(page)).to_have_value("Shall we say noon?")


def test_signing_out_forgets_what_was_typed(page: Page, console: Console) -> None:
    """The next person at this screen finds no half-written words about a patient."""
    lead_id = console.add_lead(first_name="Fay", last_name="Ode")
    sign_in(page, console, path=f"/lead?lead={lead_id}")
    box(page).fill("Half a sentence")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("textbox", name="User name")).to_be_visible()
    assert page.evaluate("Object.keys(sessionStorage).filter((key) => key.startsWith('luxe.draft.'))") == []


def test_overdue_and_unread_in_the_sidebar_lead_to_their_lists(page: Page, console: Console) -> None:
    """A number that asks for a hand is a link to the people behind it, from the queue and from elsewhere."""
    lead_id = console.add_lead(first_name="Gus", last_name="Park")
    quiet = console.add_lead(first_name="Hal", last_name="Reed")
    any_hour(console, lead_id)
    sign_in(page, console)
    sidebar = page.get_by_test_id("stSidebarUserContent")
    sidebar.get_by_role("link", name=re.compile(r"^Unread \d")).click()
    expect(page).to_have_url(re.compile("show=unread"))
    expect(row(page, lead_id)).to_be_visible()
    expect(row(page, quiet)).to_have_count(0)
    page.get_by_role("link", name="SLA monitor").click()
    expect(page.get_by_role("heading", name="SLA monitor")).to_be_visible()
    sidebar.get_by_role("link", name=re.compile(r"^Overdue \d")).click()
    expect(page.get_by_role("button", name="Overdue")).to_have_attribute("aria-pressed", "true")


@pytest.mark.parametrize(("width", "height"), [(1440, 800), (1024, 768), (390, 844)])
def test_send_and_the_newest_text_are_in_sight(page: Page, console: Console, width: int, height: int) -> None:
    """However long the conversation is, one reads its end and can answer without scrolling."""
    lead_id = console.add_lead(first_name="Ina", last_name="Todd")
    any_hour(console, lead_id)
    with console.app.db.read() as session:
        phone = session.execute(leads.select().where(leads.c.id == lead_id)).one().phone
    for number in range(12):
        said = {
            "MessageSid": f"SM{lead_id}{number}",
            "From": phone,
            "Body": f"Message number {number}, a bit longer",
        }
        receive_text.receive(console.app, said, now=console.app.clock.now())
    page.set_viewport_size({"width": width, "height": height})
    page.goto(f"{console.url}/lead?lead={lead_id}")
    page.get_by_role("textbox", name="User name").fill("frontdesk")
    page.get_by_role("textbox", name="Password").fill("made-up-words-1")
    page.get_by_role("button", name="Continue").click()
    expect(page.locator(".composer .send")).to_be_in_viewport(ratio=1)
    expect(page.get_by_text("Message number 11")).to_be_in_viewport(ratio=0.9)


def test_back_among_the_filters_of_results_shows_what_the_address_says(page: Page, console: Console) -> None:
    """A copied link would otherwise show a colleague other figures than one sees."""
    sign_in(page, console, "manager", "/funnel")
    usual = page.get_by_role("radio", name="30 days").or_(page.get_by_role("button", name="30 days"))
    week = page.get_by_role("radio", name="7 days").or_(page.get_by_role("button", name="7 days"))
    week.click()
    expect(page).to_have_url(re.compile("period=7"))
    page.go_back()
    expect(page).not_to_have_url(re.compile("period"))
    expect(usual).to_have_attribute("data-selected", "true")
    expect(week).not_to_have_attribute("data-selected", "true")
