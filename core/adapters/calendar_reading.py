"""External calendars read by a process apart (`calendar_child`)."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from core.domain.feeds import TOO_HARD, FeedTrouble
from core.domain.hours import Span
from core.domain.ports import Frame

SECONDS = 60  # of the wall; the child's own limit is one of work
CHILD = Path(__file__).with_name("calendar_child.py")  # not imported: what it needs is large


def busy_times(content: bytes, frame: Frame) -> list[Span]:
    """When its owner is busy, in order and without overlap. Raises FeedTrouble; OSError where no process can start."""
    moments = [str(int(moment.timestamp())) for moment in (frame.since, frame.until)]
    # Isolated: it reads no variable and no folder but the library's own.
    command = [sys.executable, "-I", "-B", str(CHILD), frame.zone.key, *moments, frame.own]
    try:
        answer = subprocess.run(  # noqa: S603
            command, input=content, capture_output=True, timeout=SECONDS, env={}, check=False
        )
        found = json.loads(answer.stdout)
    except (subprocess.TimeoutExpired, ValueError) as error:  # it was ended before it could answer
        raise FeedTrouble(TOO_HARD) from error
    if "why" in found:
        raise FeedTrouble(str(found["why"]))
    return [(_moment(start), _moment(end)) for start, end in found["busy"]]


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
