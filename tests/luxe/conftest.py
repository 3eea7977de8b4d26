"""Databases without a schema, and the product's commands on a home of their own."""

import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url
from typer.testing import CliRunner, Result

from core.app import App, build_app
from core.db.crypto import Keyring, new_keyset, parse_keyset
from core.db.engine import Database, connect
from core.db.migrate import migrate
from core.settings import load_settings
from luxe.main import app as luxe_app
from tests.conftest import HAS_POSTGRES, SERVER, _admin_dsn


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def bare_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An address of each kind of database in turn, with nothing in it."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'bare.db'}"
        return
    if not HAS_POSTGRES:
        pytest.skip("no PostgreSQL server")
    with another_database("luxe_bare") as name:
        yield _url_of(name)


@contextmanager
def another_database(called: str) -> Iterator[str]:
    """The name of an empty one, dropped afterwards."""
    name = f"{called}_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(_admin_dsn(), autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
    yield name
    with psycopg.connect(_admin_dsn(), autocommit=True) as admin:
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _url_of(name: str) -> str:
    return make_url(SERVER).set(database=name).render_as_string(hide_password=False)


@pytest.fixture
def bare_db(bare_url: str, keyring: Keyring) -> Iterator[Database]:
    database = connect(bare_url, keyring)
    yield database
    database.engine.dispose()


@dataclass
class Luxe:
    """The command line on one home."""

    home: Path
    runner: CliRunner = field(default_factory=CliRunner)

    def run(self, *words: str, answer: str | None = None) -> Result:
        """`answer` is what a person types when asked."""
        return self.runner.invoke(luxe_app, list(words), input=None if answer is None else f"{answer}\n")

    def open(self) -> App:
        return build_app(load_settings())


@pytest.fixture
def luxe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Luxe:
    """Commands in an empty folder, without any setting but the home."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LUXE_HOME", str(tmp_path / "var"))
    return Luxe(tmp_path / "var")


@pytest.fixture(scope="session")
def schema_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keys, and what every migration makes of an empty file with them: it takes most of a second, and each test
    wants one."""
    home = tmp_path_factory.mktemp("migrated")
    (home / "keyset.json").touch(mode=0o600)
    (home / "keyset.json").write_text(new_keyset())
    migrated_once(f"sqlite:///{home / 'luxe.db'}", home)
    return home


@pytest.fixture(scope="session")
def schema_database(schema_home: Path) -> Iterator[str]:
    """The name of such a database on the server, to make others of."""
    with another_database("luxe_schema") as name:
        migrated_once(_url_of(name), schema_home)
        yield name


def migrated_once(url: str, home: Path) -> None:
    database = connect(url, parse_keyset((home / "keyset.json").read_text()))
    migrate(database)
    database.engine.dispose()


@pytest.fixture
def migrated(luxe: Luxe, schema_home: Path) -> Luxe:
    """The same on a database with its schema."""
    luxe.home.mkdir(mode=0o700)
    for name in ("keyset.json", "luxe.db"):
        shutil.copy(schema_home / name, luxe.home / name)
    return luxe


HAS_PROGRAMS = shutil.which("pg_dump") is not None and shutil.which("psql") is not None


@pytest.fixture
def clinic(
    bare_url: str, luxe: Luxe, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Luxe:
    """A home with its schema on each kind of database."""
    if bare_url.startswith("postgresql") and not HAS_PROGRAMS:
        pytest.skip("pg_dump and psql are not installed")
    monkeypatch.setenv("LUXE_DATABASE_URL", bare_url)
    luxe.home.mkdir(mode=0o700)
    home: Path = request.getfixturevalue("schema_home")
    shutil.copy(home / "keyset.json", luxe.home / "keyset.json")
    if bare_url.startswith("sqlite"):
        shutil.copy(home / "luxe.db", bare_url.removeprefix("sqlite:///"))
    else:
        copy_of(request.getfixturevalue("schema_database"), make_url(bare_url).database)
    return luxe


def copy_of(made: str, name: str | None) -> None:
    """In place of an empty database."""
    with psycopg.connect(_admin_dsn(), autocommit=True) as admin:
        admin.execute(f"DROP DATABASE {name}")
        admin.execute(f"CREATE DATABASE {name} TEMPLATE {made}")


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """A folder for backups."""
    folder = tmp_path / "shelf"
    folder.mkdir()
    return folder
