"""Single keys: each acts only on the lead that is selected and in sight, and never on what somebody types blindly."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from core.flows.conversation import receive_text
from core.leads.tables import lead_events, leads
from core.messaging.tables import timed_actions
from tests.browser.conftest import PASSWORD, Console, until

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("empty_queue")]

WIDTHS = [1440, 390]
SENTENCES = [
    "hi, can you talk at 2?",
    "At 3 the appointment is fine. Shall I book it 4 you?",
    "please call back, X1 is broken, 4 of us",
    "sat at 2pm? zero problem\n",
    "axbhpst 1234 nz",
]


def at_width(page: Page, console: Console, width: int, path: str = "/") -> Page:
    """Signed in and the page drawn; on a phone the sidebar that says 'Live' is closed."""
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(console.url + path)
    page.get_by_role("textbox", name="User name").fill("frontdesk")
    page.get_by_role("textbox", name="Password").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    page.locator(".row[data-id], h1.name").first.wait_for()
    return page


def everything(console: Console) -> list[Any]:
    """All that a key could have changed. Opening a lead marks it seen, which is no deed."""
    columns = leads.c
    owned = select(columns.id, columns.owner_id, columns.state, columns.snoozed_until, columns.contacted_at)
    with console.app.db.read() as session:
        return [
            *session.execute(owned.order_by(columns.id)),
            *session.execute(select(timed_actions.c.id, timed_actions.c.state).order_by(timed_actions.c.id)),
            *session.execute(
                select(lead_events.c.id).where(lead_events.c.kind != "viewed").order_by(lead_events.c.id)
            ),
        ]


def settled(page: Page) -> None:
    """Whatever the keys have started was answered: a key waits a fifth of a second, then its button is busy."""
    page.evaluate("window.asked = performance.now()")
    until(page, "performance.now() > window.asked + 400")
    expect(page.locator("[aria-busy=true]")).to_have_count(0)


def some_leads(console: Console) -> list[str]:
    names = [("Ada", "Quill"), ("Bo", "Stone"), ("Cy", "Vale")]
    return [console.add_lead(first_name=first, last_name=last) for first, last in names]


@pytest.mark.parametrize("width", WIDTHS)
def test_a_sentence_typed_without_a_field_changes_nothing_in_the_queue(
    page: Page, console: Console, width: int
) -> None:
    """Who types to a chat that is not there takes, calls, snoozes, books and hands over nobody."""
    some_leads(console)
    at_width(page, console, width)
    for turn, sentence in enumerate(SENTENCES):
        if turn:
            page.goto(console.url)
        page.locator(".row[data-id]").first.wait_for()
        page.keyboard.press("j")
        expect(page.locator(".row.selected")).to_have_count(1)
        before = everything(console)
        page.keyboard.type(sentence)
        settled(page)
        assert everything(console) == before, sentence


@pytest.mark.parametrize("width", WIDTHS)
def test_a_sentence_typed_without_a_field_changes_nothing_on_a_lead(
    page: Page, console: Console, width: int
) -> None:
    """The same on the lead's own page."""
    lead_id = console.add_lead(first_name="Dee", last_name="Marsh")
    at_width(page, console, width, f"/lead?lead={lead_id}")
    before = everything(console)
    for sentence in SENTENCES:
        page.keyboard.type(sentence)
        settled(page)
        assert everything(console) == before, sentence
        page.keyboard.press("Escape")


def guard(page: Page, presses: list[tuple[int, str]]) -> Any:
    """What the guard lets act, for keys at given milliseconds; 'a' acts, 'j' moves, all else is no shortcut."""
    script = """async (presses) => {
      const loaded = performance.getEntriesByType("resource").map((one) => one.name);
      const url = loaded.find((name) => name.includes("/parts/widget.js"));
      const { makeGuard } = await import(new URL("keys.js", url).href);
      const done = []; const waiting = new Map(); let time = 0; let turn = 0;
      const later = (fn, ms) => { turn += 1; waiting.set(turn, [time + ms, fn]); return turn; };
      const guard = makeGuard({ told: () => done.push("told"), later, drop: (timer) => waiting.delete(timer) });
      const until = (at) => {
        for (const [timer, [due, fn]] of [...waiting]) if (due <= at) { waiting.delete(timer); fn(); }
      };
      for (const [at, key] of presses) {
        until(at);
        time = at;
        guard.press({ a: { act: () => done.push("a") }, j: { now: () => done.push("j") } }[key] || null, at);
      }
      until(Infinity);
      return done;
    }"""
    return page.evaluate(script, presses)


