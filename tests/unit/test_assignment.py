"""Who gets a lead, and why: one rule, its people, the order among them, and what happens where nobody is free."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from core.assignment.rules.choosing import ABSENT, FULL, NOT_ANY, WAITS, choose
from core.assignment.rules.definition import FaultyRules, RuleSet, parse_rules
from core.assignment.rules.people import Candidate, Wanted, distances
from core.assignment.rules.replaying import Past, replay
from core.assignment.rules.turns import Turn, charged, with_turns
from core.reference import load_reference

SHIPPED = load_reference(ZoneInfo("America/New_York")).assignment
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


def rules(*entries: dict[str, Any], **more: Any) -> RuleSet:
    named = [{"name": f"Rule {at}", **entry} for at, entry in enumerate(entries, 1)]
    return parse_rules({"rules": named, **more})


def by(strategy: str, **pool: Any) -> RuleSet:
    return rules({"give": [{"strategy": strategy, **pool}]})


def conditioned(*conditions: dict[str, Any], match: str = "all") -> RuleSet:
    """The first rule has these conditions and is Maya's, the second is Jordan's."""
    return rules(
        {"match": match, "conditions": list(conditions), "give": [{"names": ["1"]}]},
        {"give": [{"names": ["2"]}]},
    )


LOAD = by("lowest_load", titles=["coordinator"])


def test_the_lowest_open_count_gets_it_and_the_trace_says_why_not_the_others() -> None:
    choice = choose(LOAD, WANTED, [MAYA, JORDAN, ELENA])
    assert (choice.staff_id, choice.rule) == ("2", "Rule 1")
    why = {line["name"]: line["why"] for line in choice.trace}
    assert why["Elena Ruiz"] == "not in this rule's team"
    assert why["Maya Torres"] == "2 in hand, Jordan Blake has 1"
    assert "1 of 8" in why["Jordan Blake"]


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ({"open_leads": 3}, "3 in hand, Jordan Blake has 1"),
        ({"last_assigned": "2026-11-23T11:00"}, "was given one more recently than Jordan Blake"),
        ({"turn": 4}, "Jordan Blake is next in turn"),
        ({"location": "westlake", "open_leads": 0}, "works at another location"),
        ({}, "Jordan Blake comes first in the list"),
    ],
)
def test_who_fits_and_was_not_next_reads_what_made_the_difference(other: dict[str, Any], why: str) -> None:
    """One reason, the one that decided, never 'this or that'."""
    passed = replace(JORDAN, **({"staff_id": "4", "name": "Dana"} | other))
    trace = choose(LOAD, WANTED, [JORDAN, passed]).trace
    assert [(line["name"], line["why"]) for line in trace if not line["chosen"]] == [("Dana", why)]


@pytest.mark.parametrize(
    ("condition", "lead"),
    [
        ({"field": "group", "values": ["laser", "injectables"]}, {}),
        ({"field": "treatment", "values": ["botox"]}, {"treatment": "botox"}),
        ({"field": "form", "values": ["lead_capture"]}, {"form_type": "lead_capture"}),
        ({"field": "value", "values": ["2000"]}, {"value_cents": 200_000}),
        ({"field": "vip", "values": ["yes"]}, {"vip": True}),
        ({"field": "referral", "values": ["yes"]}, {"referral": True}),
        ({"field": "priority", "values": ["1", "2"]}, {"priority": 2}),
        ({"field": "location", "values": ["westlake"]}, {"location": "westlake"}),
        ({"field": "language", "values": ["es"]}, {"language": "es"}),
        ({"field": "source", "values": ["Google"]}, {"source": "google"}),
        ({"field": "hours", "values": ["22:00-02:00"]}, {"at": time(1, 30)}),
        ({"field": "zip", "values": ["785"]}, {"zip": "78501"}),
    ],
)
def test_a_rule_asks_about_whatever_a_form_says_and_not_turns_it_round(
    condition: dict[str, Any], lead: dict[str, Any]
) -> None:
    wanted = replace(WANTED, **lead)
    people = [replace(MAYA, location=""), replace(JORDAN, location="")]
    assert choose(conditioned(condition), wanted, people).staff_id == "1"
    assert choose(conditioned({**condition, "not": True}), wanted, people).staff_id == "2"
    if condition["field"] != "group":
        assert choose(conditioned(condition), WANTED, people).staff_id == "2"


def test_all_any_and_groups_within_groups() -> None:
    vip, spanish = {"field": "vip", "values": ["yes"]}, {"field": "language", "values": ["es"]}
    only_vip = replace(WANTED, vip=True)
    assert choose(conditioned(vip, spanish), only_vip, [MAYA, JORDAN]).staff_id == "2"
    assert choose(conditioned(vip, spanish, match="any"), only_vip, [MAYA, JORDAN]).staff_id == "1"
    neither = {"match": "any", "conditions": [vip, spanish], "not": True}
    assert choose(conditioned(neither), WANTED, [MAYA, JORDAN]).staff_id == "1"
    assert choose(conditioned(neither), only_vip, [MAYA, JORDAN]).staff_id == "2"


def test_the_first_rule_that_holds_wins_and_one_that_is_off_never_does() -> None:
    first = {"give": [{"names": ["1"]}]}
    both = rules(first, {"give": [{"names": ["2"]}]})
    assert choose(both, WANTED, [MAYA, JORDAN]).staff_id == "1"
    off = rules({**first, "on": False}, {"give": [{"names": ["2"]}]})
    assert choose(off, WANTED, [MAYA, JORDAN]).staff_id == "2"


def test_the_groups_of_people_of_one_rule_are_tried_in_turn() -> None:
    """'Nurse injectors, else coordinators': the rule stays the same one."""
    listed = rules({"give": [{"titles": ["nurse_injector"]}, {"titles": ["coordinator"]}]})
    nurse = replace(MAYA, staff_id="9", name="Nina", title="nurse_injector")
    assert choose(listed, WANTED, [MAYA, nurse]).staff_id == "9"
    choice = choose(listed, WANTED, [MAYA, replace(nurse, status="break")])
    assert (choice.staff_id, choice.rule) == ("1", "Rule 1")


@pytest.mark.parametrize(
    "barred",
    [
        {"on_shift": False},
        {"status": "break"},
        {"status": "busy"},
        {"status": "off_duty"},
        {"open_leads": 8},
        {"open_leads": 9},
        {"capacity": 0},
        {"missed_out": True},
    ],
)
def test_never_to_who_is_absent_silent_or_full_by_no_rule_and_no_fallback(barred: dict[str, Any]) -> None:
    """chatwoot#5672, #4158: a lead at somebody who is not there is a lead in limbo."""
    choice = choose(LOAD, WANTED, [replace(MAYA, **barred), replace(ELENA, **barred)])
    assert (choice.staff_id, choice.rule) == (None, WAITS)
    assert choice.waits_for == (FULL if {"open_leads", "capacity"} & barred.keys() else ABSENT)
    assert all(line["why"] and not line["chosen"] for line in choice.trace)


