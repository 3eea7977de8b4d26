"""Tries what the matrix speaks of, as each role in turn, through the code that a browser reaches."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import streamlit as st

from console import shell
from console.parts.component import Handler, answer
from console.shell import Outcome
from core.domain.errors import Denied, LuxeError
from core.domain.roles import Actor, Role
from core.flows.access import sign_in
from core.flows.access.sign_in import SignedIn
from tests.access.collecting import Story
from tests.access.examples import MESSAGE, arguments
from tests.conftest import TestApp
from tests.pages.conftest import PASSWORD

TABLE: Mapping[str, Any] = tomllib.loads((Path(__file__).parent / "matrix.toml").read_text(encoding="utf-8"))
WHO: Mapping[str, frozenset[str]] = {name: frozenset(roles) for name, roles in TABLE["who"].items()}
OPEN, CLOSED = "open", "closed"


def expected(who: str) -> dict[str, str]:
    """Role to open or closed, of a name of the table's [who]."""
    return {role: OPEN if role in WHO[who] else CLOSED for role in Role}


def session_of(app: TestApp, role: Role) -> SignedIn:
    """Somebody of that role signs in. The demo's accounts are called as their roles are."""
    who = sign_in.sign_in(app, role.value, PASSWORD, now=app.clock.now())
    assert isinstance(who, SignedIn)
    return who


def story(app: TestApp, call: Story, actor: Actor) -> str:
    """Whether a story or a read lets the actor in. What it did is undone."""
    with app.db.write() as session:
        try:
            call(**arguments(call, app, session, actor))
        except Denied:
            return CLOSED
        except LuxeError:
            return OPEN
        finally:
            session.rollback()
    return OPEN


def outcome(app: TestApp, handler: Handler, who: SignedIn) -> Outcome:
    """What a page is answered that sends this action, by the console's own dispatcher."""
    st.session_state.clear()
    st.session_state["session_id"] = who.session_id
    shell.begin(app, who)
    given = answer({"action": "tried", **MESSAGE}, {"tried": handler})
    st.session_state.clear()
    return given


def action(app: TestApp, handler: Handler, who: SignedIn) -> str:
    """Whether an action is done for somebody."""
    given = outcome(app, handler, who)
    assert given.state not in {"error", "ended"}, given.words
    return CLOSED if given.words.startswith("Your role can't") else OPEN
