"""Who is who, in a real browser: a lead added by hand, corrected and taken back, a text given to whom it belongs."""

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from core.flows.conversation import receive_text
from core.flows.leads import lead_by_hand
from core.flows.leads.lead_by_hand import ByHand
from core.leads.tables import leads
from core.messaging.tables import sms_messages
from core.patients.tables import patients
from tests.browser.conftest import Console, sign_in
from tests.factories import actor

pytestmark = pytest.mark.browser


def lead_of(console: Console, lead_id: str) -> Any:
    with console.app.db.read() as session:
        return session.execute(select(leads).where(leads.c.id == lead_id)).one()


def open_lead(page: Page, console: Console, lead_id: str) -> Page:
    sign_in(page, console, path=f"/lead?lead={lead_id}")
    page.locator("h1.name").wait_for()
    return page


def drawer(page: Page) -> Locator:
    return page.locator("dialog.drawer[open]")


def test_a_lead_is_added_by_hand_and_a_fault_keeps_what_was_typed(page: Page, console: Console) -> None:
    """A number that can't be is said at its field; mended, the lead opens, its number call only until they agree."""
    sign_in(page, console)
    page.get_by_role("button", name="Add lead").click()
    form = drawer(page)
    form.get_by_label("First name").fill("Walter")
    form.get_by_label("Last name").fill("Inn")
    form.get_by_label("Phone", exact=True).fill("555")
    form.get_by_label("Notes").fill("Asked about a peel")
    form.get_by_role("button", name="Add lead").click()
    expect(form.locator(".field-box.phone .field-error")).to_be_visible()
    expect(form.get_by_label("First name")).to_have_value("Walter")
    form.get_by_label("Phone", exact=True).fill("(813) 555-0142")
    form.get_by_role("button", name="Add lead").click()
    expect(page.locator("h1.name")).to_have_text("Walter Inn")
    expect(page.locator(".people-notes")).to_contain_text("nobody has agreed to it yet")
    with console.app.db.read() as session:
        added = session.execute(select(leads).where(leads.c.form_type == "by_hand")).one()
    assert (added.source, added.notes, added.call_only) == ("Walk-in", "Asked about a peel", True)


def test_letters_typed_into_the_form_do_nothing_to_the_queue_behind(page: Page, console: Console) -> None:
    """B, X and digits on a tick box are no shortcuts while the drawer is open; Esc closes it and keeps the words."""
    lead_id = console.add_lead(first_name="Quiet", last_name="Behind")
    sign_in(page, console)
    page.keyboard.press("j")
    page.get_by_role("button", name="Add lead").click()
    drawer(page).get_by_label("First name").fill("Half")
    drawer(page).get_by_label("I keep it").focus()
    page.keyboard.type("bx1")
    page.keyboard.press("Escape")
    expect(drawer(page)).to_have_count(0)
    expect(page.locator(".peek-form")).to_be_hidden()
    page.get_by_role("button", name="Add lead").click()
    expect(drawer(page).get_by_label("First name")).to_have_value("Half")
    assert lead_of(console, lead_id).state == "open"


def test_a_corrected_number_says_what_follows_and_can_be_taken_back(page: Page, console: Console) -> None:
    """Before it is saved: no text to the new number, planned ones to the old stop. Undo puts all of it back."""
    lead_id = console.add_lead(first_name="Nora", last_name="Lane")
    before = lead_of(console, lead_id)
    open_lead(page, console, lead_id)
    page.get_by_role("button", name="Edit", exact=True).click()
    drawer(page).get_by_label("Phone", exact=True).fill("(813) 555-0143")
    warning = drawer(page).locator(".field-box.phone .note")
    expect(warning).to_contain_text("No text goes to the new number until consent is recorded for it")
    expect(warning).to_contain_text("planned texts to the old one stop")
    drawer(page).get_by_role("button", name="Save").click()
    expect(page.locator(".facts-line")).to_contain_text("(813) 555-0143")
    expect(page.locator(".panel", has_text="Corrections")).to_contain_text("corrected by Maya Torres")
    assert (lead_of(console, lead_id).phone, lead_of(console, lead_id).call_only) == ("+18135550143", True)
    page.locator(".toast").get_by_role("button", name="Undo").click()
    expect(page.locator(".panel", has_text="Corrections")).to_contain_text("taken back")
    after = lead_of(console, lead_id)
    assert (after.phone, after.call_only) == (before.phone, False)


