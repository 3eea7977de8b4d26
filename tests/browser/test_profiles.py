"""The tab that tests share: each test begins as in a browser that nobody has used."""

from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Console, sign_in
from tests.browser.profiles import SIZE, Kept

pytestmark = pytest.mark.browser
STORED = """async () => [
  localStorage.length, sessionStorage.length, history.length, (await indexedDB.databases()).length,
  (await navigator.serviceWorker.getRegistrations()).length,
  (await navigator.permissions.query({ name: "notifications" })).state === "granted",
  matchMedia("(prefers-color-scheme: dark)").matches,
]"""
STORE = """async () => {
  localStorage.setItem("left", "1");
  sessionStorage.setItem("left", "1");
  document.cookie = "left=1";
  await new Promise((done) => { indexedDB.open("left").onsuccess = done; });
  await navigator.serviceWorker.register("/alerts/worker.js");
}"""


@pytest.fixture
def own(chromium: Browser) -> Iterator[Kept]:
    with closing(Kept(chromium)) as kept:
        yield kept


def test_nothing_that_a_test_left_is_met_by_the_next(own: Kept, console: Console) -> None:
    """No session, storage, worker, permission, route, size or second window; the tab is the same."""
    with own.tab(console.url) as page:
        sign_in(page, console)
        page.evaluate(STORE)
        page.context.grant_permissions(["notifications"])
        page.context.new_page().goto(f"{console.url}/_stcore/health")
        page.route("**/_stcore/health", lambda route: route.abort())
        page.set_viewport_size({"width": 390, "height": 844})
        page.emulate_media(color_scheme="dark")
    with own.tab(console.url) as again:
        assert again is page
        assert (again.context.pages, again.context.cookies(), again.viewport_size) == ([page], [], SIZE)
        again.goto(f"{console.url}/_stcore/health")
        assert again.evaluate(STORED) == [0, 0, 1, 0, 0, False, False]
        again.goto(console.url)
        expect(again.get_by_role("textbox", name="User name")).to_be_visible()


def add_script(page: Page) -> None:
    page.add_init_script("window.left = 1")


def add_script_to_all(page: Page) -> None:
    page.context.add_init_script("window.left = 1")


def listen(page: Page) -> None:
    page.on("request", lambda _: None)


def close(page: Page) -> None:
    page.close()


@pytest.mark.parametrize("lasting", [add_script, add_script_to_all, listen, close])
def test_a_tab_with_something_in_it_that_stays_is_not_used_again(
    own: Kept, console: Console, lasting: Callable[[Page], None]
) -> None:
    with own.tab(console.url) as page:
        lasting(page)
    with own.tab(console.url) as other:
        assert other.context is not page.context
        other.goto(f"{console.url}/_stcore/health")
        assert other.evaluate("window.left") is None
