"""Rows that only run the product are forgotten once they are of no more use. Nothing of a patient is ever among them.

A little at a time: one short transaction for each kind and run, so that sending never waits for it.
"""

from datetime import datetime, timedelta

from core.app import App
from core.domain.clock import machine_span
from core.operations.store import forget_silent_processes
from core.reference import read_toml
from core.staff.store.sign_in import forget_sessions, forget_tickets

BATCH = 500
DAY_SECONDS = timedelta(days=1).total_seconds()
KINDS = {
    "silent_processes": forget_silent_processes,
    "sign_in_tickets": forget_tickets,
    "ended_sessions": forget_sessions,
}


def forget(app: App, *, now: datetime) -> int:
    """Forget at most BATCH rows of each kind in `data/retention.toml`; how many."""
    days = read_toml("retention.toml")["days"]
    return sum(_forget(app, kind, now - machine_span(app.clock, days[kind] * DAY_SECONDS)) for kind in KINDS)


def _forget(app: App, kind: str, before: datetime) -> int:
    with app.db.write() as session:
        return KINDS[kind](session, before, BATCH)