@pytest.mark.parametrize(
    ("presses", "done"),
    [
        ([(0, "a")], ["a"]),
        ([(0, "j"), (40, "j"), (80, "a")], ["j", "j", "a"]),
        ([(0, "a"), (150, "t")], ["told"]),
        ([(0, "h"), (300, "a"), (1200, "j")], ["told"]),
        ([(0, "h"), (1100, "a")], ["a"]),
        ([(0, "a"), (100, "a"), (5000, "a")], ["told", "a"]),
    ],
)
def test_a_key_acts_when_it_stands_alone(
    page: Page, console: Console, presses: list[tuple[int, str]], done: list[str]
) -> None:
    """A shortcut is one key by itself; letters that follow one another, or follow another sign, are a word."""
    some_leads(console)
    at_width(page, console, 1440)
    assert guard(page, presses) == done


def test_a_digit_logs_a_call_only_once_the_call_was_started(page: Page, console: Console) -> None:
    """A bare digit is nothing; after P its meaning stands on the button."""
    lead_id = some_leads(console)[0]
    at_width(page, console, 1440)
    page.locator(f'.row[data-id="{lead_id}"]').click()
    before = everything(console)
    page.keyboard.press("3")
    settled(page)
    expect(page.locator(".outcome .key")).to_have_count(0)
    assert everything(console) == before
    page.reload()
    expect(page.locator(".peek-name")).to_be_visible()
    page.keyboard.press("p")
    expect(page.locator(".outcome .key")).to_have_count(4)
    page.keyboard.press("3")
    expect(page.get_by_text("Call logged: no answer")).to_be_visible()
    assert everything(console) != before


def test_a_wrong_number_asks_first(page: Page, console: Console) -> None:
    """It bars the number for every lead that has it: a slip of the finger must not."""
    lead_id = some_leads(console)[0]
    at_width(page, console, 1440)
    page.locator(f'.row[data-id="{lead_id}"]').click()
    page.get_by_role("button", name="Wrong number").click()
    expect(page.get_by_text("No text goes to it any more")).to_be_visible()
    page.get_by_role("button", name="No, go back").click()
    page.get_by_role("button", name="Wrong number").click()
    with console.app.db.read() as session:
        assert not session.execute(select(leads.c.call_only).where(leads.c.id == lead_id)).scalar_one()
    page.get_by_role("button", name="Yes, wrong number").click()
    expect(page.get_by_text("Call logged: wrong number")).to_be_visible()


def test_a_key_acts_on_no_lead_that_was_scrolled_away(page: Page, console: Console) -> None:
    """It is brought back into view first; the next press acts."""
    for number in range(14):
        console.add_lead(first_name=f"Guest{number}", last_name="Penn")
    at_width(page, console, 1440)
    page.set_viewport_size({"width": 1440, "height": 420})
    page.keyboard.press("j")
    selected = page.locator(".row.selected")
    expect(selected).to_be_in_viewport()
    page.locator(".row[data-id]").last.scroll_into_view_if_needed()
    expect(selected).not_to_be_in_viewport()
    page.keyboard.press("s")
    expect(page.get_by_text("was out of sight. Press the key again.")).to_be_visible()
    expect(selected).to_be_in_viewport()
    expect(page.get_by_role("group", name="Snooze until")).to_have_count(0)
    page.keyboard.press("s")
    expect(page.get_by_role("group", name="Snooze until")).to_be_visible()


def test_a_text_to_a_call_only_lead_says_why_not(page: Page, console: Console) -> None:
    """T answers with the reason instead of with silence."""
    lead_id = some_leads(console)[0]
    with console.app.db.read() as session:
        phone = session.execute(select(leads.c.phone).where(leads.c.id == lead_id)).scalar_one()
    stop = {"MessageSid": f"SMstop{lead_id}", "From": phone, "Body": "STOP"}
    receive_text.receive(console.app, stop, now=console.app.clock.now())
    at_width(page, console, 1440)
    page.locator(f'.row[data-id="{lead_id}"]').click()
    page.keyboard.press("t")
    expect(page.get_by_text("No text may go to")).to_be_visible()


def test_the_list_of_shortcuts_is_in_sight_however_long_the_queue_is(page: Page, console: Console) -> None:
    """? opens it in the middle of the window, and closes it."""
    for number in range(20):
        console.add_lead(first_name=f"Guest{number}", last_name="Penn")
    at_width(page, console, 1440)
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog", name="Shortcuts of the lead queue")
    expect(sheet.get_by_text("Hand over")).to_be_in_viewport()
    page.keyboard.press("?")
    expect(sheet).to_be_hidden()
