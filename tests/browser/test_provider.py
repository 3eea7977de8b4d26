"""Signing in by an identity provider, through Streamlit's own login, in a real browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from core.staff.store import accounts
from tests.browser.conftest import PASSWORD, Console, running
from tests.browser.fake_provider import CLIENT, Provider, provider

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def identity() -> Iterator[Provider]:
    with provider() as server:
        yield server


@pytest.fixture(scope="module")
def clinic(identity: Provider, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """A console that offers the provider; managers are known there by email."""
    settings = {
        "oidc_metadata_url": f"{identity.url}/.well-known/openid-configuration",
        "oidc_client_id": CLIENT,
        "oidc_client_secret": "made-up",
        "oidc_name": "Example ID",
    }
    home: Path = tmp_path_factory.mktemp("clinic")
    with running(home, **settings) as console:
        with console.app.db.write() as session:
            person = accounts.account(session, "manager")
            accounts.set_email(session, person.id, "manager@example.com")
        yield console


def test_the_provider_opens_the_work_once_and_our_sign_out_holds(
    page: Page, clinic: Console, identity: Provider
) -> None:
    """Streamlit's cookie of a month signs nobody in again; a second visit asks the provider, which asks the person."""
    identity.email = "manager@example.com"
    page.goto(clinic.url)
    page.get_by_role("button", name="Sign in with Example ID").click()
    page.get_by_text("Live,").wait_for()
    expect(page.get_by_text("Elena Ruiz")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("textbox", name="User name").wait_for()
    page.goto(clinic.url)
    expect(page.get_by_role("textbox", name="User name")).to_be_visible()
    page.get_by_role("button", name="Sign in with Example ID").click()
    page.get_by_text("Live,").wait_for()
    assert set(identity.prompts) == {"login"}


def test_a_stranger_at_the_provider_is_told_whom_to_ask(
    page: Page, clinic: Console, identity: Provider
) -> None:
    """And can still sign in by a password."""
    identity.email = "somebody@example.com"
    page.goto(clinic.url)
    page.get_by_role("button", name="Sign in with Example ID").click()
    expect(page.get_by_text("no account here has that email address")).to_be_visible()
    page.get_by_role("textbox", name="User name").fill("frontdesk")
    page.get_by_role("textbox", name="Password").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    page.get_by_text("Live,").wait_for()
