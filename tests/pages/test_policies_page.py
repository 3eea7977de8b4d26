"""SLA policies: who may open the page, what a made-up lead is told, and what is published takes effect."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from console.policies import actions, view
from console.shell import Outcome
from core.domain.roles import Role
from core.kinds import SLA_POLICIES
from core.sla import policy_body
from tests.access import trying
from tests.conftest import TestApp
from tests.pages.conftest import Visit, words

NEW_YORK = ZoneInfo("America/New_York")
EVERYBODY = ("frontdesk", "manager", "marketing", "admin", "provider")
KEY = policy_body.KEY


def body(**changed: Any) -> dict[str, Any]:
    return dict(SLA_POLICIES.shipped()[KEY]) | changed


def sent(console: TestApp, action: str, role: Role = Role.MANAGER, **message: Any) -> Outcome:
    """What a page is answered that sends this."""
    session = trying.session_of(console, role)
    given = {"key": KEY, **message}
    return trying.outcome(console, lambda _message: actions.ACTIONS[action](given), session)


def at(day: int, hour: int) -> str:
    return str(int(datetime(2026, 11, day, hour, tzinfo=NEW_YORK).astimezone(UTC).timestamp() * 1000))


@pytest.mark.parametrize("username", EVERYBODY)
def test_it_opens_for_those_who_answer_patients(visit: Visit, username: str) -> None:
    shown = visit(username, "policies.py")
    assert not shown.exception
    assert ("is not open to your role" in words(shown)) == (username in ("marketing", "provider"))


def test_a_made_up_lead_is_told_in_words_when_each_target_is_due(console: TestApp) -> None:
    """Downtown closes at 17:00 on Saturdays and opens at 12:00 on Sundays."""
    fields = {"form_type": "lead_capture", "temperature": "cold", "location": "downtown", "at": at(28, 19)}
    done = sent(console, "try_out", body=body(), fields=fields)
    assert done.value["intro"] == "A lead on Saturday, Nov 28 at 7:00 PM. Downtown is closed then."
    due = {row["target"]: row["due"] for row in done.value["rows"]}
    assert due["first_contact"] == "Sunday at 12:10 PM"
    assert due["danger"] == "the same day at 7:05 PM"
    assert due["confirmation"] == "the same day at 7:00:30 PM"
    assert due["qualification"] == "Saturday, Dec 5 at 7 PM"


def test_what_cannot_be_published_cannot_be_tried_and_says_why(console: TestApp) -> None:
    broken = body(first_contact=[{"name": "Any", "minutes": "ten"}])
    done = sent(console, "try_out", body=broken, fields={})
    assert "Enter how long there is" in done.value["problem"]


def test_the_editor_names_the_field_and_shows_two_leads_beside_each_policy(console: TestApp) -> None:
    one = {"name": "Any", "minutes": "10", "warn_minutes": "20"}
    seen = sent(console, "look", body=body(next_reply=[one])).value
    assert [found["field"] for found in seen["problems"]] == ["next_reply.0.warn_minutes"]
    assert seen["changes"][0]["label"] == "Answer to a text"
    examples = {row["place"]: row["examples"] for row in seen["look"]}
    assert examples["next_reply.0"] == [["Tue 10:00 AM", "10:10 AM"], ["Sat 9:00 PM", "Sun 12:10 PM"]]


def test_published_targets_hold_from_then_on_and_stay_in_use(console: TestApp) -> None:
    wanted = body(first_contact=[{"name": "All at once", "minutes": "3"}])
    saved = sent(console, "save", body=wanted, revision="0")
    assert saved.ok, saved.words
    done = sent(console, "publish", revision=str(saved.value["revision"]), note="Faster")
    assert done.ok, done.words
    with console.db.read() as session:
        assert console.in_use.catch_up(session)
    assert [p.name for p in console.reference.policies if p.target == "first_contact"] == ["All at once"]
    refused = sent(console, "retire", note="No targets")
    assert "every clock starts by it" in refused.words


@pytest.mark.parametrize("role", [Role.FRONT_DESK, Role.PROVIDER, Role.MARKETING])
def test_only_managers_and_admins_change_them(console: TestApp, role: Role) -> None:
    refused = sent(console, "save", role, body=body(), revision="0")
    assert not refused.ok
    assert "edit the SLA policies" in refused.words


def test_the_page_names_every_target_once() -> None:
    shown = [target for _title, targets in view.GROUPS for target in targets]
    assert sorted(shown) == sorted(policy_body.NAMES)
