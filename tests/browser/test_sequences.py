"""Sequences in a real browser: edited while people are under way, published, rolled back, ended, and tried out."""

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from core.flows.publishing import publish
from core.kinds import SEQUENCE
from core.messaging.tables import timed_actions
from core.reads.parts import versions as reads
from core.reads.parts.versions import History
from core.sequences.rules.reading import parse_sequence
from core.sequences.tables import enrollments
from core.shipped import shipped_sequences
from tests.browser.conftest import Console, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("as_shipped", "empty_queue")]
KEY = "lead"


def open_sequence(page: Page, console: Console, key: str = KEY, username: str = "manager") -> Page:
    sign_in(page, console, username, f"/sequences?sequence={key}")
    page.locator(".step-line").first.wait_for()
    return page


def step(page: Page, name: str) -> Locator:
    return page.locator(".step-line", has_text=name)


def when(page: Page) -> Locator:
    return page.get_by_label("When", exact=True)


def later(page: Page, minutes: str = "7") -> None:
    """The third text goes so much after the form."""
    step(page, "Pick a time").click()
    when(page).fill(minutes)
    expect(page.locator(".editor-state")).to_contain_text("Draft, saved")


def publish_here(page: Page, verb: str = "Publish version") -> Locator:
    page.get_by_role("button", name=verb).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="What changes?").fill("Less in a hurry")
    return dialog


def history(console: Console, key: str = KEY) -> History:
    with console.app.db.read() as session:
        return reads.history(session, console.actor("manager"), SEQUENCE, key)


def entered(console: Console) -> list[int]:
    with console.app.db.read() as session:
        return sorted(session.execute(select(enrollments.c.version)).scalars())


def test_who_is_under_way_finishes_on_the_version_they_began_with(page: Page, console: Console) -> None:
    """Publishing says how many they are; who comes next gets the new one."""
    console.add_lead()
    console.add_lead()
    open_sequence(page, console)
    expect(page.get_by_text("2 people are under way.")).to_be_visible()
    later(page)
    expect(page.locator(".step-mark", has_text="Pick a time")).to_contain_text("7 min")
    dialog = publish_here(page)
    expect(dialog).to_contain_text("finishes on the version they began with: 2 people on version 1.")
    dialog.get_by_role("button", name="Publish", exact=True).click()
    expect(page.locator(".editor-state")).to_have_text("Published, version 2")
    console.add_lead()
    expect(page.get_by_role("button", name="End it for the 1 on version 2")).to_be_visible()
    expect(page.get_by_role("button", name="End it for the 2 on version 1")).to_be_visible()
    assert entered(console) == [1, 1, 2]


def test_a_version_is_ended_for_those_on_it(page: Page, console: Console) -> None:
    """How many people and steps is said before; without a reason nothing happens."""
    console.add_lead()
    open_sequence(page, console)
    page.get_by_role("button", name="End it for the 1 on version 1").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("11 steps that are still to come will not go")
    end = dialog.get_by_role("button", name="End it for 1 person")
    end.click()
    expect(dialog.get_by_text("Say in a few words why")).to_be_visible()
    dialog.get_by_role("textbox", name="Why?").fill("The second text has a wrong number")
    end.click()
    expect(page.get_by_text("Ended for 1 person")).to_be_visible()
    expect(page.get_by_text("Nobody is under way.")).to_be_visible()


def test_one_of_a_group_is_spared_a_step_and_the_others_are_not(page: Page, console: Console) -> None:
    """Who they are is said before; one of them is meant alone by a press on their line."""
    console.add_lead(first_name="Paloma", last_name="Ruiz")
    console.add_lead(first_name="Nuria", last_name="Soler")
    open_sequence(page, console)
    page.get_by_role("button", name="Pause, skip or end").click()
    group = page.get_by_role("dialog")
    group.get_by_label("What").select_option("skip")
    group.get_by_label("Step").select_option("day-1")
    expect(group.get_by_role("button", name="Leave it out for 2 people")).to_be_visible()
    expect(group.get_by_role("link", name="Nuria Soler")).to_be_visible()
    group.get_by_role("button", name="Only Paloma Ruiz").click()
    group.get_by_role("textbox", name="Why?").fill("They asked for it")
    group.get_by_role("button", name="Leave it out for 1 person").click()
    expect(page.get_by_text("Left out for 1 person")).to_be_visible()
    with console.app.db.read() as session:
        of_step = select(timed_actions.c.state).where(timed_actions.c.step == "day-1")
        assert sorted(session.execute(of_step).scalars()) == ["cancelled", "planned"]


