"""Whom a quick text is offered to, and what of it can't be published."""

from typing import Any

import pytest

from core.domain.errors import InvalidInput
from core.flows.publishing.saving_quick_text import neutral
from core.messaging.quick_texts import Scope, parse_quick_text, scope_of

BODY = {"title": "Thanks", "body": "Thank you!"}


@pytest.mark.parametrize(
    ("body", "reached"),
    [
        ({}, True),
        ({"scope": "personal", "owner": "maya"}, True),
        ({"scope": "personal", "owner": "jordan"}, False),
        ({"scope": "team", "roles": "frontdesk,manager"}, True),
        ({"scope": "team", "roles": "manager"}, False),
        ({"scope": "team", "places": "downtown"}, True),
        ({"scope": "team", "places": "westlake"}, False),
        ({"scope": "team", "roles": "frontdesk", "places": "westlake"}, False),
    ],
)
def test_it_reaches_whom_it_is_for(body: dict[str, str], reached: bool) -> None:
    assert scope_of(body).reaches("maya", "frontdesk", "downtown") is reached


def test_somebody_of_every_location_is_of_each_team() -> None:
    assert Scope("team", places=("westlake",)).reaches("chris", "admin", "")


@pytest.mark.parametrize(("body", "field"), [({"scope": "team"}, "roles"), ({"scope": "nobody"}, "scope")])
def test_a_scope_that_says_nothing_is_named(body: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_quick_text("thanks", 1, BODY | body)
    assert [error.field for error in refused.value.errors] == [field]


@pytest.mark.parametrize(
    ("words", "name", "expected"),
    [
        ("Hi Ana, Anabel waves. Ana?", "Ana", "Hi {{firstName}}, Anabel waves. {{firstName}}?"),
        ("Hello there", "", "Hello there"),
        ("Hi A.J., hi", "A.J.", "Hi {{firstName}}, hi"),
    ],
)
def test_the_next_patient_has_another_name(words: str, name: str, expected: str) -> None:
    assert neutral(words, name) == expected
