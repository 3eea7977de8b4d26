"""The web server's own ways: its log is ours, and it takes as many files as the system gives."""

import io
import logging
import resource
from collections.abc import Iterator

import pytest
import streamlit.logger as theirs

from console import server
from core.logs import configure_logs
from core.serving import files


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    stream, before = io.StringIO(), theirs.setup_formatter
    configure_logs("console", stream=stream)
    server.through_our_log()
    yield stream
    theirs.setup_formatter = before
    for logger in theirs._loggers.values():
        logger.propagate = False
        before(logger)


@pytest.mark.parametrize("name", ["streamlit.error_util", "streamlit.made_later", "uvicorn.error"])
def test_streamlit_s_and_uvicorn_s_lines_are_masked_and_ours(log: io.StringIO, name: str) -> None:
    """Finding 27: they went past our log. Loggers that are made later too."""
    theirs.get_logger(name).error("it was 407-555-0155")
    line = log.getvalue()
    assert line.count("it was") == 1
    assert "407-555-0155" not in line
    assert '"process": "console"' in line


def test_a_wall_s_address_is_in_no_log(log: io.StringIO) -> None:
    """uvicorn writes the address of each socket that opens; the wall's is its key."""
    theirs.get_logger("uvicorn.error").info('"WebSocket /wall/secret/live" [accepted]')
    logging.getLogger("uvicorn.error").info('"WebSocket /wall/secret/live" [accepted]')
    assert log.getvalue() == ""


def test_the_server_takes_the_files_that_the_system_gives() -> None:
    """Finding 18: 1,024 is systemd's soft limit, its hard one is far higher."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (512, before[1]))
        most = files.places()
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
    assert soft == min(hard, files.WANTED)
    assert most == soft - files.KEPT
