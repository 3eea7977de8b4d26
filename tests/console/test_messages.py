"""What a component's script sends may be anything: it is answered in words, and nothing breaks on it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from console.parts import component
from console.parts.message import OLD, Message, number, read
from console.parts.task_actions import parsed
from console.parts.visit_actions import dollars
from console.shell import Outcome
from core.domain.errors import InvalidInput, LuxeError


def echoed(sent: Any) -> Outcome:
    """What becomes of a message at an action that says which lead it is about."""
    return component.answer(
        sent, {"take": lambda message: Outcome("done", str(message["id"]), value=message.get("seen"))}
    )


@pytest.mark.parametrize("sent", ["take", 7, [["take"]], True, {}, {"action": "gone"}, {"action": ["take"]}])
def test_what_is_no_message_is_an_old_page(sent: Any) -> None:
    """A list or a number instead of an object was an error on the whole page."""
    assert echoed(sent).message()["words"] == OLD


def test_a_message_without_what_it_is_about_is_refused() -> None:
    """{'action': 'take'} was an error of ours, with a reference code."""
    assert (echoed({"action": "take"}).state, echoed({"action": "take"}).words) == ("refused", OLD)


@pytest.mark.parametrize("strange", [{"a": 1}, ["x"], [[]]])
def test_an_id_that_is_no_text_is_refused(strange: Any) -> None:
    assert echoed({"action": "take", "id": strange}).words == OLD


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("a\0b", "a\N{REPLACEMENT CHARACTER}b"),
        ("a\ud800", "a\N{REPLACEMENT CHARACTER}"),
        (2**70, str(2**70)),
        (1e400, "inf"),
        ("\N{WOMAN}\u200d", "\N{WOMAN}\u200d"),
    ],
)
def test_what_a_database_refuses_does_not_reach_it(sent: Any, kept: str) -> None:
    """NUL, half a character, a number that no column holds."""
    assert echoed({"action": "take", "id": sent}).words == kept


def test_yes_no_and_nothing_stay_what_they_are() -> None:
    """'false' as a word would be a yes."""
    assert read({"a": True, "b": False, "c": None}) == {"a": True, "b": False, "c": None}


def test_lists_and_objects_are_where_they_belong() -> None:
    sent = {"ids": ["a", 1], "changed": {"phone": "1\0"}, "body": {"title": "Late"}}
    assert read(sent) == {
        "ids": ["a", "1"],
        "changed": {"phone": "1\N{REPLACEMENT CHARACTER}"},
        "body": {"title": "Late"},
    }
    for wrong in ({"ids": "a"}, {"changed": ["a"]}, {"fields": None}, {"ids": [["a"]]}, {"body": ["a"]}):
        with pytest.raises(LuxeError):
            read(wrong)


@pytest.mark.parametrize("sent", ["", "x", "1.5", "inf", "9" * 5000, "\N{SUPERSCRIPT TWO}", None])
def test_a_number_that_is_none_is_refused(sent: Any) -> None:
    """5,000 digits are more than Python itself turns into a number."""
    with pytest.raises(LuxeError):
        number(Message(number=sent), "number")
    with pytest.raises(LuxeError):
        number(Message(), "number")


def test_a_number_may_come_as_text() -> None:
    assert (number(read({"page": 3}), "page"), number(Message(), "page", 1)) == (3, 1)


@pytest.mark.parametrize("typed", ["9" * 5000, "1000001", "\N{SUPERSCRIPT TWO}", "1e3", "-1"])
def test_dollars_that_nobody_pays_are_refused(typed: str) -> None:
    with pytest.raises(InvalidInput):
        dollars(typed)
    assert dollars("$1,000,000") == 1_000_000


@pytest.mark.parametrize(
    "due", ["soon", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-11-23T25:00", "\0"]
)
def test_a_moment_that_comes_back_is_one_or_is_refused(due: str) -> None:
    """A row carries it to the browser and back; at the calendar's edges it was an overflow."""
    with pytest.raises(LuxeError):
        parsed(due)
    assert parsed("2026-11-23T09:00:00-05:00") == datetime(2026, 11, 23, 14, tzinfo=UTC)


def test_what_is_drafted_may_have_parts_and_no_bottomless_ones() -> None:
    """A template has wordings by language; what is deeper than any draft of ours is no draft."""
    wordings = {"es": {"body": "Hola\0", "neutral": ""}}
    assert read({"body": {"wordings": wordings}})["body"] == {
        "wordings": {"es": {"body": "Hola\N{REPLACEMENT CHARACTER}", "neutral": ""}}
    }
    deep: dict[str, Any] = {"a": "plain"}
    for _ in range(200):
        deep = {"a": deep}
    assert echoed({"action": "take", "id": "1", "body": deep}).words == OLD


def test_a_sequence_has_steps_and_those_have_conditions() -> None:
    """Lists within what is drafted stay lists; what a database refuses is no more in them than elsewhere."""
    body = {"steps": [{"name": "a\0", "conditions": ["not_booked"], "on": False}], "forms": []}
    kept = read({"body": body})["body"]
    assert kept == {
        "steps": [{"name": "a\N{REPLACEMENT CHARACTER}", "conditions": ["not_booked"], "on": False}],
        "forms": [],
    }
    with pytest.raises(LuxeError, match="older than the server"):
        read({"body": {"steps": [[[[[[[["x"]]]]]]]]}})
