"""An experiment in a real browser: asked for, started, too early to say, stopped by hand; and one that harm stopped."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import delete

from core.compliance import store as compliance
from core.compliance.store import LedgerEntry
from core.db.types import blind
from core.experiments.store import Experiment
from core.experiments.tables import experiments, variant_assignments
from core.flows.experiments import judging, starting
from core.reads import experiments as reads
from tests.browser.conftest import Console, sign_in
from tests.flows.experiments.trying_out import people, wording

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def _nothing_tried_out(console: Console) -> Iterator[None]:
    """The console is shared by all tests of a process."""
    yield
    console.forget_everyone()
    with console.app.db.write() as session:
        session.execute(delete(variant_assignments))
        session.execute(delete(experiments))


def one(console: Console) -> Experiment:
    with console.app.db.read() as session:
        now = console.app.clock.now()
        found = reads.read(session, console.actor("manager"), console.app.reference, now=now)
    [only] = [*(standing.experiment for standing in found.running), *found.drafts, *found.past]
    return only


def start(console: Console) -> str:
    """One that runs from now on; its id."""
    now, marketing = console.app.clock.now(), console.actor("marketing")
    with console.app.db.write() as session:
        id_ = starting.draft(session, marketing, wording(console.app), now=now)
        starting.start(session, marketing, id_, now=now)
    return id_


def fill(page: Page, label: str, words: str) -> None:
    field = page.get_by_label(label, exact=True)
    field.fill(words)
    field.press("Tab")


def test_from_the_form_to_not_enough_data_yet(page: Page, console: Console) -> None:
    """What it takes is said as one types; then it is looked over, started, and says that it is too early."""
    sign_in(page, console, "marketing", "/experiments")
    page.get_by_role("button", name="New experiment").click()
    fill(page, "What is it about?", "The same text twice")
    fill(page, "Percent who do it today", "34")
    fill(page, "People in 30 days", "142")
    expect(page.get_by_text("To see 34% become 44%: 373 a side.")).to_be_visible()
    page.get_by_role("button", name="Keep as a draft").click()
    expect(page.get_by_text("Choose the template of each variant.")).to_be_visible()
    fill(page, "A, as today", "as today")
    fill(page, "B, in a few words", "the same")
    page.get_by_role("combobox", name="B sends").click()
    page.get_by_role("option", name="The same text, to check the counting").click()
    expect(page.get_by_text("Choose the template of each variant.")).to_be_hidden()
    page.get_by_role("button", name="Keep as a draft").click()
    page.get_by_role("button", name="Start", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Start it").click()
    expect(page.get_by_role("heading", name="Not enough data yet")).to_be_visible()
    expect(page.get_by_text("Running, day 1")).to_be_visible()
    assert one(console).state == "running"


def test_stopping_asks_why_and_the_list_says_it(page: Page, console: Console) -> None:
    start(console)
    sign_in(page, console, "manager", "/experiments")
    page.get_by_role("button", name="Stop", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Stop it").click()
    expect(dialog.get_by_text("Say why you stop it")).to_be_visible()
    dialog.get_by_role("textbox").fill("A wrong price in B")
    dialog.get_by_role("button", name="Stop it").click()
    row = page.get_by_role("row", name="A question, or a time at once")
    expect(row).to_contain_text("A wrong price in B")
    expect(row).to_contain_text("Elena Ruiz")


def test_harm_stops_it_without_anybody(page: Page, console: Console) -> None:
    """Nine of forty opt out with B, of A's nobody: the page says so, and asks for nothing."""
    tried = start(console)
    people(console.app, tried, "A", 40)
    hurt = people(console.app, tried, "B", 40, first=40)[:9]
    later = console.app.clock.now() + timedelta(minutes=1)
    with console.app.db.write() as session:
        entries = [
            LedgerEntry(blind(session, "phone", id_), "all", "revoke", "keyword", patient_id=id_)
            for id_ in hurt
        ]
        compliance.append(session, entries, later)
    assert judging.judge(console.app, now=later) == 1
    sign_in(page, console, "marketing", "/experiments")
    row = page.get_by_role("row", name="A question, or a time at once")
    expect(row).to_contain_text("Stopped itself")
    expect(row).to_contain_text("0 of 40 with A, 9 of 40 with B")
    expect(row).to_contain_text("by itself")
    expect(page.get_by_role("button", name="Stop", exact=True)).to_have_count(0)
