"""What may stand in a log: references and codes, never who somebody is or what they wrote."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from core.logs import configure_logs, mask_text


@pytest.fixture
def stream(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """A stream that takes the records of a process called 'test'."""
    monkeypatch.delenv("LUXE_LOG_JSON", raising=False)
    root = logging.getLogger()
    before = root.handlers[:], root.level
    caught = io.StringIO()
    configure_logs("test", stream=caught)
    yield caught
    root.handlers[:], root.level = before[0], before[1]
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def records(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_record_is_one_line_of_json_away_from_a_terminal(stream: io.StringIO) -> None:
    """A collector reads one record a line, with its process, level and time."""
    structlog.get_logger().info("text_sent", lead="A-1042", code=30003)
    (record,) = records(stream)
    assert record["event"] == "text_sent"
    assert (record["lead"], record["code"]) == ("A-1042", 30003)
    assert record["process"] == "test"
    assert record["level"] == "info"
    assert record["timestamp"].endswith("Z")


def test_a_person_reads_key_and_value(monkeypatch: pytest.MonkeyPatch, stream: io.StringIO) -> None:
    """Under the supervisor, lines are for eyes."""
    monkeypatch.setenv("LUXE_LOG_JSON", "0")
    configure_logs("test", stream=stream)
    structlog.get_logger().info("text_sent", lead="A-1042")
    assert "event='text_sent' lead='A-1042'" in stream.getvalue()


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("sent to +14075550155", "sent to +1******0155"),
        ("call (407) 555-0155 now", "call +1******0155 now"),
        ("407-555-0155", "+1******0155"),
        ("407.555.0155", "+1******0155"),
        ("to 4075550155,", "to +1******0155,"),
        ("+442071838750", "+4******8750"),
        ("omar.reyes+x@mail.example.com wrote", "***@*** wrote"),
    ],
)
def test_numbers_and_addresses_are_masked_in_every_spelling(text: str, masked: str) -> None:
    """A number in a message of another library is as much a number."""
    assert mask_text(text) == masked


@pytest.mark.parametrize(
    "text", ["01932f5e-7a2c-7d11-8000-5550155abcde", "2026-11-23T15:00:00", "A-1042", "30003"]
)
def test_ids_times_and_codes_stay_readable(text: str) -> None:
    """Masking that eats ids would make logs useless."""
    assert mask_text(text) == text


def test_words_of_people_are_removed_at_any_depth(stream: io.StringIO) -> None:
    """Keys for bodies and names are refused, wherever they stand."""
    structlog.get_logger().info(
        "received",
        body="Can you call me?",
        detail={"Name": "Omar Reyes", "rows": [{"email": "o@example.com"}]},
    )
    assert "Omar" not in stream.getvalue()
    assert "call me" not in stream.getvalue()
    assert records(stream)[0]["detail"]["rows"] == [{"email": "[removed]"}]


def test_other_libraries_and_their_tracebacks_are_masked_too(stream: io.StringIO) -> None:
    """An exception of a driver may carry the value that it choked on."""
    try:
        raise ValueError("bad number +14075550155")
    except ValueError:
        logging.getLogger("some.library").exception("could not reach %s", "omar@example.com")
    logged = stream.getvalue()
    assert "4075550155" not in logged
    assert "omar@" not in logged
    assert "+1******0155" in logged
    assert records(stream)[0]["process"] == "test"
