"""Something came in that our own code could not take in: it is kept, and an alarm says so.

The alarm is a line in the log with the place of the fault and never its words (they may be a patient's), a text to
managers and front desk, and a count that `luxe status` and /metrics show. It must never be the reason for which what
came in is lost: where it fails itself, the log has that too.
"""

import traceback
from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from core.db.engine import savepoint
from core.flows.intake import unread_alert
from core.settings import Settings

log = structlog.get_logger(__name__)
TEMPLATE = "staff_stumbled"
DEEPEST = 6


def report(
    session: Session, settings: Settings, what: str, raw_id: str, error: Exception, now: datetime
) -> None:
    """Raise the alarm about one payload, in the transaction that keeps it. `what`: a connector or a webhook."""
    frames = traceback.extract_tb(error.__traceback__)[-DEEPEST:]
    places = [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames]
    log.error("not_taken_in", what=what, raw_id=raw_id, error=type(error).__name__, at=places)
    try:
        with savepoint(session):
            unread_alert.alert_all(session, settings, TEMPLATE, now=now)
    except Exception as failed:
        log.error("alarm_not_planned", what=what, error=type(failed).__name__)  # noqa: TRY400
