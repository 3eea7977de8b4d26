"""Where alerts go is changed by whoever has just shown who they are: an open screen is not enough for that."""

from typing import Any

import pytest

from console.my_account import actions as own
from console.parts import step_up
from console.parts.component import Handler
from console.shell import Outcome
from console.staff import actions as staff_actions
from core.domain.roles import Role
from core.flows.access.sign_in import SignedIn
from core.reads import staff
from tests.access import trying
from tests.conftest import TestApp
from tests.flows.notifying import KEYS, SLACK, browsers_left
from tests.flows.staffing import who
from tests.pages.conftest import Visit, words
from tests.pages.test_second_factor_pages import grow_old

BROWSER = {"endpoint": "https://push.example.com/send/maya", **KEYS}


def sent(console: TestApp, handler: Handler, signed_in: SignedIn, message: dict[str, Any]) -> Outcome:
    return trying.outcome(console, lambda _message: handler(message), signed_in)


def tool(console: TestApp, username: str) -> str:
    with console.db.read() as session:
        return staff.ways(session, who(console, "admin"), who(console, username).staff_id).tool


@pytest.mark.parametrize("stale", [True, False])
def test_a_browser_is_turned_on_after_a_fresh_proof_only(console: TestApp, stale: bool) -> None:
    maya = trying.session_of(console, Role.FRONT_DESK)
    if stale:
        grow_old(console)
    outcome = sent(console, own.turn_on, maya, BROWSER)
    assert (outcome.ok, len(browsers_left(console))) == (not stale, 0 if stale else 1)
    assert (step_up.FIRST in outcome.words) == stale


def test_a_chat_tool_is_connected_after_a_fresh_proof_only_and_taken_away_at_once(console: TestApp) -> None:
    maya, admin = (trying.session_of(console, role) for role in (Role.FRONT_DESK, Role.ADMIN))
    for handler, by in ((own.set_chat, maya), (staff_actions.set_chat, admin)):
        message = {"id": maya.actor.staff_id, "address": SLACK}
        grow_old(console)
        assert sent(console, handler, by, message).words == step_up.FIRST
        assert tool(console, "frontdesk") == ""
        fresh = trying.session_of(console, by.actor.role)
        assert sent(console, handler, fresh, message).ok
        assert tool(console, "frontdesk") == "Slack"
        grow_old(console)
        assert sent(console, handler, by, message | {"address": ""}).ok
        assert tool(console, "frontdesk") == ""


@pytest.mark.parametrize(("username", "file"), [("frontdesk", "my_account.py"), ("admin", "staff.py")])
def test_the_page_asks_who_it_is(visit: Visit, console: TestApp, username: str, file: str) -> None:
    page = visit(username, file)
    grow_old(console)
    page.session_state[step_up.ASKED] = "A chat tool is about to get your alerts."
    page.run()
    assert not page.exception
    assert [field.label for field in page.text_input] == ["Your password"]
    assert "A chat tool is about to get your alerts. Show once more that it is you" in words(page)
