"""Search by words in texts: what exists is found, what is gone is not, and nothing about it is stored."""

from datetime import timedelta

import pytest

from core.domain.errors import Denied
from core.flows.access import erasing
from core.flows.conversation import staff_whose
from core.reads import text_words
from core.reads.text_words import Found, TextWords
from tests.conftest import TestApp
from tests.factories import actor
from tests.flows.dispatching import run_due
from tests.reads.test_inbox import answer, hear
from tests.reads.test_lead_queue import add


@pytest.fixture
def known() -> TextWords:
    return TextWords()


def search(app: TestApp, known: TextWords, text: str, username: str = "frontdesk") -> Found:
    with app.db.read() as session:
        return text_words.search(session, actor(session, username), known, text, now=app.clock.now())


def words(found: Found) -> list[str]:
    return [hit.words for hit in found.hits]


def test_words_of_patients_and_staff_are_found_and_those_of_the_machine_are_not(
    app: TestApp, known: TextWords
) -> None:
    lead_id = add(app)
    run_due(app)
    hear(app, 1, "Is the parking free?")
    answer(app, lead_id, "Yes, behind the building.")
    found = search(app, known, "parking")
    assert [(hit.lead_id, hit.words, hit.origin) for hit in found.hits] == [
        (lead_id, "Is the parking free?", "patient")
    ]
    assert [hit.by for hit in search(app, known, "BUILD").hits] == ["Maya Torres"]
    assert search(app, known, "Omar").hits == []
    assert found.whole


def test_what_comes_later_is_found_too(app: TestApp, known: TextWords) -> None:
    add(app)
    hear(app, 1, "Is the parking free?")
    assert len(search(app, known, "parking").hits) == 1
    hear(app, 1, "And is there a lift?")
    assert words(search(app, known, "lift")) == ["And is there a lift?"]


def test_a_conversation_is_one_hit_its_newest_text(app: TestApp, known: TextWords) -> None:
    add(app)
    for body in ("Parking?", "Is there parking at all?"):
        hear(app, 1, body)
    [hit] = search(app, known, "parking").hits
    assert (hit.words, hit.more) == ("Is there parking at all?", 1)


def test_history_is_read_slice_by_slice_and_the_page_can_say_how_far(
    app: TestApp, known: TextWords, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A search before all was read tells that it may be more."""
    monkeypatch.setattr(text_words, "SLICE", 2)
    add(app)
    for number in range(5):
        hear(app, 1, f"Parking number{number}")
    first = search(app, known, "number0")
    assert (first.hits, first.whole) == ([], False)
    for _ in range(6):
        last = search(app, known, "number0")
    assert (len(last.hits), last.whole, len(known)) == (1, True, 5)


def test_what_was_erased_is_found_no_more_nor_held(app: TestApp, known: TextWords) -> None:
    add(app)
    hear(app, 1, "Is the parking free?")
    search(app, known, "parking")
    erasing.erase(app, 1, "They asked to be forgotten", actor="admin", now=app.clock.now())
    assert search(app, known, "parking").hits == []
    assert len(known) == 0


def test_a_text_that_changed_hands_is_found_with_whom_it_belongs_to(app: TestApp, known: TextWords) -> None:
    add(app)
    hear(app, 1, "Casey can't come")
    other = add(app, 2, phone="+14075550101", first_name="Casey", email="casey@example.com")
    [hit] = search(app, known, "casey").hits
    with app.db.write() as session:
        who = actor(session, "frontdesk")
        staff_whose.assign_text(session, app.reference, who, hit.text_id, other, now=app.clock.now())
    assert [hit.lead_id for hit in search(app, known, "casey").hits] == [other]


def test_what_is_older_than_a_year_is_not_searched(app: TestApp, known: TextWords) -> None:
    add(app)
    hear(app, 1, "Is the parking free?")
    app.clock.advance(timedelta(days=366))
    assert search(app, known, "parking").hits == []


@pytest.mark.parametrize("text", ["", " ", "a", "?", "%", "'; --"])
def test_too_little_finds_nothing(app: TestApp, known: TextWords, text: str) -> None:
    add(app)
    hear(app, 1, "Is a parking free?")
    assert search(app, known, text).hits == []


def test_a_long_text_is_shown_around_the_word(app: TestApp, known: TextWords) -> None:
    add(app)
    hear(app, 1, f"{'so ' * 60}parking {'and ' * 60}")
    [shown] = words(search(app, known, "parking"))
    assert "parking" in shown
    assert len(shown) < 200
    assert shown.startswith("... ")
    assert shown.endswith(" ...")


def test_the_search_is_closed_to_marketing(app: TestApp, known: TextWords) -> None:
    with pytest.raises(Denied):
        search(app, known, "parking", "marketing")
