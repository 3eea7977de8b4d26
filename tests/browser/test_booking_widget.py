"""The widget in a page of the clinic's own site: another origin, whose policy forbids all that it does not need."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import uvicorn
from playwright.sync_api import Browser, FrameLocator, Page, expect
from sqlalchemy import select

from core.booking.tables import appointments
from core.intake.tables import form_submissions
from core.leads.tables import leads
from gateway.main import create_app
from tests.browser.axe import serious
from tests.browser.conftest import _free_port
from tests.browser.profiles import violations
from tests.conftest import TestApp
from tests.flows.booking.booking import add_provider

HOST_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>HydraFacial</title>
<link rel="stylesheet" href="/site.css"></head><body>
<header><strong>Luxe Medical Spa</strong> <span>Treatments Team Prices</span></header>
<h1>HydraFacial</h1><p>Cleansing, exfoliation and hydration in under an hour.</p>
<div id="luxe-booking-widget" data-treatment="hydrafacial" data-prefill="true"></div>
<script src="GATEWAY/widget.js" defer></script><footer>Downtown, 100 Main Street</footer></body></html>"""
STYLE = "body{margin:0 auto;max-width:1120px;padding:24px 16px;font:18px Georgia,serif;background:#faf9f5}"


@dataclass(frozen=True)
class Site:
    """The clinic's own page, and the product behind the widget in it."""

    url: str
    gateway: str
    app: TestApp


