"""The answer to a call was lost: ask the provider before anything is sent again.

Adopt what its list shows; after the grace period send again what may be repeated. Marketing is never sent again
blindly, and what stays unknown goes to a person (page Resend). compliance.md C2, engine.md design point 5.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial

from core.app import App
from core.db.engine import DUE, announce
from core.domain.clock import machine_span
from core.domain.ports import ProviderText, ProviderUnavailable
from core.flows.sending import settling
from core.messaging.actions import Purpose, State
from core.messaging.rules import send_hold_drop
from core.messaging.store import doubts as store_doubts
from core.messaging.store import texts
from core.messaging.store.doubts import Doubt
from core.messaging.store.planning import record_moves

ASK_AGAIN_SECONDS = 15.0
# The list carries the provider's clock, `since` carries ours, and ours may have been an hour wrong when it was
# written. An older text of our own with the same words is known by its id, so a wide look does no harm.
CLOCK_SLACK = timedelta(hours=2)
BATCH = 64
AT_ONCE = 8  # after a crash many doubts are due together
AT_MOST_ONCE = frozenset({Purpose.MARKETING})


def look_up(app: App, *, now: datetime) -> int:
    """Resolve the doubts that are due; how many."""
    with app.db.read() as session:
        doubts = store_doubts.doubts(session, now, BATCH)
    if not doubts:
        return 0
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for doubt, listed in zip(doubts, pool.map(partial(_ask, app), doubts), strict=True):
            if listed is None:
                _ask_later(app, doubt, now)
            else:
                # Oldest first: of two equal texts the newer one's answer may still be on its way back.
                ours = (text for text in listed if (text.sender, text.body) == (app.sms.sender, doubt.body))
                same = sorted(ours, key=_made_at)
                _resolve(app, doubt, same, now)
    return len(doubts)


def _ask(app: App, doubt: Doubt) -> Sequence[ProviderText] | None:
    """What the provider lists for this number, None where it can't be asked."""
    try:
        return app.sms.sent_to(doubt.phone, doubt.since - CLOCK_SLACK)
    except ProviderUnavailable:
        return None


def wait_anew(app: App, *, now: datetime, seen: bool = True) -> int:
    """The clock was set: every doubt waits its whole grace period from now; how many.

    `seen` is false at a start, when nobody knows: what waits as long as it should then keeps its moment.
    """
    with app.db.write() as session:
        verify_at = now + machine_span(app.clock, send_hold_drop.TAKE_OVER_SECONDS)
        usual = (now, now + machine_span(app.clock, send_hold_drop.TAKE_OVER_SECONDS))
        return store_doubts.verify_later(session, verify_at, but_not=None if seen else usual)


def _made_at(text: ProviderText) -> datetime:
    return text.created_at


def _ask_later(app: App, doubt: Doubt, now: datetime) -> None:
    with app.db.write() as session:
        again = now + machine_span(app.clock, ASK_AGAIN_SECONDS)
        store_doubts.resolve_doubt(session, doubt, State.UNKNOWN, "provider_down", now=now, verify_at=again)


def _resolve(app: App, doubt: Doubt, same: list[ProviderText], now: datetime) -> None:
    with app.db.write() as session:
        taken = store_doubts.sids_known(session, [text.sid for text in same])
        ours = next((text for text in same if text.sid not in taken), None)
        if ours is not None:
            if store_doubts.resolve_doubt(
                session, doubt, State.SENT, "adopted", now=now, sid=ours.sid, verify_at=None
            ):
                texts.accepted(session, [(doubt.id, ours.sid, ours.status)], now)
                settling.after_sent(session, [doubt.id], now)
                record_moves(
                    session,
                    [(doubt.id, State.SENT, "adopted", {"attempt": doubt.attempt, "by": "list"})],
                    now=now,
                )
        elif doubt.purpose in AT_MOST_ONCE or doubt.attempt >= send_hold_drop.MAX_ATTEMPTS:
            # No verify_at: nothing asks again by itself, a person decides.
            if store_doubts.resolve_doubt(
                session, doubt, State.UNKNOWN, "for_a_person", now=now, verify_at=None
            ):
                record_moves(
                    session, [(doubt.id, State.UNKNOWN, "for_a_person", {"attempt": doubt.attempt})], now=now
                )
        elif store_doubts.resolve_doubt(
            session, doubt, State.PLANNED, "not_found_resend", now=now, due_at=now, verify_at=None
        ):
            announce(session, DUE)
            record_moves(
                session, [(doubt.id, State.PLANNED, "not_found_resend", {"attempt": doubt.attempt})], now=now
            )
