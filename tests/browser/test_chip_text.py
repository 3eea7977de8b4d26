"""Words with tokens in them: whatever way a variable comes in, it is one sign, and every step can be undone."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.browser
BUILD = """
import { h } from "PARTS/dom.js";
import { makeChipText } from "PARTS/chip_text.js";
const labels = new Map([["firstName", "first name"], ["staffName", "staff name"], ["treatment", "treatment"]]);
export default (root, text) => {
  const held = h("output", {});
  const asked = h("p", { class: "asked" });
  const field = makeChipText({
    label: "Wording", labels, special: new Set(["treatment"]), described: "",
    changed: (words) => { held.textContent = words; },
    braces: (start, end) => { asked.textContent = `${start}-${end}`; },
  });
  field.value = text;
  held.textContent = text;
  const insert = h("button", { type: "button", onclick: () => field.insert("{{staffName}}") }, "Insert");
  root.append(field.node, insert, held, asked);
};
"""


class Field:
    """The field alone on a page, and what it holds."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.box: Locator = page.get_by_role("textbox", name="Wording")

    def press(self, *keys: str) -> "Field":
        for key in keys:
            self.page.keyboard.press(key)
        return self

    def type(self, words: str) -> "Field":
        self.page.keyboard.type(words)
        return self

    def expect_text(self, text: str) -> None:
        expect(self.page.locator("output")).to_have_text(text, use_inner_text=False)


Begin = Callable[..., Field]


@pytest.fixture
def field(page: Page, place: Callable[..., None]) -> Begin:
    def begin(text: str = "") -> Field:
        place(BUILD, ["chip_text"], text)
        made = Field(page)
        made.box.click()
        made.press("Control+End")
        return made

    return begin


def tokens(page: Page) -> list[str]:
    return [str(words) for words in page.locator(".token").all_inner_texts()]


def test_variables_are_tokens_in_words_and_conditions_are_told_apart(field: Begin, page: Page) -> None:
    """Nobody reads braces; what is not known stands there as it is, to be seen."""
    field("Hi {{firstName}}{{#if treatment}} {{treatment}}{{else}}x{{/if}} {{nobody}}")
    assert tokens(page) == [
        "first name",
        "if known: treatment",
        "treatment",
        "otherwise",
        "end if",
        "{{nobody}}",
    ]
    expect(page.locator(".token.condition")).to_have_count(3)
    expect(page.locator(".token.special")).to_have_text(["treatment"])
    expect(page.locator(".token.unknown")).to_have_text(["{{nobody}}"])


def test_what_is_pasted_with_braces_becomes_tokens_and_copies_as_braces(field: Begin, page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    one = field("{{firstName}}, hi")
    one.press("Control+a", "Control+c", "ArrowRight", "Control+v")
    one.expect_text("{{firstName}}, hi{{firstName}}, hi")
    assert tokens(page) == ["first name"] * 2
    one.press("Control+a", "Control+x").expect_text("")
    one.press("Control+v").expect_text("{{firstName}}, hi{{firstName}}, hi")


def test_a_token_is_one_step_and_goes_whole(field: Begin) -> None:
    """Two in a row have a place between them; the arrows and Backspace never enter one."""
    one = field("{{firstName}}{{staffName}}!")
    one.press("Home", "ArrowRight").type("-").expect_text("{{firstName}}-{{staffName}}!")
    one.press("ArrowRight", "Backspace").expect_text("{{firstName}}-!")
    one.press("Home", "Delete").expect_text("-!")
    one.press("End", "Shift+ArrowLeft").type("?").expect_text("-?")


def test_a_click_on_a_token_puts_the_caret_beside_it(field: Begin, page: Page) -> None:
    """On the side that was hit; within it the keyboard would be dead."""
    one = field("a{{firstName}}b{{staffName}}")
    page.locator(".token").first.click(position={"x": 3, "y": 5})
    one.type("1").expect_text("a1{{firstName}}b{{staffName}}")
    box = page.locator(".token").first.bounding_box()
    assert box
    page.locator(".token").first.click(position={"x": box["width"] - 3, "y": 5})
    one.type("2").expect_text("a1{{firstName}}2b{{staffName}}")


def test_a_selection_over_a_token_takes_it_whole(field: Begin) -> None:
    one = field("a {{firstName}} b")
    one.press("End", "ArrowLeft", "ArrowLeft", "Shift+ArrowLeft").type("c").expect_text("a c b")


def test_every_step_can_be_undone_and_done_again(field: Begin) -> None:
    """Letters typed in one go are one step; a token is one; what came in by a button is, too."""
    one = field("Hi ")
    one.type("there").page.get_by_role("button", name="Insert").click()
    one.expect_text("Hi there{{staffName}}")
    one.press("Backspace").expect_text("Hi there")
    one.press("Control+z").expect_text("Hi there{{staffName}}")
    one.press("Control+z").expect_text("Hi there")
    one.press("Control+z").expect_text("Hi ")
    one.press("Control+z").expect_text("Hi ")
    one.press("Control+Shift+z", "Control+y").expect_text("Hi there{{staffName}}")
    one.press("Control+z").type("!").press("Control+y").expect_text("Hi there!")


def test_lines_and_signs_that_people_see_as_one_are_kept(field: Begin) -> None:
    """An emoji is deleted whole; Enter is a line and nothing else."""
    one = field("a\U0001f468\u200d\U0001f469\u200d\U0001f467")
    one.press("Backspace").expect_text("a")
    one.press("Enter").type("b").expect_text("a\nb")
    one.press("Home", "Backspace").expect_text("ab")


def test_a_brace_asks_for_a_variable_and_a_button_inserts_where_the_caret_was(
    field: Begin, page: Page
) -> None:
    one = field("ab")
    one.press("ArrowLeft").type("{")
    expect(page.locator(".asked")).to_have_text("1-1")
    one.expect_text("ab")
    page.get_by_role("button", name="Insert").click()
    one.expect_text("a{{staffName}}b")
    one.type("c").expect_text("a{{staffName}}cb")


def test_what_another_keyboard_composes_is_taken_in(field: Begin, page: Page) -> None:
    """Accents by two keys, and whole words from a phone, come as compositions."""
    one = field("ni{{firstName}}")
    one.press("Home", "ArrowRight", "ArrowRight")
    session: Any = page.context.new_cdp_session(page)
    session.send("Input.imeSetComposition", {"text": "n\u0303", "selectionStart": 2, "selectionEnd": 2})
    session.send("Input.insertText", {"text": "\u00f1o"})
    one.expect_text("ni\u00f1o{{firstName}}")
    one.press("Control+z").expect_text("ni{{firstName}}")