def test_nobody_of_the_rule_is_free_and_the_chain_goes_down_to_the_manager() -> None:
    lead = replace(WANTED, group="laser")
    trained = replace(JORDAN, staff_id="5", title="other", skills=frozenset({"laser"}), location="westlake")
    team_lead = replace(JORDAN, staff_id="6", title="team_lead")
    chain: list[Candidate] = [replace(trained, staff_id="4", location="downtown"), trained, team_lead, ELENA]
    elena = replace(ELENA, skills=frozenset({"skin"}))
    found = []
    for gone in range(5):
        people = [MAYA, *chain[gone:3], *([elena] if gone < 4 else [])]
        choice = choose(by("round_robin", names=["nobody"]), lead, people)
        found.append((choice.staff_id, choice.rule))
    assert [one for one, _ in found] == ["4", "5", "6", "3", "1"]
    assert found[3][1] == "Fallback: the practice manager"


def test_without_any_staff_the_lead_waits_and_says_so() -> None:
    choice = choose(LOAD, WANTED, [])
    assert (choice.staff_id, choice.rule, choice.waits_for) == (None, WAITS, NOT_ANY)


def test_whoever_had_it_does_not_get_it_again() -> None:
    assert choose(LOAD, replace(WANTED, excluded=frozenset({"2"})), [MAYA, JORDAN]).staff_id == "1"


