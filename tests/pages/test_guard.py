"""When the database is away: a plain page and a way on, and nobody's data in a log that does not mask it."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionLeft

from console import process
from core.logs import configure_logs
from tests.conftest import TestApp
from tests.pages.conftest import PASSWORD, Visit, submit, words

LOCKED = OperationalError("select", {}, Exception("database is locked"))
PERSONAL = RuntimeError("Omar 407-555-0155 omar@example.com")


class Gone:
    """A database that does not answer."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    @contextmanager
    def read(self) -> Iterator[Any]:
        raise self._error
        yield

    write = read

    def __getattr__(self, name: str) -> Any:
        raise self._error


@pytest.fixture
def log() -> io.StringIO:
    stream = io.StringIO()
    configure_logs("console", stream=stream)
    return stream


@pytest.mark.parametrize("error", [LOCKED, NoConnectionLeft("pool")], ids=["locked", "no connection left"])
@pytest.mark.parametrize("username", ["", "frontdesk"], ids=["sign-in", "page"])
def test_a_database_that_is_away_gives_one_sentence_and_a_way_on(
    visit: Visit, console: TestApp, username: str, error: Exception
) -> None:
    """Finding 27: page and sign-in showed Streamlit's red box. When it is back, one click goes on."""
    page = visit(username)
    process.use(replace(console, db=Gone(error)))  # type: ignore[arg-type]
    if username:
        page.run()
    else:
        submit(page, "frontdesk", PASSWORD)
    assert not page.exception
    assert "The database did not answer. Try again in a moment." in words(page)
    process.use(console)
    page.button(key="guard.again").click().run()
    assert "could not be loaded" not in words(page)
    assert not page.exception


def test_what_failed_is_in_our_own_log_masked(visit: Visit, console: TestApp, log: io.StringIO) -> None:
    """Finding 27: the traceback went past our log, unmasked; and each line says which process it is of."""
    page = visit("frontdesk")
    process.use(replace(console, db=Gone(PERSONAL)))  # type: ignore[arg-type]
    page.run()
    process.use(console)
    assert not page.exception
    assert "Omar" not in words(page)
    lines = log.getvalue()
    assert "unexpected" in lines
    assert '"process": "console"' in lines
    assert "407-555-0155" not in lines
    assert "omar@example.com" not in lines
    assert "Reference E-" in words(page)
