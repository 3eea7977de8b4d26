"""Sequences: who may open the page, the rows that browsers follow, and what the editor asks of the server."""

import copy
from datetime import timedelta
from typing import Any

import pytest

from console import process
from console.parts.editor import Editor
from console.sequences import actions, view
from console.shell import Outcome
from core.audit.tables import audit_events
from core.domain.roles import Role
from core.flows.publishing import publish
from core.flows.publishing.publish import NONE_SEEN
from core.kinds import SEQUENCE
from core.leads.tables import leads
from core.messaging.tables import timed_actions
from core.reads.parts import versions
from core.versions.rules import Body
from tests.access import trying
from tests.conftest import TestApp
from tests.flows.staffing import do, new_lead, rows, who
from tests.pages.conftest import Visit, words
from tests.pages.test_operations_pages import rows_of

EVERYBODY = ("frontdesk", "manager", "marketing", "admin", "provider")
KEY = "lead"
MADE_UP = {"phone": "407-555-0155", "transactional": True, "marketing": True}


def body() -> dict[str, Any]:
    """A copy through and through: what ships is shared by every test of the process."""
    return copy.deepcopy(dict(SEQUENCE.shipped()[KEY]))


def sent(console: TestApp, action: str, role: Role = Role.MANAGER, **message: Any) -> Outcome:
    """What a page is answered that sends this."""
    session = trying.session_of(console, role)
    given = {"key": KEY, **message}
    return trying.outcome(console, lambda _message: actions.ACTIONS[action](given), session)


def looked(console: TestApp, wanted: Body) -> dict[str, Any]:
    given = sent(console, "look", body=wanted)
    assert given.ok, given.words
    return dict(given.value)


@pytest.mark.parametrize("username", EVERYBODY)
def test_it_opens_for_those_whose_work_a_sequence_does(visit: Visit, username: str) -> None:
    shown = visit(username, "sequences.py")
    assert not shown.exception
    assert ("is not open to your role" in words(shown)) == (username == "provider")


def test_the_list_has_what_begins_each_its_steps_who_is_under_way_and_its_state(console: TestApp) -> None:
    new_lead(console)
    do(console, publish.save_draft, who(console, "marketing"), SEQUENCE, "missed_call", body(), NONE_SEEN)
    listed = {row["id"]: row for row in rows_of(console, view.TOPIC)}
    lead = listed[KEY]
    assert (lead["title"], lead["begins"], lead["number"]) == ("New lead", "the form", 1)
    assert (lead["steps"], lead["underWay"]) == ({"text": 9, "call_task": 2}, [[1, 1]])
    assert listed["missed_call"]["draftBy"] == who(console, "marketing").name
    assert listed["consultation"]["retired"]


def test_what_is_wrong_stands_at_its_step_before_anybody_publishes(console: TestApp) -> None:
    """The body's own faults first; once it can be read, what it leads to."""
    broken = body()
    broken["steps"] = [{**broken["steps"][1], "useful": "soon"}]
    assert [one["field"] for one in looked(console, broken)["problems"]] == ["steps.0.useful"]
    broken["steps"] = [{**broken["steps"][0], "useful": "2h", "template": "gone"}]
    (problem,) = looked(console, broken)["problems"]
    assert (problem["field"], problem["message"]) == (
        "steps.0.template",
        "There is no template gone in use.",
    )
    assert looked(console, body())["problems"] == []


def test_a_step_is_not_called_by_an_address(console: TestApp) -> None:
    """Colleagues who are told of it would open whatever stands there."""
    given = body()
    at = next(at for at, step in enumerate(given["steps"]) if step["kind"] == "call_task")
    given["steps"][at] = {**given["steps"][at], "title": "Confirm https://evil.example"}
    (problem,) = looked(console, given)["problems"]
    assert problem["field"] == f"steps.{at}.title"
    assert "without an address" in problem["message"]


@pytest.mark.parametrize("half", [{}, {"steps": "x"}, {"steps": [None, {"on": False}]}])
def test_a_half_finished_body_is_shown_as_far_as_it_goes(console: TestApp, half: Body) -> None:
    assert looked(console, half)["problems"]


def test_a_draft_with_steps_and_conditions_is_kept_as_it_was_sent(console: TestApp) -> None:
    """Lists within lists came through the door that once took objects alone."""
    given = sent(console, "save", body=body(), revision=0)
    assert given.ok, given.words
    with console.db.read() as session:
        draft = versions.history(session, who(console, "manager"), SEQUENCE, KEY).draft
    assert draft is not None
    assert draft.body == body()


def test_the_numbers_beside_the_steps_are_in_the_words_of_the_screen(console: TestApp) -> None:
    new_lead(console)
    found = sent(console, "reach", Role.MARKETING, period="30", number="0").value
    assert found["entered"] == 1
    assert found["steps"]["minute-0"] == {"reached": 1, "waiting": 0, "left": [], "dropped": []}
    assert found["steps"]["day-14"]["waiting"] == 1


