"""A browser profile that stays from test to test, with nothing of a test in it.

What Chromium has fetched, read and compiled of the console stays with the tab: to do that anew for every test costs
more than everything that a test does.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, BrowserContext, CDPSession, ConsoleMessage, Error, Page, ViewportSize

# A browser without a softphone hangs on a tel: link; the page's own handlers hear the click all the same.
NO_SOFTPHONE = """document.addEventListener("click", (event) => {
  if (event.composedPath().some((node) => node.href?.startsWith("tel:"))) event.preventDefault();
}, true);"""
SIZE: ViewportSize = {"width": 1440, "height": 900}
NOWHERE = (-10, -10)  # beside the page: nothing is hovered over
KEPT_BY_ORIGIN = "cache_storage,file_systems,indexeddb,local_storage,service_workers"
# What can't be taken back: a tab, or a profile, that was asked for one of these is not used again.
FOR_GOOD_IN_A_TAB = ("add_init_script", "expose_binding", "expose_function", "on", "once", "route_web_socket")
FOR_GOOD_IN_A_PROFILE = (*FOR_GOOD_IN_A_TAB, "new_cdp_session", "route")


def violations(page: Page) -> list[str]:
    """What the browser refuses from now on by the page's Content-Security-Policy, in its own words."""
    found: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            found.append(message.text[:300])

    page.on("console", note)
    return found


def new_profile(browser: Browser, **options: Any) -> BrowserContext:
    """A profile that nobody has used, signed out, of a machine without a telephone."""
    context = browser.new_context(**{"viewport": SIZE} | options)
    context.set_default_timeout(40_000)
    context.add_init_script(NO_SOFTPHONE)
    return context


def _when_asked(held: Page | BrowserContext, names: tuple[str, ...], note: Callable[[], None]) -> None:
    for name in names:
        setattr(held, name, _noting(getattr(held, name), note))


def _noting(does: Callable[..., Any], note: Callable[[], None]) -> Callable[..., Any]:
    def noted(*args: Any, **kwargs: Any) -> Any:
        note()
        return does(*args, **kwargs)

    return noted


@dataclass
class Tab:
    """The one tab of a kept profile."""

    page: Page
    refused: list[str]  # by the page's policy
    hand: CDPSession
    fresh: bool = True  # nothing was done to it that can't be taken back

    def spend(self) -> None:
        self.fresh = False

    @classmethod
    def new(cls, browser: Browser) -> "Tab":
        page = new_profile(browser).new_page()
        tab = cls(page, violations(page), page.context.new_cdp_session(page))
        _when_asked(page, FOR_GOOD_IN_A_TAB, tab.spend)
        _when_asked(page.context, FOR_GOOD_IN_A_PROFILE, tab.spend)
        return tab

    def leave(self, origin: str) -> None:
        """Go where nothing of the console runs, and forget all that a person or a test has left."""
        page, context = self.page, self.page.context
        for other in context.pages:
            if other is not page:
                other.close()
        page.unroute_all()
        page.goto(f"{origin}/_stcore/health")
        page.evaluate("sessionStorage.clear()")
        self.hand.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": KEPT_BY_ORIGIN})
        self.hand.send("Page.resetNavigationHistory")
        context.clear_cookies()
        context.clear_permissions()
        self._as_new()

    def _as_new(self) -> None:
        page, context = self.page, self.page.context
        context.set_offline(False)
        context.set_extra_http_headers({})
        page.set_extra_http_headers({})
        page.emulate_media(
            media="null", color_scheme="null", reduced_motion="null", forced_colors="null", contrast="null"
        )
        page.set_viewport_size(SIZE)
        page.mouse.move(*NOWHERE)


class Kept:
    """A profile that lasts as long as nothing happens to it that can't be taken back."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._tab: Tab | None = None

    @contextmanager
    def tab(self, origin: str) -> Iterator[Page]:
        """A tab at the console of `origin`, signed out, for one test; asserts that its policy refused nothing."""
        tab = self._tab = self._tab or Tab.new(self._browser)
        yield tab.page
        self._put_back(tab, origin)
        refused = tab.refused[:]
        tab.refused.clear()
        assert refused == []

    def _put_back(self, tab: Tab, origin: str) -> None:
        with suppress(Error):  # who can't be led away is of no use to another test
            if tab.fresh:
                tab.leave(origin)
                return
        self._tab = None
        tab.page.context.close()

    def close(self) -> None:
        if self._tab:
            self._tab.page.context.close()
