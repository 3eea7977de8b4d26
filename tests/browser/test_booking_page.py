"""A patient's own page in a browser: two taps on a phone and on a desk, with and without a script."""

import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, expect

from core.adapters.fakes import FakeClock, FakeSms
from core.db.crypto import Keyring
from core.db.engine import connect
from core.db.schema import metadata
from core.flows.booking import links
from core.reference import load_reference
from core.settings import Settings
from gateway.main import create_app
from tests.browser.axe import serious
from tests.conftest import TestApp, add_everybody
from tests.flows.booking.booking import a_lead, add_provider
from tests.flows.staffing import do, kinds

Open = Callable[..., Page]
WIDTHS = {"phone": (390, 844), "desk": (1440, 900)}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, keyring: Keyring) -> Iterator[tuple[TestApp, str]]:
    """The gateway on a database of its own, and its address."""
    home = tmp_path_factory.mktemp("booking")
    app = _app(home, keyring)
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(create_app(app), log_level="warning", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [door]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.05)
        yield app, f"http://127.0.0.1:{door.getsockname()[1]}"
        server.should_exit = True
        thread.join()


def _app(home: Path, keyring: Keyring) -> TestApp:
    url = f"sqlite:///{home / 'luxe.db'}"
    database = connect(url, keyring)
    metadata.create_all(database.engine)
    with database.write() as session:
        add_everybody(session)
    clock = FakeClock()
    settings = Settings(home=home, database_url=url, form_rate=0, alert_gather=0, _env_file=None)
    app = TestApp(settings, database, clock, FakeSms(clock), load_reference(ZoneInfo("America/New_York")))
    add_provider(app, "tess", "Tess Holloway", ["skin"])
    add_provider(app, "iris", "Iris Nakamura", ["skin"])
    return app


numbers = iter(range(100, 1000))


@pytest.fixture
def opened(served: tuple[TestApp, str], chromium: Browser) -> Iterator[Open]:
    """Open a new patient's link in a browser of their own."""
    app, address = served
    contexts = []

    def open_link(size: str = "phone", *, script: bool = True) -> Page:
        number = next(numbers)
        lead_id = a_lead(app, number, first_name="Grace", treatment="hydrafacial")
        code = do(app, links.make, app.reference, lead_id, "text")
        width, height = WIDTHS[size]
        context = chromium.new_context(
            viewport={"width": width, "height": height}, java_script_enabled=script
        )
        contexts.append(context)
        page = context.new_page()
        page.goto(f"{address}/b/{code}")
        page.lead_id = lead_id  # type: ignore[attr-defined]
        return page

    yield open_link
    for context in contexts:
        context.close()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
@pytest.mark.parametrize("size", WIDTHS)
def test_two_taps_book(opened: Open, size: str, script: bool) -> None:
    page = opened(size, script=script)
    page.locator(".day").nth(1).locator("button.time").first.click()
    expect(page.locator(".bar")).to_be_in_viewport()  # at the thumb, wherever the page stands
    page.get_by_role("button", name=re.compile("Book tomorrow")).click()
    expect(page.get_by_role("heading", name="You are booked, Grace")).to_be_visible()


@pytest.mark.parametrize("size", WIDTHS)
def test_nothing_is_wider_than_the_screen(opened: Open, size: str) -> None:
    page = opened(size)
    page.locator("button.time").nth(3).click()
    for words, language in (("Español", "es"), ("English", "en")):
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide == 0
        page.get_by_role("link", name=words).click()
        expect(page.locator("html")).to_have_attribute("lang", language)


def test_the_seconds_tick_with_a_script_and_are_left_out_without(opened: Open) -> None:
    page = opened()
    page.locator("button.time").nth(3).click()
    left = page.locator("[data-left]")
    expect(left).to_have_text(re.compile("4:5[0-8]"))
    expect(page.locator(".ends")).to_contain_text("until 10:05 AM")
    bare = opened(script=False)
    bare.locator("button.time").nth(4).click()
    expect(bare.locator("[data-left]")).to_be_hidden()
    expect(bare.locator(".ends")).to_contain_text("until 10:05 AM")


def test_a_hand_on_the_page_opens_the_link_and_loading_alone_does_not(
    served: tuple[TestApp, str], opened: Open
) -> None:
    """A scanner that runs scripts has no hand."""
    app, _ = served

    def is_closed(page: Page) -> bool:
        page.wait_for_load_state("networkidle")
        return "link_opened" not in kinds(app, page.lead_id)  # type: ignore[attr-defined]

    # Chromium may tell a new page where the pointer rested on the one before, which is a hand: not three times.
    page = next(page for page in (opened(), opened(), opened()) if is_closed(page))
    with page.expect_response(re.compile("/opened")):
        page.mouse.move(40, 40)
    assert kinds(app, page.lead_id).count("link_opened") == 1  # type: ignore[attr-defined]


def test_a_hold_that_runs_out_before_ones_eyes_says_so(served: tuple[TestApp, str], opened: Open) -> None:
    app, _ = served
    page = opened()
    page.locator("button.time").nth(5).click()
    app.clock.advance(timedelta(minutes=4, seconds=58))
    page.reload()
    app.clock.advance(timedelta(seconds=2))
    expect(page.get_by_role("heading", name=re.compile("Your hold ran out at"))).to_be_visible()
    app.clock.advance(-timedelta(minutes=5))


def test_everything_is_reached_by_keyboard(opened: Open) -> None:
    page = opened()
    page.locator("button.time").nth(2).focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name=re.compile("Book ")).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="You are booked, Grace")).to_be_visible()


def test_every_target_is_large_enough_for_a_thumb(opened: Open) -> None:
    page = opened()
    page.locator("button.time").nth(6).click()
    small = page.eval_on_selector_all(
        "button, a.option, a.button", "all => all.filter(e => e.getBoundingClientRect().height < 44).length"
    )
    assert small == 0


@pytest.mark.parametrize("size", WIDTHS)
def test_no_step_is_shut_to_who_sees_badly_or_uses_no_mouse(opened: Open, size: str) -> None:
    """From the times to the visit, in both languages: axe-core has no serious finding."""
    page, found = opened(size), {}
    for words, language in (("Español", "es"), ("English", "en")):
        page.get_by_role("link", name=words).click()
        expect(page.locator("html")).to_have_attribute("lang", language)
        found[words] = serious(page)
    page.locator(".day").nth(1).locator("button.time").first.click()
    found["held"] = serious(page)
    page.get_by_role("button", name=re.compile("Book tomorrow")).click()
    expect(page.get_by_role("heading", name="You are booked, Grace")).to_be_visible()
    found["booked"] = serious(page)
    assert {step: faults for step, faults in found.items() if faults} == {}
