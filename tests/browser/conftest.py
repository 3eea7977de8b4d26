"""A real console on a database of its own, and Chromium to look at it. Skipped where the system has no Chromium."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import quote

import bcrypt
import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import update

from console import assets
from core.app import App, build_app
from core.db.schema import metadata
from core.domain.roles import Actor
from core.flows.intake import accept_submission
from core.leads.tables import leads
from core.settings import load_settings
from core.staff.tables import staff
from tests.factories import actor, add_rules, add_staff
from tests.factories import submission as form

PASSWORD = "made-up-words-1"
AREAS = (512, 407, 305, 214, 617, 702)
START_SECONDS = 60
# Opening hours decide what a row says: whoever runs the tests at night must see the same clinic as at noon.
OPENING_TIME = "2026-11-23T10:00:00-05:00"
# A browser without a softphone hangs on a tel: link; the page's own handlers hear the click all the same.
NO_SOFTPHONE = """document.addEventListener("click", (event) => {
  if (event.composedPath().some((node) => node.href?.startsWith("tel:"))) event.preventDefault();
}, true);"""
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@dataclass
class Console:
    """A running console: its address, and the App that the test changes the same database with."""

    url: str
    app: App
    numbers: int = 0

    def add_lead(self, **changes: Any) -> str:
        """A lead from a form that comes in now; its id."""
        # A hundred made-up numbers in each area code: one that came before would be the same patient.
        number = self.numbers + 1
        return self.add_lead_on(f"+1{AREAS[number // 100]}5550{number % 100 + 100:03d}", **changes)

    def add_lead_on(self, phone: str, **changes: Any) -> str:
        """A lead from a form with this number, which somebody else may have given before; its id."""
        self.numbers += 1
        now = self.app.clock.now()
        sent = form(
            external_id=f"browser-{self.numbers}",
            phone=phone,
            email=f"p{self.numbers}@example.com",
            submitted_at=now,
            **changes,
        )
        with self.app.db.write() as session:
            accepted = accept_submission.accept(
                session, self.app.reference, self.app.settings, sent, raw_payload_id=None, now=now
            )
        assert accepted.lead_id
        return accepted.lead_id

    def actor(self, username: str) -> Actor:
        with self.app.db.read() as session:
            return actor(session, username)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        assert process.poll() is None, f"the console stopped while starting:\n{log.read_text()}"
        try:
            urllib.request.urlopen(f"{url}/_stcore/health", timeout=2).close()
        except (URLError, OSError):
            time.sleep(0.2)
        else:
            return
    raise AssertionError("the console did not start")


@pytest.fixture(scope="session")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """The console as `python -m console` starts it, with the demo's colleagues and no leads."""
    if CHROMIUM is None:
        pytest.skip("browser tests need Chromium (apt-get install chromium)")
    home, port = tmp_path_factory.mktemp("console"), _free_port()
    url = f"http://127.0.0.1:{port}"
    clock = {"clock": OPENING_TIME, "clock_origin": time.time()}
    app = build_app(load_settings(home=home, console_port=port, _env_file=None, **clock))
    metadata.create_all(app.db.engine)
    since = app.clock.now() - timedelta(days=30)
    with app.db.write() as session:
        add_staff(session, since)
        add_rules(session, since)
        made = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()
        session.execute(update(staff).values(password_hash=made))
    env = os.environ | {"LUXE_HOME": str(home), "LUXE_CONSOLE_PORT": str(port)}
    env |= {f"LUXE_{name.upper()}": str(value) for name, value in clock.items()}
    env.pop("LUXE_DATABASE_URL", None)
    root, log = Path(__file__).parents[2], home / "console.log"
    with log.open("wb") as sink:
        process = subprocess.Popen(
            [sys.executable, "-m", "console"], cwd=root, env=env, stdout=sink, stderr=subprocess.STDOUT
        )
    try:
        _wait_for(url, process, log)
        yield Console(url, app)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)
        app.db.engine.dispose()


@pytest.fixture
def page(chromium: Browser, console: Console) -> Iterator[Page]:
    """A fresh browser profile, signed out."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(20_000)
    context.add_init_script(NO_SOFTPHONE)
    yield context.new_page()
    context.close()


@pytest.fixture
def module(page: Page, console: Console) -> Any:
    """Call a function of a script: `module("parts/clock.js", "dueWords", ...)`."""
    page.goto(f"{console.url}/_stcore/health")

    def call(script: str, name: str, *arguments: object) -> Any:
        address = f"/luxe/{assets.version()}/{script}"
        return page.evaluate(
            "async ([address, name, given]) => (await import(address))[name](...given)",
            [address, name, list(arguments)],
        )

    return call


@pytest.fixture
def empty_queue(console: Console) -> None:
    """Only this test's leads are open: a long list folds its later part."""
    with console.app.db.write() as session:
        session.execute(update(leads).where(leads.c.state == "open").values(state="closed"))


PLACED = """async ([folder, parts, script, given]) => {
  const host = document.createElement("div");
  const shadow = host.attachShadow({ mode: "open" });
  const text = async (part) => (await fetch(`${folder}parts/${part}.css`)).text();
  const sheet = async (part) => new CSSStyleSheet().replace(await text(part));
  shadow.adoptedStyleSheets = await Promise.all(["tokens", ...parts].map(sheet));
  const root = document.createElement("div");
  root.className = "luxe";
  shadow.append(root);
  document.body.replaceChildren(host);
  await (await import(script)).default(root, ...given);
}"""


@pytest.fixture
def place(page: Page, console: Console) -> Callable[..., None]:
    """Put a part alone on an empty page, as a component would hold it: `place(build, [styles], *arguments)`.

    `build` is a script whose default export is `(root, ...arguments) => ...`; PARTS in it is the folder of the parts.
    """
    page.goto(f"{console.url}/_stcore/health")

    def put(build: str, styles: list[str], *arguments: object) -> None:
        folder = f"{console.url}/luxe/{assets.version()}/"
        source = f"data:text/javascript,{quote(build.replace('PARTS', f'{folder}parts'))}"
        page.evaluate(PLACED, [folder, styles, source, list(arguments)])

    return put


def sign_in(page: Page, console: Console, username: str = "frontdesk", path: str = "/") -> Page:
    """Sign in and wait until the page is live."""
    page.goto(console.url + path)
    page.get_by_role("textbox", name="User name").fill(username)
    page.get_by_role("textbox", name="Password").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    page.get_by_text("Live,").wait_for()
    return page
