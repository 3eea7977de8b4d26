"""Somebody looks at unusually many patients: the trail says so, once an hour, the audit page shows it in red,
and admins are told."""

from datetime import datetime, timedelta

import structlog
from sqlalchemy.orm import Session

from core.app import App
from core.audit import store as audit
from core.audit.chain import LOOKED_AT_MANY
from core.domain.clock import machine_span
from core.flows.access import audit_alert

log = structlog.get_logger(__name__)
HOUR_SECONDS = timedelta(hours=1).total_seconds()


def watch(session: Session, app: App, staff_id: str, now: datetime) -> bool:
    """Whether an alarm was raised: LUXE_AUDIT_MANY patients or more within the hour; 0 asks for none."""
    most, since = app.settings.audit_many, now - machine_span(app.clock, HOUR_SECONDS)
    if not most:
        return False
    many = audit.patients_seen(session, staff_id, since)
    if many < most or audit.any_since(session, LOOKED_AT_MANY, staff_id, since):
        return False
    audit.note(session, action=LOOKED_AT_MANY, staff_id=staff_id, detail={"patients": many}, now=now)
    audit_alert.tell_admins(session, app.settings, now=now)
    log.warning(LOOKED_AT_MANY, staff_id=staff_id, patients=many)
    return True