def test_a_version_is_ended_for_those_on_it_with_a_reason(console: TestApp) -> None:
    lead = new_lead(console)
    seen = sent(console, "preview_group", act="end", number=1)
    assert (seen.value["people"], seen.value["some"]) == (1, [[lead, "A-1001", "Omar Reyes"]])
    assert sent(console, "end_group", number=1, reason=" ").fields.keys() == {"reason"}
    ended = sent(console, "end_group", number=1, reason="The second text is wrong")
    assert ended.words == "Ended for 1 person"
    assert not rows(
        console, timed_actions, timed_actions.c.sequence == KEY, timed_actions.c.state == "planned"
    )


def test_who_is_named_before_an_act_was_looked_at(console: TestApp) -> None:
    """Marketing, who may not see leads, is told how many, and the trail has nothing to tell."""
    new_lead(console)
    sent(console, "preview_group", Role.MARKETING, act="end")
    process.looks().flush(now=console.clock.now())
    assert not [row for row in rows(console, audit_events) if row.action == "looked"]
    sent(console, "preview_group", act="end")
    process.looks().flush(now=console.clock.now())
    assert [row.detail["depth"] for row in rows(console, audit_events) if row.action == "looked"] == ["found"]


def test_a_group_is_paused_goes_on_and_is_spared_a_step(console: TestApp) -> None:
    lead = new_lead(console)
    until = round((console.clock.now() + timedelta(days=2)).timestamp() * 1000)
    assert sent(console, "pause_group").fields == {"until": "Choose a moment within 90 days."}
    assert sent(console, "pause_group", until=until).words.startswith("Paused for 1 person until Wed")
    assert sent(console, "preview_group", act="resume").value["people"] == 1
    assert sent(console, "resume_group", lead=lead).words == "Goes on for 1 person"
    left_out = sent(console, "skip_of_group", step="day-1", reason="Not before the holiday")
    assert left_out.words == "Left out for 1 person"
    assert sent(console, "preview_group", act="skip", step="day-1").value["people"] == 0
    assert sent(console, "preview_group", act="sneeze").state == "refused"


def test_a_group_is_that_of_an_owner_or_a_place(console: TestApp) -> None:
    new_lead(console)
    ((owner, _name),) = sent(console, "group_owners").value
    (lead,) = rows(console, leads)
    assert owner == lead.owner_id
    for chosen, people in (({"owner": owner}, 1), ({"location": lead.location}, 1), ({"location": "x"}, 0)):
        assert sent(console, "preview_group", act="end", **chosen).value["people"] == people


def test_somebody_made_up_goes_through_a_draft_with_dates_and_reasons(console: TestApp) -> None:
    """Without consent to advertising, what advertises is dropped and says so."""
    at = round(console.clock.now().timestamp() * 1000)
    fields = {**MADE_UP, "marketing": False, "at": at}
    reply = f"booking {at + 3 * 24 * 3_600_000}"
    found = sent(console, "dry_run", Role.MARKETING, body=body(), fields=fields, events=[reply]).value
    steps = {one["step"]: one for one in found["steps"]}
    assert steps["minute-0"]["goes"]
    assert steps["minute-0"]["words"]
    assert (steps["hour-4"]["goes"], steps["hour-4"]["why"]) == (False, "no consent for this kind of text")
    assert steps["day-7"]["why"] == "a visit was booked"
    assert found["counts"]["calls"] == 2


def test_a_dry_run_of_a_lead_is_a_line_of_the_trail(console: TestApp) -> None:
    lead = new_lead(console)
    console.clock.moment += timedelta(days=1)
    found = sent(console, "dry_run", body=body(), fields={"lead": lead}).value
    assert any("Omar" in step["words"] for step in found["steps"])
    process.looks().flush(now=console.clock.now())
    assert [row.detail["depth"] for row in rows(console, audit_events) if row.action == "looked"] == [
        "opened"
    ]
    refused = sent(console, "dry_run", Role.MARKETING, body=body(), fields={"lead": lead})
    assert refused.words.startswith("Your role can't")


@pytest.mark.parametrize("events", [["reply"], ["sneeze 1764100000000"], ["reply soon"]])
def test_events_that_no_page_of_ours_sends_are_refused_in_words(console: TestApp, events: list[str]) -> None:
    given = sent(console, "dry_run", body=body(), fields=MADE_UP, events=events)
    assert given.state == "refused"
    assert given.words


def test_a_number_that_nobody_can_have_stands_at_its_field(console: TestApp) -> None:
    assert "phone" in sent(console, "dry_run", body=body(), fields={"phone": "12"}).fields


def test_the_editor_of_sequences_has_what_every_editor_has() -> None:
    assert set(Editor(SEQUENCE, view.look).actions) < set(actions.ACTIONS)
