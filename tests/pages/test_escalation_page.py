"""Escalation: who may open the page, what a made-up lead is told, and what is published takes effect."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from console.escalation import actions, view
from console.parts.words import TELLABLE
from console.shell import Outcome
from core.alerting import rules
from core.domain.roles import Role
from core.kinds import ESCALATION, LEVELS_KEY
from tests.access import trying
from tests.conftest import TestApp
from tests.pages.conftest import Visit, words

NEW_YORK = ZoneInfo("America/New_York")
EVERYBODY = ("frontdesk", "manager", "marketing", "admin", "provider")
SHIPPED = ESCALATION.shipped()[LEVELS_KEY]


def sent(console: TestApp, action: str, role: Role = Role.MANAGER, **message: Any) -> Outcome:
    """What a page is answered that sends this."""
    session = trying.session_of(console, role)
    given = {"key": LEVELS_KEY, **message}
    return trying.outcome(console, lambda _message: actions.ACTIONS[action](given), session)


def at(day: int, hour: int) -> str:
    return str(int(datetime(2026, 11, day, hour, tzinfo=NEW_YORK).astimezone(UTC).timestamp() * 1000))


@pytest.mark.parametrize("username", EVERYBODY)
def test_it_opens_for_those_who_answer_patients(visit: Visit, username: str) -> None:
    shown = visit(username, "escalation.py")
    assert not shown.exception
    assert ("is not open to your role" in words(shown)) == (username in ("marketing", "provider"))


def test_a_made_up_lead_of_the_night_is_told_moment_by_moment(console: TestApp) -> None:
    """Downtown closes at 17:00 on Saturdays and opens at 12:00 on Sundays."""
    fields = {"priority": "2", "location": "downtown", "at": at(28, 19)}
    done = sent(console, "play", body=SHIPPED, fields=fields).value
    assert done["intro"] == "A lead on Saturday, Nov 28 at 7:00 PM. Downtown is closed then."
    assert [(stage["number"], stage["when"]) for stage in done["stages"]] == [
        (0, "at once"),
        (-1, "Sunday at 12 PM"),
        (1, "Sunday at 12:05 PM"),
        (2, "Sunday at 12:15 PM"),
        (3, "Sunday at 12:30 PM"),
    ]
    assert "one apology with a link to choose a time" in done["stages"][-1]["lines"][0]


def test_a_cold_lead_is_said_to_have_no_levels(console: TestApp) -> None:
    fields = {"priority": "4", "location": "downtown", "at": at(24, 10)}
    assert "priority 4 has no levels" in sent(console, "play", body=SHIPPED, fields=fields).value["problem"]


def test_the_editor_names_the_field_and_says_what_is_unwise(console: TestApp) -> None:
    twice = {"priorities": ["2"], "levels": [{"after_minutes": "5", "tell": ["manager"]}] * 2}
    seen = sent(console, "look", body=twice).value
    assert [found["field"] for found in seen["problems"]] == ["levels.1.after_minutes"]
    assert seen["look"]["concerns"] == []
    alone = {"priorities": ["2"], "levels": [{"after_minutes": "30", "does": ["apology"]}]}
    seen = sent(console, "look", body=alone).value
    assert seen["problems"] == []
    assert [one["field"] for one in seen["look"]["concerns"]] == ["levels.0"]


def test_the_last_month_is_counted_by_both_lists(console: TestApp) -> None:
    one = {"priorities": ["2"], "levels": [{"after_minutes": "7", "tell": ["manager"]}]}
    done = sent(console, "month", body=one)
    in_use = {level.minutes for level in console.reference.escalation.levels}
    assert [row["minutes"] for row in done.value["rows"]] == sorted(in_use | {7})
    assert done.value["leads"] == 0


def test_published_levels_hold_from_then_on_and_the_shipped_ones_come_back(console: TestApp) -> None:
    wanted = {"priorities": ["1", "2"], "levels": [{"after_minutes": "8", "tell": ["manager"]}]}
    saved = sent(console, "save", body=wanted, revision="0")
    assert saved.ok, saved.words
    done = sent(console, "publish", revision=str(saved.value["revision"]), note="One is enough")
    assert done.ok, done.words
    with console.db.read() as session:
        assert console.in_use.catch_up(session)
    assert [level.minutes for level in console.reference.escalation.levels] == [8]
    assert sent(console, "retire", note="As it came").ok


@pytest.mark.parametrize("role", [Role.FRONT_DESK, Role.PROVIDER, Role.MARKETING])
def test_only_managers_and_admins_change_them(console: TestApp, role: Role) -> None:
    refused = sent(console, "save", role, body=SHIPPED, revision="0")
    assert not refused.ok
    assert "edit the escalation levels" in refused.words


def test_the_page_names_whom_and_what_a_level_may_say() -> None:
    assert set(TELLABLE) == rules.TELLABLE
    assert list(view.DOES) == list(rules.DOES)


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ([], ""),
        (["Ana"], "Ana"),
        (["Ana", "Tom"], "Ana and Tom"),
        (["Ana", "Lea", "Tom", "Zoe"], "Ana, Lea, Tom and Zoe"),
        (["Ana", "Lea", "Tom", "Zoe", "Uma"], "Ana, Lea, Tom and 2 more"),
    ],
)
def test_many_people_are_a_few_and_a_number(names: list[str], said: str) -> None:
    assert view.listed(names) == said
