"""A real console on a database of its own, and Chromium to look at it. Skipped where the system has no Chromium."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any
from urllib.error import URLError

import bcrypt
import pytest
from playwright.sync_api import Browser, Page, TimeoutError, expect
from sqlalchemy import Table, delete, update

from console import assets
from core.adapters.fakes import FakeClock, FakeSms
from core.app import App, build_app
from core.db.schema import metadata
from core.domain.ids import new_id
from core.domain.roles import Actor
from core.flows.intake import accept_submission
from core.flows.sending import dispatch
from core.messaging.actions import State
from core.messaging.tables import timed_actions
from core.operations.tables import switches
from core.settings import load_settings
from core.staff.tables import staff
from core.versions.tables import versions
from tests.browser.profiles import Kept, new_profile
from tests.conftest import chromium_path
from tests.factories import actor, add_rules, add_staff, follow_everybody_alike
from tests.factories import submission as form

PASSWORD = "made-up-words-1"
AREAS = (512, 407, 305, 214, 617, 702)
START_SECONDS = 60


def _with_what_points_at(names: set[str]) -> list[Table]:
    """These tables and all that refer to them, however far, parents first."""
    found: list[Table] = []
    for table in metadata.sorted_tables:
        if table.name in names | {of.name for of in found} or any(
            key.column.table in found for key in table.foreign_keys
        ):
            found.append(table)
    return found


OF_PATIENTS = _with_what_points_at({"patients", "consents", "phone_standing"})
# Opening hours decide what a row says: whoever runs the tests at night must see the same clinic as at noon.
OPENING_TIME = "2026-11-23T10:00:00-05:00"
CHROMIUM = chromium_path()


@dataclass
class Console:
    """A running console: its address, and the App that the test changes the same database with."""

    url: str
    app: App
    numbers: int = 0  # given by `add_lead`, which has six hundred
    forms: int = 0
    signed_in: dict[str, list[Any]] = field(default_factory=dict)  # by user name: the cookies of a session

    def forget_everyone(self) -> None:
        """No patient and nothing of one is left; staff, rules, texts and the trail stay."""
        with self.app.db.write() as session:
            for table in reversed(OF_PATIENTS):
                session.execute(delete(table))
        self.numbers = 0

    def add_lead(self, **changes: Any) -> str:
        """A lead from a form that comes in now; its id."""
        # A hundred made-up numbers in each area code: one that came before would be the same patient.
        self.numbers = number = self.numbers + 1
        return self.add_lead_on(f"+1{AREAS[number // 100]}5550{number % 100 + 100:03d}", **changes)

    def add_lead_on(self, phone: str, **changes: Any) -> str:
        """A lead from a form with this number, which somebody else may have given before; its id."""
        self.forms += 1
        now = self.app.clock.now()
        sent = form(
            external_id=f"browser-{self.forms}",
            phone=phone,
            email=f"p{self.forms}@example.com",
            submitted_at=now,
            **changes,
        )
        with self.app.db.write() as session:
            accepted = accept_submission.accept(
                session, self.app.reference, self.app.settings, sent, raw_payload_id=None, now=now
            )
        assert accepted.lead_id
        return accepted.lead_id

    def only_new_texts_are_due(self) -> None:
        """What the tests before planned would go first, and take more steps of a dispatcher the more tests ran."""
        with self.app.db.write() as session:
            planned = update(timed_actions).where(timed_actions.c.state == State.PLANNED)
            session.execute(planned.values(state=State.CANCELLED))

    def hand_over(self) -> list[dispatch.Finished]:
        """Send what is due with a provider in memory, as the scheduler would; what it took."""
        clock = FakeClock(self.app.clock.now())
        app = replace(self.app, clock=clock, sms=(sms := FakeSms(clock)))
        took: list[dispatch.Finished] = []
        finished: list[dispatch.Finished] = []
        for _ in range(20):
            step = dispatch.step(app, "browser-test", finished, dispatch.Capacity(64, 64), now=clock.now())
            # The database is shared by all tests of a process: a provider of our own must not repeat an id.
            finished = [
                dispatch.Finished(job, replace(sms.take(job.text), sid=f"SM{new_id(clock.now())}"))
                for job in step.jobs
            ]
            took += finished
        return took

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


@contextmanager
def running(home: Path, **settings: str) -> Iterator[Console]:
    """The console as `python -m console` starts it, with the demo's colleagues and no leads."""
    with served(home, settings, staffed=True) as found:
        yield found


