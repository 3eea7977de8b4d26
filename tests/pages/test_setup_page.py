"""Page Clinic: what is in its list, what its checklist says, and who is led to it."""

import copy
from typing import Any

import pytest

from console.parts.message import Message
from console.setup import booking_view, view
from console.setup.actions import ACTIONS
from core.domain.roles import Role
from core.flows.publishing import publish
from core.kinds import CALENDAR_KIND
from core.setup import bookable
from tests.access import trying
from tests.conftest import TestApp
from tests.flows.staffing import do, who
from tests.pages.conftest import Visit, words
from tests.pages.test_operations_pages import rows_of

WEEK = {"week": {"monday": ["09:00-17:00"]}, "holidays": [], "days": []}


@pytest.mark.parametrize(("username", "led"), [("manager", True), ("frontdesk", False)])
def test_an_empty_queue_leads_those_who_may_to_what_is_to_be_set_up(
    visit: Visit, username: str, led: bool
) -> None:
    shown = visit(username)
    assert not shown.exception
    assert "Before the first lead" in words(shown)
    assert bool(shown.get("page_link")) == led


def test_the_list_has_the_clinic_each_location_and_the_treatments(console: TestApp) -> None:
    saved = do(console, publish.save_draft, who(console, "manager"), CALENDAR_KIND, "westlake", WEEK, 0)
    assert saved.number == 2
    rows = rows_of(console, view.TOPIC)
    assert [(row["id"], row["title"], row["about"]) for row in rows] == [
        ("clinic", "Clinic", "2 locations"),
        ("calendar:downtown", "Hours of Downtown", "73 hours a week"),
        ("calendar:westlake", "Hours of Westlake", "56 hours a week"),
        ("treatments", "Treatments", "13 offered"),
        ("services", "Services", "13 offered"),
        ("resources", "Rooms and devices", "6 rooms, 3 devices"),
        ("packages", "Packages", "3 offered"),
        ("booking_rules", "Booking rules", "Free change until 2 h before"),
    ]
    assert [row["draftBy"] for row in rows if row["draftBy"]] == ["Elena Ruiz"]


def test_the_checklist_says_where_each_step_is_done(console: TestApp) -> None:
    steps = {row["about"]: (row["state"], row["go"]) for row in rows_of(console, view.STEPS)}
    assert steps["Clinic"] == ("later", "/setup?part=clinic")
    assert steps["Hours"] == ("later", "/setup?part=calendar:downtown")
    assert steps["Who takes leads"][0] == "done"


def test_a_draft_is_shown_as_it_would_stand(console: TestApp) -> None:
    """Half typed or worse: what can be read is shown, nothing breaks."""
    found = view.look_at_calendar(WEEK)
    assert (found["open"], found["now"], found["hours"]) == (True, "Open now, until 5:00 PM", 8)
    for body in ({}, {"week": {"monday": ["9-17", None]}, "days": [{"date": "soon"}], "holidays": "x"}):
        assert view.look_at_calendar(body)["now"] == "Never open"
        assert view.look_at_clinic(body)["text"] == ""
        assert view.look_at_treatments(body) == {"groups": []}
        assert booking_view.look_at_services(body) == {"lacks": {}}
        assert booking_view.look_at_packages(body) == {"saves": {}}
        assert booking_view.look_at_rules(body)["change"] == "2 h"


def in_use(kind: str) -> dict[str, Any]:
    return copy.deepcopy(dict(bookable.shipped(kind)[kind]))


def test_a_drafted_service_says_why_it_could_be_booked_nowhere(console: TestApp) -> None:
    body = in_use("services")
    place = next(number for number, one in enumerate(body["services"]) if one["code"] == "botox")
    assert str(place) not in booking_view.look_at_services(body)["lacks"]
    body["services"][place]["room"] = "pool"
    lacks = booking_view.look_at_services(body)["lacks"]
    assert lacks[str(place)] == "Can't be booked: no location has a room for 'pool'"
    body["services"][place]["retired"] = True
    assert str(place) not in booking_view.look_at_services(body)["lacks"], "nobody means to book it"


def test_a_location_says_what_it_has_nothing_for(console: TestApp) -> None:
    body = in_use("resources")
    body["resources"] = [one for one in body["resources"] if "consultation" not in one["types"]]
    unserved = booking_view.look_at_resources(body)["places"]
    assert "No room for 'consultation': Consultation can't be booked here." in unserved["downtown"]
    assert "No device for 'cooling': CoolSculpting can't be booked here." in unserved["westlake"]


def test_a_package_says_what_it_saves_or_that_it_saves_nothing(console: TestApp) -> None:
    body = in_use("packages")
    assert booking_view.look_at_packages(body)["saves"]["0"] == "Saves $87, 15 %"
    body["packages"][0]["price"] = "600"
    saves = booking_view.look_at_packages(body)["saves"]
    assert saves["0"] == "Saves nothing: 3 single visits are $567"


@pytest.mark.parametrize(("role", "state"), [(Role.MANAGER, "done"), (Role.FRONT_DESK, "refused")])
def test_who_sees_the_set_up_asks_when_a_draft_is_free_first(
    console: TestApp, role: Role, state: str
) -> None:
    body = next(one for one in in_use("services")["services"] if one["code"] == "botox")
    session = trying.session_of(console, role)
    found = trying.outcome(console, lambda _message: ACTIONS["services.first"](Message(body=body)), session)
    assert found.state == state
    if state == "done":
        assert (found.value[0]["place"], found.value[0]["provider"]) == ("Downtown", "Nina")