@contextmanager
def host(port: int, gateway: str) -> Iterator[None]:
    """The clinic's web server: scripts and frames of the gateway, a style sheet of its own, and nothing else."""
    policy = (
        f"default-src 'none'; script-src {gateway}; frame-src {gateway}; style-src 'self'; base-uri 'none'"
    )

    class Pages(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            is_style = self.path == "/site.css"
            body = (STYLE if is_style else HOST_PAGE.replace("GATEWAY", gateway)).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/css" if is_style else "text/html")
            self.send_header("Content-Security-Policy", policy)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Quietly."""

    server = ThreadingHTTPServer(("localhost", port), Pages)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield
    server.shutdown()
    thread.join()


@contextmanager
def served(app: TestApp, port: int) -> Iterator[None]:
    server = uvicorn.Server(uvicorn.Config(create_app(app), port=port, log_level="error", access_log=False))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until = time.monotonic() + 30
    while not server.started:
        assert time.monotonic() < until, "the gateway did not start"
        time.sleep(0.05)
    yield
    server.should_exit = True
    thread.join()


@pytest.fixture(params=["sqlite"])
def database_url(request: pytest.FixtureRequest, tmp_path: object) -> str:
    """What a browser sees is the same on both."""
    return f"{request.param}:///{tmp_path}/luxe.db"


@pytest.fixture
def site(app: TestApp) -> Iterator[Site]:
    host_port, port = _free_port(), _free_port()
    clinic = replace(app.reference.clinic, website=f"http://localhost:{host_port}")
    settings = app.settings.model_copy(update={"public_url": f"http://127.0.0.1:{port}"})
    ours = replace(app, settings=settings, shipped=replace(app.reference, clinic=clinic))
    add_provider(ours, "tess", "Tess Holloway", ["skin"])
    add_provider(ours, "iris", "Iris Novak", ["skin"])
    with served(ours, port), host(host_port, settings.public_url):
        yield Site(f"http://localhost:{host_port}/treatments/hydrafacial", settings.public_url, ours)


@pytest.fixture
def visitor(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1440, "height": 900})
    yield context.new_page()
    context.close()


def frame_of(page: Page) -> FrameLocator:
    return page.frame_locator("#luxe-booking-widget iframe")


def test_a_visitor_of_the_clinics_site_books_in_its_page(site: Site, visitor: Page) -> None:
    """Under the site's strict policy and ours, with the campaign kept, and without a cookie."""
    refused = violations(visitor)
    visitor.goto(f"{site.url}?utm_source=google&utm_campaign=spring&gclid=G-1&name=secret")
    widget = frame_of(visitor)
    widget.get_by_role("button", name="AM").nth(2).click()
    expect(widget.get_by_text("Held for you")).to_be_visible()
    expect(widget.locator("[data-clock]")).to_contain_text(":")
    widget.get_by_label("Your name").fill("Grace Kim")
    widget.get_by_label("Mobile phone").fill("(512) 555-0147")
    widget.get_by_label("I agree to receive texts about my request").check()
    widget.get_by_role("button", name="Book ").click()
    expect(widget.get_by_role("heading", name="You are booked")).to_be_visible()
    assert refused == []
    assert visitor.context.cookies() == []
    with site.app.db.read() as session:
        assert session.execute(select(appointments.c.came_by, appointments.c.state)).all() == [
            ("widget", "booked")
        ]
        assert session.execute(select(leads.c.campaign)).scalars().all() == ["spring"]
        said = str(session.execute(select(form_submissions.c.form_data)).scalars().all())
    assert site.url in said
    assert "secret" not in said


def test_the_frame_is_as_tall_as_what_is_in_it(site: Site, visitor: Page) -> None:
    """No scroll bar inside, on a phone neither; a word from elsewhere changes nothing."""
    for width in (1440, 390):
        visitor.set_viewport_size({"width": width, "height": 900})
        visitor.goto(site.url)
        expect(frame_of(visitor).get_by_role("heading", name="Book a time")).to_be_visible()
        frame = visitor.locator("#luxe-booking-widget iframe")
        inner = frame_of(visitor).locator("[data-widget]")
        tall = inner.evaluate("(node) => Math.ceil(node.getBoundingClientRect().height)")
        expect(frame).to_have_css("height", f"{tall}px")
        assert visitor.evaluate("document.documentElement.scrollWidth <= innerWidth")
        visitor.evaluate(
            "postMessage({ luxeBookingHeight: 17 }, '*'), new Promise((done) => setTimeout(done, 50))"
        )
        expect(frame).to_have_css("height", f"{tall}px")


def test_a_page_of_somebody_else_shows_no_widget(site: Site, visitor: Page) -> None:
    """Only the clinic's own site may frame it: nobody can lay another page over its button."""
    port = _free_port()
    with host(port, site.gateway):
        refused = violations(visitor)
        visitor.goto(f"http://localhost:{port}/treatments/hydrafacial")
        expect(visitor.locator("#luxe-booking-widget iframe")).to_be_attached()
        expect(frame_of(visitor).get_by_role("heading", name="Book a time")).not_to_be_attached()
        visitor.wait_for_load_state("networkidle")
        assert any("frame-ancestors" in one for one in refused)


def test_the_page_books_by_itself_and_without_scripts(site: Site, chromium: Browser) -> None:
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 390, "height": 800})
    page = context.new_page()
    page.goto(f"{site.gateway}/embed/book?treatment=hydrafacial")
    site.app.clock.advance(timedelta(seconds=20))  # nobody reads and taps within two seconds
    page.get_by_role("button", name="AM").nth(2).click()
    expect(page.get_by_text("Held for you")).to_be_visible()
    page.get_by_label("Your name").fill("Grace Kim")
    page.get_by_label("Mobile phone").fill("(512) 555-0147")
    page.get_by_label("Mobile phone").press("Enter")  # the form's own button, not the first time of the day
    expect(page.get_by_role("heading", name="You are booked")).to_be_visible()
    context.close()


@pytest.mark.parametrize("width", [1440, 390])
def test_no_step_is_shut_to_who_sees_badly_or_uses_no_mouse(site: Site, visitor: Page, width: int) -> None:
    """The times, the form and a form with faults: axe-core has no serious finding."""
    visitor.set_viewport_size({"width": width, "height": 900})
    visitor.goto(f"{site.gateway}/embed/book?treatment=hydrafacial")
    found = {"times": serious(visitor)}
    visitor.get_by_role("button", name="AM").nth(2).click()
    expect(visitor.get_by_text("Held for you")).to_be_visible()
    found["held"] = serious(visitor)
    visitor.locator("form").filter(has=visitor.get_by_label("Your name")).evaluate("(form) => form.submit()")
    expect(visitor.get_by_text("Enter your name.").first).to_be_visible()
    found["with faults"] = serious(visitor)
    assert {step: faults for step, faults in found.items() if faults} == {}
