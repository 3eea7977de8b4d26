"""How a lead is found again, as people at a desk type it."""

import pytest
from sqlalchemy import func, select

from core.patients.tables import name_words, patients
from tests.conftest import TestApp
from tests.factories import submission as form
from tests.flows.dispatching import take_in
from tests.reads.test_lead_queue import add, found

FOUR = {"first_name": "Grace", "last_name": "Kim"}


@pytest.mark.parametrize(
    "text",
    [
        "p1@example.com",
        " P1@Example.com ",
        "555-0101",
        "5550101",
        "0101",
        "(407) 555-0101",
        "+1 407 555 0101",
    ],
)
def test_a_lead_is_found_by_its_address_and_by_any_end_of_its_number(app: TestApp, text: str) -> None:
    add(app, 1)
    add(app, 2, phone="+14075560101", **FOUR)
    expected = ["Grace Kim", "Omar Reyes"] if text == "0101" else ["Omar Reyes"]
    assert sorted(found(app, text)) == expected


@pytest.mark.parametrize("text", ["p1@example.org", "@", "555-01", "556-0101", "999999999999", "a", "a-"])
def test_part_of_an_address_or_another_number_finds_nobody(app: TestApp, text: str) -> None:
    add(app, 1)
    assert found(app, text) == []


def test_a_reference_is_found_with_and_without_its_hyphen(app: TestApp) -> None:
    add(app, 1)
    for text in ("A-1001", "a1001", "A 1001", " 1001 "):
        assert found(app, text) == ["Omar Reyes"]


def test_a_number_or_address_of_a_later_form_finds_the_lead_too(app: TestApp) -> None:
    """It was kept beside the profile, and is what the person will say on the phone."""
    take_in(app, form())
    take_in(app, form(external_id="f-2", email="Later@example.com"))
    take_in(app, form(external_id="f-3", phone="+14075550177"))
    assert found(app, "later@example.com") == ["Omar Reyes"] * 3
    assert len(found(app, "407 555 0177")) == 3


def test_the_index_of_names_is_small_and_says_nothing_without_the_key(app: TestApp) -> None:
    """Two rows for each word of a name: the word and its first three letters, both keyed."""
    add(app, 1, first_name="Al", last_name="Garcia-Lopez")
    with app.db.read() as session:
        indexes = list(session.execute(select(name_words.c.word_index)).scalars())
        people = session.execute(select(func.count()).select_from(patients)).scalar_one()
    assert people == 1
    assert len(indexes) == 6
    assert all(len(index) == 32 and set(index) <= set("0123456789abcdef") for index in indexes)
