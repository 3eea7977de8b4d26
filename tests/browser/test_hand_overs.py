"""The end of a shift in a real browser: reminded, written down, seen by whoever comes, taken over by a click."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import delete, update

from core.flows.leads import tasks
from core.leads.tables import leads
from core.staff.tables import hand_over_leads, hand_overs, staff
from tests.browser.conftest import Console, sign_in
from tests.factories import EVERY_DAY

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def _as_usual(console: Console) -> Iterator[None]:
    """The console is shared by all tests of a process."""
    console.forget_everyone()
    yield
    with console.app.db.write() as session:
        for table in (hand_over_leads, hand_overs):
            session.execute(delete(table))
        session.execute(update(staff).values(hours=EVERY_DAY, status="available", status_until=None))


def goes_in_ten_minutes(console: Console) -> None:
    """Maya's shift of today; Jordan stays until ten in the evening."""
    ends = console.app.clock.now().astimezone(console.app.settings.zone) + timedelta(minutes=10)
    with console.app.db.write() as session:
        mine = update(staff).where(staff.c.username == "frontdesk")
        session.execute(mine.values(hours=EVERY_DAY | {str(ends.weekday()): [f"07:00-{ends:%H:%M}"]}))


def leads_of_maya(console: Console) -> list[str]:
    ids = [
        console.add_lead(first_name="Ana", last_name="Lopez"),
        console.add_lead(first_name="Bo", last_name="Ek"),
    ]
    maya, now = console.actor("frontdesk"), console.app.clock.now()
    with console.app.db.write() as session:
        session.execute(update(leads).values(owner_id=maya.staff_id))
        tasks.add(session, maya, ids[0], "call_back", now + timedelta(hours=2), "After her shift", now=now)
    return ids


def test_one_writes_at_the_end_of_a_shift_and_a_colleague_takes_over(
    page: Page, colleague: Page, console: Console
) -> None:
    leads_of_maya(console)
    goes_in_ten_minutes(console)
    sign_in(page, console)
    expect(page.get_by_text("2 leads to hand over.")).to_be_visible()
    page.get_by_role("button", name="Hand-over").click()
    own = page.locator("section.own")
    expect(own.get_by_text("Promised: call back", exact=False)).to_contain_text("After her shift")
    own.get_by_label("Note").fill("Ana is afraid of needles: be gentle")
    own.get_by_role("button", name="Send hand-over").click()
    expect(own.get_by_text("Nobody has taken it over yet")).to_be_visible()

    other = sign_in(colleague, console, "jordan")
    expect(other.get_by_text("Maya Torres left 2 leads.")).to_be_visible()
    other.get_by_role("button", name="Hand-over").click()
    card = other.get_by_role("article", name="From Maya Torres")
    expect(card.get_by_text("Ana is afraid of needles: be gentle")).to_be_visible()
    expect(card.get_by_role("link", name="Bo Ek")).to_be_visible()
    card.get_by_role("button", name="Take over 2 leads").click()
    expect(other.get_by_text("2 leads are yours")).to_be_visible()
    expect(card).to_have_count(0)
    expect(other.locator("section.own").get_by_role("link", name="Ana Lopez")).to_be_visible()
    expect(own.get_by_text("You have no open lead")).to_be_visible()
    with console.app.db.read() as session:
        owners = set(session.execute(leads.select().with_only_columns(leads.c.owner_id)).scalars())
    assert owners == {console.actor("jordan").staff_id}


def test_who_goes_off_duty_is_asked_and_may_think_again(page: Page, console: Console) -> None:
    leads_of_maya(console)
    sign_in(page, console)
    expect(page.get_by_text("to hand over")).to_have_count(0)
    page.get_by_role("button", name="Off", exact=True).click()
    expect(page.get_by_text("You are off duty and have 2 leads.")).to_be_visible()
    page.get_by_role("button", name="Hand-over").click()
    own = page.locator("section.own")
    own.get_by_role("button", name="Send hand-over").click()
    own.get_by_role("button", name="Take back").click()
    expect(own.get_by_role("button", name="Send hand-over")).to_be_visible()
    expect(own.get_by_text("Nobody has taken it over yet")).to_have_count(0)
