"""Quick texts in a real browser: saved as one types, published to every open box, kept whatever a colleague does."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from core.flows.publishing import publish
from core.flows.publishing.publish import NONE_SEEN
from core.kinds import QUICK_TEXT
from core.reads.parts import versions as reads
from core.reads.parts.versions import History
from tests.browser.conftest import Console, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("as_shipped")]
WORDING = "Thank you, {{firstName}}! See you soon. {{staffName}}"


def open_text(page: Page, console: Console, key: str = "thanks", username: str = "manager") -> Page:
    sign_in(page, console, username, f"/quick-texts?text={key}")
    page.get_by_role("textbox", name="Wording").wait_for()
    return page


def write(page: Page, wording: str) -> None:
    page.get_by_role("textbox", name="Wording").fill(wording)


def state(page: Page) -> Any:
    return expect(page.locator(".editor-state"))


def history(console: Console, key: str = "thanks") -> History:
    with console.app.db.read() as session:
        return reads.history(session, console.actor("manager"), QUICK_TEXT, key)


def publish_here(page: Page, note: str = "Warmer") -> None:
    page.get_by_role("button", name="Publish version").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="What changes?").fill(note)
    dialog.get_by_role("button", name="Publish", exact=True).click()


def test_what_is_typed_is_a_draft_after_a_moment_and_stands_there_after_a_reload(
    page: Page, console: Console
) -> None:
    """Nobody presses save; nothing that others use has changed."""
    open_text(page, console)
    state(page).to_have_text("As it came with the product")
    write(page, WORDING)
    state(page).to_contain_text("Draft, saved 10:")
    expect(page.locator(".phone")).to_contain_text("Thank you, Grace! See you soon. Maya")
    expect(page.locator(".editor-changes")).to_contain_text("Changes since version 1")
    draft = history(console).draft
    assert draft is not None
    assert (draft.body["body"], draft.by) == (WORDING, "Elena Ruiz")
    page.reload()
    expect(page.get_by_role("textbox", name="Wording")).to_have_value(WORDING)
    state(page).to_contain_text("Draft, saved")


def test_publishing_asks_for_a_note_and_reaches_an_open_composer_at_once(
    page: Page, colleague: Page, console: Console
) -> None:
    """A colleague with a lead open is offered the new words without reloading, and keeps what she typed."""
    lead = sign_in(colleague, console, "frontdesk", f"/lead?lead={console.add_lead(first_name='Quin')}")
    lead.locator("textarea").fill("Half a sentence")
    open_text(page, console)
    write(page, "Cheers, {{firstName}}")
    state(page).to_contain_text("Draft, saved")
    page.get_by_role("button", name="Publish version 2").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Publish", exact=True).click()
    expect(dialog.get_by_role("alert").filter(has_text="Say it in a few words")).to_be_visible()
    dialog.get_by_role("textbox", name="What changes?").fill("Warmer")
    page.keyboard.press("Enter")
    state(page).to_have_text("Published, version 2")
    expect(page.get_by_text("Version 2 is in use")).to_be_visible()
    expect(lead.locator(".chip-button", has_text="Thanks")).to_have_attribute("title", "Cheers, Quin")
    expect(lead.locator("textarea")).to_have_value("Half a sentence")


def test_a_mistake_is_shown_under_the_field_and_bars_publishing(page: Page, console: Console) -> None:
    """Line and column; the draft is kept, and publishing says the same."""
    open_text(page, console)
    write(page, "Hi {{firstNam}}")
    expect(
        page.locator(".field-error").filter(has_text="Line 1, column 4: unknown variable firstNam.")
    ).to_be_visible()
    state(page).to_contain_text("Draft, saved")
    publish_here(page)
    expect(page.get_by_role("dialog").get_by_text("unknown variable firstNam")).to_be_visible()
    assert history(console).draft is not None


def test_a_colleague_who_saved_first_is_named_and_nothing_typed_is_lost(page: Page, console: Console) -> None:
    """Both versions can still be had: theirs, or one's own over it."""
    open_text(page, console)
    write(page, "Mine, first")
    state(page).to_contain_text("Draft, saved")
    draft = history(console).draft
    assert draft is not None
    # The colleague's saving is not committed when this one is sent: the page can't have heard of it.
    admin, now = console.actor("admin"), console.app.clock.now()
    theirs = {"title": "Thanks", "body": "Theirs"}
    with console.app.db.write() as session:
        publish.save_draft(session, admin, QUICK_TEXT, "thanks", theirs, draft.revision, now=now)
        page.get_by_role("textbox", name="Wording").press_sequentially("!")
    expect(page.get_by_text("Chris changed this draft")).to_be_visible()
    expect(page.get_by_role("textbox", name="Wording")).to_have_value("Mine, first!")
    state(page).to_have_text("Not saved")
    page.get_by_role("button", name="Keep mine").click()
    state(page).to_contain_text("Draft, saved")
    found = history(console).draft
    assert found is not None
    assert found.body["body"] == "Mine, first!"


