"""Whatever the product offers has a line in the matrix that says who may, and no line speaks of what is not there."""

import re
from pathlib import Path
from typing import Any

import pytest
from starlette.routing import Route, WebSocketRoute

from console.gate import doors
from core.domain.roles import Role
from gateway.main import create_app
from tests.access import collecting
from tests.access.trying import TABLE, WHO
from tests.conftest import TestApp

ROOT = Path(__file__).parents[2]
FOLDERS = ("pages", "console", "gateway", "scheduler", "luxe")
EDGES = [file for folder in FOLDERS for file in (ROOT / folder).rglob("*.py")]


@pytest.mark.parametrize("part", ["pages", "topics", "actions", "reads", "commands"])
def test_whatever_the_product_offers_has_its_line(part: str) -> None:
    """A new page, topic, action, read or command is decided upon here before anybody can reach it."""
    assert sorted(getattr(collecting, part)()) == sorted(TABLE[part])


def test_every_story_that_names_somebody_has_its_line() -> None:
    assert sorted(collecting.flows()) == sorted([*TABLE["flows"], *TABLE["inner"]])


def test_every_file_that_is_offered_has_its_line() -> None:
    assert collecting.exports() == sorted(TABLE["files"])


def test_every_address_of_the_gateway_has_its_line(console: TestApp) -> None:
    assert sorted(addresses(create_app(console).routes)) == sorted(TABLE["gateway"])


def addresses(routes: list[Any]) -> set[str]:
    """'GET /healthz'; a folder of files is one GET."""
    found: set[str] = set()
    for route in routes:
        included = getattr(
            route, "original_router", None
        )  # how this FastAPI keeps a router that was included
        if included is not None:
            found |= addresses(included.routes)
        else:
            methods = getattr(route, "methods", None) or {"GET"}
            found |= {f"{method} {route.path}" for method in methods - {"HEAD"}}
    return found


def test_every_door_of_the_console_has_its_line() -> None:
    assert sorted(collecting.console_doors()) == sorted(TABLE["doors"])


def test_the_gate_asks_for_a_session_where_the_matrix_says_so() -> None:
    """And Streamlit's way to an identity provider is only a door where one is set up."""
    for path, door in collecting.console_doors().items():
        assert door.signed_in == (TABLE["doors"][path] == "signed"), path
    assert {one.path for one in doors.PROVIDER} == {
        path for path, who in TABLE["doors"].items() if who == "provider"
    }


def test_every_route_of_our_own_lies_behind_a_door() -> None:
    """A route that the gate does not know would be there for nobody, or by somebody else's door."""
    for route in collecting.console_routes():
        assert isinstance(route, Route | WebSocketRoute)
        path = re.sub(r"\{[^}]+\}", "x", route.path)
        found = doors.door(path) if isinstance(route, Route) else doors.socket_door(path)
        assert found is not None, route.path


def test_a_part_of_a_story_is_called_by_no_edge_but_the_one_that_acts() -> None:
    """It asks nobody for a permission: the story that it belongs to has."""
    for name in TABLE["inner"]:
        module, function = name.split(".")[-2:]
        callers = {file for file in EDGES if f"{module}.{function}(" in file.read_text(encoding="utf-8")}
        assert callers <= {ROOT / "console" / "shell.py"}, name


def test_the_matrix_speaks_of_real_roles() -> None:
    assert set().union(*WHO.values()) == {role.value for role in Role}
    for part in ("pages", "topics", "actions", "flows", "reads", "files"):
        assert set(TABLE[part].values()) <= set(WHO), part
