"""One tab, one person: what a page shows belongs to whoever its socket's cookie names, and goes with them."""

from collections.abc import Callable

import pytest
import streamlit as st
from sqlalchemy import update

from console.gate.pages import PAGES, Pages
from core.flows.access import sign_in
from core.flows.access.sign_in import SignedIn
from core.staff.tables import staff
from tests.conftest import TestApp
from tests.pages.conftest import PASSWORD, Visit, submit, words

HITS = "lead_queue.outcome"
Cookie = Callable[[str], None]


@pytest.fixture
def cookie(monkeypatch: pytest.MonkeyPatch) -> Cookie:
    """Says which token the browser sent when the page connected."""

    def of(token: str) -> None:
        monkeypatch.setattr(type(st.context), "cookies", {"luxe_session": token})

    return of


def opened(console: TestApp, username: str) -> tuple[SignedIn, str]:
    """A session from another tab of this browser, with its cookie's token."""
    now = console.clock.now()
    who = sign_in.sign_in(console, username, PASSWORD, now=now)
    assert isinstance(who, SignedIn)
    token = sign_in.redeem(console, who.ticket, now)
    assert token
    return who, token


def test_nothing_of_the_last_person_is_left_after_signing_out(visit: Visit, console: TestApp) -> None:
    """Finding 22: the search's hits, with names and phones, were still in the page of the next one."""
    page = visit("frontdesk")
    page.session_state[HITS] = {"value": ["Omar Reyes 407-555-0155"]}
    session_id = page.session_state["session_id"]
    sign_in.sign_out(console, session_id, console.clock.now())
    page.run()
    assert HITS not in page.session_state
    submit(page, "manager", PASSWORD)
    assert HITS not in page.session_state
    assert page.session_state["session_id"] != session_id


def test_signing_out_here_leaves_nothing_either(visit: Visit, console: TestApp) -> None:
    """Finding 22: by the button of the page itself, with the session ended too."""
    with console.db.write() as session:
        session.execute(
            update(staff).where(staff.c.username == "frontdesk").values(must_change_password=True)
        )
    page = visit("frontdesk")
    page.session_state[HITS] = {"value": ["Omar Reyes"]}
    session_id = page.session_state["session_id"]
    next(button for button in page.button if button.label == "Sign out").click().run()
    assert HITS not in page.session_state
    assert "session_id" not in page.session_state
    assert sign_in.watch(console, session_id, console.clock.now()) is None


def test_a_page_of_one_person_is_never_shown_to_another(
    visit: Visit, console: TestApp, cookie: Cookie
) -> None:
    """Finding 11: where the page's state and the socket's cookie differ, the cookie counts and the state is gone."""
    page = visit("frontdesk")
    page.session_state[HITS] = {"value": ["Omar Reyes"]}
    other, token = opened(console, "manager")
    cookie(token)
    page.run()
    assert page.session_state["session_id"] == other.session_id
    assert HITS not in page.session_state


def test_the_cookie_of_the_same_session_changes_nothing(
    visit: Visit, console: TestApp, cookie: Cookie
) -> None:
    """A page that comes back after a break of the network is the same page."""
    mine, token = opened(console, "frontdesk")
    cookie(token)
    page = visit()
    page.session_state[HITS] = {"value": ["Omar Reyes"]}
    page.run()
    assert page.session_state["session_id"] == mine.session_id
    assert HITS in page.session_state


def test_one_signs_in_anew_on_a_page_that_still_has_the_old_cookie(
    visit: Visit, console: TestApp, cookie: Cookie
) -> None:
    """Cookies are read when a page connects: after a session is over the next sign-in is in none that we see."""
    mine, token = opened(console, "frontdesk")
    cookie(token)
    page = visit()
    sign_in.sign_out(console, mine.session_id, console.clock.now())
    page.run()
    assert "You were signed out" in words(page)
    submit(page, "manager", PASSWORD)
    page.run()
    assert page.session_state["session_id"] not in {"", mine.session_id}
    assert "Sign in" not in words(page)


def test_a_page_is_known_to_be_somebody_s_only_while_they_are_signed_in(
    visit: Visit, console: TestApp
) -> None:
    """Finding 11: the gate asks here whose page it is that a browser wants to come back to."""
    page = visit("frontdesk")
    session_id = page.session_state["session_id"]
    known = [page_id for page_id, owner in PAGES._owners.items() if owner == session_id]
    assert len(known) == 1
    sign_in.sign_out(console, session_id, console.clock.now())
    page.run()
    assert PAGES.owner(known[0]) == ""


def test_the_oldest_pages_are_forgotten_first() -> None:
    """Whatever opens pages without end fills no memory."""
    pages = Pages(most=2)
    for number in range(3):
        pages.belongs(f"page-{number}", "somebody")
    assert [pages.owner(f"page-{number}") for number in range(3)] == ["", "somebody", "somebody"]