def test_what_a_colleague_types_shows_where_one_only_looks(page: Page, console: Console) -> None:
    """No reload; the words come by push."""
    open_text(page, console)
    admin, now = console.actor("admin"), console.app.clock.now()
    theirs = {"title": "Thanks", "body": "Theirs"}
    with console.app.db.write() as session:
        publish.save_draft(session, admin, QUICK_TEXT, "thanks", theirs, NONE_SEEN, now=now)
    expect(page.get_by_role("textbox", name="Wording")).to_have_value("Theirs")
    state(page).to_contain_text("Draft, saved")


def test_what_was_typed_is_saved_before_the_next_text_is_opened(page: Page, console: Console) -> None:
    """Nobody waits for the draft: a click elsewhere keeps it, and each text has its own words."""
    open_text(page, console)
    write(page, "Kept on the way out")
    page.get_by_role("row", name="Directions").click()
    page.get_by_role("row", name="Opening hours").click()
    expect(page.locator(".editor-title")).to_have_text("Opening hours")
    expect(page.get_by_role("textbox", name="Wording")).to_have_value(
        QUICK_TEXT.shipped()["opening_hours"]["body"]
    )
    page.get_by_role("row", name="Thanks").click()
    expect(page.get_by_role("textbox", name="Wording")).to_have_value("Kept on the way out")
    draft = history(console).draft
    assert draft is not None
    assert draft.body["body"] == "Kept on the way out"
    assert history(console, "directions").draft is None


def test_words_that_never_reached_the_server_come_back(page: Page, console: Console) -> None:
    """Closed within the half second before the saving, or while the connection was lost."""
    open_text(page, console)
    page.evaluate(
        "sessionStorage.setItem('luxe.editor.quick_text.thanks',"
        " JSON.stringify({ revision: 0, body: { title: 'Thanks', body: 'Typed in the train' } }))"
    )
    page.reload()
    expect(page.get_by_role("textbox", name="Wording")).to_have_value("Typed in the train")
    state(page).to_contain_text("Draft, saved")


def test_versions_are_compared_and_restored(page: Page, console: Console) -> None:
    """From the list at the right; restoring makes a draft and publishes nothing."""
    open_text(page, console)
    write(page, WORDING)
    state(page).to_contain_text("Draft, saved")
    publish_here(page)
    state(page).to_have_text("Published, version 2")
    expect(page.locator(".editor-changes")).to_be_hidden()
    page.get_by_role("button", name="Versions 2").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator(".version").first).to_contain_text("Elena Ruiz")
    dialog.get_by_role("button", name="Compare").click()
    expect(dialog.locator("ins").first).to_be_visible()
    dialog.get_by_role("button", name="Restore as draft").click()
    state(page).to_contain_text("Draft, saved")
    shipped = QUICK_TEXT.shipped()["thanks"]["body"]
    expect(page.get_by_role("textbox", name="Wording")).to_have_value(shipped)
    published = history(console).published
    assert published is not None
    assert published.body["body"] == WORDING


