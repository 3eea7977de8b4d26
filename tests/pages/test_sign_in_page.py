"""The sign-in as a person meets it, and what each role finds behind it."""

import pytest
from sqlalchemy import select, update

from core.flows.access import sign_in
from core.staff.rules import TRIES
from core.staff.tables import sessions, staff
from tests.conftest import TestApp
from tests.pages.conftest import PASSWORD, Visit, submit, words


def test_nobody_sees_a_page_without_signing_in(visit: Visit) -> None:
    """The form is all there is."""
    page = visit()
    assert [field.label for field in page.text_input] == ["User name", "Password"]
    assert "Lead queue" not in words(page).replace("the lead queue", "")


def test_the_right_password_leads_to_the_queue(visit: Visit) -> None:
    """Signing in is one step."""
    page = visit("frontdesk")
    assert not page.exception
    assert "Lead queue" in words(page)
    assert not page.text_input


def test_a_wrong_password_never_says_which_part_was_wrong(visit: Visit) -> None:
    """The words are the same for a name that exists and one that does not."""
    known = words(submit(visit(), "frontdesk", "wrong"))
    unknown = words(submit(visit(), "somebody", "wrong"))
    assert "User name and password do not match. Four tries left" in known
    assert known == unknown


@pytest.mark.parametrize(
    ("username", "password", "asked"),
    [
        ("", "", "Enter your user name and password."),
        ("frontdesk", " ", "Enter your password."),
        ("", "x", "Enter your user name."),
    ],
)
def test_an_empty_field_has_words_of_its_own_and_is_no_try(
    visit: Visit, console: TestApp, username: str, password: str, asked: str
) -> None:
    """A slip of the Enter key costs nobody one of the five tries."""
    assert asked in words(submit(visit(), username, password))
    with console.db.read() as session:
        tries = session.execute(select(staff.c.failed_sign_ins).where(staff.c.username == "frontdesk"))
        assert tries.scalar_one() == 0


def test_password_managers_know_the_fields(visit: Visit) -> None:
    assert [field.proto.autocomplete for field in visit().text_input] == ["username", "current-password"]


def test_who_can_set_a_new_password_is_told_truly(visit: Visit) -> None:
    """There is no page for it: it is done where the system runs."""
    assert "luxe staff reset-password" in words(visit())
    assert "Any admin" not in words(visit())


def test_the_fifth_failure_announces_the_wait(visit: Visit) -> None:
    """After that even the right password waits."""
    page = visit()
    for _ in range(TRIES):
        submit(page, "frontdesk", "wrong")
    assert "Wait 15 minutes" in words(submit(page, "frontdesk", PASSWORD))


def test_the_sign_in_says_where_one_goes_next(visit: Visit) -> None:
    """A deep link is kept: its parameters are still in the address after the sign-in."""
    page = visit(lead="A-1042")
    submit(page, "frontdesk", PASSWORD)
    assert page.query_params["lead"] == "A-1042"


def test_a_session_that_ended_elsewhere_ends_here_at_the_next_click(visit: Visit, console: TestApp) -> None:
    """Signing out on one screen signs out the other."""
    page = visit("frontdesk")
    with console.db.write() as session:
        session.execute(update(sessions).values(revoked_at=console.clock.now()))
    page.run()
    assert [field.label for field in page.text_input] == ["User name", "Password"]
    assert "You were signed out" in words(page)


@pytest.mark.parametrize(
    ("username", "page"),
    [
        ("provider", "sla_monitor.py"),
        ("frontdesk", "funnel.py"),
        ("frontdesk", "sources.py"),
        ("manager", "resend.py"),
        ("marketing", "unread_forms.py"),
        ("marketing", "lead.py"),
    ],
)
def test_a_role_that_may_not_is_told_who_may(visit: Visit, username: str, page: str) -> None:
    """A link that a colleague sent answers with whom to ask, not with an empty page."""
    seen = visit(username, page)
    assert not seen.exception
    assert "It is open to:" in words(seen)


def test_marketing_begins_where_it_may(visit: Visit) -> None:
    """Somebody without leads starts at the results, not at a refusal."""
    page = visit("marketing")
    assert not page.exception
    assert "It is open to:" not in words(page)


def test_an_initial_password_is_changed_before_anything_else(visit: Visit, console: TestApp) -> None:
    """The new one is asked for twice; then the work begins."""
    with console.db.write() as session:
        session.execute(update(staff).values(must_change_password=True))
    page = visit("frontdesk")
    assert "Choose your password" in words(page)
    assert not page.sidebar.children
    submit(page, "seven quiet herons", "seven quiet heron")
    assert "The two passwords differ" in words(page)
    submit(page, "seven quiet herons", "seven quiet herons")
    assert "Lead queue" in words(page)


def test_signing_out_in_the_page_revokes_its_session(visit: Visit, console: TestApp) -> None:
    """The session is known to the page itself, not only to the browser's cookie."""
    page = visit("frontdesk")
    session_id = page.session_state["session_id"]
    sign_in.sign_out(console, session_id, console.clock.now())
    page.run()
    assert [field.label for field in page.text_input] == ["User name", "Password"]
