"""The inbox in a real browser: two colleagues, keys, done and brought back by a text, urgent until acknowledged."""

from itertools import count

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import update

from core.flows.conversation import receive_text, staff_text
from core.leads.tables import leads
from tests.browser.conftest import Console, sign_in, until

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("empty_inbox")]
CRY = "My face is swelling and I can't breathe"
numbers = count(1)


@pytest.fixture
def empty_inbox(console: Console, empty_queue: None) -> None:
    """Nobody waits but whom the test makes write."""
    with console.app.db.write() as session:
        session.execute(update(leads).values(thread_waits_since=None))


def say(console: Console, lead_id: str, body: str) -> None:
    with console.app.db.read() as session:
        phone = session.execute(leads.select().where(leads.c.id == lead_id)).one().phone
    said = {"MessageSid": f"SMinbox{next(numbers)}", "From": phone, "Body": body}
    receive_text.receive(console.app, said, now=console.app.clock.now())


def wrote(console: Console, first: str, body: str = "Can you call me?", username: str = "frontdesk") -> str:
    """Somebody of this name wrote to a lead of that colleague's; its id."""
    lead_id = console.add_lead(first_name=first, last_name="Inbox")
    owner = console.actor(username).staff_id
    with console.app.db.write() as session:
        session.execute(update(leads).where(leads.c.id == lead_id).values(owner_id=owner))
    say(console, lead_id, body)
    return lead_id


def row(page: Page, lead_id: str) -> Locator:
    return page.locator(f'.thread-row[data-id="{lead_id}"]')


def name(page: Page) -> Locator:
    return page.locator(".pane-name")


def test_keys_open_answer_and_finish_a_conversation(page: Page, console: Console) -> None:
    """J opens, R writes, E is done and goes on to the next, Z takes it back."""
    first, second = wrote(console, "Ada"), wrote(console, "Berta", "What do I bring?")
    sign_in(page, console, "frontdesk", "/inbox?show=needs")
    expect(page.locator(".thread-row")).to_have_count(2)
    page.keyboard.press("j")
    expect(name(page)).to_have_text("Ada Inbox")
    expect(page.locator(".thread")).to_contain_text("Can you call me?")
    page.keyboard.press("r")
    box = page.get_by_role("textbox", name="Text Ada")
    expect(box).to_be_focused()
    box.fill("In ten minutes.")
    page.keyboard.press("Escape")
    page.keyboard.press("e")
    expect(row(page, first)).to_have_count(0)
    expect(name(page)).to_have_text("Berta Inbox")
    expect(page.get_by_role("textbox", name="Text Berta")).to_have_value("")
    page.keyboard.press("z")
    expect(row(page, first)).to_be_visible()
    row(page, first).click()
    expect(page.get_by_role("textbox", name="Text Ada")).to_have_value("In ten minutes.")
    expect(row(page, second)).to_be_visible()


def test_what_is_done_comes_back_by_itself_with_a_text(page: Page, console: Console) -> None:
    lead_id = wrote(console, "Carla")
    sign_in(page, console, "frontdesk", "/inbox?show=needs")
    row(page, lead_id).click()
    page.get_by_role("button", name="Done E").click()
    expect(row(page, lead_id)).to_have_count(0)
    say(console, lead_id, "One more thing")
    expect(row(page, lead_id)).to_contain_text("One more thing")
    expect(page.get_by_role("button", name="Needs reply 1")).to_be_visible()


def test_an_emergency_is_pinned_without_its_words_until_somebody_acknowledges(
    page: Page, console: Console
) -> None:
    """Whatever list is open. Its words are shown to who opens it."""
    calm, lead_id = wrote(console, "Elsa"), wrote(console, "Flora", CRY)
    sign_in(page, console, "manager", "/inbox?show=failed")
    pinned = row(page, lead_id)
    expect(pinned).to_contain_text("Urgent reply.")
    expect(pinned).to_contain_text("paged, not acknowledged")
    expect(page.locator(".threads")).not_to_contain_text("swelling")
    expect(row(page, calm)).to_have_count(0)
    pinned.get_by_role("button", name="Open").click()
    expect(page.locator(".thread")).to_contain_text("swelling")
    pinned.get_by_role("button", name="Acknowledge").click()
    expect(pinned).to_contain_text("Acknowledged by Elena")
    expect(pinned).to_contain_text("Reach the patient")


def test_two_colleagues_see_one_another_s_work_at_once(page: Page, colleague: Page, console: Console) -> None:
    """One is done, the other's list says so; both write, each in the conversation that they opened."""
    first, second = wrote(console, "Greta"), wrote(console, "Hilda", "Where do I park?")
    sign_in(page, console, "frontdesk", "/inbox")
    other = sign_in(colleague, console, "jordan", "/inbox")
    row(page, first).click()
    row(other, second).click()
    page.get_by_role("textbox", name="Text Greta").fill("To Greta")
    other.get_by_role("textbox", name="Text Hilda").fill("To Hilda")
    other.get_by_role("button", name="Done E").click()
    expect(row(page, second)).to_contain_text("Done, Jordan")
    expect(name(page)).to_have_text("Greta Inbox")
    page.get_by_role("button", name="Send", exact=False).first.click()
    expect(page.locator(".thread")).to_contain_text("To Greta")
    expect(row(other, first)).to_contain_text("Maya: a text goes")


def test_a_text_is_found_by_a_word_in_it(page: Page, console: Console) -> None:
    lead_id = wrote(console, "Ines", "Puedo ir ma\u00f1ana temprano?")
    sign_in(page, console, "frontdesk", "/inbox?show=failed")
    page.get_by_role("searchbox").wait_for()
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("manana temp")
    found = row(page, lead_id)
    expect(found.locator("mark")).to_have_text(["ma\u00f1ana", "temprano"])
    expect(page.locator(".list-foot")).to_contain_text("last 12 months")
    found.click()
    expect(name(page)).to_have_text("Ines Inbox")
    page.get_by_role("searchbox").fill("xylophone")
    expect(page.locator(".states")).to_contain_text('Nothing matches "xylophone"')


def test_on_a_phone_list_and_conversation_take_turns(page: Page, console: Console) -> None:
    """Back leads from the conversation to the list."""
    lead_id = wrote(console, "Jana")
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(console.url + "/inbox")
    page.get_by_role("textbox", name="User name").fill("frontdesk")
    page.get_by_role("textbox", name="Password").fill("made-up-words-1")
    page.get_by_role("button", name="Continue").click()
    row(page, lead_id).click()
    expect(name(page)).to_have_text("Jana Inbox")
    expect(row(page, lead_id)).not_to_be_visible()
    page.go_back()
    expect(row(page, lead_id)).to_be_visible()
    expect(name(page)).not_to_be_visible()
    until(page, "document.documentElement.scrollWidth <= window.innerWidth")


def test_the_address_brings_back_the_list_and_the_conversation(page: Page, console: Console) -> None:
    lead_id = wrote(console, "Klara")
    sign_in(page, console, "frontdesk", "/inbox?show=needs")
    row(page, lead_id).click()
    expect(name(page)).to_have_text("Klara Inbox")
    page.reload()
    expect(name(page)).to_have_text("Klara Inbox")
    expect(page.get_by_role("button", name="Needs reply")).to_have_attribute("aria-pressed", "true")
    with console.app.db.write() as session:
        who = console.actor("jordan")
        staff_text.send_text(
            session, console.app.reference, who, lead_id, "At 4.", now=console.app.clock.now()
        )
    expect(row(page, lead_id)).to_contain_text("Jordan: a text goes")
