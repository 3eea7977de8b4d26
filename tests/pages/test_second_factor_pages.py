"""The code after the password, setting it up, and My account, as a person meets them."""

import re
from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import select, update
from streamlit.testing.v1 import AppTest

from core.flows.access import second_factor, sign_in
from core.staff.rules import CONFIRM_MINUTES
from core.staff.store import second_factors
from core.staff.tables import sessions, staff
from tests.conftest import TestApp
from tests.pages.conftest import PASSWORD, Visit, submit, words

AT = 1_795_000_000


@pytest.fixture
def visit(visit_by_form: Visit) -> Visit:
    return visit_by_form


@pytest.fixture(autouse=True)
def _phone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The phone's clock stands still."""
    for module in ("console.after_password", "console.parts.second_factor", "console.parts.step_up"):
        monkeypatch.setattr(f"{module}.real_time", lambda: float(AT))


def secret_of(console: TestApp, username: str) -> str:
    with console.db.read() as session:
        person = session.execute(select(staff.c.id).where(staff.c.username == username)).scalar_one()
        found = second_factors.factor(session, person)
    assert found
    return found.secret


def give_factor(console: TestApp, username: str) -> str:
    """A second factor that was set up a while ago; its secret."""
    who = sign_in.sign_in(console, username, PASSWORD, now=console.clock.now())
    assert isinstance(who, sign_in.SignedIn)
    with console.db.write() as session:
        secret = second_factor.begin(session, who.actor, username, now=console.clock.now()).secret
        at = AT - 600
        typed = pyotp.TOTP(secret).at(at)
        second_factor.confirm(session, who.actor, typed, at=at, now=console.clock.now())
    return secret


def press(test: AppTest, label: str) -> AppTest:
    button = next(one for one in test.button if one.label == label)
    return button.click().run()


def test_the_code_comes_after_the_password(visit: Visit, console: TestApp) -> None:
    """A wrong one says no more than that; the right one opens the work."""
    secret = give_factor(console, "frontdesk")
    page = submit(visit(), "frontdesk", PASSWORD)
    assert [field.label for field in page.text_input] == ["Code"]
    assert not page.sidebar.children
    page.text_input[0].set_value("000000")
    assert "This code is not right, or was used already." in words(page.button[0].click().run())
    page.text_input[0].set_value(pyotp.TOTP(secret).at(AT))
    page.button[0].click().run()
    assert not page.exception
    assert "Lead queue" in words(page)


def test_an_empty_code_is_no_try(visit: Visit, console: TestApp) -> None:
    give_factor(console, "frontdesk")
    page = submit(visit(), "frontdesk", PASSWORD)
    assert "Enter the code." in words(page.button[0].click().run())


def test_somebody_else_can_sign_in_instead(visit: Visit, console: TestApp) -> None:
    give_factor(console, "frontdesk")
    page = press(submit(visit(), "frontdesk", PASSWORD), "Sign in as somebody else")
    assert [field.label for field in page.text_input] == ["User name", "Password"]
    assert "Lead queue" in words(submit(page, "manager", PASSWORD))


def test_whoever_comes_late_with_the_code_begins_anew(visit: Visit, console: TestApp) -> None:
    secret = give_factor(console, "frontdesk")
    page = submit(visit(), "frontdesk", PASSWORD)
    console.clock.advance(timedelta(minutes=6))
    page.text_input[0].set_value(pyotp.TOTP(secret).at(AT))
    page.button[0].click().run()
    assert "Sign in again." in words(page)
    assert [field.label for field in page.text_input] == ["User name", "Password"]