def test_the_most_senior_the_own_provider_and_the_nearest() -> None:
    senior = replace(MAYA, staff_id="7", seniority=2, open_leads=7)
    assert choose(by("most_senior"), WANTED, [MAYA, JORDAN, senior]).staff_id == "7"
    own = rules({"give": [{"strategy": "own_provider"}, {"strategy": "lowest_load"}]})
    assert choose(own, replace(WANTED, provider="1"), [MAYA, JORDAN]).staff_id == "1"
    away = replace(MAYA, on_shift=False)
    assert choose(own, replace(WANTED, provider="1"), [away, JORDAN]).staff_id == "2"
    places = {"downtown": ("787", "786"), "westlake": ("785", "784")}
    west = replace(MAYA, staff_id="8", location="westlake", open_leads=5)
    near = replace(WANTED, distance=distances("78401", places))
    assert choose(by("nearest_location"), near, [MAYA, west]).staff_id == "8"
    assert (
        choose(
            by("nearest_location"), replace(WANTED, distance=distances("78704", places)), [MAYA, west]
        ).staff_id
        == "1"
    )


def turns_of(count: int, people: list[Candidate], known: dict[str, Turn], listed: RuleSet) -> list[str]:
    """Who gets the next so many leads; `known` is carried on."""
    found = []
    for at in range(count):
        moment = 1000 * len(people) + at
        now = with_turns(people, known)
        chosen = choose(listed, WANTED, now).of(now)
        assert chosen
        known[chosen.staff_id] = charged(chosen)
        found.append(chosen.staff_id)
        people[:] = [
            replace(one, last_assigned=f"{moment:06}") if one.staff_id == chosen.staff_id else one
            for one in people
        ]
    return found


def person(name: str, **more: Any) -> Candidate:
    return replace(MAYA, staff_id=name, name=name, capacity=1000, **more)


def test_frappe_helpdesk_1528_who_was_away_takes_turns_again_and_is_not_flooded() -> None:
    turns: dict[str, Turn] = {}
    team = [person("a"), person("b")]
    assert turns_of(20, team, turns, by("round_robin")).count("a") == 10
    back = [*team, person("c")]
    after = turns_of(9, back, turns, by("round_robin"))
    assert after[0] == "c"
    assert {name: after.count(name) for name in "abc"} == {"a": 3, "b": 3, "c": 3}


def test_cal_15558_a_newcomer_does_not_get_every_lead_until_they_have_caught_up() -> None:
    turns: dict[str, Turn] = {}
    team = [person("a"), person("b"), person("c")]
    turns_of(300, team, turns, by("round_robin"))
    team.append(person("new"))
    assert turns_of(40, team, turns, by("round_robin")).count("new") == 10


def test_chatwoot_11034_three_of_a_team_get_the_same_share() -> None:
    found = turns_of(99, [person("a"), person("b"), person("c")], {}, by("round_robin"))
    assert [found.count(name) for name in "abc"] == [33, 33, 33]


def test_a_share_of_two_gets_two_of_three() -> None:
    found = turns_of(30, [person("a", weight=2), person("b")], {}, by("weighted"))
    assert [found.count(name) for name in "ab"] == [20, 10]


