"""A lead worked in a real browser: written to, taken back, called, passed on, whatever moves meanwhile."""

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select, update

from core.flows.conversation import receive_text
from core.flows.leads import noting, staff_action
from core.leads.tables import leads
from core.messaging.actions import State
from core.messaging.segments import size_of
from core.messaging.tables import timed_actions
from tests.browser.conftest import Console, sign_in
from tests.oracles.answers import recorded

pytestmark = pytest.mark.browser


def open_lead(page: Page, console: Console, lead_id: str, username: str = "frontdesk") -> Page:
    sign_in(page, console, username, f"/lead?lead={lead_id}")
    page.locator("h1.name").wait_for()
    return page


def box(page: Page) -> Locator:
    return page.locator("textarea")


def lead_of(console: Console, lead_id: str) -> Any:
    with console.app.db.read() as session:
        return session.execute(select(leads).where(leads.c.id == lead_id)).one()


def manual(console: Console, lead_id: str) -> list[tuple[str, str]]:
    """State and body of the texts that people wrote."""
    a = timed_actions.c
    with console.app.db.read() as session:
        rows = session.execute(select(a.state, a.body).where(a.lead_id == lead_id, a.purpose == "manual"))
        return [(state, body) for state, body in rows]


def any_hour(console: Console, lead_id: str) -> None:
    """The patient wrote just now: the answer may go at whatever hour this test runs."""
    phone = lead_of(console, lead_id).phone
    params = {"MessageSid": f"SM{lead_id}", "From": phone, "Body": "Hello?"}
    receive_text.receive(console.app, params, now=console.app.clock.now())


def test_a_text_can_be_taken_back_within_ten_seconds(page: Page, console: Console) -> None:
    """Undo stands in the thread; what was written comes back to be changed, and nothing leaves."""
    lead_id = console.add_lead(first_name="Ada", last_name="Quill")
    any_hour(console, lead_id)
    open_lead(page, console, lead_id)
    box(page).fill("Hi Ada, may I call?")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".said.waiting")).to_contain_text("Hi Ada, may I call?")
    page.get_by_role("button", name="Undo").first.click()
    expect(page.locator(".said.waiting")).to_have_count(0)
    expect(box(page)).to_have_value("Hi Ada, may I call?")
    assert manual(console, lead_id) == [("cancelled", "Hi Ada, may I call?")]


def test_a_text_that_left_shows_how_far_it_got(page: Page, console: Console) -> None:
    """The thread follows by push: waiting, then handed over, under the name of who wrote it."""
    lead_id = console.add_lead(first_name="Bo", last_name="Stone")
    any_hour(console, lead_id)
    open_lead(page, console, lead_id)
    box(page).fill("Hi Bo, Maya here.")
    page.get_by_role("button", name="Send").last.click()
    expect(page.locator(".said.waiting")).to_be_visible()
    deliver(console)
    sent = page.locator(".said.staff", has_text="Hi Bo, Maya here.")
    expect(sent.locator(".facts")).to_contain_text("Maya Torres")
    expect(page.locator(".said.waiting")).to_have_count(0)
    expect(page.locator(".banner")).to_contain_text("Contacted")


def deliver(console: Console) -> None:
    """Hand over whatever a person wrote, as the scheduler would ten seconds later."""
    with console.app.db.write() as session:
        by_hand = update(timed_actions).where(timed_actions.c.purpose == "manual")
        due = by_hand.where(timed_actions.c.state == State.PLANNED).values(due_at=console.app.clock.now())
        session.execute(due)
    console.hand_over()


def test_what_one_types_survives_whatever_happens_to_the_lead(page: Page, console: Console) -> None:
    """A reply, a note by a colleague and a reload leave the half-written text and the focus alone."""
    lead_id = console.add_lead(first_name="Cy", last_name="Vale")
    open_lead(page, console, lead_id)
    box(page).click()
    page.keyboard.type("Half a sen")
    any_hour(console, lead_id)
    expect(page.locator(".said.patient")).to_contain_text("Hello?")
    jordan = console.actor("jordan")
    with console.app.db.write() as session:
        noting.add_note(
            session, console.app.settings, jordan, lead_id, "Ask for Ana", now=console.app.clock.now()
        )
    expect(page.locator(".note-line")).to_contain_text("Ask for Ana")
    page.keyboard.type("tence")
    expect(box(page)).to_have_value("Half a sentence")
    expect(page.locator(".composer-foot")).to_contain_text("draft saved")
    page.reload()
    expect(box(page)).to_have_value("Half a sentence")


