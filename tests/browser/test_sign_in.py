"""The sign-in as a keyboard meets it."""

from collections.abc import Iterator

import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import delete, select, update

from core.staff.delay_rules import BRAKES
from core.staff.tables import recovery_codes, second_factors, sessions, sign_in_tries, staff
from tests.browser.conftest import PASSWORD, Console, sign_in_by_form

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def _everybody_signs_in_as_before(console: Console) -> Iterator[None]:
    """The console is shared by all tests of a process: a second factor left on would shut the others out."""
    columns = (staff.c.id, staff.c.password_hash, staff.c.must_change_password)
    with console.app.db.read() as session:
        before = session.execute(select(*columns)).all()
    with console.app.db.write() as session:
        session.execute(delete(sessions))  # where one is signed in is counted here
    yield
    with console.app.db.write() as session:
        for table in (second_factors, recovery_codes, sign_in_tries):
            session.execute(delete(table))
        for id_, made, must_change in before:
            kept = {"password_hash": made, "must_change_password": must_change}
            session.execute(update(staff).where(staff.c.id == id_).values(**kept))


def test_one_types_at_once_and_enter_signs_in(page: Page, console: Console) -> None:
    """The cursor stands in the first field; an Enter too early is asked about and costs nothing."""
    page.goto(console.url)
    expect(page.get_by_role("textbox", name="User name")).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_text("Enter your user name and password.").wait_for()
    page.get_by_role("textbox", name="User name").fill("frontdesk")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_text("Live,").wait_for()


def fill(page: Page, username: str, password: str) -> None:
    page.get_by_role("textbox", name="User name").fill(username)
    page.get_by_role("textbox", name="Password").fill(password)
    page.get_by_role("button", name="Continue").click()


def test_a_wait_is_counted_down_and_a_known_browser_has_none_of_it(
    page: Page, console: Console, chromium: Browser
) -> None:
    """Finding 8: a stranger's failures at a name slow the stranger down; who works here goes on."""
    sign_in_by_form(page, console, "manager")
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("textbox", name="User name").wait_for()
    context = chromium.new_context()
    try:
        stranger = context.new_page()
        stranger.goto(console.url)
        for _ in range(BRAKES["pair"].free - 1):
            fill(stranger, "manager", "wrong")
            stranger.get_by_text("before you have to wait").wait_for()
            stranger.get_by_role("textbox", name="Password").fill("")
        fill(stranger, "manager", "wrong")
        line = stranger.get_by_role("timer")
        expect(line).to_contain_text("Try again in 5 s")
        fill(stranger, "manager", PASSWORD)
        expect(stranger.get_by_text("Too many failed tries")).to_be_visible()
        fill(page, "manager", PASSWORD)
        page.get_by_text("Live,").wait_for()
        expect(line).to_contain_text("You can try again now")
        fill(stranger, "manager", PASSWORD)
        stranger.get_by_text("Live,").wait_for()
    finally:
        context.close()


def test_a_second_factor_is_set_up_and_asked_for(page: Page, console: Console) -> None:
    """The picture, ten codes shown once, the code after the password; a recovery code opens the door once."""
    sign_in_by_form(page, console, "marketing", "/my-account")
    page.get_by_role("button", name="Set up a second factor").click()
    expect(page.get_by_role("img", name="Picture for the authenticator app")).to_be_visible()
    page.get_by_text("No camera at hand").click()
    secret = page.get_by_test_id("stCode").inner_text().replace(" ", "").strip()
    field = page.get_by_role("textbox", name="Code that the app shows now")
    field.fill(pyotp.TOTP(secret).now())
    page.get_by_role("button", name="Switch it on").click()
    page.get_by_role("heading", name="Keep your recovery codes").wait_for()
    codes = page.locator(".luxe-codes li").all_inner_texts()
    assert len(codes) == 10
    page.get_by_role("button", name="I have kept them").click()
    expect(page.get_by_text("10 of 10 recovery codes are left")).to_be_visible()

    page.context.clear_cookies()
    page.goto(console.url)
    fill(page, "marketing", PASSWORD)
    code = page.get_by_role("textbox", name="Code")
    expect(code).to_be_focused()
    code.fill("000000")
    page.keyboard.press("Enter")
    page.get_by_text("This code is not right").wait_for()
    code.fill(codes[0])
    page.keyboard.press("Enter")
    page.get_by_text("Live,").wait_for()
    page.goto(f"{console.url}/my-account")
    expect(page.get_by_text("9 of 10 recovery codes are left")).to_be_visible()
    elsewhere = page.get_by_role("row").filter(has_not_text="This one").nth(1)
    elsewhere.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("Signed out there")).to_be_visible()
    expect(page.get_by_role("button", name="Sign out Chrome")).to_have_count(0)


def test_an_admin_resets_a_password_which_is_shown_once(page: Page, console: Console) -> None:
    """The colleague signs in with it, must choose their own, and may change that later."""
    sign_in_by_form(page, console, "admin", "/staff-access")
    page.get_by_role("button", name="What to do about Jordan Blake").click()
    page.get_by_role("menuitem", name="Reset password").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Reset the password").click()
    fresh = dialog.get_by_test_id("stCode").inner_text().strip()
    dialog.get_by_role("button", name="Done").click()
    expect(page.get_by_role("row", name="Jordan Blake")).to_contain_text("First password")
    page.context.clear_cookies()
    page.goto(console.url)
    fill(page, "jordan", fresh)
    page.get_by_role("heading", name="Choose your password").wait_for()
    choose(page, "password1234", "Save and continue")
    expect(page.get_by_text("This is easy to guess.")).to_be_visible()
    choose(page, "seven quiet herons", "Save and continue")
    page.get_by_text("Live,").wait_for()
    page.goto(f"{console.url}/my-account")
    page.get_by_role("button", name="Change password").click()
    choose(page, "eight loud sparrows", "Change password")
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.reload()
    page.get_by_text("Live,").wait_for()
    expect(page.get_by_role("row")).to_have_count(2)  # the head, and this browser alone


def choose(page: Page, password: str, verb: str) -> None:
    page.get_by_role("textbox", name="New password").fill(password)
    page.get_by_role("textbox", name="The same again").fill(password)
    page.get_by_role("button", name=verb).last.click()


def test_a_role_with_one_page_has_it_in_its_menu(page: Page, console: Console) -> None:
    """A provider's sidebar says where one is, and no call is offered that could not be recorded."""
    console.add_lead()
    page.goto(console.url)
    page.get_by_role("textbox", name="User name").fill("provider")
    page.get_by_role("textbox", name="Password").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    page.get_by_text("Live,").wait_for()
    expect(page.get_by_test_id("stSidebar").get_by_role("link", name="Lead queue")).to_be_visible()
    expect(page.get_by_role("row", name="Omar Reyes").first).to_be_visible()
    page.keyboard.press("j")
    peek = page.get_by_role("complementary", name="Selected lead")
    expect(peek.get_by_text("Your role can look at leads, not work them")).to_be_visible()
    expect(peek.get_by_role("link", name="Call")).to_be_hidden()
