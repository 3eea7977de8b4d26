"""What a search keeps in memory of names and numbers: quick, never stale, and nothing of who was erased."""

import pytest

from core.flows.access import erasing
from core.reads import known_people, lead_queue
from core.reads.known_people import KnownPeople
from tests.conftest import TestApp
from tests.factories import actor
from tests.flows.leads.test_correcting import correct, undo
from tests.reads.test_lead_queue import add


@pytest.fixture
def known() -> KnownPeople:
    return KnownPeople()


def found(app: TestApp, known: KnownPeople, text: str) -> list[str]:
    with app.db.read() as session:
        rows = lead_queue.search(session, actor(session, "frontdesk"), text, known).rows
    return [f"{row.first_name} {row.last_name}" for row in rows]


def read_all(app: TestApp, known: KnownPeople) -> int:
    """A round; of how many slices."""
    for slices in range(1, 100):
        with app.db.read() as session:
            if known.read_on(session):
                return slices
    raise AssertionError("the round has no end")


def test_nobody_is_decrypted_twice(app: TestApp, known: KnownPeople, monkeypatch: pytest.MonkeyPatch) -> None:
    """Decrypting 20,000 people is half a second; whoever searches next does not wait for it again."""
    add(app, 1)
    assert found(app, known, "omar") == ["Omar Reyes"]
    monkeypatch.setattr(known_people, "_PLAIN", None)
    assert found(app, known, "reyes") == found(app, known, "0101") == ["Omar Reyes"]
    assert found(app, known, "nobody") == []


def test_a_corrected_name_and_number_are_found_at_once_and_the_old_ones_no_longer(
    app: TestApp, known: KnownPeople
) -> None:
    lead_id = add(app, 1)
    assert found(app, known, "reyes") == found(app, known, "0101") == ["Omar Reyes"]
    done = correct(app, lead_id, last_name="Diaz", phone="+14075550166")
    assert found(app, known, "diaz") == found(app, known, "0166") == ["Omar Diaz"]
    assert found(app, known, "reyes") == found(app, known, "0101") == []
    undo(app, done.batch)
    assert found(app, known, "reyes") == ["Omar Reyes"]


def test_who_comes_later_is_found_too(app: TestApp, known: KnownPeople) -> None:
    add(app, 1)
    assert found(app, known, "grace") == []
    add(app, 2, first_name="Grace", last_name="Kim")
    assert found(app, known, "grace") == ["Grace Kim"]


def test_what_an_erased_person_was_called_leaves_memory_without_a_search(
    app: TestApp, known: KnownPeople
) -> None:
    """Erasing writes no news to the console: the next round meets other bytes."""
    add(app, 1)
    read_all(app, known)
    assert " omar reyes " in [person.name for person in known._known.values()]
    erasing.erase(app, 1, "They asked to be forgotten", actor="admin", now=app.clock.now())
    read_all(app, known)
    assert len(known) == 1
    assert not any("omar" in person.name or person.phone for person in known._known.values())
    assert found(app, known, "omar") == []


def test_a_round_reads_everybody_slice_by_slice_and_begins_anew(
    app: TestApp, known: KnownPeople, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(1, 6):
        add(app, number)
    monkeypatch.setattr(known_people, "SLICE", 2)
    monkeypatch.setattr(known_people, "_SLICE", known_people._slices())
    assert read_all(app, known) == 3
    assert len(known) == 5
    assert read_all(app, known) == 3


def test_more_people_than_memory_may_hold_are_still_found(
    app: TestApp, known: KnownPeople, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(1, 6):
        add(app, number)
    monkeypatch.setattr(known_people, "MOST", 2)
    assert len(found(app, known, "omar")) == 5
    assert len(found(app, known, "omar")) == 5
