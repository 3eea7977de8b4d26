"""Shared fixtures: one App on a fresh database of each kind, with a clock and a provider that obey the test."""

import asyncio
import os
import shutil
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import bcrypt
import hypothesis
import psycopg
import pytest
import structlog
from playwright.sync_api import Browser, sync_playwright
from sqlalchemy import Engine, QueuePool, create_engine, event, make_url
from sqlalchemy.orm import Session

from core.adapters.fakes import FakeChat, FakeClock, FakeEmail, FakePush, FakeSms, FakeWebhooks
from core.alerting.rules import Escalation
from core.app import App
from core.db.crypto import Keyring, new_keyset, parse_keyset
from core.db.data_keys import DataKeys
from core.db.engine import Database, connect
from core.db.schema import metadata
from core.flows.access import passwords
from core.reference import load_reference
from core.settings import Settings
from core.staff import rules as staff_rules
from tests.factories import add_rules, add_staff, follow_everybody_alike

# These machines are shared and slow at times: how long an example takes says nothing about the code.
hypothesis.settings.register_profile("luxe", deadline=None, max_examples=50)
hypothesis.settings.load_profile("luxe")

# What an unexpected error leaves in a log that no test set up is drawn with every variable of every frame, if rich is
# there: up to ten seconds of a core, for nobody.
structlog.configure(
    processors=[
        *structlog.get_config()["processors"][:-1],
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),
    ]
)

SERVER = os.environ.get("LUXE_TEST_POSTGRES", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres")


def _admin_dsn() -> str:
    return make_url(SERVER).set(drivername="postgresql").render_as_string(hide_password=False)


def postgres_answers() -> bool:
    """Whether a server that lets us make databases listens where the tests look."""
    try:
        with psycopg.connect(_admin_dsn(), connect_timeout=2):
            return True
    except psycopg.OperationalError:
        return False


HAS_POSTGRES = postgres_answers()


# What takes seconds a test begins first: the many small files fill the workers' last minute, and none of them waits
# for one that began late. (`make test` gives whole files out, in this order.)
LONGEST_FIRST = ("faults", "model", "browser", "luxe", "access", "pages", "simulator", "adapters")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    places = {name: place for place, name in enumerate(LONGEST_FIRST)}
    items.sort(key=lambda item: places.get(item.path.parent.name, len(places)))


def pytest_report_header(config: pytest.Config) -> list[str]:
    return (
        []
        if HAS_POSTGRES
        else ["PostgreSQL tests are skipped: no server at 127.0.0.1:5432 (set LUXE_TEST_POSTGRES)"]
    )


SHIPPED_COST, SHIPPED_NO_PASSWORD = passwords.BCRYPT_COST, staff_rules.NO_PASSWORD


@pytest.fixture(scope="session", autouse=True)
def _quick_hashes() -> Iterator[None]:
    """A hash, and the comparison that strangers get, take a quarter of a second for whoever guesses: not for tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "BCRYPT_COST", 4)
        patch.setattr(staff_rules, "NO_PASSWORD", bcrypt.hashpw(b"nobody's", bcrypt.gensalt(4)).decode())
        yield


@pytest.fixture(autouse=True)
def _no_loop_of_the_browser(request: pytest.FixtureRequest) -> Iterator[None]:
    """A browser test before this one, in the same process, leaves its loop running in this thread: `asyncio.run`, which
    our adapters call where no loop ever runs, would refuse."""
    loop = asyncio._get_running_loop()
    if loop is None or "chromium" in request.fixturenames:
        yield
        return
    asyncio._set_running_loop(None)
    yield
    asyncio._set_running_loop(loop)


@pytest.fixture(scope="session")
def keyring() -> Keyring:
    return parse_keyset(new_keyset())


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A database of this test process alone, dropped afterwards."""
    if not HAS_POSTGRES:
        pytest.skip("no PostgreSQL server")
    name = f"luxe_test_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(_admin_dsn(), autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
        # No test outlives its server: no commit has to wait for the disk.
        admin.execute(f"ALTER DATABASE {name} SET synchronous_commit = off")
    yield make_url(SERVER).set(database=name).render_as_string(hide_password=False)
    with psycopg.connect(_admin_dsn(), autocommit=True) as admin:
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An address of each kind of database in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'luxe.db'}"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory: pytest.TempPathFactory, keyring: Keyring) -> Path:
    """A file with an empty schema, made once and copied for each test."""
    path = tmp_path_factory.mktemp("schema") / "empty.db"
    database = connect(f"sqlite:///{path}", keyring)
    metadata.create_all(database.engine)
    database.engine.dispose()
    return path


