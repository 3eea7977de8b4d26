"""Shared fixtures: one App on a fresh database of each kind, with a clock and a provider that obey the test."""

import os
import shutil
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import hypothesis
import psycopg
import pytest
from playwright.sync_api import Browser, sync_playwright
from sqlalchemy import make_url, text

from core.adapters.fakes import FakeClock, FakeSms
from core.app import App
from core.db.crypto import Keyring, new_keyset, parse_keyset
from core.db.engine import Database, connect
from core.db.schema import metadata
from core.reference import load_reference
from core.settings import Settings
from tests.factories import add_rules, add_staff

# These machines are shared and slow at times: how long an example takes says nothing about the code.
hypothesis.settings.register_profile("luxe", deadline=None)
hypothesis.settings.load_profile("luxe")

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


def pytest_report_header(config: pytest.Config) -> list[str]:
    return (
        []
        if HAS_POSTGRES
        else ["PostgreSQL tests are skipped: no server at 127.0.0.1:5432 (set LUXE_TEST_POSTGRES)"]
    )


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


@pytest.fixture(scope="session")
def postgres_schema(postgres_url: str, keyring: Keyring) -> str:
    """The tests' database with an empty schema, made once and emptied for each test."""
    database = connect(postgres_url, keyring)
    metadata.create_all(database.engine)
    database.engine.dispose()
    return postgres_url


def _empty(database: Database) -> None:
    """What TRUNCATE does, in a fiftieth of its time: that makes a new file for every table and index."""
    tables = [table.name for table in reversed(metadata.sorted_tables)]
    with database.engine.begin() as connection:
        # Whoever the test before left behind with a transaction open is waited for.
        connection.exec_driver_sql(f"LOCK TABLE {', '.join(tables)} IN ACCESS EXCLUSIVE MODE")
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")  # past the trail's guards
        connection.exec_driver_sql("; ".join(f"DELETE FROM {name}" for name in tables))
        connection.execute(text("ALTER SEQUENCE leads_number_seq RESTART"))


@pytest.fixture
def db(database_url: str, keyring: Keyring, request: pytest.FixtureRequest) -> Iterator[Database]:
    """A database with an empty schema."""
    if database_url.startswith("sqlite"):
        shutil.copy(request.getfixturevalue("empty_sqlite"), database_url.removeprefix("sqlite:///"))
    else:
        request.getfixturevalue("postgres_schema")
    database = connect(database_url, keyring)
    if not database.is_sqlite:
        _empty(database)
    yield database
    database.engine.dispose()


@dataclass(frozen=True)
class TestApp(App):
    """An App whose clock and provider the test drives."""

    __test__ = False
    clock: FakeClock
    sms: FakeSms


@pytest.fixture
def app(db: Database, database_url: str, tmp_path: Path) -> TestApp:
    """The product on each kind of database, with the demo's staff and rules, at 10:00 on a Monday in New York."""
    clock = FakeClock()
    settings = Settings(home=tmp_path, database_url=database_url, _env_file=None)
    test_app = TestApp(settings, db, clock, FakeSms(clock), load_reference(ZoneInfo("America/New_York")))
    with db.write() as session:
        add_staff(session, clock.now() - timedelta(days=30))
        add_rules(session, clock.now() - timedelta(days=30))
    return test_app


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The one browser of a test process: the library allows no second one beside it."""
    path = shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("no Chromium on this machine (apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()
