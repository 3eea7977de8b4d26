"""Two staff in one thread, a text for later, a note that names somebody, automation that waits: in a real browser."""

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from core.flows.leads import noting
from core.messaging.tables import timed_actions
from core.reads import quick_texts
from tests.browser.conftest import Console, sign_in
from tests.browser.test_lead_page import any_hour, box, manual, open_lead

pytestmark = pytest.mark.browser
SCRIPT = "<script>document.title = 'caught'</script>"


def presence(page: Page) -> Locator:
    return page.locator(".conversation-head")


def test_two_in_one_thread_see_each_other_and_the_second_must_look_first(
    page: Page, colleague: Page, console: Console
) -> None:
    """Maya sees that Jordan writes; what she sends on top of his text is asked for once more, and goes then."""
    lead_id = console.add_lead(first_name="Ivy", last_name="Chen")
    any_hour(console, lead_id)
    open_lead(page, console, lead_id)
    open_lead(colleague, console, lead_id, "jordan")
    expect(presence(page)).to_contain_text("Jordan is viewing")
    box(page).click()
    page.keyboard.type("Maya here, is 3 fine?")
    expect(presence(colleague)).to_contain_text("Maya is writing")
    box(colleague).click()
    colleague.keyboard.type("Jordan here")
    expect(presence(page)).to_contain_text("Jordan is writing")
    colleague.keyboard.press("Control+Enter")
    expect(page.locator(".said.waiting")).to_contain_text("Jordan here")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".composer")).to_contain_text("Jordan sent a text")
    assert [body for _, body in manual(console, lead_id)] == ["Jordan here"]
    expect(box(page)).to_have_value("Maya here, is 3 fine?")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".said.waiting")).to_have_count(2)
    expect(box(page)).to_have_value("")


def test_a_draft_is_there_after_a_reload_and_on_another_machine_and_colleagues_see_only_that_it_is(
    page: Page, colleague: Page, console: Console
) -> None:
    lead_id = console.add_lead(first_name="Uma", last_name="North")
    open_lead(page, console, lead_id)
    box(page).click()
    page.keyboard.type("Half a sentence")
    expect(page.locator(".composer-foot")).to_contain_text("draft saved")
    page.reload()
    expect(box(page)).to_have_value("Half a sentence")
    page.goto("about:blank")
    open_lead(colleague, console, lead_id, "jordan")
    expect(presence(colleague)).to_contain_text("Maya has a draft")
    expect(box(colleague)).to_have_value("")
    expect(colleague.locator(".lead")).not_to_contain_text("Half a sentence")
    colleague.context.clear_cookies()
    open_lead(colleague, console, lead_id)
    expect(box(colleague)).to_have_value("Half a sentence")


def test_two_windows_of_one_person_ask_whose_words_stay(page: Page, console: Console) -> None:
    lead_id = console.add_lead(first_name="Rae", last_name="Moss")
    open_lead(page, console, lead_id)
    second = page.context.new_page()
    second.goto(f"{console.url}/lead?lead={lead_id}")
    box(second).click()
    second.keyboard.type("From the second window")
    expect(second.locator(".composer-foot")).to_contain_text("draft saved")
    box(page).click()
    page.keyboard.type("From the first")
    expect(page.locator(".composer")).to_contain_text("You wrote something else in another window")
    page.get_by_role("button", name="Take that one").click()
    expect(box(page)).to_have_value("From the second window")
    second.close()


def test_a_text_for_the_night_is_said_to_wait_and_can_be_changed_and_cancelled(
    page: Page, console: Console
) -> None:
    """Quiet hours are said while one chooses, the morning is offered, and the thread shows what is to come."""
    lead_id = console.add_lead(first_name="Hannah", last_name="Whitlock")
    open_lead(page, console, lead_id)
    box(page).fill("See you at 3")
    page.get_by_role("button", name="Schedule", exact=True).first.click()
    page.get_by_role("button", name="Tomorrow 9 AM").click()
    page.get_by_role("textbox", name="Time").fill("11:30 PM")
    held = page.locator(".schedule .hint")
    expect(held).to_contain_text("Quiet hours in Texas until Wed")
    expect(held).to_contain_text("It will go Wed")
    held.get_by_role("button").click()
    expect(page.get_by_role("checkbox")).to_be_checked()
    page.get_by_role("button", name="Schedule Wed").click()
    planned = page.locator(".said.waiting")
    expect(planned).to_contain_text("goes Wed")
    expect(planned).to_contain_text("unless Hannah replies before")
    planned.get_by_role("button", name="Edit").click()
    expect(box(page)).to_have_value("See you at 3")
    box(page).fill("See you at 4")
    page.get_by_role("button", name="Change to").click()
    expect(planned).to_contain_text("See you at 4")
    expect(planned).to_have_count(1)
    any_hour(console, lead_id)
    expect(planned).to_contain_text("Not sent: the patient had replied since it was planned")
    assert {state for state, _ in manual(console, lead_id)} == {"cancelled"}


