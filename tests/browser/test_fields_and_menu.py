"""Fields and the menu alone on a page: errors where they belong, amounts that are typed over, keys."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

FORM = """
import { makeForm } from "PARTS/fields.js";
export default (root, answer) => {
  window.sent = [];
  window.form = makeForm({ verb: "Keep", send: async (values) => { window.sent.push(values); return answer; }, fields: [
    { kind: "text", name: "name", label: "Name", required: "Enter a name." },
    { kind: "phone", name: "phone", label: "Phone", hint: "With area code" },
    { kind: "email", name: "email", label: "Email", optional: true },
    { kind: "money", name: "dollars", label: "Value", value: "225" },
    { kind: "select", name: "place", label: "Location", options: [["a", "Downtown"], ["b", "Westlake"]], value: "b" },
    { kind: "chips", name: "by", label: "Prefers", options: [["call", "Calls"], ["text", "Texts"]], value: "text" },
    { kind: "checkbox", name: "vip", label: "VIP", value: true },
    { kind: "textarea", name: "note", label: "Note" },
  ] });
  root.append(window.form.node);
};
"""
MENU = """
import { makeMenu } from "PARTS/menu.js";
export default (root, digits) => {
  window.picked = [];
  root.append(makeMenu({ label: "More", digits, pick: (code) => window.picked.push(code), items: () => [
    { code: "book", words: "Book a visit" }, { code: "bar", words: "Bar texts", reason: "Opted out already" },
    { code: "snooze", words: "Snooze" }, { code: "erase", words: "Erase", danger: true } ] }).node);
};
"""
Place = Callable[..., None]


def form(place: Place, **answer: object) -> None:
    place(FORM, ["fields"], {"state": "done", **answer})


def test_an_amount_is_typed_over(page: Page, place: Place) -> None:
    """450 over 225 is 450, not 225450; Enter sends from a field of one line."""
    form(place)
    page.get_by_role("textbox", name="Name").fill("Ana")
    page.get_by_role("textbox", name="Value").focus()
    page.keyboard.type("450")
    page.keyboard.press("Enter")
    assert page.evaluate("window.sent") == [
        {
            "name": "Ana", "phone": "", "email": "", "dollars": "450", "place": "b", "by": "text", "vip": True,
            "note": "",
        }
    ]  # fmt: skip


def test_what_is_required_says_so_before_anything_is_sent(page: Page, place: Place) -> None:
    form(place)
    page.get_by_role("button", name="Keep").click()
    field = page.get_by_role("textbox", name="Name")
    expect(field).to_be_focused()
    expect(field).to_have_accessible_description("Enter a name.")
    assert page.evaluate("window.sent") == []


def test_a_refusal_stands_under_its_fields_and_keeps_what_was_typed(page: Page, place: Place) -> None:
    """Tied to the field for those who hear it; gone as soon as one types."""
    form(
        place,
        state="refused",
        words="x",
        fields={"phone": "This is not a complete phone number.", "lead": "Closed."},
    )
    page.get_by_role("textbox", name="Name").fill("Ana")
    phone = page.get_by_role("textbox", name="Phone")
    phone.fill("512")
    page.get_by_role("button", name="Keep").click()
    expect(phone).to_be_focused()
    expect(phone).to_have_attribute("aria-invalid", "true")
    expect(phone).to_have_accessible_description("With area code This is not a complete phone number.")
    expect(page.get_by_text("Closed.")).to_be_visible()
    expect(phone).to_have_value("512")
    phone.press_sequentially("5")
    expect(page.get_by_text("This is not a complete phone number.")).to_be_hidden()


def test_chips_are_one_choice_with_a_name(page: Page, place: Place) -> None:
    form(place)
    group = page.get_by_role("radiogroup", name="Prefers")
    expect(group.get_by_role("radio", name="Texts")).to_be_checked()
    group.get_by_role("radio", name="Calls").check()
    expect(group.get_by_role("radio", name="Texts")).not_to_be_checked()


def test_a_form_that_may_not_be_sent_says_why(page: Page, place: Place) -> None:
    form(place)
    page.evaluate("window.form.enable('Not live')")
    expect(page.get_by_role("button", name="Keep")).to_be_disabled()
    expect(page.get_by_role("button", name="Keep")).to_have_attribute("title", "Not live")


def test_a_menu_is_worked_by_keys(page: Page, place: Place) -> None:
    """Arrows go round, letters find, Enter takes, Esc closes; the focus comes back each time."""
    place(MENU, ["menu"], False)
    button = page.get_by_role("button", name="More")
    button.focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("menuitem", name="Book a visit")).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("menuitem", name="Erase")).to_be_focused()
    page.keyboard.press("s")
    expect(page.get_by_role("menuitem", name="Snooze")).to_be_focused()
    page.keyboard.press("Enter")
    expect(button).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    expect(page.get_by_role("menu")).to_be_hidden()
    expect(button).to_be_focused()
    assert page.evaluate("window.picked") == ["snooze"]


def test_what_cannot_be_done_stands_there_with_its_reason(page: Page, place: Place) -> None:
    place(MENU, ["menu"], False)
    page.get_by_role("button", name="More").click()
    page.get_by_role("menuitem", name="Bar texts").click(force=True)
    expect(page.get_by_text("Opted out already")).to_be_visible()
    assert page.evaluate("window.picked") == []


def test_what_is_grave_stands_apart(page: Page, place: Place) -> None:
    place(MENU, ["menu"], False)
    page.get_by_role("button", name="More").click()
    assert page.locator("[role=separator] + .danger").count() == 1


@pytest.mark.parametrize(("digits", "picked"), [(True, ["snooze"]), (False, [])])
def test_choices_answer_to_digits_only_where_they_are_printed(
    page: Page, place: Place, digits: bool, picked: list[str]
) -> None:
    place(MENU, ["menu"], digits)
    page.get_by_role("button", name="More").click()
    expect(page.locator(".key")).to_have_count(4 if digits else 0)
    page.keyboard.press("3")
    assert page.evaluate("window.picked") == picked
