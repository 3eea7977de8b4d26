"""What is wrong with the product itself, as a row that browsers follow: the banner on every page, whoever looks."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from console.live import Topic, millis
from core.app import App
from core.domain.clock import machine_span
from core.reads.parts import watch_state

SILENT_SECONDS = 60
BEAT_STEP_MS = 15_000


def rows(app: App, session: Session, _argument: str, _now: datetime) -> Iterable[dict[str, Any]]:
    """One row. The beat is rounded down, so that a healthy scheduler is no news."""
    found = watch_state.read(session)
    beat, step = millis(found.beat_at), round(BEAT_STEP_MS * app.clock.speed) or 1
    yield {
        "id": "watch",
        "beat": beat - beat % step if beat else None,
        "first_due": millis(found.first_due),
        "silent_after": machine_span(app.clock, SILENT_SECONDS).total_seconds() * 1000,
        "troubles": [
            {
                "name": one.name,
                "title": one.title,
                "todo": one.todo,
                "elsewhere": one.elsewhere,
                "page": one.page,
                "since": millis(one.since),
            }
            for one in found.troubles
        ],
    }


TOPIC = Topic("watch", None, rows)
