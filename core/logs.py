"""Structured logs of every process: one line a record, readable on a terminal, JSON for a collector.

Callers log references, ids and codes only. The processors below are the last line of defence: a key that would
hold a person's words or name is refused, and numbers and addresses that slipped into a value are masked.
"""

import logging
import os
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any, TextIO

import structlog

from core.domain.phone import mask_phone

REFUSED_KEYS = frozenset(
    {
        "body", "message_body", "name", "first_name", "last_name", "full_name", "email", "phone", "birth_date",
        "date_of_birth", "notes", "payload", "password",
    }
)  # fmt: skip
REMOVED = "[removed]"
PHONE = re.compile(r"(?<![\w.\-])(?:\+?1[\s.\-]?)?\(?[2-9]\d{2}\)?[\s.\-]?[2-9]\d{2}[\s.\-]?\d{4}(?![\w\-])")
FOREIGN_PHONE = re.compile(r"(?<!\w)\+[1-9]\d{7,14}(?!\w)")
EMAIL = re.compile(r"[A-Za-z0-9._%+\-]+@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)+")
QUIET = (
    "alembic",
    "apscheduler",
    "urllib3",
    "twilio.http_client",
    "watchdog",
    "httpx",
    "httpcore",
    "asyncio",
)

Record = MutableMapping[str, Any]


def configure_logs(process: str, *, stream: TextIO | None = None) -> None:
    """Send structlog's and Python's own records to `stream` (standard error), each marked with `process`.

    key=value on a terminal, JSON elsewhere; LUXE_LOG_JSON=1 or 0 asks for the one or the other.
    """
    target = stream or sys.stderr
    steps: list[Any] = [
        structlog.contextvars.merge_contextvars,
        _marked(process),
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*steps, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        # Tracebacks and %-arguments of other people's loggers pass here too, so masking comes last of all.
        foreign_pre_chain=[*steps, structlog.stdlib.add_logger_name],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            refuse_personal_keys,
            mask_values,
            _renderer(target),
        ],
    )
    _route_python_logging(target, formatter)


def _marked(process: str) -> Any:
    """Every record, of any thread: what is bound to one thread's context is missing in the others."""

    def mark(_logger: Any, _method: str, record: Record) -> Record:
        record.setdefault("process", process)
        return record

    return mark


def _route_python_logging(target: TextIO, formatter: logging.Formatter) -> None:
    handler = logging.StreamHandler(target)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    logging.captureWarnings(capture=True)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def _renderer(target: TextIO) -> Any:
    asked = os.environ.get("LUXE_LOG_JSON", "")
    if asked != "0" and (asked or not target.isatty()):
        return structlog.processors.JSONRenderer()
    return structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "process", "event"])


def refuse_personal_keys(_logger: Any, _method: str, record: Record) -> Record:
    """Replace what stands under a key that is meant for a person's data, at any depth."""
    return {key: REMOVED if key.lower() in REFUSED_KEYS else _refuse(value) for key, value in record.items()}


def _refuse(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {
            key: REMOVED if str(key).lower() in REFUSED_KEYS else _refuse(inner)
            for key, inner in value.items()
        }
    return [_refuse(inner) for inner in value] if isinstance(value, list | tuple) else value


def mask_values(_logger: Any, _method: str, record: Record) -> Record:
    """Mask phone numbers and email addresses in every value, the event's words included."""
    # The timestamp is ours, and its digits are nobody's number.
    return {key: value if key == "timestamp" else _mask(value) for key, value in record.items()}


def _mask(value: Any) -> Any:
    match value:
        case None | bool() | float():
            return value
        case int():
            return value if len(str(abs(value))) < 10 else _mask(str(value))
        case Mapping():
            return {mask_text(str(key)): _mask(inner) for key, inner in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_mask(inner) for inner in value]
        case _:
            return mask_text(str(value))


def mask_text(text: str) -> str:
    """`text` with each phone number as `+1******0155` and each email address as `***@***`."""
    masked = PHONE.sub(lambda found: mask_phone("+1" + re.sub(r"\D", "", found[0])[-10:]), text)
    masked = FOREIGN_PHONE.sub(lambda found: mask_phone(found[0]), masked)
    return EMAIL.sub("***@***", masked)
