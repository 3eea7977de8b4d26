"""How a lead is found again, as people at a desk type it."""

import pytest
from sqlalchemy import update

from core.leads.tables import leads
from core.reads import known_people, lead_search
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


def test_short_words_are_whole_words_and_longer_ones_may_be_beginnings(app: TestApp) -> None:
    """Two letters would name a tenth of all patients, on the screen and in the audit trail."""
    add(app, 1, first_name="Al", last_name="Garc\u00eda-Lopez")
    assert found(app, "al") == found(app, "garcia al") == found(app, "LOP gar") == ["Al Garc\u00eda-Lopez"]
    assert found(app, "ga") == found(app, "lopezz") == found(app, "al kim") == []


def test_a_search_finds_what_exists_however_many_came_since(
    app: TestApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Findings 6 and 9: a name without an index is read for, batch by batch, to the oldest lead of all."""
    monkeypatch.setattr(lead_search, "MOST_READ", 10_000)
    add(app, 1, first_name="Fill77", last_name="Filler77")
    for number in range(2, 9):
        add(app, number, first_name=f"Fill{number}", last_name="Filler")
    in_batches_of(3, monkeypatch)
    assert found(app, "fill77") == found(app, "filler77 fill") == ["Fill77 Filler77"]
    assert found(app, "0101") == ["Fill77 Filler77"]
    assert len(found(app, "Fill")) == 8


def test_a_search_says_when_there_may_be_more(app: TestApp, monkeypatch: pytest.MonkeyPatch) -> None:
    """Finding 6: 'no lead matches' must be true."""
    for number in range(1, 9):
        add(app, number, first_name="Omar" if number == 1 else "Grace")
    in_batches_of(2, monkeypatch)
    with app.db.read() as session:
        assert lead_search.matching(session, "omar", 8).whole
        assert not lead_search.matching(session, "grace", 6).whole
        assert len(lead_search.matching(session, "grace", 6).ids) == 6
        assert lead_search.matching(session, "grace", 7).whole
        monkeypatch.setattr(lead_search, "MOST_WHO", 3)
        assert not lead_search.matching(session, "grace", 7).whole
        monkeypatch.setattr(lead_search, "MOST_READ", 4)
        assert lead_search.matching(session, "omar", 8) == lead_search.Found([], whole=False)


def test_open_leads_are_found_first_and_the_newest_of_them(app: TestApp) -> None:
    """Who is on the phone is most likely one of those."""
    oldest, closed, newest = (add(app, number) for number in (1, 2, 3))
    with app.db.write() as session:
        session.execute(update(leads).where(leads.c.id == closed).values(state="lost"))
    with app.db.read() as session:
        assert lead_search.matching(session, "omar", 8).ids == [newest, oldest, closed]


def in_batches_of(rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known_people, "SLICE", rows)
    monkeypatch.setattr(known_people, "_SLICE", known_people._slices())
