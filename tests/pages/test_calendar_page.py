"""The calendar's page: who may open it, who may act, what it is told."""

import json
from datetime import timedelta
from typing import Any

import pytest

from console.calendar import actions, marking, view
from console.calendar.view import parts
from console.parts import message as messages
from console.parts.words import initials
from console.shell import Outcome
from core.domain.roles import Role
from tests.access import trying
from tests.conftest import TestApp
from tests.flows.booking.booking import a_lead, add_provider, booked, wish
from tests.flows.booking.waitlist import at, cancelled, says, tess, waits
from tests.flows.dispatching import run_due
from tests.pages.conftest import Visit, words


@pytest.mark.parametrize("username", ["frontdesk", "manager", "admin", "provider", "marketing"])
def test_the_calendar_is_for_those_who_see_patients(visit: Visit, username: str) -> None:
    """Providers look at it, marketing does not."""
    shown = visit(username, "calendar.py")
    assert not shown.exception
    assert ("is not open to your role" in words(shown)) == (username == "marketing")


@pytest.mark.parametrize(("username", "works"), [("frontdesk", True), ("provider", False)])
def test_providers_see_and_others_act(visit: Visit, username: str, works: bool) -> None:
    """Where the role may not, the page says who may."""
    shown = visit(username, "calendar.py")
    [component] = [one for one in shown.main if "calendar" in str(getattr(one, "proto", ""))]
    sent = str(component.proto)
    assert ("Your role can" in sent) == (not works)


def test_an_address_names_place_day_and_length_or_nothing() -> None:
    """Whatever a browser asks for, nothing else is read."""
    assert parts("west-lake.2026-11-23.7") is not None
    assert [
        parts(one) for one in ("a.b.c", "downtown.2026-13-01.1", "downtown.2026-11-23.12", "A.2026-11-23.1")
    ] == [None] * 4
    assert [initials(name) for name in ("Nina Castellano", "Cher", "Ana de la Rosa", "")] == [
        "NC",
        "C",
        "AR",
        "",
    ]


def test_every_action_of_the_scripts_has_its_handler() -> None:
    """What a button sends is answered, and so is what an undo sends."""
    undone = {
        "unbook",
        "unblock",
        "not_arrived",
        "not_in_room",
        "not_complete",
        "unconfirmed",
        "unask",
        "move",
    }
    pressed = {
        "find",
        "free",
        "book",
        "walk_in",
        "block",
        "arrive",
        "in_room",
        "complete",
        "confirmed",
        "no_show",
        "offer_now",
        "call_instead",
        "answer_offer",
        "stop_offers",
    }
    assert undone | pressed | {"look", "opened", "ask", "cancel_visit", "put_back_visit"} == set(
        actions.ACTIONS
    )
    assert set(marking.ACTIONS) < set(actions.ACTIONS)


def test_an_action_without_a_session_changes_nothing(console: TestApp) -> None:
    """A page that was left open after its session ended."""
    add_provider(console, "tess2", "Tess Grey", ["skin"])
    made = booked(console, a_lead(console), wish(console), console.clock.now() + timedelta(hours=1))
    outcome = marking.ACTIONS["arrive"](messages.read({"visit": made.id}))
    assert outcome.state == "ended"
    assert json.dumps(outcome.message())


def test_a_mark_that_stands_already_is_not_the_second_ones_to_undo(console: TestApp) -> None:
    """Z would take back what the patient's text or a colleague had said before."""
    add_provider(console, "tess2", "Tess Grey", ["skin"])
    made = booked(console, a_lead(console), wish(console), console.clock.now() + timedelta(hours=1))
    desk = trying.session_of(console, Role.FRONT_DESK)

    def arrive(_message: Any) -> Outcome:
        return marking.ACTIONS["arrive"](messages.read({"visit": made.id}))

    first, second = (trying.outcome(console, arrive, desk) for _ in range(2))
    assert (first.words, first.undo) == ("Arrived", {"action": "not_arrived", "visit": made.id})
    assert (second.words, second.undo) == ("Arrived: marked already", None)


def freed_rows(app: TestApp, days: int) -> dict[str, list[dict[str, Any]]]:
    """What the calendar pushes of times that came free tomorrow, and of who waits; by kind."""
    tomorrow = (app.clock.now().astimezone(app.settings.zone) + timedelta(days=1)).date()
    found: dict[str, list[dict[str, Any]]] = {}
    with app.db.read() as session:
        for row in view.rows(app, session, f"downtown.{tomorrow}.{days}", app.clock.now()):
            found.setdefault(row["kind"], []).append(row)
    return found


def test_a_time_that_came_free_has_its_people_beside_it(console: TestApp) -> None:
    """In their order, with what each waits for; whom it will not suit is said before they are asked."""
    tess(console)
    waits(console, 101)
    waits(console, 102, part="afternoon", days=(1, 3))
    waits(console, 103, part="morning")
    cancelled(console, at(console, 15, 30))
    run_due(console)
    found = freed_rows(console, 1)
    [slot] = found["freed"]
    assert (slot["what"], slot["state"], slot["by"]) == ("HydraFacial", "open", "Omar Reyes")
    assert [(one["state"], one["place"], one["wants"], one["why"]) for one in found["asked"]] == [
        ("offered", 1, "any time", ""),
        ("in_turn", 2, "Tue or Thu, after noon", ""),
        ("in_turn", 3, "before noon", "Wants a time before noon"),
    ]
    assert "waits" not in found, "the whole list is looked up by the week"
    week = freed_rows(console, 7)
    assert [one["wants"] for one in week["waits"]] == ["any time", "Tue or Thu, after noon", "before noon"]
    assert week["waiting"] == [{"id": "waiting", "kind": "waiting", "count": 3}]


def test_a_time_that_somebody_took_is_a_visit_and_no_freed_time(console: TestApp) -> None:
    tess(console)
    waits(console, 101)
    cancelled(console, at(console, 15, 30))
    run_due(console)
    says(console, 101, "1")
    assert "freed" not in freed_rows(console, 1)
