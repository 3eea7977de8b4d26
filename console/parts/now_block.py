"""The Now block as rows that browsers follow."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from console.live import READER, Topic, millis
from core.app import App
from core.domain.ids import reference
from core.domain.roles import Permission
from core.reads import now_block


def rows(_app: App, session: Session, _argument: str, now: datetime) -> Iterable[dict[str, Any]]:
    """One row."""
    found = now_block.read(session, READER)
    # Of more than the browser gets to count: as of this reading. A clock that runs out is a change, and read anew.
    late = now_block.overdue(session, READER, now=now) if found.cut else None
    yield {
        "id": "now",
        "dues": [millis(due) for due in found.dues],
        "late": None if late is None else late.total(),
        "unread": found.unread,
        "forms": found.unread_forms,
        "to_check": found.to_check,
        "duplicates": found.duplicates,
        "shares": {
            owner: {
                "dues": [millis(due) for due in share.dues],
                "late": None if late is None else late[owner],
                "unread": share.unread,
            }
            for owner, share in found.by_owner.items()
        },
        "mentions": {who: [reference(one) for one in leads] for who, leads in found.mentions.items()},
        "standing": {
            who: {"status": one.status, "until": millis(one.until)} for who, one in found.standing.items()
        },
        "urgent": found.urgent,
        "alarms": found.alarms,
    }


TOPIC = Topic("now", Permission.SEE_LEADS, rows)
