"""What time alone changes: targets missed, pauses and snoozes that end, sequences that are over."""

from datetime import datetime

from sqlalchemy.orm import Session

from core.app import App
from core.flows.clocks import breaching, machine
from core.flows.escalation import levels
from core.flows.leads import rotation
from core.leads.store import leads
from core.reference import Reference
from core.sequences import store as sequences
from core.sla import store as sla
from core.sla import store_watch as watch
from core.sla.rules import SNOOZED


def sweep(app: App, *, now: datetime) -> int:
    """Mark what time alone has changed; how many records, the machine's own figures aside: each form has two."""
    with app.db.read() as session:
        done = machine.done(session)
        if not (done or _anything(session, now)):
            return 0
    with app.db.write() as session:
        # First what was done in time, though we only see it now.
        late = watch.end_of_machine(session, done, now)
        breaching.note(session, app.reference, late, now)
        missed = breaching.mark_overdue(session, app.reference, now)
        rotation.note_breached(session, app, [(one.lead_id, one.target) for one in missed], now=now)
        ended = _end_snoozes(session, app.reference, now) + _end_pauses(session, app.reference, now)
        return len(missed) + ended


def _anything(session: Session, now: datetime) -> bool:
    return (
        watch.any_overdue(session, now)
        or leads.any_snooze_over(session, now)
        or watch.any_pause_over(session, now)
    )


def _end_snoozes(session: Session, reference: Reference, now: datetime) -> int:
    awake = leads.end_snoozes(session, now)
    for lead_id in awake:
        hours = reference.clinic.location(leads.get(session, lead_id).location).hours
        sla.resume(session, lead_id, hours, now, SNOOZED)
        levels.begin_again(session, reference, lead_id, now)
        leads.note_event(session, lead_id, "unsnoozed", "automatic", now=now)
    return len(awake)


def _end_pauses(session: Session, reference: Reference, now: datetime) -> int:
    """A clock that stood still for as long as it may runs on from then, whether the patient has answered or not."""
    over = watch.pauses_over(session, now)
    places = leads.find_all(session, sorted({row.lead_id for row in over}))
    for row in over:
        hours = reference.clinic.location(places[row.lead_id].location).hours
        sla.go_on(session, hours, row, row.pause_ends_at)
    return len(over)


def finish_sequences(app: App, *, now: datetime) -> int:
    """End the enrollments whose last step is behind them; how many."""
    with app.db.write() as session:
        return sequences.finish_done(session, now)
