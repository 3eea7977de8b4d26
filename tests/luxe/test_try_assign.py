"""`luxe try assign`: who would be given a lead, by the choice that a form makes."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from core.domain.errors import InvalidInput
from core.reference import load_reference
from luxe.try_out.assign import Line, answer

REFERENCE = load_reference(ZoneInfo("America/New_York"))
AT = "2026-11-23T10:00:00-05:00"
MAYA = {"id": "maya", "title": "coordinator", "skills": ["injectables"], "location": "downtown"}
JORDAN = {**MAYA, "id": "jordan"}
EVERYBODY = [{"name": "Everybody", "give": [{"strategy": "lowest_load"}]}]


def tried(staff: list[dict[str, Any]], rules: Any = EVERYBODY, /, **lead: Any) -> dict[str, Any]:
    line = {"lead": {"treatment": "botox", "at": AT, **lead}, "staff": staff, "rules": rules}
    return answer(Line.model_validate(line), REFERENCE)


def test_who_takes_it_by_which_rule_and_why_nobody_else() -> None:
    assert tried([MAYA | {"open_leads": 2}, JORDAN | {"open_leads": 1}]) == {
        "staff": "jordan",
        "rule": "Everybody",
        "trace": [
            {"staff": "jordan", "why": "on shift, 1 of 8 leads in hand, fewest leads in hand"},
            {"staff": "maya", "why": "2 in hand, jordan has 1"},
        ],
    }


def test_nobody_is_free_and_the_lead_waits() -> None:
    full = tried([MAYA | {"open_leads": 8}])
    assert (full["staff"], full["waits_for"]) == (None, "over_capacity")
    absent = tried([MAYA | {"hours": {"0": ["12:00-17:00"]}}])
    assert (absent["staff"], absent["waits_for"]) == (None, "nobody_on_shift")
    assert tried([MAYA | {"hours": {"0": ["09:00-17:00"]}}])["staff"] == "maya"


def test_people_are_read_in_the_words_of_the_research_too() -> None:
    person = {"name": "Ana", "treatmentSpecialties": ["lip filler"], "maxActiveLeads": 3, "activeLeads": 1}
    assert tried([person | {"seniorityLevel": 2, "acceptsNewLeads": True}])["staff"] == "Ana"
    assert tried([person | {"acceptsNewLeads": False}])["staff"] is None
    assert tried([person | {"currentStatus": "break"}])["staff"] is None


def test_rules_may_be_rows_of_the_old_table_in_the_order_of_their_priority() -> None:
    rows = [
        {"name": "All", "priority": 20, "conditions": {}, "assign_to": {"titles": ["coordinator"]}},
        {"name": "VIP", "priority": 10, "conditions": {"vip": True}, "assign_to": {"min_seniority": 2}},
    ]
    senior = JORDAN | {"seniority": 2, "open": 5}
    assert tried([MAYA, senior], rows, vip=True)["rule"] == "VIP"
    assert tried([MAYA, senior], rows)["staff"] == "maya"


@pytest.mark.parametrize(
    ("staff", "rules", "field"),
    [
        ([{}], EVERYBODY, "staff"),
        ([MAYA, MAYA], EVERYBODY, "staff"),
        ([MAYA | {"hours": {"0": ["nine"]}}], EVERYBODY, "staff"),
        ([MAYA], [{"name": "A", "give": []}], "rules"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_its_field(staff: Any, rules: Any, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        tried(staff, rules)
    assert refused.value.errors[0].field == field


def test_a_lead_that_cannot_be_is_refused() -> None:
    with pytest.raises(ValidationError) as refused:
        tried([MAYA], priority=7)
    assert refused.value.errors()[0]["loc"] == ("lead", "priority")
