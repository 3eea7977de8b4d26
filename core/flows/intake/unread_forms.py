"""Staff handle a form that was kept: read it again, or put it aside."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from core.audit import store as audit
from core.domain.errors import InvalidInput, LostRace, UnreadablePayload
from core.domain.roles import Actor, Permission, require
from core.flows.intake import receive_form, unread_alert
from core.flows.intake.accept_submission import accept
from core.intake import store
from core.intake.connectors import EVERY
from core.intake.readable import Line, readable
from core.intake.reasons import DISMISSALS
from core.intake.store import UNHANDLED, Raw, RawState
from core.reference import Reference
from core.settings import Settings


@dataclass(frozen=True)
class Replayed:
    """`lead_id` is None for a provider's test. `repeated`: it was a submission already, and nothing new was made."""

    submission_id: str
    lead_id: str | None
    repeated: bool


def replay(
    session: Session,
    reference: Reference,
    settings: Settings,
    actor: Actor,
    raw_payload_id: str,
    *,
    now: datetime,
) -> Replayed:
    """Read a kept form again and store it; the second time answers the first one's submission.

    Raises Denied, NotFound, and UnreadablePayload or InvalidInput where it still can't be taken: then nothing
    has changed. Raises IntegrityError when the same form arrives at this moment: try again.
    """
    require(actor, Permission.SEE_DEAD_LETTERS)
    raw = store.take(session, raw_payload_id)
    if raw.submission_id:
        return Replayed(raw.submission_id, None, repeated=True)
    connector = EVERY.get(raw.connector)
    if connector is None:
        raise UnreadablePayload("This is a text message, not a form, so no form can be read from it.")
    submission = receive_form.read(reference, connector, raw.delivery, received_at=raw.received_at)
    accepted = accept(session, reference, settings, submission, raw_payload_id=raw.id, now=now)
    store.settle(
        session,
        raw.id,
        RawState.REPLAYED,
        by=actor.staff_id,
        now=now,
        submission_id=accepted.submission_id,
    )
    unread_alert.cancel(session, raw.id, by=actor.staff_id, now=now)
    audit.note(session, staff_id=actor.staff_id, action="form_replayed", subject=raw.id, now=now)
    return Replayed(accepted.submission_id, accepted.lead_id, accepted.repeated)


def dismiss(
    session: Session, actor: Actor, raw_payload_id: str, reason: str, *, note: str = "", now: datetime
) -> bool:
    """Put a kept form aside; False where somebody had handled it already.

    `reason` is a code of DISMISSALS, or a person's own words; `note` may say more. Raises Denied, NotFound, and
    InvalidInput(reason) where none is given.
    """
    require(actor, Permission.SEE_DEAD_LETTERS)
    if not reason.strip():
        raise InvalidInput.of("reason", "Say why, so that a colleague understands it later.")
    raw = store.take(session, raw_payload_id)
    if raw.state not in UNHANDLED:
        return False
    code = reason if reason in DISMISSALS else "other"
    store.settle(session, raw.id, RawState.DISMISSED, by=actor.staff_id, now=now, reason=code)
    unread_alert.cancel(session, raw.id, by=actor.staff_id, now=now)
    why = ": ".join(filter(None, (DISMISSALS.get(reason, reason.strip()), note.strip())))
    audit.note(session, staff_id=actor.staff_id, action="form_dismissed", subject=raw.id, reason=why, now=now)
    return True


def reopen(
    session: Session, reference: Reference, actor: Actor, raw_payload_id: str, *, now: datetime
) -> None:
    """Let a dismissed form wait for a person again. Raises Denied, NotFound, and LostRace where it is not dismissed."""
    require(actor, Permission.SEE_DEAD_LETTERS)
    raw = store.take(session, raw_payload_id)
    if raw.state is not RawState.DISMISSED:
        raise LostRace("This form is not dismissed any more. Your click changed nothing.")
    store.reopen(session, raw.id, _waited_as(raw))
    unread_alert.plan_again(session, reference.clinic, raw.id, now=now)
    audit.note(session, staff_id=actor.staff_id, action="form_reopened", subject=raw.id, now=now)


def _waited_as(raw: Raw) -> RawState:
    """A fault of one field refused it; all else could not be read."""
    return RawState.DEAD if raw.error_field in ("", "body") else RawState.REFUSED


@dataclass(frozen=True)
class OpenForm:
    """The readable content of one kept form: (name, value) in the order it came. `waits` for a person still."""

    id: str
    connector: str
    received_at: datetime
    waits: bool
    lines: tuple[Line, ...]


def open_form(session: Session, actor: Actor, raw_payload_id: str, *, now: datetime) -> OpenForm:
    """Decrypt one form and note who looked. Raises Denied and NotFound."""
    require(actor, Permission.SEE_DEAD_LETTERS)
    raw = store.take(session, raw_payload_id)
    audit.note(session, staff_id=actor.staff_id, action="form_opened", subject=raw.id, now=now)
    lines = readable(raw.delivery.body, raw.delivery.content_type)
    return OpenForm(raw.id, raw.connector, raw.received_at, raw.state in UNHANDLED, lines)
