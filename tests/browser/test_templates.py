"""Templates in a real browser: written with tokens, mended by a click, published, and used by the very next text."""

from itertools import product
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select, update

from core.kinds import TEMPLATE
from core.leads.tables import leads
from core.messaging.handlebars import TemplateError
from core.messaging.templates import parse_template
from core.messaging.variables import LANGUAGES, variables
from core.patients.tables import patients
from core.reads.parts import versions as reads
from core.reads.parts.versions import History
from core.staff.store import accounts
from core.staff.tables import staff
from tests.browser.conftest import Console, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("as_shipped")]
KEY = "lead_what_to_expect"


def open_template(page: Page, console: Console, key: str = KEY, username: str = "marketing") -> Page:
    sign_in(page, console, username, f"/templates?template={key}")
    wording(page).wait_for()
    return page


def wording(page: Page, name: str = "English wording") -> Locator:
    return page.get_by_role("textbox", name=name, exact=True)


def state(page: Page) -> Any:
    return expect(page.locator(".editor-state"))


def history(console: Console, key: str = KEY) -> History:
    with console.app.db.read() as session:
        return reads.history(session, console.actor("manager"), TEMPLATE, key)


def drafted(console: Console, language: str = "en", key: str = KEY) -> str:
    draft = history(console, key).draft
    assert draft is not None
    return str(draft.body["wordings"][language]["body"])


def publish_here(page: Page) -> None:
    page.get_by_role("button", name="Publish version").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="What changes?").fill("Warmer")
    dialog.get_by_role("button", name="Publish", exact=True).click()


def first_text(console: Console, phone: str, language: str = "en", **form: Any) -> str:
    """A form comes in from somebody who speaks it; what goes to the number at once."""
    console.only_new_texts_are_due()
    lead_id = console.add_lead_on(phone, **form)
    with console.app.db.write() as session:
        patient = select(leads.c.patient_id).where(leads.c.id == lead_id).scalar_subquery()
        session.execute(update(patients).where(patients.c.id == patient).values(language=language))
    (text,) = sent_to(console, phone)
    return text


def sent_to(console: Console, phone: str) -> list[str]:
    return [one.job.text.body for one in console.hand_over() if one.job.text.to == phone]


def test_what_is_published_is_said_by_the_next_text_in_the_patients_language(
    page: Page, console: Console
) -> None:
    """The form that comes in a moment later gets the new words; a Spanish one the Spanish ones."""
    open_template(page, console, "lead_confirmation")
    wording(page).fill("{{clinicName}}: thank you, {{firstName}}! Reply STOP to opt out.")
    wording(page, "Spanish wording").fill(
        "{{clinicName}}: gracias, {{firstName}}. Responda STOP para no recibir textos."
    )
    state(page).to_contain_text("Draft, saved")
    assert "We got your request" in first_text(console, "+15125550181", first_name="Quin")
    publish_here(page)
    state(page).to_have_text("Published, version 2")
    expect(page.get_by_text("Version 2 is in use")).to_be_visible()
    english = first_text(console, "+15125550182", first_name="Rosa")
    assert english == "Luxe Medical Spa: thank you, Rosa! Reply STOP to opt out."
    spanish = first_text(console, "+15125550183", "es", first_name="Luz")
    assert spanish == "Luxe Medical Spa: gracias, Luz. Responda STOP para no recibir textos."


def test_a_value_is_chosen_at_the_caret_by_keys_alone(page: Page, console: Console) -> None:
    """A brace opens the list, words narrow it, Enter puts the token there; Esc leaves the brace."""
    open_template(page, console)
    wording(page).fill("Luxe: we are at .")
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    page.keyboard.type("{")
    find = page.get_by_role("combobox", name="Find a value to insert")
    find.wait_for()
    page.keyboard.type("address")
    page.keyboard.press("Enter")
    expect(wording(page).locator(".token")).to_have_text(["clinic address"])
    expect(page.locator("[data-language=en] .bubble").first).to_have_text("Luxe: we are at 100 Main Street.")
    page.keyboard.type("!{")
    find.wait_for()
    page.keyboard.press("Escape")
    page.keyboard.type("?")
    state(page).to_contain_text("Draft, saved")
    assert drafted(console) == "Luxe: we are at {{clinicAddress}}!{?."


def test_what_is_wrong_is_marked_and_mended_by_a_click(page: Page, console: Console) -> None:
    """The sign that makes a text dear, and the word that carriers act on; publishing waits for the error."""
    open_template(page, console)
    wording(page).fill(f"Luxe: it\u2019s {'so nice ' * 8}that you come. Reply YES.")
    expect(page.get_by_text("1 error bars publishing")).to_be_visible()
    meter = page.locator("[data-language=en] .meter").first
    expect(meter).to_contain_text("2 segments as UCS-2")
    expect(page.locator("[data-language=en] .saving").first).to_contain_text("1 segment, saves $0.83 for 100")
    publish_here(page)
    expect(page.get_by_role("dialog").get_by_text("'YES' is a word that carriers act on")).to_be_visible()
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    page.get_by_role("button", name="Ask for 1").click()
    page.get_by_role("button", name="Use plain '").click()
    expect(page.get_by_text("Nothing to change")).to_be_visible()
    expect(meter).to_contain_text("1 segment as GSM-7")
    assert drafted(console) == f"Luxe: it's {'so nice ' * 8}that you come. Reply 1."
    publish_here(page)
    state(page).to_have_text("Published, version 2")


