"""Clocks that say 'never' because their location had no open hour: once somebody has mended its hours, they are due."""

from datetime import datetime

from core.app import App
from core.leads.store import leads
from core.sla import store_watch as sla
from core.sla.rules import due_after


def give_due_times(app: App, *, now: datetime) -> int:  # noqa: ARG001
    """Count from the start that each clock has, by the hours in use now; how many are due again."""
    with app.db.read() as session:
        if not sla.any_never_due(session):
            return 0
    given = 0
    with app.db.write() as session:
        for clock_id, lead_id, started_at, within in sla.never_due(session):
            hours = app.reference.clinic.location(leads.get(session, lead_id).location).hours
            due_at = due_after(hours, started_at, within)
            given += bool(due_at and sla.give_due(session, clock_id, due_at))
    return given
