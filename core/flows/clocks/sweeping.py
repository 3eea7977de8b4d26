"""What the scheduler does from time to time: breaches, snoozes that end, sequences that are over."""

from datetime import datetime

from core.app import App
from core.leads.store import leads
from core.sequences import store as sequences
from core.sla import store as sla


def sweep(app: App, *, now: datetime) -> int:
    """Mark what time alone has changed; how many records."""
    with app.db.read() as session:
        if not (sla.any_overdue(session, now) or leads.any_snooze_over(session, now)):
            return 0
    with app.db.write() as session:
        breached = sla.breach_overdue(session, now)
        for lead_id, target in breached:
            leads.note_event(
                session, lead_id, "clock_breached", "automatic", now=now, data={"target": target}
            )
        awake = leads.end_snoozes(session, now)
        for lead_id in awake:
            place = app.reference.clinic.location(leads.get(session, lead_id).location)
            sla.resume(session, lead_id, place.hours, now)
            leads.note_event(session, lead_id, "unsnoozed", "automatic", now=now)
    return len(breached) + len(awake)


def finish_sequences(app: App, *, now: datetime) -> int:
    """End the enrollments whose last step is behind them; how many."""
    with app.db.write() as session:
        return sequences.finish_done(session, now)
