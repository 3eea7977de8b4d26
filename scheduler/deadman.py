"""Tell the watcher outside that texts leave, every minute, and only while that is true: its silence is the alarm."""

from datetime import datetime

import structlog

from core.app import App
from core.reads import readiness

log = structlog.get_logger(__name__)
SECONDS = 60.0


def ping(app: App, *, now: datetime) -> bool:
    """Whether the watcher was told, and heard.

    The lag, and what is out without a result, speak for the dispatcher; when it ends, so does its process.
    Raises SQLAlchemyError where the database does not answer: then nothing is told either.
    """
    if not app.settings.deadman_url.get_secret_value():
        return False
    with app.db.read() as session:
        faults = readiness.read(session, app.clock, now=now).faults
    if faults:
        log.warning("deadman_silent", faults=sorted(faults))
        return False
    return app.all_is_well()
