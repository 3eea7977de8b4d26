"""Assignment rules: who may open the page, what the editor asks of the server, and what bars publishing."""

from typing import Any

import pytest
from sqlalchemy import select

from console.assignment_rules import actions
from console.shell import Outcome
from core.assignment.tables import assignment_rules
from core.domain.errors import InvalidInput
from core.domain.roles import Role
from core.flows.publishing import publish
from core.flows.publishing.publish import NONE_SEEN
from core.kinds import ASSIGNMENT, NOBODY_OF_IT, RULES_KEY
from tests.access import trying
from tests.conftest import TestApp
from tests.flows.staffing import do, new_lead, rows, who
from tests.pages.conftest import Visit, words

EVERYBODY = ("frontdesk", "manager", "marketing", "admin", "provider")
MANAGERS_RULE = {
    "name": "All to the manager",
    "on": True,
    "conditions": [],
    "give": [{"titles": ["manager"]}],
}


def body() -> dict[str, Any]:
    return dict(ASSIGNMENT.shipped()[RULES_KEY])


def sent(console: TestApp, action: str, role: Role = Role.MANAGER, **message: Any) -> Outcome:
    """What a page is answered that sends this."""
    session = trying.session_of(console, role)
    given = {"key": RULES_KEY, **message}
    return trying.outcome(console, lambda _message: actions.ACTIONS[action](given), session)


@pytest.mark.parametrize("username", EVERYBODY)
def test_it_opens_for_those_whose_leads_it_is_about(visit: Visit, username: str) -> None:
    shown = visit(username, "assignment_rules.py")
    assert not shown.exception
    assert ("is not open to your role" in words(shown)) == (username in ("marketing", "provider"))


def test_each_rule_is_a_sentence_and_what_is_wrong_stands_at_its_place(console: TestApp) -> None:
    seen = sent(console, "look", body=body()).value
    assert seen["problems"] == []
    assert seen["look"]["sentences"][1] == {
        "when": "VIP",
        "give": "The patient's own provider, at any location; else most senior among seniority 2 or more",
    }
    broken = {"rules": [{"name": "A", "give": [{}], "conditions": [{"field": "value", "values": ["lots"]}]}]}
    (problem,) = sent(console, "look", body=broken).value["problems"]
    assert problem["field"] == "rules.0.conditions.0.values"


def test_a_rule_whose_people_nobody_could_be_is_not_published(console: TestApp) -> None:
    only = {"rules": [{"name": "Surgeons", "give": [{"titles": ["surgeon"]}]}], "nobody": ["manager"]}
    (problem,) = sent(console, "look", body=only).value["problems"]
    assert (problem["field"], problem["message"]) == ("rules.0.give", NOBODY_OF_IT)
    saved = do(console, publish.save_draft, who(console, "manager"), ASSIGNMENT, RULES_KEY, only, NONE_SEEN)
    with pytest.raises(InvalidInput):
        do(
            console,
            publish.publish,
            who(console, "manager"),
            ASSIGNMENT,
            RULES_KEY,
            saved.revision,
            "Surgeons",
        )


def test_what_is_published_decides_about_the_next_form_and_lies_in_the_table_of_the_research(
    console: TestApp,
) -> None:
    mine = {"rules": [MANAGERS_RULE], "nobody": ["manager"]}
    boss = who(console, "manager")
    saved = do(console, publish.save_draft, boss, ASSIGNMENT, RULES_KEY, mine, NONE_SEEN)
    do(console, publish.publish, boss, ASSIGNMENT, RULES_KEY, saved.revision, "All to me")
    with console.db.read() as session:
        console.in_use.catch_up(session)
        names = list(session.execute(select(assignment_rules.c.name)).scalars())
    assert names == ["All to the manager"]
    assert console.reference.assignment.number == 2
    lead_id = new_lead(console)
    tried = sent(console, "what_if", body=mine, fields={"treatment": "botox"}).value
    assert (tried["place"], tried["lines"][0]["name"]) == (1, boss.name)
    replayed = sent(console, "replay", Role.FRONT_DESK, body=mine).value
    assert (replayed["leads"], replayed["moved"], replayed["waited"]) == (1, 0, 0)
    assert {row["name"]: row["now"] for row in replayed["rows"]}[boss.name] == 1
    assert lead_id


def test_a_draft_that_cannot_be_read_yet_is_tried_in_words(console: TestApp) -> None:
    given = sent(console, "what_if", body={"rules": [{"name": ""}]}, fields={})
    assert not given.ok
    assert given.words.startswith("Not yet: Give the rule a name")


def test_the_replay_says_who_would_have_had_what(console: TestApp) -> None:
    """Nothing is written: not even a turn is taken."""
    new_lead(console)
    before = rows(console, assignment_rules)
    replayed = sent(console, "replay", body={"rules": [MANAGERS_RULE], "nobody": ["manager"]}).value
    assert (replayed["moved"], replayed["left"]) == (1, 0)
    assert rows(console, assignment_rules) == before