def test_an_older_version_is_brought_back_in_two_steps(page: Page, console: Console) -> None:
    open_sequence(page, console)
    later(page)
    publish_here(page).get_by_role("button", name="Publish", exact=True).click()
    expect(page.locator(".editor-state")).to_have_text("Published, version 2")
    page.get_by_role("button", name="Versions").click()
    page.get_by_role("listitem").filter(has_text="came with the product").get_by_role(
        "button", name="Restore as draft"
    ).click()
    expect(page.locator(".step-mark", has_text="Pick a time")).to_contain_text("5 min")
    publish_here(page).get_by_role("button", name="Publish", exact=True).click()
    expect(page.locator(".editor-state")).to_have_text("Published, version 3")
    found = history(console).published
    assert found is not None
    assert (found.number, found.body) == (3, shipped_sequences()[KEY])


def test_of_two_who_publish_at_once_the_second_hears_who_was_faster(page: Page, console: Console) -> None:
    open_sequence(page, console)
    later(page)
    dialog = publish_here(page)
    draft = history(console).draft
    assert draft is not None
    with console.app.db.write() as session:
        publish.publish(
            session,
            console.actor("admin"),
            SEQUENCE,
            KEY,
            draft.revision,
            "First",
            now=console.app.clock.now(),
        )
    dialog.get_by_role("button", name="Publish", exact=True).click()
    first_name = console.actor("admin").name.split()[0]
    expect(dialog.get_by_role("alert").filter(has_text=f"{first_name} published version 2")).to_be_visible()


def test_what_bars_publishing_is_said_as_one_types_and_leads_to_its_step(
    page: Page, console: Console
) -> None:
    open_sequence(page, console)
    step(page, "Pick a time").click()
    when(page).fill("soon")
    expect(page.get_by_text("1 thing bars publishing")).to_be_visible()
    page.get_by_role("button", name="Done", exact=True).last.click()
    expect(when(page)).to_have_count(0)
    page.get_by_role("button", name="3. Text: Pick a time: Enter a whole number.").click()
    expect(when(page)).to_be_focused()
    when(page).fill("5")
    expect(page.get_by_text("Nothing bars publishing")).to_be_visible()


def test_steps_are_added_moved_turned_off_and_taken_out(page: Page, console: Console) -> None:
    open_sequence(page, console)
    page.get_by_role("button", name="Add step").click()
    page.get_by_label("What it does").select_option("call_task")
    page.get_by_label("What is to be done").fill("Last call")
    when(page).fill("15")
    menu = page.get_by_role("button", name="More about step 12")
    menu.click()
    page.get_by_role("menuitem", name="Move up").click()
    expect(page.locator(".step-what").nth(10)).to_contain_text("Last call")
    page.get_by_role("button", name="More about step 2", exact=True).click()
    page.get_by_role("menuitem", name="Turn off").click()
    page.get_by_role("button", name="More about step 3", exact=True).click()
    page.get_by_role("menuitem", name="Remove").click()
    expect(page.locator(".step-line")).to_have_count(11)
    page.get_by_role("button", name="Order by time").click()
    expect(page.locator(".step-what").last).to_contain_text("Last call")
    expect(page.locator(".editor-state")).to_contain_text("Draft, saved")
    draft = history(console).draft
    assert draft is not None
    steps = draft.body["steps"]
    assert [one["name"] for one in steps[:3]] == ["minute-0", "minute-2", "minute-10"]
    assert steps[1]["on"] is False
    assert (steps[-1]["kind"], steps[-1]["title"], steps[-1]["offset"]) == ("call_task", "Last call", "15d")


def test_a_dry_run_for_a_lead_tells_what_goes_what_waits_and_why(page: Page, console: Console) -> None:
    """In the words that they would get; a reply meanwhile ends it."""
    console.add_lead(first_name="Paloma", last_name="Ruiz")
    open_sequence(page, console)
    page.get_by_role("button", name="A made-up patient").click()
    page.get_by_role("searchbox", name="Show it for a lead").fill("Paloma")
    page.get_by_role("button", name="Paloma Ruiz").click()
    page.get_by_role("button", name="Try it").click()
    answer = page.locator(".dry-answer")
    expect(answer.locator(".dry-step")).to_have_count(11)
    expect(answer.locator(".dry-step").first).to_contain_text("Text: Confirmation")
    answer.get_by_text("In these words").first.click()
    expect(answer.locator(".bubble").first).to_contain_text("Paloma")
    page.get_by_role("button", name="Something they do meanwhile").click()
    expect(answer.locator(".dry-step.dropped").last).to_contain_text("the patient had replied")