def test_curly_signs_become_plain_and_the_size_is_counted(page: Page, console: Console) -> None:
    """One curly apostrophe would turn 160 characters into 70."""
    open_lead(page, console, console.add_lead(first_name="Dee", last_name="Marsh"))
    box(page).fill("It\u2019s me")
    expect(box(page)).to_have_value("It's me")
    expect(page.locator(".size")).to_have_text("7 of 160 characters, 1 segment")
    box(page).fill("x" * 161)
    expect(page.locator(".size")).to_have_text("161 of 306 characters, 2 segments")
    box(page).fill("Hi \U0001f600")
    expect(page.locator(".hint.amber")).to_contain_text("70 characters")


def test_a_call_is_logged_with_its_outcome_by_keys_alone(page: Page, console: Console) -> None:
    """P calls, 2 says voicemail; that is an attempt, and the timeline says who made it."""
    lead_id = console.add_lead(first_name="Eli", last_name="North")
    open_lead(page, console, lead_id)
    page.keyboard.press("p")
    expect(page.get_by_text("How did the call go?")).to_be_visible()
    page.keyboard.press("2")
    expect(page.locator(".events")).to_contain_text("Maya Torres called: left a voicemail")
    assert lead_of(console, lead_id).attempted_at is not None


def test_a_note_is_kept_and_nothing_is_sent(page: Page, console: Console) -> None:
    """Alt+N turns the box into a note."""
    lead_id = console.add_lead(first_name="Fay", last_name="Ode")
    open_lead(page, console, lead_id)
    page.keyboard.press("Alt+n")
    page.keyboard.type("Prefers mornings")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".note-line")).to_contain_text("Prefers mornings")
    assert manual(console, lead_id) == []


def test_who_takes_second_is_told_who_was_faster(page: Page, console: Console) -> None:
    """The click changed nothing and says so."""
    lead_id = console.add_lead(first_name="Gus", last_name="Park")
    with console.app.db.write() as session:
        session.execute(update(leads).where(leads.c.id == lead_id).values(owner_id=None))
    open_lead(page, console, lead_id)
    take = page.get_by_role("button", name="Take this lead")
    take.wait_for()
    jordan = console.actor("jordan")
    # The colleague's click is not committed when this one starts: the page can't have heard of it.
    with console.app.db.write() as session:
        staff_action.take(session, jordan, lead_id, now=console.app.clock.now())
        take.click()
    expect(page.locator(".answer")).to_contain_text("Jordan took this lead")
    assert lead_of(console, lead_id).owner_id == jordan.staff_id


def test_a_disqualified_lead_comes_back_with_undo(page: Page, console: Console) -> None:
    """X, a reason, and Z within ten seconds leave everything as it was."""
    lead_id = console.add_lead(first_name="Hal", last_name="Reed")
    open_lead(page, console, lead_id)
    page.keyboard.press("x")
    page.get_by_role("button", name="Too far away").click()
    expect(page.locator(".banner")).to_contain_text("Disqualified")
    page.keyboard.press("z")
    expect(page.locator(".banner")).not_to_contain_text("Disqualified")
    assert lead_of(console, lead_id).state == "open"


def test_a_planned_text_is_stopped_and_put_back(page: Page, console: Console) -> None:
    """Cancel is a promise; undo plans it again."""
    lead_id = console.add_lead(first_name="Ina", last_name="Todd")
    open_lead(page, console, lead_id)
    step = page.locator(".later", has=page.get_by_text("Pick a time", exact=True))
    step.get_by_role("button", name="Cancel").click()
    expect(page.locator(".later.stopped")).to_be_visible()
    page.locator(".toast").get_by_role("button", name="Undo").click()
    expect(page.locator(".later.stopped")).to_have_count(0)


