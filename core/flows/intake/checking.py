"""Staff look at forms that were held: one click sends one on, as if it came now, or says that it is no patient."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.audit import store as audit
from core.db.engine import savepoint
from core.domain.errors import InvalidInput, LostRace, LuxeError
from core.domain.roles import Actor, Permission, require
from core.flows.intake import receive_form
from core.flows.intake.accept_submission import Accepted, accept
from core.intake import store
from core.intake.connectors import HOSTED
from core.intake.store import Raw, RawState
from core.intake.submission import Submission
from core.reference import Reference
from core.settings import Settings

HANDLED = "Somebody has handled this form already. Your click changed nothing."
AT_THIS_MOMENT = "The same form came in at this moment. Press once more."


@dataclass(frozen=True)
class SentOn:
    """`lead_ids` of the forms that are leads now; `refused`: what still stands against others, in words."""

    lead_ids: tuple[str, ...]
    refused: tuple[str, ...]


def send_on(
    session: Session,
    reference: Reference,
    settings: Settings,
    actor: Actor,
    raw_ids: Iterable[str],
    *,
    now: datetime,
) -> SentOn:
    """Make leads of held forms: their first texts go, and their clocks start, now. Raises Denied.

    Each for itself: one that can't be taken in keeps no other back, and waits on.
    """
    require(actor, Permission.CHECK_FORMS)
    made: list[str] = []
    refused: list[str] = []
    for raw_id in raw_ids:
        try:
            with savepoint(session):
                done = _send_on(session, reference, settings, actor, raw_id, now)
            made += [done.lead_id] if done.lead_id else []
        except IntegrityError:
            refused.append(AT_THIS_MOMENT)
        except LuxeError as fault:
            refused.append(_words(fault))
    return SentOn(tuple(made), tuple(dict.fromkeys(refused)))


def _words(fault: LuxeError) -> str:
    return fault.errors[0].message if isinstance(fault, InvalidInput) else str(fault)


def _send_on(
    session: Session, reference: Reference, settings: Settings, actor: Actor, raw_id: str, now: datetime
) -> Accepted:
    raw = _held(session, raw_id)
    read = receive_form.read(reference, HOSTED, raw.delivery, received_at=raw.received_at)
    done = accept(session, reference, settings, _as_of_now(read, raw, now), raw_payload_id=raw.id, now=now)
    store.settle(
        session, raw.id, RawState.SENT_ON, by=actor.staff_id, now=now, submission_id=done.submission_id
    )
    audit.note(session, staff_id=actor.staff_id, action="form_sent_on", subject=raw.id, now=now)
    return done


def _as_of_now(submission: Submission, raw: Raw, now: datetime) -> Submission:
    """Nobody could have answered it before. What was agreed to was agreed to when the person sent it."""
    agreed = tuple(
        replace(one, captured_at=one.captured_at or raw.received_at) for one in submission.consents
    )
    return replace(submission, submitted_at=now, consents=agreed)


def put_aside(session: Session, actor: Actor, raw_ids: Iterable[str], *, now: datetime) -> int:
    """These are no patients; how many of them still waited. Raises Denied and NotFound."""
    require(actor, Permission.CHECK_FORMS)
    waiting = [raw for raw_id in raw_ids if (raw := store.take(session, raw_id)).state is RawState.TO_CHECK]
    for raw in waiting:
        store.settle(session, raw.id, RawState.PUT_ASIDE, by=actor.staff_id, now=now)
        audit.note(session, staff_id=actor.staff_id, action="form_put_aside", subject=raw.id, now=now)
    return len(waiting)


def put_back(session: Session, actor: Actor, raw_ids: Iterable[str], *, now: datetime) -> int:
    """Undo of `put_aside`; how many wait again. Raises Denied and NotFound."""
    require(actor, Permission.CHECK_FORMS)
    aside = [raw for raw_id in raw_ids if (raw := store.take(session, raw_id)).state is RawState.PUT_ASIDE]
    for raw in aside:
        store.reopen(session, raw.id, RawState.TO_CHECK)
        audit.note(session, staff_id=actor.staff_id, action="form_put_back", subject=raw.id, now=now)
    return len(aside)


def _held(session: Session, raw_id: str) -> Raw:
    raw = store.take(session, raw_id)
    if raw.state is not RawState.TO_CHECK:
        raise LostRace(HANDLED)
    return raw
