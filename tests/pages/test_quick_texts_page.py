"""Quick texts: who may open the page, the rows that browsers follow, and what the editor asks of the server."""

from typing import Any

import pytest

from console.parts.editor import Editor
from console.quick_texts import view
from core.flows.publishing import publish
from core.flows.publishing.publish import NONE_SEEN
from core.kinds import KINDS, QUICK_TEXT
from tests.conftest import TestApp
from tests.flows.staffing import do, who
from tests.pages.conftest import Visit, words
from tests.pages.test_operations_pages import rows_of

EVERYBODY = ("frontdesk", "manager", "marketing", "admin", "provider")
BODY = {"title": "Thanks", "body": "Thank you, {{firstName}}!"}


@pytest.mark.parametrize("username", EVERYBODY)
def test_it_opens_for_those_who_write_to_patients(visit: Visit, username: str) -> None:
    shown = visit(username, "quick_texts.py")
    assert not shown.exception
    assert ("is not open to your role" in words(shown)) == (username in ("marketing", "provider"))


def test_the_list_has_each_text_with_its_state(console: TestApp) -> None:
    """In the order of the composers' buttons; a draft says whose it is."""
    do(console, publish.save_draft, who(console, "manager"), QUICK_TEXT, "thanks", BODY, NONE_SEEN)
    rows = rows_of(console, view.TOPIC)
    assert [row["id"] for row in rows] == list(QUICK_TEXT.shipped())
    thanks = rows[-1]
    assert (thanks["title"], thanks["number"], thanks["retired"], thanks["draftBy"]) == (
        "Thanks", 1, False, "Elena Ruiz",
    )  # fmt: skip


def test_one_text_has_a_row_for_each_version_and_no_words_of_old_ones(console: TestApp) -> None:
    """Only what stands in the fields travels; the rest is compared where it is kept."""
    manager = who(console, "manager")
    saved = do(console, publish.save_draft, manager, QUICK_TEXT, "thanks", BODY, NONE_SEEN)
    do(console, publish.publish, manager, QUICK_TEXT, "thanks", saved.revision, "Warmer")
    rows = rows_of(console, view.ONE, "thanks")
    assert [(row["id"], row["state"], row["note"], row["body"]) for row in rows] == [
        ("v:2", "published", "Warmer", BODY),
        ("v:1", "superseded", "", None),
    ]
    assert rows_of(console, view.ONE, "nobody-knows-it") == []


@pytest.mark.parametrize(
    ("body", "labels"),
    [
        (BODY, ["Everything known", "Patient's name missing"]),
        ({"title": "Hours", "body": "Open today {{openToday}}."}, ["Everything known"]),
        ({"title": "", "body": "Hi {{firstName}}"}, ["Everything known", "Patient's name missing"]),
        ({"title": "Hi", "body": "Hi {{surname}}"}, []),
        ({}, []),
    ],
)
def test_the_preview_shows_the_best_and_the_emptiest_case(
    console: TestApp, body: dict[str, Any], labels: list[str]
) -> None:
    """One bubble where both read the same, none while it can't be read; no braces in any."""
    found = view.look(body)
    assert [one["label"] for one in found] == labels
    assert not any("{" in one["text"] for one in found)


def test_every_kind_has_what_its_editor_asks_for() -> None:
    """The name of a kind is in the audit trail and the address of its topic: short, and never two of one name."""
    assert all(len(kind.name) <= 24 and kind.noun for kind in KINDS.values())
    sent = {"look", "save", "new", "discard", "publish", "restore", "retire", "compare"}
    assert set(Editor(QUICK_TEXT, view.look).actions) == sent