def test_a_booking_asks_for_its_value(page: Page, console: Console) -> None:
    """B, the amount, and the lead is booked with it."""
    lead_id = console.add_lead(first_name="Jo", last_name="Umber")
    open_lead(page, console, lead_id)
    page.keyboard.press("b")
    page.get_by_role("textbox", name="Value").fill("1,450")
    page.get_by_role("button", name="Mark booked").click()
    expect(page.locator(".banner")).to_contain_text("$1,450")
    assert (lead_of(console, lead_id).state, lead_of(console, lead_id).value_cents) == ("booked", 145_000)


def test_a_call_only_lead_offers_no_text(page: Page, console: Console) -> None:
    """Why, and the number to call; the box is gone."""
    lead_id = console.add_lead(first_name="Kit", last_name="Vane")
    params = {"MessageSid": f"SMstop{lead_id}", "From": lead_of(console, lead_id).phone, "Body": "STOP"}
    receive_text.receive(console.app, params, now=console.app.clock.now())
    open_lead(page, console, lead_id)
    expect(page.locator(".closed.note")).to_contain_text("opted out of texts")
    expect(box(page)).to_be_hidden()


def test_a_provider_sees_the_lead_and_can_do_nothing(page: Page, console: Console) -> None:
    """Looking is open to providers, working is not."""
    lead_id = console.add_lead(first_name="Lou", last_name="West")
    open_lead(page, console, lead_id, "provider")
    expect(page.locator("h1.name")).to_have_text("Lou West")
    assert box(page).count() == 0
    for name in ("Booked", "Take this lead", "Disqualify", "Cancel"):
        expect(page.get_by_role("button", name=name)).to_have_count(0)


def test_on_a_phone_the_box_stays_at_the_thumb(page: Page, console: Console) -> None:
    """At 390 pixels the parts are tabs, nothing scrolls sideways, and the box is in view."""
    page.set_viewport_size({"width": 390, "height": 844})
    lead_id = console.add_lead(first_name="Mia", last_name="Young")
    sign_in_narrow(page, console, lead_id)
    expect(box(page)).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("tab", name="Upcoming").click()
    expect(page.locator(".later", has_text="First call")).to_be_visible()
    expect(box(page)).to_be_hidden()
    page.get_by_role("tab", name="Timeline").click()
    expect(page.locator(".events")).to_be_visible()


def sign_in_narrow(page: Page, console: Console, lead_id: str) -> None:
    """The sidebar, which says 'Live', is closed at this width."""
    page.goto(f"{console.url}/lead?lead={lead_id}")
    page.get_by_role("textbox", name="User name").fill("frontdesk")
    page.get_by_role("textbox", name="Password").fill("made-up-words-1")
    page.get_by_role("button", name="Continue").click()
    page.locator("h1.name").wait_for()


def test_the_page_counts_segments_as_the_core_does(page: Page, console: Console) -> None:
    """What the composer promises is what the carrier bills."""
    sign_in(page, console)
    euro, smile, ni = "\u20ac", "\U0001f600", "\u4f60"
    samples = ["", "a" * 160, "a" * 161, euro * 80, euro * 81, "a" * 152 + euro + "b" * 153, smile * 35]
    samples += [smile * 36, ni * 70, ni * 71, "It\u2019s", "{}[]~|^\\", "a" * 459, "x" * 66 + smile * 3]
    whole = [case["in"]["text"] for case in recorded("segments")]
    samples += [
        text for text in whole if not re.search("[\ud800-\udfff]", text)
    ]  # no half of a pair gets there
    script = """async (texts) => {
      const loaded = performance.getEntriesByType("resource").map((one) => one.name);
      const url = loaded.find((name) => name.includes("/parts/widget.js"));
      const { sizeOf } = await import(new URL("segments.js", url).href);
      return texts.map((text) => [sizeOf(text).units, sizeOf(text).segments]);
    }"""
    counted = page.evaluate(script, samples)
    assert counted == [[size_of(text).units, size_of(text).segments] for text in samples]