def test_the_list_opens_by_keys_and_the_picture_reads_as_a_table(page: Page, console: Console) -> None:
    console.add_lead()
    sign_in(page, console, "marketing", "/sequences")
    page.get_by_role("row", name="New lead").first.wait_for()
    page.get_by_role("row", name="New lead").first.focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Show as table").click()
    table = page.get_by_role("table", name="How far people got")
    expect(table.get_by_role("row", name="Text: Last text")).to_contain_text("1")
    page.get_by_role("button", name="All sequences").click()
    expect(page.get_by_role("row", name="New lead").first).to_be_visible()
    assert "sequence=" not in page.url


def test_a_new_sequence_begins_empty_and_goes_with_its_draft(page: Page, console: Console) -> None:
    sign_in(page, console, "manager", "/sequences")
    page.get_by_role("button", name="New sequence").click()
    expect(page.get_by_role("textbox", name="Name", exact=True)).to_be_focused()
    expect(page.get_by_text("A sequence has one step at least.")).to_be_visible()
    page.get_by_role("button", name="More about this sequence").click()
    page.get_by_role("menuitem", name="Discard draft").click()
    expect(page.get_by_role("row", name="New lead").first).to_be_visible()


def test_front_desk_reads_and_changes_nothing(page: Page, console: Console) -> None:
    open_sequence(page, console, username="frontdesk")
    step(page, "Pick a time").click()
    expect(when(page)).to_be_disabled()
    for name in ("Publish", "Add step", "Order by time", "Remove", "Turn off"):
        expect(page.get_by_role("button", name=name, exact=True)).to_have_count(0)


def test_on_a_phone_the_steps_are_the_picture_and_nothing_is_wider_than_it(
    page: Page, console: Console
) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{console.url}/sequences?sequence={KEY}")
    page.get_by_role("textbox", name="User name").fill("manager")
    page.get_by_role("textbox", name="Password").fill("made-up-words-1")
    page.get_by_role("button", name="Continue").click()
    step(page, "Pick a time").click()
    expect(when(page)).to_be_focused()
    expect(page.locator(".picture-line")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


WAITS = {
    "title": "With waits",
    "starts_on": "booking",
    "steps": [
        {"name": "a", "kind": "text", "offset": "5m", "useful": "1h"},
        {"name": "b", "kind": "wait", "offset": "2h"},
        {"name": "c", "kind": "wait", "offset": "1d", "on": False},
        {"name": "d", "kind": "text", "offset": "1d", "useful": "1h"},
        {"name": "e", "kind": "text", "anchor": "visit", "offset": "-3d", "useful": "1h"},
    ],
}


@pytest.mark.parametrize("key", [*shipped_sequences(), "waits"])
def test_the_picture_counts_as_the_engine_does(module: Any, key: str) -> None:
    """Minutes from the anchor with the waits before, for every step that is due at a moment."""
    body = {**shipped_sequences(), "waits": WAITS}[key]
    mine = module("sequences/scale.js", "momentsOf", body)
    theirs = parse_sequence(key, 1, body).steps
    shown = [(one["anchor"], one["at"]) for one, its in zip(mine, theirs, strict=True) if its.kind != "wait"]
    assert shown == [(its.anchor, its.offset.total_seconds() / 60) for its in theirs if its.kind != "wait"]


def test_marks_never_stand_on_one_another(module: Any) -> None:
    """However many come at one moment, and they keep their order and their band."""
    assert module("sequences/scale.js", "spread", [0, 0, 0, 1, 1], 0.2) == pytest.approx(
        [0, 0.2, 0.4, 0.8, 1]
    )
    body = {
        "starts_on": "booking",
        "steps": [{"kind": "text", "offset": f"{n}m"} for n in range(5)]
        + [{"kind": "text", "anchor": "visit", "offset": f"-{n}h"} for n in (72, 48, 24, 1)],
    }
    bands = module("sequences/scale.js", "bandsOf", body)
    assert [(band["anchor"], band["before"], len(band["marks"])) for band in bands] == [
        ("booking", False, 5), ("visit", True, 2), ("visit", True, 2),
    ]  # fmt: skip
    for band in bands:
        places = [one["place"] for one in band["marks"]]
        assert places == sorted(places)
        assert 0 <= places[0] <= places[-1] <= 1