def test_a_slash_finds_a_quick_text_and_ones_own_are_saved_from_the_box(page: Page, console: Console) -> None:
    lead_id = console.add_lead(first_name="Quin", last_name="Reed")
    open_lead(page, console, lead_id)
    box(page).click()
    page.keyboard.type("/thank")
    expect(page.get_by_role("option", name="Thanks")).to_be_visible()
    page.keyboard.press("Enter")
    expect(box(page)).to_have_value(
        "Thank you, Quin! Anything else you would like to know before your visit? Maya, Luxe"
    )
    box(page).fill("Hi Quin, parking is behind the house.")
    page.get_by_role("button", name="Save as a quick text").click()
    page.get_by_role("textbox", name="Title of the quick text").fill("Parking")
    page.keyboard.press("Enter")
    expect(page.locator(".chip-button").first).to_have_text("Parking")
    with console.app.db.read() as session:
        mine = {one.title: one for one in quick_texts.offered(session, console.actor("frontdesk"))}
        theirs = {one.title for one in quick_texts.offered(session, console.actor("jordan"))}
    assert mine["Parking"].template.body == "Hi {{firstName}}, parking is behind the house."
    assert "Parking" not in theirs


def test_a_note_names_a_colleague_who_sees_it_at_the_edge_of_every_page(
    page: Page, colleague: Page, console: Console
) -> None:
    """The words stand there as they were typed, script and all; the colleague's look ends it."""
    lead_id = console.add_lead(first_name="Nia", last_name="Park")
    open_lead(page, console, lead_id)
    page.keyboard.press("Alt+n")
    page.keyboard.type("@Jor")
    page.keyboard.press("Enter")
    page.keyboard.type(f"can you? {SCRIPT}")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".note-line")).to_contain_text(f"@Jordan Blake can you? {SCRIPT}")
    assert page.title() != "caught"
    sign_in(colleague, console, "jordan")
    named = colleague.get_by_role("link", name="Named in notes 1")
    named.click()
    expect(colleague.locator("h1.name")).to_have_text("Nia Park")
    expect(named).to_have_count(0)
    a = timed_actions.c
    with console.app.db.read() as session:
        told = session.execute(select(a.staff_id).where(a.template == "staff_mention", a.lead_id == lead_id))
        assert list(told.scalars()) == [console.actor("jordan").staff_id]


def test_a_note_beyond_two_thousand_characters_is_cut_by_the_box_and_refused_by_the_core(
    page: Page, console: Console
) -> None:
    lead_id = console.add_lead(first_name="Odo", last_name="Lane")
    open_lead(page, console, lead_id)
    page.keyboard.press("Alt+n")
    box(page).fill("x" * 2000)
    page.get_by_role("button", name="Keep note").click()
    expect(page.locator(".note-line .words")).to_have_text("x" * 2000)
    with pytest.raises(Exception, match="at most 2000"), console.app.db.write() as session:
        noting.add_note(
            session, console.app.settings, console.actor("jordan"), lead_id, "x" * 2001,
            now=console.app.clock.now(),
        )  # fmt: skip


def test_paused_automation_says_until_when_and_goes_on_by_a_click(page: Page, console: Console) -> None:
    lead_id = console.add_lead(first_name="Sol", last_name="Vega")
    open_lead(page, console, lead_id)
    page.get_by_role("button", name="Pause all").click()
    bar = page.locator(".pause")
    expect(bar).to_contain_text("Automation paused until Thu")
    expect(bar).to_contain_text("by Maya")
    bar.get_by_role("button", name="Resume").click()
    expect(bar).to_be_hidden()
    expect(page.get_by_role("button", name="Pause all")).to_be_visible()
