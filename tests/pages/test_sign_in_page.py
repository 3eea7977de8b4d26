"""The sign-in as a person meets it, and what each role finds behind it."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from console.parts.refusals import span_words
from core.flows.access import sign_in
from core.staff.delay_rules import BRAKES
from core.staff.tables import sessions, sign_in_tries, staff
from tests.conftest import TestApp
from tests.pages.conftest import PASSWORD, Visit, submit, words


@pytest.fixture
def visit(visit_by_form: Visit) -> Visit:
    return visit_by_form


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
    assert "User name and password do not match. Two more tries before you have to wait." in known
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
    """A slip of the Enter key costs nobody a try."""
    assert asked in words(submit(visit(), username, password))
    with console.db.read() as session:
        assert session.execute(select(sign_in_tries)).all() == []


def test_password_managers_know_the_fields(visit: Visit) -> None:
    assert [field.proto.autocomplete for field in visit().text_input] == ["username", "current-password"]


def test_who_can_set_a_new_password_is_told_truly(visit: Visit) -> None:
    """An admin, on their page; where there is none, whoever runs the system."""
    assert "An admin gives you a new one." in words(visit())
    assert "luxe staff reset-password" in words(visit())


def test_after_a_few_failures_the_page_says_how_long_to_wait(visit: Visit, console: TestApp) -> None:
    """Finding 8: not even the right password is looked at until then, and the account is not locked."""
    page = visit()
    for _ in range(BRAKES["pair"].free):
        submit(page, "frontdesk", "wrong")
    assert "Try again in <b>5 s</b>" in words(page)
    assert "Too many failed tries" in words(submit(page, "frontdesk", PASSWORD))
    console.clock.advance(timedelta(seconds=5))
    assert "Lead queue" in words(submit(page, "frontdesk", PASSWORD))


@pytest.mark.parametrize(
    ("seconds", "said"), [(5, "5 s"), (59, "59 s"), (60, "1:00 min"), (640, "10:40 min")]
)
def test_a_wait_is_said_in_seconds_or_minutes(seconds: int, said: str) -> None:
    assert span_words(seconds) == said


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