def test_a_role_that_needs_it_sets_it_up_before_anything_else(
    visit: Visit, console: TestApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The picture, the code, ten recovery codes that are shown once; then the work."""
    monkeypatch.setitem(console.settings.__dict__, "totp_roles", "frontdesk")
    page = visit("frontdesk")
    assert "Set up your second factor" in words(page)
    assert not page.sidebar.children
    assert 'src="data:image/svg+xml' in words(page)
    secret = secret_of(console, "frontdesk")
    assert any(secret in block.value.replace(" ", "") for block in page.code)
    page.text_input[0].set_value("123")
    assert "This code is not right." in words(press(page, "Confirm and continue"))
    page.text_input[0].set_value(pyotp.TOTP(secret).at(AT))
    press(page, "Confirm and continue")
    assert len(re.findall(r"<li>\w{5}-\w{5}</li>", words(page))) == 10
    assert not page.sidebar.children
    console.clock.advance(timedelta(minutes=5))  # longer than the ticket of the sign-in lives
    first = page.session_state["session_id"]
    press(page, "I have kept them")
    assert "Lead queue" in words(page)
    assert "second_factor.codes" not in page.session_state
    assert sign_in.redeem(console, page.session_state["ticket"], console.clock.now())
    assert sign_in.resume(console, first, console.clock.now()) is None


def test_a_page_that_is_drawn_anew_shows_the_same_picture(
    visit: Visit, console: TestApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The phone may hold it already; after an hour it is another one."""
    monkeypatch.setitem(console.settings.__dict__, "totp_roles", "frontdesk")
    visit("frontdesk")
    first = secret_of(console, "frontdesk")
    visit("frontdesk")
    assert secret_of(console, "frontdesk") == first
    console.clock.advance(timedelta(hours=1))
    visit("frontdesk")
    assert secret_of(console, "frontdesk") != first


def test_my_account_says_how_one_signs_in(visit: Visit) -> None:
    """For every role, though it stands in no menu."""
    for username in ("frontdesk", "marketing", "provider"):
        page = visit(username, "my_account.py")
        assert not page.exception
        assert f"user name {username}" in words(page)
        assert "Off. With it, your password alone opens nothing" in words(page)
        labels = [one.label for one in page.button]
        assert labels[:2] == ["Change password", "Set up a second factor"]
        assert ("Save" in labels) == (username == "provider")  # what patients choose them by


def test_with_a_second_factor_my_account_counts_the_recovery_codes(visit: Visit, console: TestApp) -> None:
    secret = give_factor(console, "manager")
    page = submit(visit(), "manager", PASSWORD)
    page.text_input[0].set_value(pyotp.TOTP(secret).at(AT))
    page.button[0].click().run()
    page.switch_page("../pages/my_account.py").run()
    assert "10 of 10 recovery codes are left" in words(page)
    assert [one.label for one in page.button][1:3] == ["Make new recovery codes", "Remove the second factor"]


def test_an_old_session_is_asked_once_more_before_the_password_changes(
    visit: Visit, console: TestApp
) -> None:
    """A desk that somebody left is not enough for that."""
    page = visit("manager", "my_account.py")
    press(page, "Change password")
    assert {"New password", "The same again"} <= {field.label for field in page.text_input}
    page = visit("manager", "my_account.py")
    with console.db.write() as session:
        old = console.clock.now() - timedelta(minutes=CONFIRM_MINUTES)
        session.execute(update(sessions).values(confirmed_at=old))
    press(page, "Change password")
    asked = {field.label for field in page.text_input}
    assert ("Your password" in asked, "New password" in asked) == (True, False)


def test_only_an_admin_finds_sign_in_and_access(visit: Visit) -> None:
    assert "It is open to: Admin" in words(visit("manager", "staff_access.py"))
    page = visit("admin", "staff_access.py")
    assert not page.exception
    assert "luxe staff add" in words(page)


def grow_old(console: TestApp) -> None:
    """The last proof of everybody is ten minutes ago."""
    with console.db.write() as session:
        old = console.clock.now() - timedelta(minutes=CONFIRM_MINUTES)
        session.execute(update(sessions).values(confirmed_at=old))


def test_what_an_admin_does_to_an_account_asks_once_more_who_it_is(visit: Visit, console: TestApp) -> None:
    """And changes nothing until then."""
    page = visit("admin", "staff_access.py")
    with console.db.read() as session:
        person = session.execute(select(staff.c.id).where(staff.c.username == "frontdesk")).scalar_one()
    grow_old(console)
    page.session_state["staff_access.asked"] = ("disable", person)
    page.run()
    assert [field.label for field in page.text_input] == ["Your password"]
    assert "Close the account" not in [one.label for one in page.button]
