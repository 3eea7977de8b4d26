"""What stops sending, as rows that browsers follow: the banner on every page, and the delivery page."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from console.live import Topic, millis
from console.resend.view import template_name
from core.app import App
from core.operations.store import NOT_CONFIRMED
from core.reads.parts import sending_state
from core.reads.parts.sending_state import StopShown


def rows(_app: App, session: Session, _argument: str, _now: datetime) -> Iterable[dict[str, Any]]:
    """One for each stop, by the name that lifts it; none while all is well."""
    return now_stopped(session)


def now_stopped(session: Session) -> list[dict[str, Any]]:
    """The same for a run of a page: the banner stands there before the push does."""
    return [_row(stop) for stop in sending_state.read(session).stops]


def _row(stop: StopShown) -> dict[str, Any]:
    return {
        "id": stop.name,
        "all": not stop.template,
        "title": title(stop),
        "why": "" if stop.by else stop.why,
        "todo": stop.what_to_do,
        "since": millis(stop.since),
        "by": stop.by,
        "reason": stop.reason,
        "here": stop.name != NOT_CONFIRMED,  # whether it is lifted in the console
    }


def title(stop: StopShown) -> str:
    """A template by the name that staff know it by."""
    return f'Texts "{template_name(stop.template, "")}" are stopped.' if stop.template else stop.title


TOPIC = Topic("sending", None, rows)