def test_a_draft_is_discarded_from_the_menu_by_keys(page: Page, console: Console) -> None:
    """Arrow down opens it, a letter finds the choice, Enter takes it; the focus is back on the button."""
    open_text(page, console)
    write(page, WORDING)
    state(page).to_contain_text("Draft, saved")
    page.get_by_role("button", name="More about this quick text").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("d")
    expect(page.get_by_role("menuitem", name="Discard draft")).to_be_focused()
    page.keyboard.press("Enter")
    state(page).to_have_text("As it came with the product")
    expect(page.get_by_role("button", name="More about this quick text")).to_be_focused()
    assert history(console).draft is None


def test_a_new_text_is_written_published_and_retired(page: Page, console: Console) -> None:
    """From nothing to everybody's box and out of it again."""
    open_text(page, console)
    page.get_by_role("button", name="New quick text").click()
    state(page).to_contain_text("Draft, saved")
    page.get_by_role("textbox", name="Title").fill("Parking")
    write(page, "Park behind the house.")
    expect(page.get_by_role("row", name="Parking, Draft by Elena")).to_be_visible()
    publish_here(page, "Asked for daily")
    state(page).to_have_text("Published, version 1")
    page.get_by_role("button", name="More about this quick text").click()
    page.get_by_role("menuitem", name="Retire this quick text").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="Why?").fill("The lot is closed")
    dialog.get_by_role("button", name="Retire").click()
    state(page).to_have_text("Retired, version 2")


def test_front_desk_reads_and_changes_nothing(page: Page, console: Console) -> None:
    open_text(page, console, username="frontdesk")
    expect(page.get_by_role("textbox", name="Wording")).to_be_disabled()
    expect(page.get_by_role("button", name="Publish")).to_have_count(0)
    expect(page.locator(".phone")).to_contain_text("Thank you, Grace!")


def test_on_a_phone_the_list_and_the_text_take_turns(page: Page, console: Console) -> None:
    """No sideways scroll; back leads to the list."""
    page.set_viewport_size({"width": 390, "height": 844})
    sign_in_on_phone(page, console)
    page.get_by_role("row", name="Thanks").click()
    expect(page.get_by_role("textbox", name="Wording")).to_be_visible()
    expect(page.get_by_role("row", name="Thanks")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.get_by_role("button", name="All quick texts").click()
    expect(page.get_by_role("row", name="Thanks")).to_be_visible()


def sign_in_on_phone(page: Page, console: Console) -> None:
    """The sidebar with 'Live' is closed there."""
    page.goto(f"{console.url}/quick-texts")
    page.get_by_role("textbox", name="User name").fill("manager")
    page.get_by_role("textbox", name="Password").fill("made-up-words-1")
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("row", name="Thanks").wait_for()


@pytest.mark.parametrize(
    ("moments", "saved_at", "waited", "older"),
    [
        ([None], 500, 80, True),  # the draft was not there yet
        ([None, 400], 500, 80, True),  # the draft as it was before
        ([None, 500], 500, 80, False),
        ([None, 700], 500, 80, False),  # a colleague saved, or published, since
        ([None], 500, 6000, False),  # a colleague threw it away
        ([None], 0, 80, False),  # nothing was saved here
        ([], 0, 80, False),
    ],
)
def test_a_push_from_before_the_last_saving_puts_nothing_back(
    module: Any, moments: list[int | None], saved_at: int, waited: int, older: bool
) -> None:
    """What was typed and saved stays in the fields, also where the push that was under way comes after it."""
    rows = [{"at": at} for at in moments]
    assert module("parts/editor.js", "isFromBefore", rows, saved_at, waited) is older


def test_a_body_that_comes_back_from_the_server_is_known_as_what_was_saved(module: Any) -> None:
    """Else the fields would be drawn anew under the hand of whoever types, after each saving."""
    typed = {"minutes": 20, "name": "Hot", "on": True, "parts": [{"b": 0.5, "a": None}]}
    back = {"name": "Hot", "parts": [{"a": None, "b": "0.5"}], "minutes": "20", "on": True}
    assert module("parts/editor.js", "asText", typed) == module("parts/editor.js", "asText", back)
