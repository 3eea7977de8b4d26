"""The Now block and the banners as rows that browsers follow."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from console.live import READER, Topic, millis
from core.app import App
from core.domain.clock import machine_span
from core.domain.roles import Permission
from core.reads import now_block

SILENT_SECONDS = 60
BEAT_STEP_MS = 15_000


def rows(app: App, session: Session, _argument: str, _now: datetime) -> Iterable[dict[str, Any]]:
    """One row. The beat is rounded down, so that a healthy scheduler is no news."""
    found = now_block.read(session, READER)
    beat = millis(found.beat_at)
    step = round(BEAT_STEP_MS * app.clock.speed) or 1
    yield {
        "id": "now",
        "dues": [millis(due) for due in found.dues],
        "unread": found.unread,
        "forms": found.unread_forms,
        "duplicates": found.duplicates,
        "shares": {
            owner: {"dues": [millis(due) for due in share.dues], "unread": share.unread}
            for owner, share in found.by_owner.items()
        },
        "urgent": found.urgent,
        "alarms": found.alarms,
        "beat": beat - beat % step if beat else None,
        "first_due": millis(found.first_due),
        "silent_after": machine_span(app.clock, SILENT_SECONDS).total_seconds() * 1000,
    }


TOPIC = Topic("now", Permission.SEE_LEADS, rows)
