"""Rows that only run the product are forgotten once they are of no more use, and the words of a hand-over once it is
over. Nothing else of a patient is ever among them.

A little at a time: one short transaction for each kind and run, so that sending never waits for it.
"""

from datetime import datetime, timedelta

from core.app import App
from core.booking import store_api_requests, store_holds, store_links
from core.domain.clock import machine_span
from core.intake import store_knocks
from core.links import store as short_links
from core.operations.store import forget_silent_processes
from core.shipped import read_toml
from core.staff.store import hand_overs, push
from core.staff.store.browsers import forget_unseen
from core.staff.store.delays import forget_tries
from core.staff.store.provider import forget_marks
from core.staff.store.sign_in import forget_sessions, forget_tickets

BATCH = 500
DAY_SECONDS = timedelta(days=1).total_seconds()
KINDS = {
    "silent_processes": forget_silent_processes,
    "sign_in_tickets": forget_tickets,
    "ended_sessions": forget_sessions,
    "form_knocks": store_knocks.forget,
    "sign_in_tries": forget_tries,
    "known_browsers": forget_unseen,
    "provider_sign_ins": forget_marks,
    "push_subscriptions": push.forget,
    "ended_hand_over_notes": hand_overs.forget_ended_notes,
    "hand_over_notes": hand_overs.forget_old_notes,
    "run_out_holds": store_holds.forget_run_out,
    "run_out_booking_links": store_links.forget_run_out,
    "run_out_short_links": short_links.forget_run_out,
    "api_requests": store_api_requests.forget,
}


def forget(app: App, *, now: datetime) -> int:
    """Forget at most BATCH rows of each kind in `data/retention.toml`; how many."""
    days = read_toml("retention.toml")["days"]
    return sum(_forget(app, kind, now - machine_span(app.clock, days[kind] * DAY_SECONDS)) for kind in KINDS)


def _forget(app: App, kind: str, before: datetime) -> int:
    with app.db.write() as session:
        return KINDS[kind](session, before, BATCH)
