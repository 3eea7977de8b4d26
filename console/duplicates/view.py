"""Profiles that may be one person as rows that browsers follow."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from console.live import READER, Topic
from console.parts.people_rows import pair_row
from core.app import App
from core.domain.roles import Permission
from core.reads import duplicates


def rows(_app: App, session: Session, _argument: str, _now: datetime) -> Iterable[dict[str, Any]]:
    """One row a pair, the newest first, and the row `total`: how many there are, of which the newest are shown."""
    found = duplicates.read(session, READER)
    yield {"id": "total", "waiting": found.waiting}
    for place, pair in enumerate(found.pairs):
        yield {"id": pair.id, "place": place, **pair_row(pair)}


TOPIC = Topic("duplicates", Permission.WORK_LEADS, rows)