SINCE = FakeClock().now() - timedelta(days=30)


def add_everybody(session: Session) -> None:
    """The demo's staff and rules, as `app` has them."""
    add_staff(session, SINCE)
    add_rules(session, SINCE)
    follow_everybody_alike(session, SINCE)


@pytest.fixture(scope="session")
def staffed_sqlite(tmp_path_factory: pytest.TempPathFactory, empty_sqlite: Path, keyring: Keyring) -> Path:
    """The same with the demo's staff and rules."""
    path = tmp_path_factory.mktemp("schema") / "staffed.db"
    shutil.copy(empty_sqlite, path)
    database = connect(f"sqlite:///{path}", keyring)
    with database.write() as session:
        add_everybody(session)
    database.engine.dispose()
    return path


class Ground:
    """The one PostgreSQL database of a test process, swept before each test by a connection that stays open: a new
    one would first learn what each table is, which takes ten times as long as the sweeping."""

    def __init__(self, url: str, keyring: Keyring) -> None:
        self._dsn = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        database = connect(url, keyring)
        metadata.create_all(database.engine)
        with database.write() as session:
            add_everybody(session)
        database.engine.dispose()
        self._tables = [table.name for table in reversed(metadata.sorted_tables)]
        self._hand = psycopg.connect(self._dsn)
        with self._hand.transaction():
            self._everybody = {name: self._rows_of(name) for name in self._tables if self._has_rows(name)}

    def _has_rows(self, table: str) -> bool:
        return self._hand.execute(f"SELECT FROM {table} LIMIT 1").fetchone() is not None

    def _rows_of(self, table: str) -> bytes:
        with self._hand.cursor().copy(f"COPY {table} TO STDOUT") as rows:
            return b"".join(map(bytes, rows))

    def sweep(self, *, staffed: bool) -> None:
        """What TRUNCATE does, in a fiftieth of its time: that makes a new file for every table and index."""
        if self._hand.closed or self._hand.broken:
            self._hand = psycopg.connect(self._dsn)
        with self._hand.transaction():
            # Whoever the test before left behind with a transaction open is waited for.
            self._hand.execute(f"LOCK TABLE {', '.join(self._tables)} IN ACCESS EXCLUSIVE MODE")
            self._hand.execute("SET LOCAL session_replication_role = replica")  # past the trail's guards
            self._hand.execute("; ".join(f"DELETE FROM {name}" for name in self._tables))
            self._hand.execute("ALTER SEQUENCE leads_number_seq RESTART")
            for name, rows in self._everybody.items() if staffed else ():
                with self._hand.cursor().copy(f"COPY {name} FROM STDIN") as table:
                    table.write(rows)

    def close(self) -> None:
        self._hand.close()


@pytest.fixture(scope="session")
def ground(postgres_url: str, keyring: Keyring) -> Iterator[Ground]:
    made = Ground(postgres_url, keyring)
    yield made
    made.close()


@pytest.fixture(scope="session")
def engines() -> dict[str, Engine]:
    """The engine of each kind that this test process has: with it goes what SQLAlchemy has worked out of every
    statement, which takes longer than most tests."""
    return {}


