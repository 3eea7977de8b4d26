"""Forms to check in a real browser: one is sent on, many are put aside, and that is taken back."""

import pytest
from playwright.sync_api import Page, expect

from core.flows.intake import receive_form
from core.intake.suspicion_rules import Page as HowItCame
from tests.browser.conftest import Console, sign_in
from tests.flows.intake.test_checking import document

pytestmark = pytest.mark.browser


def come(console: Console, n: int, name: str) -> None:
    form = document(console.app, n, name=name)  # type: ignore[arg-type]
    receive_form.fill_in(console.app, form, (), HowItCame(), now=console.app.clock.now())


def test_one_is_sent_on_and_stands_in_the_queue(page: Page, console: Console, empty_queue: None) -> None:
    """One click makes a lead of it; the sidebar counts what still waits."""
    come(console, 601, "Odette Marchand")
    come(console, 602, "Junk Mail")
    sign_in(page, console, path="/check-these")
    expect(page.get_by_role("link", name="Check these 2")).to_be_visible()
    page.get_by_role("button", name="Send on Odette Marchand").click()
    expect(page.get_by_text("It is a lead now")).to_be_visible()
    expect(page.get_by_role("row", name="Odette Marchand")).to_have_count(0)
    page.get_by_role("button", name="Junk Mail is not a patient").click()
    expect(page.get_by_text("Nothing to check")).to_be_visible()
    page.goto(console.url)
    expect(page.get_by_text("Odette Marchand")).to_be_visible()


def test_many_are_put_aside_at_once_and_taken_back(page: Page, console: Console) -> None:
    """A slip of the hand over a hundred forms costs nobody their answer."""
    for n in range(5):
        come(console, 610 + n, f"Filler No{n}")
    sign_in(page, console, path="/check-these")
    page.get_by_label("Select all of forms to check").check()
    page.get_by_role("button", name="5 are no patients").click()
    expect(page.get_by_text("5 forms put aside")).to_be_visible()
    expect(page.get_by_text("Nothing to check")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("row", name="Filler No3")).to_be_visible()
    page.get_by_label("Select Filler No3").check()
    page.get_by_label("Select Filler No4").check()
    page.get_by_role("button", name="Send on 2").click()
    expect(page.get_by_text("2 forms sent on")).to_be_visible()
    page.get_by_label("Select all of forms to check").check()
    page.get_by_role("button", name="3 are no patients").click()
