"""A real browser beside the receiving sockets: when a change stood on the screen of a page."""

import asyncio
import shutil
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Page, async_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
# Notes the wall time at which each 'turn N' first stands in a row of the queue.
WATCH = """() => {
  window.seen = {};
  const roots = [...document.querySelectorAll("*")].map((node) => node.shadowRoot);
  const inside = roots.find((root) => root?.querySelector(".list"));
  const look = () => {
    for (const words of inside.querySelectorAll(".event .words")) {
      const turn = /turn (\\d+)/.exec(words.textContent);
      if (turn && !(turn[1] in window.seen)) window.seen[turn[1]] = Date.now();
    }
  };
  new MutationObserver(look).observe(inside, { subtree: true, childList: true, characterData: true });
}"""


QUEUE_ROW = ".row[data-id]"


class Screen:
    """One open page. `seen()` gives the wall time, in seconds, at which each turn was on it."""

    def __init__(self, page: Page) -> None:
        self._page = page

    async def seen(self) -> dict[str, float]:
        found = await self._page.evaluate("window.seen")
        return {turn: at / 1000 for turn, at in found.items()}


@asynccontextmanager
async def open_screen(
    url: str, cookie: str, token: str, *, row: str = QUEUE_ROW, watch: str = WATCH
) -> AsyncIterator[Screen | None]:
    """A page in Chromium until the block ends, the queue unless `url` is of another; None where the system has none.

    `watch` begins to note turns in `window.seen` once the first `row` stands there.
    """
    if CHROMIUM is None:
        yield None
        return
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = await browser.new_context(viewport={"width": 1440, "height": 900})
        await context.add_cookies([{"name": cookie, "value": token, "url": url}])
        page = await context.new_page()
        await page.goto(url)
        await page.locator(row).first.wait_for()
        await page.evaluate(watch)
        await asyncio.sleep(1)
        yield Screen(page)
        await browser.close()


def wall() -> float:
    """Seconds of the wall clock, which the browser's Date shares."""
    return time.time()
