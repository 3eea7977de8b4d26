"""Who gets a lead, and why."""

from dataclasses import replace
from typing import Any

import pytest

from core.assignment.rules import Candidate, Rule, Wanted, choose

MAYA = Candidate(
    "1",
    "Maya Torres",
    "frontdesk",
    "coordinator",
    frozenset({"injectables", "skin"}),
    1,
    "downtown",
    True,
    "available",
    2,
    8,
    "",
)
JORDAN = replace(MAYA, staff_id="2", name="Jordan Blake", open_leads=1)
ELENA = replace(
    MAYA, staff_id="3", name="Elena Ruiz", role="manager", title="manager", skills=frozenset(), seniority=3
)
WANTED = Wanted("injectables", "downtown", 45_000, vip=False, form_type="consultation_request")
RULES = [
    Rule("High value", {"min_value_cents": 200_000}, {"titles": ["manager"]}),
    Rule("By turn", {}, {"titles": ["coordinator"]}),
]


def test_the_lowest_open_count_gets_it_and_the_trace_says_why_not_the_others() -> None:
    choice = choose(RULES, WANTED, [MAYA, JORDAN, ELENA])
    assert (choice.staff_id, choice.rule) == ("2", "By turn")
    why = {line["name"]: line["why"] for line in choice.trace}
    assert why["Elena Ruiz"] == "not in this rule's team"
    assert "1 of 8" in why["Jordan Blake"]


def test_with_equal_load_whoever_waited_longest_is_next_in_turn() -> None:
    waited = replace(MAYA, open_leads=1, last_assigned="2026-11-23T10:00")
    just_had_one = replace(JORDAN, last_assigned="2026-11-23T11:00")
    assert choose(RULES, WANTED, [just_had_one, waited]).staff_id == "1"


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ({"open_leads": 3}, "3 open leads, Jordan Blake has 1"),
        (
            {"last_assigned": "2026-11-23T11:00"},
            "1 open lead too, and was given one more recently than Jordan Blake",
        ),
        ({"location": "westlake", "open_leads": 0}, "works at another location"),
        ({}, "1 open lead too; Jordan Blake comes first in the list"),
    ],
)
def test_who_fits_and_was_not_next_reads_what_made_the_difference(other: dict[str, Any], why: str) -> None:
    """One reason, the one that decided, never 'this or that'."""
    passed = replace(JORDAN, **({"staff_id": "4", "name": "Dana"} | other))
    trace = choose(RULES, WANTED, [JORDAN, passed]).trace
    assert [(line["name"], line["why"]) for line in trace if not line["chosen"]] == [("Dana", why)]


def test_somebody_on_break_off_shift_full_or_untrained_is_passed_over() -> None:
    people = [
        replace(MAYA, status="break"),
        replace(JORDAN, on_shift=False),
        replace(MAYA, staff_id="4", name="Priya", open_leads=8),
        replace(MAYA, staff_id="5", name="Tess", skills=frozenset({"laser"})),
        replace(MAYA, staff_id="6", name="Dana", open_leads=7),
    ]
    assert choose(RULES, WANTED, people).staff_id == "6"


def test_a_valuable_lead_goes_where_its_rule_says() -> None:
    assert choose(RULES, replace(WANTED, value_cents=320_000), [MAYA, ELENA]).staff_id == "3"


def test_nobody_on_shift_still_gives_the_lead_an_owner() -> None:
    choice = choose(RULES, WANTED, [replace(MAYA, on_shift=False), replace(ELENA, on_shift=False)])
    assert choice.staff_id == "1"
    assert choice.rule.startswith("Fallback")
    assert choice.trace[0]["why"] == "nobody fits the rule now; next best although not on shift, 2 open leads"


def test_without_any_staff_the_lead_is_unassigned_and_says_so() -> None:
    choice = choose(RULES, WANTED, [])
    assert choice.staff_id is None
    assert choice.rule == "Nobody accepts leads"
