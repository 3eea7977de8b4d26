"""What no scheduler can finish by itself: texts of a dead one, results and rows that the database refuses."""

from collections.abc import Collection
from datetime import datetime

import structlog

from core.app import App
from core.db.trouble import DATABASE_TROUBLE
from core.domain.clock import machine_span
from core.domain.ports import Outcome
from core.flows.sending import dispatch
from core.messaging.actions import State
from core.messaging.rules import send_hold_drop
from core.messaging.store import attempt_results, doubts
from core.messaging.store import dispatch as store_dispatch
from core.messaging.store.planning import record_moves
from core.operations import store as operations

log = structlog.get_logger(__name__)


def take_over(app: App, owner: str, *, now: datetime, except_for: Collection[str] = ()) -> int:
    """A scheduler died: what it had in flight is looked up at the provider; how many.

    `except_for`: action ids that a living scheduler knows it has in hand, when it asks about itself.
    """
    with app.db.write() as session:
        verify_at = now + machine_span(app.clock, send_hold_drop.TAKE_OVER_SECONDS)
        orphans = doubts.orphan(session, owner, verify_at, except_for)
        record_moves(
            session, [(id_, State.UNKNOWN, "unknown", {"owner_died": True}) for id_ in orphans], now=now
        )
    return len(orphans)


def other_owners(app: App, owner: str) -> list[str]:
    """Schedulers other than this one that have texts in flight."""
    with app.db.read() as session:
        return [other for other in doubts.owners_sending(session) if other != owner]


def give_to_a_person(app: App, finished: dispatch.Finished, *, now: datetime) -> None:
    """A result that can't be written down: the text shows as unknown, and nothing is sent again by itself."""
    text = finished.job.text
    result = attempt_results.Settled(
        text.action_id,
        text.attempt,
        finished.job.owner,
        State.UNKNOWN,
        "for_a_person",
        Outcome.UNKNOWN,
        detail="result refused",
    )
    with app.db.write() as session:
        if attempt_results.settle(session, [result], now):
            record_moves(
                session, [(text.action_id, State.UNKNOWN, "for_a_person", {"attempt": text.attempt})], now=now
            )


def set_aside_damaged(app: App, *, now: datetime) -> int:
    """Due rows that can't be handed out (a text that exists already, a key that is gone); how many.

    Each is tried alone and taken back. One of them would otherwise stop every other text of its batch, for good.
    """
    with app.db.read() as session:
        due = store_dispatch.due_ids(session, dispatch.BATCH, now)
    damaged = [id_ for id_ in due if not _can_be_taken_up(app, id_, now)]
    with app.db.write() as session:
        ended = store_dispatch.set_aside(session, damaged, now)
        record_moves(session, ((id_, State.FAILED, "damaged", {}) for id_ in ended), now=now)
    return len(ended)


def _can_be_taken_up(app: App, action_id: str, now: datetime) -> bool:
    try:
        with app.db.write() as session:
            found = store_dispatch.still_due(session, action_id)
            dispatch.take_up(session, app, "trial", found, operations.gate(session), now)
            raise _TakenBack
    except _TakenBack:
        return True
    except DATABASE_TROUBLE:
        raise
    except Exception as error:
        log.warning("damaged_row", action_id=action_id, error=type(error).__name__)
        return False


class _TakenBack(Exception):
    """The end of a trial: nothing of it is kept."""