@contextmanager
def served(home: Path, settings: Mapping[str, str], *, staffed: bool) -> Iterator[Console]:
    """The same, with the demo's colleagues or with nobody."""
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    clock = {"clock": OPENING_TIME, "clock_origin": time.time()}
    app = build_app(load_settings(home=home, console_port=port, _env_file=None, **clock, **settings))
    metadata.create_all(app.db.engine)
    since = app.clock.now() - timedelta(days=30)
    if staffed:
        with app.db.write() as session:
            add_staff(session, since)
            add_rules(session, since)
            follow_everybody_alike(session, since)
            made = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()
            session.execute(update(staff).values(password_hash=made))
    env = os.environ | {"LUXE_HOME": str(home), "LUXE_CONSOLE_PORT": str(port)}
    env |= {f"LUXE_{name.upper()}": str(value) for name, value in {**clock, **settings}.items()}
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


# A machine that others load answers late; what is wrong stays wrong.
expect.set_options(timeout=30_000)


@pytest.fixture(scope="session")
def _shared_console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    if CHROMIUM is None:
        pytest.skip("browser tests need Chromium (apt-get install chromium)")
    with running(tmp_path_factory.mktemp("console")) as found:
        yield found


@pytest.fixture(scope="module")
def console(_shared_console: Console) -> Console:
    """One for all tests of a process, without a patient when a file begins: no file can upset another's list."""
    _shared_console.forget_everyone()
    return _shared_console


@pytest.fixture(scope="session")
def kept(chromium: Browser) -> Iterator[Kept]:
    with closing(Kept(chromium)) as kept:
        yield kept


@pytest.fixture(scope="session")
def kept_for_a_colleague(chromium: Browser) -> Iterator[Kept]:
    with closing(Kept(chromium)) as kept:
        yield kept


@pytest.fixture
def page(kept: Kept, console: Console) -> Iterator[Page]:
    """A browser as nobody has used it, signed out. Nothing that a test does may need what the policy forbids."""
    with kept.tab(console.url) as page:
        yield page


@pytest.fixture
def colleague(kept_for_a_colleague: Kept, console: Console) -> Iterator[Page]:
    """The same on another machine: a second person at work."""
    with kept_for_a_colleague.tab(console.url) as page:
        yield page


@pytest.fixture
def first_visit(chromium: Browser) -> Iterator[Page]:
    """A profile that has really fetched nothing of the console before."""
    with closing(new_profile(chromium)) as context:
        yield context.new_page()


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
    """Only this test's leads are there: a long list folds its later part, and danger is pinned above all."""
    console.forget_everyone()


@pytest.fixture
def as_shipped(console: Console) -> Iterator[None]:
    """What a test published is gone afterwards: the console is shared by all tests of a process."""
    yield
    with console.app.db.write() as session:
        session.execute(
            delete(versions).where(versions.c.key != "consultation")
        )  # see follow_everybody_alike
        session.execute(delete(switches))


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

    turns = count()

    def put(build: str, styles: list[str], *arguments: object) -> None:
        folder = f"{console.url}/luxe/{assets.version()}/"
        script = build.replace("PARTS", f"{folder}parts")
        source = f"{folder}placed-{next(turns)}.js"  # from our own address: the page's policy allows no other
        page.route(source, lambda route: route.fulfill(body=script, content_type="text/javascript"))
        page.evaluate(PLACED, [folder, styles, source, list(arguments)])

    return put


def sign_in(page: Page, console: Console, username: str = "frontdesk", path: str = "/") -> Page:
    """Be signed in and wait until the page is live: with the session of a test before, where that still holds."""
    held = console.signed_in.get(username)
    if held is None:
        return sign_in_by_form(page, console, username, path)
    page.context.add_cookies(held)
    page.goto(console.url + path)
    live = page.get_by_text("Live,")
    expect(live.or_(page.get_by_role("textbox", name="User name"))).to_be_visible()
    if live.is_visible():
        return page
    page.context.clear_cookies()  # that session was ended meanwhile
    return sign_in_by_form(page, console, username, path)


def sign_in_by_form(page: Page, console: Console, username: str = "frontdesk", path: str = "/") -> Page:
    """Sign in as a person does and wait until the page is live."""
    page.goto(console.url + path)
    page.get_by_role("textbox", name="User name").fill(username)
    page.get_by_role("textbox", name="Password").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    try:
        page.get_by_text("Live,").wait_for()
    except TimeoutError as late:
        raise AssertionError(f"never live at {page.url}: {page.inner_text('body')[:1000]!r}") from late
    console.signed_in[username] = page.context.cookies()
    return page


def until(page: Page, expression: str) -> None:
    """Wait until an expression is true in the page. `wait_for_function` would need eval, which our policy forbids."""
    end = time.monotonic() + 20
    while not page.evaluate(expression):
        assert time.monotonic() < end, f"never true: {expression}"
        page.wait_for_timeout(50)
