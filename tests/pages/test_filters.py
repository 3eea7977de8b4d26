"""Filters of native pages: from the address, into the address, and with Back."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

SCRIPT = """
import streamlit as st
from console.parts import filters

SPANS = {"day": "A day", "week": "A week"}
st.session_state["got"] = [
    filters.choice("span", SPANS, "week", label="Span", segments=True),
    filters.box("place", "All places", {"a": "Here", "b": "There"}),
    filters.several("why", ["late", "lost"], label="Any reason"),
    filters.text("find", label="Find"),
]
"""


def opened(**address: Any) -> AppTest:
    test = AppTest.from_string(SCRIPT)
    for name, value in address.items():
        test.query_params[name] = value
    return test.run()


def got(test: AppTest) -> list[Any]:
    assert not test.exception
    return list(test.session_state["got"])


def test_a_bare_address_narrows_nothing() -> None:
    test = opened()
    assert got(test) == ["week", "", (), ""]
    assert dict(test.query_params) == {}


def test_a_link_opens_what_the_colleague_saw() -> None:
    assert got(opened(span="day", place="b", why=["lost", "late"], find="Thank")) == [
        "day", "b", ("lost", "late"), "thank",
    ]  # fmt: skip


def test_what_is_not_on_offer_reads_as_the_usual() -> None:
    """An old link, or a made-up one, shows everything and breaks nothing."""
    assert got(opened(span="year", place="<b>", why=["odd"], find="x" * 500)) == ["week", "", (), "x" * 80]


def test_a_choice_stands_in_the_address_and_the_usual_one_leaves_it() -> None:
    test = opened()
    test.selectbox(key="filter.place").set_value("a").run()
    test.multiselect(key="filter.why").set_value(["lost"]).run()
    test.text_input(key="filter.find").set_value("Pick").run()
    assert got(test) == ["week", "a", ("lost",), "pick"]
    assert dict(test.query_params) == {"place": "a", "why": "lost", "find": "Pick"}
    test.selectbox(key="filter.place").set_value("").run()
    test.multiselect(key="filter.why").set_value([]).run()
    assert dict(test.query_params) == {"find": "Pick"}


@pytest.mark.parametrize(("before", "after"), [("a", "b"), ("b", "")])
def test_back_brings_back_what_the_address_says(before: str, after: str) -> None:
    """The widget follows an address that something else than itself has changed."""
    test = opened(place=before)
    test.selectbox(key="filter.place").set_value("a").run()
    if after:
        test.query_params["place"] = after
    else:
        del test.query_params["place"]
    assert got(test.run())[1] == after
    assert test.selectbox(key="filter.place").value == after
