"""Pages run in Streamlit's own test harness, over an App on SQLite whose clock the test drives."""

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import bcrypt
import pytest
import streamlit.components.v2.manifest_scanner as scanner
from sqlalchemy import update
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from console import nav, process
from console.signed_in import SESSION, TICKET
from core.flows.access import sign_in
from core.flows.access.sign_in import SignedIn
from core.staff.tables import staff
from tests.conftest import TestApp

MAIN = Path(__file__).parents[2] / "console" / "main.py"
PASSWORD = "made-up-words-1"
# The harness looks through every installed distribution at each start: once is enough.
scanner.scan_component_manifests = cache(scanner.scan_component_manifests)

Visit = Callable[..., AppTest]


@pytest.fixture(params=["sqlite"])
def database_url(tmp_path: Path) -> str:
    """Pages are the same on both databases: their reads and flows are tested on both elsewhere."""
    return f"sqlite:///{tmp_path / 'luxe.db'}"


@pytest.fixture
def console(app: TestApp) -> Iterator[TestApp]:
    """The console's App, with everybody's password set to PASSWORD."""
    with app.db.write() as session:
        made = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()
        session.execute(update(staff).values(password_hash=made))
    process.use(app)
    yield app
    process.use(None)


@pytest.fixture
def visit(console: TestApp) -> Visit:
    """Open the console; with a user name, as somebody who has just signed in. `page` is a file of pages/ to be on.

    One run instead of four: no form, no page that is left at once. Tests of the form itself have `visit_by_form`.
    """

    def open_page(username: str = "", page: str = "", **query: str) -> AppTest:
        test = begun(query)
        if username:
            answer = sign_in.sign_in(console, username, PASSWORD, now=console.clock.now())
            assert isinstance(answer, SignedIn), answer
            test.session_state[SESSION], test.session_state[TICKET] = answer.session_id, answer.ticket
        if page and page != nav.ENTRIES[0].file:
            test._page_hash = calc_hash(next(entry.url for entry in nav.ENTRIES if entry.file == page))
        return test.run()

    return open_page


@pytest.fixture
def visit_by_form(console: TestApp) -> Visit:
    """The same as a person does it: the form, the page that one comes to, the page that one goes to."""

    def open_page(username: str = "", page: str = "", **query: str) -> AppTest:
        test = begun(query).run()
        if username:
            submit(test, username, PASSWORD)
        if page:
            test.switch_page(f"../pages/{page}").run()
        return test

    return open_page


def begun(query: dict[str, str]) -> AppTest:
    """The console before its first run."""
    test = AppTest.from_file(str(MAIN), default_timeout=20)
    for name, value in query.items():
        test.query_params[name] = value
    return test


def submit(test: AppTest, username: str, password: str) -> AppTest:
    """Fill the sign-in form and press Continue."""
    test.text_input[0].set_value(username)
    test.text_input[1].set_value(password)
    return test.button[0].click().run()


def words(test: AppTest) -> str:
    """Everything that is written on the page."""
    parts = [*test.markdown, *test.error, *test.info, *test.warning, *test.get("html")]
    return "\n".join(str(getattr(part, "value", "") or getattr(part.proto, "body", "")) for part in parts)