def test_health_asks_for_a_neutral_wording_and_offers_one(page: Page, console: Console) -> None:
    open_template(page, console)
    wording(page).fill("Luxe: see you for {{treatment}}.")
    page.get_by_role("button", name="Write it from the other one").click()
    expect(wording(page, "English, neutral")).to_have_text("Luxe: see you for your visit.")
    expect(page.get_by_text("Nothing to change")).to_be_visible()
    expect(page.locator("[data-language=en] .phone-body")).to_contain_text("All other patients")


def test_the_preview_is_of_whom_the_manager_chooses(page: Page, console: Console) -> None:
    console.add_lead(first_name="Wilhelmina", treatment="lip filler")
    open_template(page, console, "lead_confirmation", username="manager")
    page.get_by_role("button", name="A made-up patient").click()
    page.get_by_role("searchbox", name="Show it for a lead").fill("wilhelm")
    page.locator(".people-list").get_by_role("button", name="Wilhelmina").click()
    expect(page.locator("[data-language=es] .bubble").first).to_contain_text("Hola Wilhelmina")
    wording(page).fill("{{clinicName}}: dear {{firstName}}")
    expect(page.locator("[data-language=en] .bubble").first).to_have_text("Luxe Medical Spa: dear Wilhelmina")


def test_what_is_in_use_is_not_retired_and_says_where(page: Page, console: Console) -> None:
    open_template(page, console, "lead_confirmation")
    expect(page.locator(".uses")).to_contain_text("of the sequence 'New lead' sends it")
    page.get_by_role("button", name="More about this template").click()
    page.get_by_role("menuitem", name="Retire this template").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="Why?").fill("Too long")
    dialog.get_by_role("button", name="Retire").click()
    expect(dialog.get_by_role("alert").filter(has_text="of the sequence 'New lead'")).to_be_visible()


def test_a_test_text_goes_to_ones_own_phone_or_says_why_not(page: Page, console: Console) -> None:
    """With the words as they stand there, published or not."""
    marketing = console.actor("marketing").staff_id
    with console.app.db.write() as session:
        session.execute(update(staff).where(staff.c.id == marketing).values(phone=None))
    console.only_new_texts_are_due()
    open_template(page, console)
    english = page.locator("[data-language=en]")
    english.get_by_role("button", name="Test text to me").click()
    expect(english.get_by_role("alert").filter(has_text="No phone number of yours")).to_be_visible()
    with console.app.db.write() as session:
        accounts.set_phone(session, marketing, "+15125550184")
    wording(page).fill("Luxe: as it stands here")
    english.get_by_role("button", name="Test text to me").click()
    expect(page.get_by_text("On its way to (512) 555-0184")).to_be_visible()
    assert sent_to(console, "+15125550184") == ["Luxe: as it stands here"]


def test_templates_are_found_by_their_words_and_opened_by_keys(page: Page, console: Console) -> None:
    open_template(page, console)
    page.get_by_role("searchbox", name="Find a template").fill("988")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(".template-item")).to_have_count(1)
    expect(wording(page, "Spanish wording")).to_contain_text("988")


def test_front_desk_reads_and_changes_nothing(page: Page, console: Console) -> None:
    open_template(page, console, "forms_missing", username="frontdesk")
    expect(page.get_by_text("Two calls to action").first).to_be_visible()
    expect(wording(page)).to_have_attribute("aria-readonly", "true")
    for name in ("Drop the second", "Publish", "New template", "Test text to me", "Insert a value"):
        expect(page.get_by_role("button", name=name)).to_have_count(0)
    wording(page).click()
    page.keyboard.type("x")
    assert history(console, "forms_missing").draft is None


def test_on_a_phone_the_languages_take_turns_and_nothing_is_wider_than_it(
    page: Page, console: Console
) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{console.url}/templates?template={KEY}")
    page.get_by_role("textbox", name="User name").fill("manager")
    page.get_by_role("textbox", name="Password").fill("made-up-words-1")
    page.get_by_role("button", name="Continue").click()
    wording(page).wait_for()
    expect(wording(page, "Spanish wording")).to_be_hidden()
    page.get_by_role("button", name="Spanish").click()
    expect(wording(page)).to_be_hidden()
    expect(wording(page, "Spanish wording")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_the_browser_fills_in_as_the_server_does(module: Any) -> None:
    """Every shipped wording, in both languages, with everything known and with nothing."""
    known = variables()
    for language in LANGUAGES:
        fallbacks = {name: one.fallback[language] for name, one in known.items()}
        samples = {name: one.sample[language] for name, one in known.items()}
        for words, values in product(_shipped(language), (samples, {})):
            mine = module("templates/template_words.js", "rendered", words, values, fallbacks, language)
            assert mine == _rendered(words, values, language), words


def _shipped(language: str) -> list[str]:
    return [
        words for body in TEMPLATE.shipped().values() for words in body["wordings"].get(language, {}).values()
    ]


def _rendered(words: str, values: dict[str, str], language: str) -> str | None:
    try:
        return parse_template("x", 1, "", words, frozenset(variables()), language).render(values)
    except TemplateError:
        return None
