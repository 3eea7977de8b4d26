"""More leads than are pushed, in a real browser: figures are true, pages turn, a new form is seen."""

import re

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import update

from core.leads.tables import leads
from core.reads.lead_queue import MOST_OPEN
from core.sla.tables import sla_clocks
from tests.browser.conftest import Console, sign_in
from tests.browser.test_lead_queue import park_pointer, row

pytestmark = pytest.mark.browser
JUNK = MOST_OPEN + 20


@pytest.fixture(scope="module")
def flood(console: Console) -> list[str]:
    """A flood of forms that all are overdue, made once: that takes longer than the tests. It goes with the file."""
    ids = [
        console.add_lead_on(
            f"+1407{556 + n // 900:03d}{n % 900 + 1000:04d}", first_name="Fill", last_name=f"No{n}"
        )
        for n in range(JUNK)
    ]
    with console.app.db.write() as session:
        session.execute(
            update(sla_clocks).where(sla_clocks.c.state == "running").values(due_at=sla_clocks.c.started_at)
        )
    return ids


@pytest.fixture
def flooded(console: Console, flood: list[str]) -> None:
    """The flood and nobody else: what a test before added is closed."""
    with console.app.db.write() as session:
        session.execute(update(leads).where(leads.c.id.not_in(flood)).values(state="closed"))
        others = sla_clocks.c.lead_id.not_in(flood) & sla_clocks.c.ended_at.is_(None)
        session.execute(update(sla_clocks).where(others).values(state="void"))


def test_a_flood_hides_nobody_and_every_figure_is_true(page: Page, console: Console, flooded: None) -> None:
    """Finding 6: behind 500 junk forms the next lead was in no list, and the figures ended there."""
    sign_in(page, console)
    park_pointer(page)
    real = console.add_lead(first_name="Hannah", last_name="Whitlock")
    expect(row(page, real)).to_contain_text("Hannah Whitlock")
    expect(page.locator(".group.fresh")).to_contain_text("Hannah Whitlock")
    expect(page.get_by_role("button", name=re.compile("^All open"))).to_have_text(f"All open{JUNK + 1}")
    expect(page.get_by_role("button", name=re.compile("^Overdue"))).to_have_text(f"Overdue{JUNK}")
    expect(page.locator(".pages .where")).to_have_text(re.compile(r"^and \d+ more$"))


def test_pages_turn_and_back_leads_to_the_same_page(page: Page, console: Console, flooded: None) -> None:
    """What stands on a later page can be opened and worked like any other."""
    sign_in(page, console)
    park_pointer(page)
    page.get_by_role("button", name="Next").click()
    expect(page.locator(".pages .where")).to_have_text(f"101 to 200 of {JUNK}")
    assert "page=2" in page.url
    name = page.locator(".row[data-id] .name").first
    expect(name).not_to_have_text("Fill No0")
    page.get_by_role("button", name=re.compile("^New")).click()
    expect(page.locator(".pages .where")).to_have_text(re.compile("^and"))
    assert "page=" not in page.url


def test_the_board_counts_and_pages_too(page: Page, console: Console, flooded: None) -> None:
    """Finding 6: what did not fit was counted as 'within', though it was overdue."""
    sign_in(page, console, path="/sla")
    expect(page.get_by_role("button", name=re.compile("^To answer"))).to_have_text(f"To answer{JUNK}")
    expect(page.locator(".count.breached b")).to_have_text(str(JUNK))
    expect(page.locator(".count.within b")).to_have_text("0")
    page.get_by_role("button", name="Next").click()
    expect(page.locator(".pages .where")).to_have_text(f"101 to 200 of {JUNK}")
