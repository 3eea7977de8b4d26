"""The date and time picker alone on a page: typed, chosen by keys, in the clinic's zone whatever the browser's is."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_wall_time import HOURS, NEW_YORK, ms

pytestmark = pytest.mark.browser

NOW = ms("2026-11-24T10:40:00-05:00")
BUILD = """
import { makeDateTime } from "PARTS/datetime.js";
export default (root, rules) => {
  const choices = [["In 1 hour", rules.now + 3_600_000]];
  window.picker = makeDateTime({ ...rules, now: () => rules.now, min: rules.now, choices });
  root.append(window.picker.node);
};
"""
STYLES = ["fields", "datetime"]
Place = Callable[..., None]


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A browser on another coast: its own zone must never show."""
    context = chromium.new_context(viewport={"width": 700, "height": 700}, timezone_id="Asia/Tokyo")
    context.set_default_timeout(20_000)
    yield context.new_page()
    context.close()


def put(place: Place, **rules: Any) -> None:
    usual = {"zone": NEW_YORK, "now": NOW, "wall": {"hours": HOURS, "shut": {"2026-11-26": "Thanksgiving"}}}
    place(BUILD, STYLES, usual | rules)


def value(page: Page) -> Any:
    return page.evaluate("window.picker.value")


def test_a_date_and_a_time_are_typed(page: Page, place: Place) -> None:
    put(place)
    page.get_by_role("textbox", name="Date").fill("12/1")
    page.get_by_role("textbox", name="Time").fill("2p")
    expect(page.locator(".when-said")).to_have_text("Tuesday, December 1, 2026, 2:00 PM")
    assert value(page) == {"moment": ms("2026-12-01T14:00:00-05:00"), "iso": "2026-12-01T14:00:00-05:00"}


def test_what_cannot_be_read_is_told_under_its_field_and_kept(page: Page, place: Place) -> None:
    put(place)
    page.get_by_role("textbox", name="Date").fill("someday")
    expect(page.get_by_text("This is no date. Type it like 11/26/2026.")).to_be_visible()
    expect(page.get_by_role("textbox", name="Date")).to_have_value("someday")
    assert value(page) is None


def test_a_closed_day_is_marked_and_can_be_chosen(page: Page, place: Place) -> None:
    """Thanksgiving says so in the month and in the sentence."""
    put(place)
    page.get_by_role("button", name="Thursday, November 26, 2026, closed: Thanksgiving").click()
    expect(page.locator(".when-said")).to_contain_text("closed: Thanksgiving")
    assert value(page)["moment"] == ms("2026-11-26T09:00:00-05:00")


def test_a_usual_choice_fills_both(page: Page, place: Place) -> None:
    put(place)
    page.get_by_role("button", name="In 1 hour").click()
    expect(page.get_by_role("textbox", name="Time")).to_have_value("11:40 AM")
    assert value(page)["moment"] == NOW + 3_600_000


def test_the_month_is_walked_by_keys_alone(page: Page, place: Place) -> None:
    """Arrows move by days and weeks, page keys by months, Enter takes; one tab stop."""
    put(place)
    page.get_by_role("button", name="Tuesday, November 24, 2026, today").focus()
    for key in ("ArrowDown", "ArrowRight", "PageDown"):
        page.keyboard.press(key)
    expect(page.get_by_role("button", name="Saturday, January 2, 2027")).to_be_focused()
    expect(page.locator('.month-day[tabindex="0"]')).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name="Date")).to_have_value("1/2/2027")
    assert value(page)["moment"] == ms("2027-01-02T10:00:00-05:00")


def test_what_is_past_is_refused_in_words(page: Page, place: Place) -> None:
    put(place)
    page.get_by_role("textbox", name="Date").fill("today")
    page.get_by_role("textbox", name="Time").fill("10:00 am")
    expect(page.get_by_text("That is past. Choose a later time.")).to_be_visible()
    page.get_by_role("button", name="Tuesday, November 24, 2026").focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    expect(page.get_by_text("That day is out of reach.")).to_be_visible()
    assert value(page) is None


def test_an_hour_that_comes_twice_asks_which(page: Page, place: Place) -> None:
    put(place, now=ms("2026-10-30T10:00:00-04:00"))
    page.get_by_role("textbox", name="Date").fill("11/1")
    page.get_by_role("textbox", name="Time").fill("01:30")
    assert value(page)["iso"] == "2026-11-01T01:30:00-04:00"
    page.get_by_role("button", name="The second").click()
    assert value(page)["iso"] == "2026-11-01T01:30:00-05:00"


def test_what_is_missing_is_asked_for(page: Page, place: Place) -> None:
    put(place)
    assert page.evaluate("window.picker.check()") is False
    expect(page.get_by_text("Choose a day.")).to_be_visible()
    expect(page.get_by_text("Choose a time.")).to_be_visible()
    expect(page.get_by_role("textbox", name="Date")).to_have_attribute("aria-invalid", "true")


def test_a_phone_gets_its_own_wheels(chromium: Browser, page: Page, place: Place) -> None:
    """Native inputs, the same value."""
    page.emulate_media()
    page.add_init_script("window.matchMedia = (query) => ({ matches: query.includes('coarse') })")
    page.reload()
    put(place)
    page.get_by_label("Date").fill("2026-12-01")
    page.get_by_label("Time").fill("14:00")
    expect(page.locator(".month-box")).to_be_hidden()
    assert value(page)["iso"] == "2026-12-01T14:00:00-05:00"