def _open(engines: dict[str, Engine], url: str, keyring: Keyring) -> Database:
    """As `connect` does; of its engine only the plans of statements, and PostgreSQL's sessions, are left of an earlier
    test: a new session would read all that it must know of the tables anew."""
    kind = make_url(url).get_backend_name()
    if kind not in engines:
        first = engines[kind] = connect(url, keyring).engine
        event.listen(first, "do_connect", partial(_to_this_file, first))
        event.listen(first, "connect", partial(_wait_for_no_disk, first))
        if kind != "sqlite":  # a file's keys are read beside that file
            engines["beside"] = create_engine(url, pool_size=1, max_overflow=0, pool_pre_ping=True)
    elif kind == "sqlite":
        fresh = connect(url, keyring).engine
        engines[kind].url = fresh.url
        engines[kind].dialect.luxe_data_keys = fresh.dialect.luxe_data_keys  # type: ignore[attr-defined]
    else:
        engines[kind].dialect.luxe_data_keys = DataKeys(keyring, engines["beside"])  # type: ignore[attr-defined]
    engines[kind].dialect.luxe_keyring = keyring  # type: ignore[attr-defined]
    return Database(engines[kind], keyring)


def _to_this_file(engine: Engine, _dialect: Any, _record: Any, words: list[Any], _named: Any) -> None:
    if engine.dialect.name == "sqlite":
        words[0] = engine.url.database


def _wait_for_no_disk(engine: Engine, connection: Any, _record: Any) -> None:
    """No test outlives its machine."""
    if engine.dialect.name == "sqlite":
        connection.execute("PRAGMA synchronous=OFF")


@pytest.fixture
def db(
    database_url: str, keyring: Keyring, engines: dict[str, Engine], request: pytest.FixtureRequest
) -> Iterator[Database]:
    """A database with an empty schema; for `app` with what that begins with."""
    staffed = "app" in request.fixturenames
    if database_url.startswith("sqlite"):
        made: Path = request.getfixturevalue("staffed_sqlite" if staffed else "empty_sqlite")
        shutil.copy(made, database_url.removeprefix("sqlite:///"))
    else:
        request.getfixturevalue("ground").sweep(staffed=staffed)
    database = _open(engines, database_url, keyring)
    yield database
    pool = database.engine.pool
    if database.is_sqlite or not isinstance(pool, QueuePool) or pool.checkedout():
        database.engine.dispose()


@dataclass(frozen=True)
class TestApp(App):
    """An App whose clock and provider the test drives."""

    __test__ = False
    clock: FakeClock
    sms: FakeSms
    email: FakeEmail = field(default_factory=FakeEmail)
    push: FakePush = field(default_factory=FakePush)
    chat: FakeChat = field(default_factory=FakeChat)
    webhooks: FakeWebhooks = field(default_factory=FakeWebhooks)


@pytest.fixture
def app(db: Database, database_url: str, tmp_path: Path) -> TestApp:
    """The product on each kind of database, with the demo's staff and rules, at 10:00 on a Monday in New York."""
    clock = FakeClock()
    # Most tests are about what nobody is called for: levels have tests of their own, which bring them back.
    settings = Settings(home=tmp_path, database_url=database_url, alert_gather=0, _env_file=None)
    reference = replace(load_reference(ZoneInfo("America/New_York")), escalation=Escalation())
    return TestApp(settings, db, clock, FakeSms(clock), reference)


def chromium_path() -> str | None:
    """Where this machine's browser lies. The shell has no window to draw: the same pages for less of a core."""
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    return next(filter(None, map(shutil.which, names)), None)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The one browser of a test process: the library allows no second one beside it."""
    path = chromium_path()
    if path is None:
        pytest.skip("no Chromium on this machine (apt-get install chromium)")
    with sync_playwright() as playwright:
        # Without the graphics that a machine without a card would work out by hand: a fifth less of a core.
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu", "--disable-software-rasterizer"]
        )
        yield browser
        browser.close()