def test_consent_that_was_read_out_opens_the_number_only_with_its_tick(page: Page, console: Console) -> None:
    """The words stand on the screen; without the tick nothing is recorded."""
    lead_id = add_by_hand(console)
    open_lead(page, console, lead_id)
    page.locator(".people-notes").get_by_role("button", name="Record consent").click()
    expect(drawer(page).locator(".read-out")).to_contain_text("reply STOP at any time")
    drawer(page).get_by_role("button", name="Record consent").click()
    expect(drawer(page).locator(".field-error")).to_contain_text("Tick it once they agreed")
    assert lead_of(console, lead_id).call_only
    drawer(page).get_by_label("I read it out, and they agreed").check()
    drawer(page).get_by_role("button", name="Record consent").click()
    expect(page.locator(".people-notes")).not_to_contain_text("nobody has agreed")
    assert not lead_of(console, lead_id).call_only


def add_by_hand(console: Console) -> str:
    """A walk-in whom nobody has asked about texts; the lead's id."""
    app = console.app
    told = ByHand("r-vera", "walk_in", first_name="Vera", last_name="Bell", phone="(813) 555-0144")
    with app.db.write() as session:
        maya = actor(session, "frontdesk")
        added = lead_by_hand.add(session, app.reference, app.settings, maya, told, now=app.clock.now())
    assert added.lead_id
    return added.lead_id


def test_a_text_is_given_to_the_other_one_on_the_number(page: Page, console: Console) -> None:
    """Both pages say who shares it; 'This is Casey' moves the text there, and undo moves it back."""
    sam = console.add_lead(first_name="Sam", last_name="Shared")
    phone = lead_of(console, sam).phone
    casey = console.add_lead_on(phone, first_name="Casey", last_name="Shared")
    said = {"MessageSid": f"SM{sam}", "From": phone, "Body": "Thursday would be great"}
    receive_text.receive(console.app, said, now=console.app.clock.now())
    open_lead(page, console, sam)
    expect(page.locator(".people-notes")).to_contain_text("This number is shared with Casey Shared")
    text = page.locator(".said", has_text="Thursday would be great")
    text.get_by_role("button", name="This is Casey").click()
    expect(page.locator(".toast")).to_contain_text("Moved to the conversation of who wrote it")
    assert owner(console) == ("Casey", "said")
    expect(text).to_have_count(0)
    page.goto(f"{console.url}/lead?lead={casey}")
    expect(page.locator(".said", has_text="Thursday would be great")).to_contain_text("Said to be Casey's")
    page.locator(".said").get_by_role("button", name="This is Sam").click()
    expect(page.locator(".said", has_text="Thursday would be great")).to_have_count(0)
    page.locator(".toast").get_by_role("button", name="Undo").click()
    expect(page.locator(".said", has_text="Thursday would be great")).to_contain_text("Said to be Casey's")
    assert owner(console) == ("Casey", "said")


def owner(console: Console) -> tuple[str, str]:
    """Whose the newest received text is, and how that is known."""
    m = sms_messages.c
    newest = (
        select(patients.c.first_name, m.whose)
        .join(patients, patients.c.id == m.patient_id)
        .where(m.origin == "patient")
        .order_by(m.created_at.desc(), m.id.desc())
        .limit(1)
    )
    with console.app.db.read() as session:
        name, whose = session.execute(newest).one()
    return name, whose


def test_two_profiles_are_merged_after_a_look_and_parted_again(page: Page, console: Console) -> None:
    """What moves is said before; afterwards the lead's page says who was merged, and parts them again."""
    first = console.add_lead(first_name="Dora", last_name="Reyes")
    second = console.add_lead_on(lead_of(console, first).phone, first_name="Dora", last_name="Cole")
    open_lead(page, console, second)
    note = page.locator(".people-notes .note", has_text="May be the same person as Dora Reyes")
    note.get_by_role("button", name="Merge").click()
    expect(page.get_by_role("dialog")).to_contain_text("moves to Dora Cole")
    page.get_by_role("dialog").get_by_role("button", name="Merge").click()
    expect(note).to_have_count(0)
    assert lead_of(console, first).patient_id == lead_of(console, second).patient_id
    page.get_by_role("button", name="Part again").click()
    expect(note).to_be_visible()
    assert lead_of(console, first).patient_id != lead_of(console, second).patient_id
    page.goto(f"{console.url}/duplicates")
    pair = page.locator(".pair", has_text="Dora Cole")
    pair.get_by_role("button", name="Keep apart").click()
    expect(pair).to_have_count(0)
    page.locator(".toast").get_by_role("button", name="Undo").click()
    expect(pair).to_be_visible()