@pytest.mark.parametrize(
    ("lead", "rule", "title"),
    [
        ({"group": "injectables"}, "Injectables", "nurse_injector"),
        ({"group": "senior_injectables"}, "Sculptra and other advanced injectables", "nurse_injector"),
        ({"group": "laser"}, "Laser", "aesthetician"),
        ({"group": "skin"}, "Peels, skin and body", "aesthetician"),
        ({"group": "coordination"}, "Consultations and everyone else", "coordinator"),
        ({"group": "", "form_type": "medical_intake"}, "Medical questions", "medical_director"),
        ({"value_cents": 250_000}, "$2,000 or more", "medical_director"),
        ({"value_cents": 500_000}, "Packages of $5,000 or more", "manager"),
        ({"vip": True}, "VIP patients", "medical_director"),
        ({"priority": 1}, "Reported reaction or urgent words", "medical_director"),
    ],
)
def test_the_presets_of_chapter_6_ship(lead: dict[str, Any], rule: str, title: str) -> None:
    titles = ("coordinator", "nurse_injector", "aesthetician", "manager", "medical_director")
    people = [
        replace(
            MAYA,
            staff_id=one,
            name=one,
            title=one,
            skills=frozenset(),
            seniority=2 + (one == "medical_director"),
        )
        for one in titles
    ]
    choice = choose(SHIPPED, replace(WANTED, **lead), people)
    assert (choice.rule, choice.staff_id) == (rule, title)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "rules"),
        ({"rules": [{"name": "", "give": [{}]}]}, "rules.0.name"),
        ({"rules": [{"name": "A", "give": []}]}, "rules.0.give"),
        ({"rules": [{"name": "A", "give": [{"strategy": "dice"}]}]}, "rules.0.give.0.strategy"),
        ({"rules": [{"name": "A", "give": [{"min_seniority": "ten"}]}]}, "rules.0.give.0.min_seniority"),
        (
            {"rules": [{"name": "A", "give": [{}], "conditions": [{"field": "mood"}]}]},
            "rules.0.conditions.0.field",
        ),
        (
            {"rules": [{"name": "A", "give": [{}], "conditions": [{"field": "value", "values": ["lots"]}]}]},
            "rules.0.conditions.0.values",
        ),
        (
            {"rules": [{"name": "A", "give": [{}], "conditions": [{"field": "hours", "values": ["noon"]}]}]},
            "rules.0.conditions.0.values",
        ),
        (
            {"rules": [{"name": "A", "give": [{}], "conditions": [{"field": {"me": [None]}}]}]},
            "rules.0.conditions.0.field",
        ),
        (
            {
                "rules": [
                    {"name": "A", "give": [{}], "conditions": [{"field": "value", "values": ["9" * 5000]}]}
                ]
            },
            "rules.0.conditions.0.values",
        ),
        ({"rules": [{"name": "A", "give": [{"strategy": ["dice"]}]}]}, "rules.0.give.0.strategy"),
        ({"rules": [{"name": "A", "give": [{"min_seniority": "9" * 5000}]}]}, "rules.0.give.0.min_seniority"),
        ({"rules": [{"name": "A", "give": [{}]}, {"name": "a", "give": [{}]}]}, "rules.1.name"),
        ({"rules": [], "nobody": ["location"]}, "nobody"),
        ({"rules": [], "nobody": ["the cat"]}, "nobody"),
    ],
)
def test_what_cannot_be_used_is_refused_at_its_place(body: dict[str, Any], field: str) -> None:
    with pytest.raises(FaultyRules) as faulty:
        parse_rules(body)
    assert faulty.value.faults[0].field == field


def test_a_month_is_given_out_anew_by_who_was_there_and_what_was_over() -> None:
    """One who carries one lead gets the next when the first is over; what waited meanwhile goes first."""
    began = datetime(2026, 11, 2, 15, tzinfo=UTC)
    past = [
        Past(str(at), began + timedelta(hours=at), WANTED, "2", began + timedelta(hours=at, minutes=150))
        for at in range(4)
    ]
    found = replay(LOAD, past, lambda _at: [replace(MAYA, capacity=1)])
    assert (found.leads, found.was, found.now, found.moved) == (4, {"2": 4}, {"1": 2}, 4)
    assert (found.waited, found.left) == (3, 2)
