"""A file that somebody takes out of the house: whether it is still them, and a line in the trail."""

from datetime import datetime

from core.app import App
from core.audit import store as audit
from core.flows.access import audit_alert, sign_in
from core.flows.access.stepping_up import needs_step_up


def may_leave(app: App, session_id: str, file: str, *, origin: str, now: datetime) -> bool:
    """Whether the owner of this session may have the file now; where they may, the trail says that they have it."""
    who = sign_in.watch(app, session_id, now)
    if who is None or who.held or needs_step_up(app, who, now):
        return False
    with app.db.write() as session:
        audit.note(
            session, staff_id=who.actor.staff_id, action="exported", subject=file[:80], origin=origin, now=now
        )
        audit_alert.tell_admins(session, app.settings, now=now)
    return True
