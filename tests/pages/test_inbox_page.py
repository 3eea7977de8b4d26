"""The inbox's page: who may open it, the rows that browsers follow, and what its script asks of the server."""

from collections.abc import Iterator
from typing import Any

import pytest
import streamlit as st

from console import process
from console.inbox import actions, view
from console.live import millis
from console.shell import Outcome
from core.audit.tables import audit_events
from core.domain.roles import Role
from core.leads.tables import lead_events
from core.reads.inbox_lists import FAILED_FOR
from tests.access import trying
from tests.conftest import TestApp
from tests.flows.staffing import rows
from tests.pages.conftest import Visit, words
from tests.pages.test_operations_pages import rows_of
from tests.reads.test_inbox import CRY, answer, fail, hear
from tests.reads.test_lead_queue import add

EVERYBODY = ("frontdesk", "manager", "marketing", "admin", "provider")


@pytest.fixture(autouse=True)
def _signed_in(console: TestApp) -> Iterator[None]:
    st.session_state["session_id"] = trying.session_of(console, Role.FRONT_DESK).session_id
    yield
    st.session_state.clear()


def threads(app: TestApp) -> dict[str, dict[str, Any]]:
    """The pushed rows by id, without the counts."""
    return {row["id"]: row for row in rows_of(app, view.TOPIC) if row["id"] != "counts"}


def send(name: str, **message: Any) -> Outcome:
    return actions.ACTIONS[name](message)


def depths(app: TestApp) -> list[str]:
    process.looks().flush(now=app.clock.now())
    return [row.detail["depth"] for row in rows(app, audit_events) if row.action == "looked"]


@pytest.mark.parametrize("username", EVERYBODY)
def test_it_opens_for_those_who_see_leads(visit: Visit, username: str) -> None:
    st.session_state.clear()
    shown = visit(username, "inbox.py")
    assert not shown.exception
    assert ("is not open to your role" in words(shown)) == (username == "marketing")


def test_a_row_says_what_was_said_last_and_by_whom(console: TestApp) -> None:
    lead_id = add(console)
    hear(console, 1, "Is the parking free?")
    row = threads(console)[lead_id]
    assert (row["line"]["by"], row["line"]["words"], row["waits"]) == (
        "patient",
        "Is the parking free?",
        True,
    )
    answer(console, lead_id, "Yes, it is.")
    row = threads(console)[lead_id]
    assert (row["line"]["by"], row["line"]["words"], row["waits"]) == ("staff", "Maya: Yes, it is.", False)


def test_a_text_that_failed_says_why_and_what_can_be_done(console: TestApp) -> None:
    lead_id = add(console)
    hear(console, 1)
    answer(console, lead_id)
    fail(console, 30003)
    row = threads(console)[lead_id]
    assert row["failed"]
    assert row["line"]["words"] == "Not delivered: phone off or out of reach (30003). Call, or try again."


def test_a_text_that_waits_says_until_when(console: TestApp) -> None:
    """Written, and in its ten seconds: the patient still waits."""
    lead_id = add(console)
    hear(console, 1)
    send("text", id=lead_id, body="Yes")
    row = threads(console)[lead_id]
    assert row["waits"]
    assert row["line"]["words"] == "Maya: a text goes"
    assert row["line"]["until"] == millis(console.clock.now()) + 10_000  # type: ignore[operator]


def test_an_emergency_is_pushed_without_its_words(console: TestApp) -> None:
    """Whoever passes a screen does not read it."""
    lead_id = add(console)
    hear(console, 1, CRY)
    row = threads(console)[lead_id]
    assert (row["urgent"], row["acknowledged"], row["line"]["words"]) == (True, False, "Urgent reply")
    assert row["paged"]
    assert "swelling" not in str(rows_of(console, view.TOPIC))


def test_nothing_in_a_row_changes_only_because_time_passes(console: TestApp) -> None:
    """Twenty consoles are told what happened, not that a second went by."""
    add(console)
    hear(console, 1)
    before = rows_of(console, view.TOPIC)
    console.clock.advance(FAILED_FOR / 1000)
    assert rows_of(console, view.TOPIC) == before


def test_done_and_open_again(console: TestApp) -> None:
    lead_id = add(console)
    hear(console, 1)
    row = threads(console)[lead_id]
    finished = send("done", id=lead_id, seen=str(row["spoken"]))
    assert (finished.state, finished.undo) == ("done", {"action": "reopen_thread"})
    assert threads(console)[lead_id]["doneBy"] == "Maya Torres"
    assert send("reopen_thread", id=lead_id).state == "done"
    assert threads(console)[lead_id]["done"] is None


@pytest.mark.parametrize("seen", ["0", "", "-5", "1", "99999999999999999"])
def test_done_with_what_nobody_saw_is_refused(console: TestApp, seen: str) -> None:
    """Whatever a browser sends."""
    lead_id = add(console)
    hear(console, 1)
    outcome = send("done", id=lead_id, seen=seen)
    assert outcome.state == "lost"
    assert "Read it first" in outcome.words


def test_what_a_search_shows_is_a_line_of_the_trail(console: TestApp) -> None:
    """A name that was found, and a text that was shown: that one is the record."""
    add(console)
    hear(console, 1, "Is the parking free?")
    assert len(send("names", text="reyes").value["rows"]) == 1
    assert depths(console) == ["found"]
    found = send("words", text="parking").value
    assert found["rows"][0]["line"]["words"] == "Is the parking free?"
    assert depths(console) == ["found", "opened"]


def test_a_search_by_another_request_finds_the_conversation_where_it_goes_on(console: TestApp) -> None:
    add(console)
    hear(console, 1)
    newer = add(console, 1, external_id="again")
    found = send("names", text="reyes").value
    assert [row["id"] for row in found["rows"]] == [newer]
    assert found["whole"]


def test_a_list_further_down_is_a_line_for_each_name(console: TestApp) -> None:
    """The first screen of what waits is the day's work, and no look at sixty people."""
    lead_id = add(console)
    hear(console, 1)
    assert [row["id"] for row in send("page", list="needs", most="60").value] == [lead_id]
    assert depths(console) == []
    send("page", list="needs", most="120")
    assert depths(console) == ["found"]


def test_opening_a_conversation_is_its_first_look_and_brings_the_quick_texts(console: TestApp) -> None:
    lead_id = add(console)
    hear(console, 1)
    opened = send("open_thread", id=lead_id)
    assert any("Omar" in one["body"] for one in opened.value["compose"]["quick"])
    assert depths(console) == ["opened"]
    [row] = [row for row in rows(console, lead_events) if row.kind == "viewed"]
    assert row.lead_id == lead_id
