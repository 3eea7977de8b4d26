"""Databases without a schema, and the product's commands on a home of their own."""

import shutil
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url
from typer.testing import CliRunner, Result

from core.app import App, build_app
from core.db.crypto import Keyring
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
    name = f"luxe_bare_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(_admin_dsn(), autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
    yield make_url(SERVER).set(database=name).render_as_string(hide_password=False)
    with psycopg.connect(_admin_dsn(), autocommit=True) as admin:
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


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


@pytest.fixture
def migrated(luxe: Luxe) -> Luxe:
    """The same on a database with its schema."""
    app = luxe.open()
    migrate(app.db)
    app.db.engine.dispose()
    return luxe


HAS_PROGRAMS = shutil.which("pg_dump") is not None and shutil.which("psql") is not None


@pytest.fixture
def clinic(bare_url: str, luxe: Luxe, monkeypatch: pytest.MonkeyPatch) -> Luxe:
    """A home with its schema on each kind of database."""
    if bare_url.startswith("postgresql") and not HAS_PROGRAMS:
        pytest.skip("pg_dump and psql are not installed")
    monkeypatch.setenv("LUXE_DATABASE_URL", bare_url)
    app = luxe.open()
    migrate(app.db)
    app.db.engine.dispose()
    return luxe


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """A folder for backups."""
    folder = tmp_path / "shelf"
    folder.mkdir()
    return folder
