"""`luxe try stats`: the statistics that the product reads its experiments by."""

import json
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.reference import load_reference
from luxe.try_out import lines as trying
from luxe.try_out import stats

REFERENCE = load_reference(ZoneInfo("America/New_York"))


def tried(function: Any, args: Any) -> dict[str, Any]:
    line = json.dumps({"id": 1, "function": function, "args": args}).encode()
    answer = trying.answer_line(stats, REFERENCE, line)
    said: dict[str, Any] = json.loads(json.dumps(answer, allow_nan=False))
    assert said.pop("id") == 1
    return said


def test_each_function_answers_in_its_own_shape() -> None:
    compared = tried("two_proportions", {"x1": 56, "n1": 70, "x2": 48, "n2": 80})["value"]
    assert list(compared) == ["z", "p", "diff", "wald", "newcombe"]
    assert compared["z"] == pytest.approx(2.65017, abs=1e-5)
    assert compared["newcombe"] == pytest.approx([0.0524, 0.3339], abs=1e-4)
    assert tried("wilson", {"x": 81, "n": 263})["value"] == pytest.approx([0.2553, 0.3662], abs=1e-4)
    assert tried("per_arm", {"p1": 0.35, "p2": 0.4}) == {"value": 1471}
    split = tried("srm", {"counts": [214, 149], "shares": [0.5, 0.5]})["value"]
    assert list(split) == ["chi2", "p", "alarm"]
    assert split["alarm"] is True
    apart = tried("welch", [10, 7.5, 34.43, 10, 23.3, 90.37])["value"]
    assert list(apart) == ["difference", "low", "high", "freedom"]
    assert [apart["low"], apart["high"]] == pytest.approx([-3.3654832, 0.2054832], abs=5e-8)


def test_arguments_come_by_name_or_in_order_and_what_has_a_usual_value_may_be_left_out() -> None:
    usual = tried("per_arm", [0.2, 0.3])
    assert usual == {"value": 294}
    assert tried("per_arm", {"p2": 0.3, "p1": 0.2, "alpha": None}) == usual
    assert tried("per_arm", [0.2, 0.3, 0.05, 0.8]) == usual
    assert tried("per_arm", {"p1": 0.2, "p2": 0.3, "power": 0.9})["value"] > 294
    assert tried("wilson", [5, 10, 0.5]) != tried("wilson", [5, 10])


@pytest.mark.parametrize(
    ("function", "args", "field"),
    [
        ("mean", [1], "function"),
        (None, [1], "function"),
        ("wilson", 5, "args"),
        ("wilson", [1, 2, 0.95, 4], "args"),
        ("wilson", {"x": 1}, "n"),
        ("wilson", {"x": 1, "n": None}, "n"),
        ("wilson", {"x": 1, "n": 2, "m": 3}, "m"),
        ("wilson", {"x": 3, "n": 2}, "x"),
        ("wilson", {"x": True, "n": 2}, "x"),
        ("wilson", {"x": "1", "n": 2}, "x"),
        ("per_arm", {"p1": 0.3, "p2": 0.3}, "p2"),
        ("srm", {"counts": [1, 2], "shares": [0.5, 0.6]}, "shares"),
        ("two_proportions", [1, 2, 1, 2, 0.95], "args"),
    ],
)
def test_a_line_that_asks_nothing_sensible_is_refused_by_the_argument(
    function: Any, args: Any, field: str
) -> None:
    said = tried(function, args)
    assert said["error"]["field"] == field
    assert said["error"]["message"]


ODD = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=3),
    st.floats(0, 1), st.integers(0, 50), st.lists(st.one_of(st.floats(0, 1), st.integers(0, 9)), max_size=4),
)  # fmt: skip


@settings(max_examples=400)
@given(st.sampled_from(list(stats.FUNCTIONS)), st.lists(ODD, max_size=5))
def test_whatever_is_asked_is_answered_or_refused(function: str, args: list[Any]) -> None:
    """No figure breaks the rules, and none is one that JSON can't carry."""
    said = tried(function, args)
    assert "could not answer" not in said.get("error", {}).get("message", "")
