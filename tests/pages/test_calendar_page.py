"""The calendar's page: who may open it, who may act, what it is told."""

import json
from datetime import timedelta

import pytest

from console.calendar import actions, marking
from console.calendar.view import parts
from console.parts import message as messages
from console.parts.words import initials
from tests.conftest import TestApp
from tests.flows.booking.booking import a_lead, add_provider, booked, wish
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
