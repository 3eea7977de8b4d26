"""The table alone on a page, with made-up rows: keys, selection by ids, sorting, an order that holds under the hand."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.browser

NAMES = ["Ana", "Ben", "Cal", "Dee", "Eve"]
BUILD = """
import { makeTable } from "PARTS/table.js";
import { h } from "PARTS/dom.js";
const press = (ids) => window.done.push(ids);
const call = (row) => window.done.push(`call ${row.id}`);
export default (root, rows, verbs) => {
  window.opened = [];
  window.done = [];
  window.table = makeTable({
    label: "People",
    name: (row) => row.name,
    columns: [
      { key: "name", name: "Name", line: 1, sort: (row) => row.name, cell: (row) => h("b", {}, row.name) },
      { key: "age", name: "Age", sort: (row) => row.age, figure: true, cell: (row) => row.age ?? "unknown" },
      { key: "do", name: "", line: 3, cell: (row) => h("button", { class: "b", onclick: () => call(row) }, "Call") },
    ],
    open: (id) => window.opened.push(id),
    selectable: (row) => !row.fixed,
    verbs: verbs ? [
      { code: "send", primary: true, words: (fit) => `Send ${fit.length}`, press },
      { code: "drop", fits: (row) => row.age > 30, words: (fit) => `Drop ${fit.length}`, press },
    ] : [],
    empty: () => "Nobody is here",
  });
  root.append(h("button", { id: "before" }, "Before"), window.table.node, h("button", { id: "after" }, "After"));
  if (rows) window.table.draw(rows);
};
"""
Place = Callable[..., None]


def people(*names: str, **more: Any) -> list[dict[str, Any]]:
    return [{"id": name.lower(), "name": name, "age": 20 + 5 * at, **more} for at, name in enumerate(names)]


def put(place: Place, rows: list[dict[str, Any]] | None = None, *, verbs: bool = True) -> None:
    place(BUILD, ["table"], people(*NAMES) if rows is None else rows, verbs)


def draw(page: Page, rows: list[dict[str, Any]]) -> None:
    page.evaluate("(rows) => window.table.draw(rows)", rows)


def row(page: Page, name: str) -> Locator:
    return page.get_by_role("row", name=name, exact=True)


def order(page: Page) -> list[str]:
    return [str(name) for name in page.evaluate("window.table.order")]


def chosen(page: Page) -> list[str]:
    return sorted(page.evaluate("[...window.table.chosen]"))


def test_the_whole_table_is_one_stop_of_the_tab_key(page: Page, place: Place) -> None:
    """Tab goes in at the row where one was, and out again."""
    put(place)
    page.locator("#before").focus()
    page.keyboard.press("Tab")
    expect(row(page, "Ana")).to_be_focused()
    for key in ("ArrowDown", "j", "ArrowDown", "k"):
        page.keyboard.press(key)
    expect(row(page, "Cal")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("#after")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(row(page, "Cal")).to_be_focused()


def test_home_end_and_enter(page: Page, place: Place) -> None:
    put(place)
    row(page, "Ben").focus()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    assert page.evaluate("window.opened") == ["eve", "ana"]


def test_a_rows_own_buttons_are_reached_with_the_right_arrow(page: Page, place: Place) -> None:
    """Enter on the button presses it and opens nothing."""
    put(place)
    row(page, "Dee").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowLeft")
    expect(row(page, "Dee")).to_be_focused()
    assert page.evaluate("window.done") == ["call dee"]
    assert page.evaluate("window.opened") == []


def test_rows_are_selected_by_keys_and_acted_on_by_their_ids(page: Page, place: Place) -> None:
    """Space one, Shift and arrows a stretch, Ctrl+A all, Esc none; a verb that fits fewer says how many."""
    put(place)
    row(page, "Ben").focus()
    page.keyboard.press("Space")
    assert chosen(page) == ["ben"]
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Shift+ArrowDown")
    assert chosen(page) == ["ben", "cal", "dee"]
    expect(page.get_by_text("3 selected")).to_be_visible()
    page.get_by_role("button", name="Drop 1").click()
    page.get_by_role("button", name="Send 3").click()
    assert page.evaluate("window.done") == [["dee"], ["ben", "cal", "dee"]]
    row(page, "Ana").focus()
    page.keyboard.press("Control+a")
    assert len(chosen(page)) == 5
    page.keyboard.press("Escape")
    assert chosen(page) == []


def test_all_are_selected_at_once_but_for_those_that_nothing_helps(page: Page, place: Place) -> None:
    """Select all 42 of 43: one cannot be selected, and its box says so."""
    put(
        place,
        [*people(*(f"P{at}" for at in range(42))), {"id": "fixed", "name": "Fixed", "age": 1, "fixed": True}],
    )
    page.get_by_role("checkbox", name="Select P3", exact=True).check()
    page.get_by_role("button", name="Select all 42").click()
    assert len(chosen(page)) == 42
    expect(page.get_by_role("checkbox", name="Select Fixed")).to_be_disabled()
    expect(page.get_by_role("button", name="Send 42")).to_be_visible()


def test_a_click_with_shift_selects_the_stretch(page: Page, place: Place) -> None:
    put(place)
    row(page, "Ana").get_by_role("checkbox").check()
    row(page, "Cal").locator("b").click(modifiers=["Shift"])
    assert chosen(page) == ["ana", "ben", "cal"]


def test_a_row_that_left_is_not_acted_on(page: Page, place: Place) -> None:
    """What was selected and is gone is no longer selected: no verb reaches it."""
    put(place)
    row(page, "Ben").focus()
    page.keyboard.press("Space")
    draw(page, people("Ana", "Cal"))
    assert chosen(page) == []
    expect(page.get_by_role("button", name="Send")).to_be_hidden()


def test_columns_sort_up_down_and_back(page: Page, place: Place) -> None:
    """By click or by keys; what is not known stands last both ways."""
    rows = [{"id": str(age), "name": f"N{age}", "age": age} for age in (30, 4, 100)] + [
        {"id": "x", "name": "No", "age": None}
    ]
    put(place, rows)
    head = page.get_by_role("columnheader", name="Age")
    head.get_by_role("button").click()
    assert order(page) == ["4", "30", "100", "x"]
    expect(head).to_have_attribute("aria-sort", "ascending")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(head).to_have_attribute("aria-sort", "descending")
    assert order(page) == ["100", "30", "4", "x"]
    page.keyboard.press("Enter")
    assert order(page) == ["30", "4", "100", "x"]
    expect(head).to_have_attribute("aria-sort", "none")


def test_the_order_holds_while_a_hand_is_in_the_table(page: Page, place: Place) -> None:
    """New rows wait in a bar, gone ones stay dimmed, changed ones change where they stand; the focus stays."""
    put(place)
    row(page, "Cal").focus()
    draw(page, [*people("Zoe"), *people("Eve", "Dee", "Cal", "Ben")])
    assert order(page) == ["ana", "ben", "cal", "dee", "eve"]
    expect(row(page, "Cal")).to_be_focused()
    expect(row(page, "Ana")).to_have_class("t-row gone")
    page.get_by_role("button", name="1 new row").click()
    assert order(page) == ["zoe", "eve", "dee", "cal", "ben"]


def test_without_a_hand_rows_come_as_they_come(page: Page, place: Place) -> None:
    put(place)
    page.mouse.move(0, 0)
    draw(page, people("Zoe", "Ana"))
    assert order(page) == ["zoe", "ana"]


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ({"loaded": True}, "Nobody is here"),
        ({"loaded": False, "failed": "E-7K2M"}, "Reference E-7K2M"),
        ({"loaded": False, "denied": True}, "Your role may not see these rows."),
    ],
)
def test_a_table_without_rows_says_why(page: Page, place: Place, state: dict[str, Any], words: str) -> None:
    put(place, [])
    page.evaluate("(state) => window.table.draw([], state)", state)
    expect(page.get_by_text(words)).to_be_visible()
    expect(page.get_by_role("grid")).to_be_hidden()


def test_a_name_is_not_cut_for_other_columns_and_a_phone_shows_lines(page: Page, place: Place) -> None:
    """At 500 pixels the longest name stands whole; at 390 a row has lines and nothing scrolls sideways."""
    name = "Maximiliana Featherstonehaugh"
    put(place, people("Ana", name))
    for width in (520, 390):
        page.set_viewport_size({"width": width, "height": 800})
        cell = row(page, name).locator("b")
        assert cell.evaluate("(node) => node.getClientRects().length") == 1
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    expect(page.get_by_role("columnheader", name="Name")).to_be_hidden()


def test_a_table_without_verbs_has_no_boxes(page: Page, place: Place) -> None:
    """Where rows are only opened, Space does nothing."""
    put(place, verbs=False)
    row(page, "Ana").focus()
    page.keyboard.press("Space")
    expect(page.get_by_role("checkbox")).to_have_count(0)
    row(page, "Ben").locator("b").click()
    assert page.evaluate("window.opened") == ["ben"]
