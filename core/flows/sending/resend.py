"""An admin sends failed and doubtful texts and emails again: previewed, confirmed, once each, and in the audit trail.

A resend is a new planned action like any other. It leaves after ten seconds, so that it can be stopped, and at
hand-over the send decision asks again about opt-outs, consent, hours and the cap.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core.audit import store as audit
from core.compliance import store as compliance
from core.compliance import store_emails
from core.domain.errors import InvalidInput, LostRace, NotFound
from core.domain.roles import Actor, Permission, require
from core.flows.booking import ending_offers
from core.leads.store import leads
from core.messaging import email_failures, failures
from core.messaging.actions import EMAIL, TEXT, Lane, NewAction, Purpose, State
from core.messaging.failures import Failure
from core.messaging.rules import send_hold_drop
from core.messaging.store import planning as messaging
from core.messaging.store import resend as store_resend
from core.messaging.store.resend import ENDED_UNSENT, RESENT, Again, Original
from core.patients.store import mailboxes

UNDO = timedelta(seconds=10)
APART = timedelta(seconds=5)  # texts to one phone: what leaves in one moment may arrive the wrong way round
USEFUL = timedelta(hours=36)  # held overnight or by the cap it still goes, days later it does not
MOST_AT_ONCE = 100
NOT_TO_BE_SENT = "marked_not_to_be_sent"


@dataclass(frozen=True)
class Resent:
    """New action by old one. `already`: a resend was under way. `refused`: old action -> why it can't be resent."""

    planned: Mapping[str, str] = field(default_factory=dict)
    already: Mapping[str, str] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)


def resend(
    session: Session, actor: Actor, action_ids: Sequence[str], reason: str, *, now: datetime
) -> Resent:
    """Plan each text again, once: a second click finds what the first one planned.

    Raises Denied, NotFound, and InvalidInput naming reason or texts.
    """
    require(actor, Permission.RESEND)
    action_ids = list(dict.fromkeys(action_ids))
    _check(action_ids, reason)
    originals = found(session, action_ids)
    earlier = store_resend.resends_of(session, action_ids)
    already = {of: again[-1].id for of, again in earlier.items() if again[-1].state not in ENDED_UNSENT}
    refused: dict[str, str] = {}
    able: list[Original] = []
    for original in originals:
        if original.id in already:
            continue
        failure = judged(session, original)
        if not failure.resend or not _closed(session, original, actor, now):
            refused[original.id] = failure.why
        else:
            able.append(original)
    actions = {
        original.id: new_action(original, _next_number(earlier.get(original.id, [])), due_at)
        for original, due_at in in_turn(able, now)
    }
    ids = messaging.plan_all(session, list(actions.values()), now)
    planned = {of: ids[action.key] for of, action in actions.items()}
    _keep_trail(session, actor, planned, originals, reason.strip(), now)
    return Resent(planned, already, refused)


def _check(action_ids: Sequence[str], reason: str) -> None:
    if not reason.strip():
        raise InvalidInput.of("reason", "Say why, in a few words: it is kept in the audit trail.")
    if not action_ids:
        raise InvalidInput.of("texts", "Select at least one text.")
    if len(action_ids) > MOST_AT_ONCE:
        raise InvalidInput.of(
            "texts", f"At most {MOST_AT_ONCE} texts at once; {len(action_ids)} are selected."
        )


def found(session: Session, action_ids: Sequence[str]) -> list[Original]:
    """The texts and emails of a selection, in its order. Raises NotFound."""
    originals = store_resend.originals(session, action_ids)
    if len(originals) != len(action_ids):
        raise NotFound("A text of the selection does not exist any more. Select again.")
    return originals


def judged(session: Session, original: Original) -> Failure:
    """Whether this text or email may be resent now, and why not."""
    if not original.failed and not original.unknown:
        return Failure("It is not failed any more", "None", resend=False)
    if original.kind == EMAIL:
        return _judged_email(session, original)
    if original.template == ending_offers.TEXT:
        return Failure("The time that it offers was offered to others since", "None", resend=False)
    standing = compliance.standing(session, original.phone_index or "")
    lead = leads.find(session, original.lead_id or "")
    known = failures.Standing(
        opted_out=standing.opted_out_at is not None,
        unreachable=standing.unreachable_at is not None,
        call_only=bool(lead and lead.call_only),
    )
    checking = original.unknown and original.verify_at is not None
    return failures.judge(original.code, known, unknown=original.unknown, checking=checking)


def _judged_email(session: Session, original: Original) -> Failure:
    """It would go to the patient's address of now."""
    mailbox = mailboxes.mailbox(session, original.patient_id or "")
    known = store_emails.standing(session, mailbox.email_index)
    standing = email_failures.Standing(
        moved=mailbox.email_index != original.email_index,
        has_address=bool(mailbox.address),
        unreachable=known.unreachable_at is not None,
        may_market=known.marketing_at is not None and known.unsubscribed_at is None,
    )
    markets = original.purpose is Purpose.MARKETING
    return email_failures.judge(
        original.status, original.reason, standing, unknown=original.unknown, markets=markets
    )


def _closed(session: Session, original: Original, actor: Actor, now: datetime) -> bool:
    """An unknown one is settled by its resend, so that it is not sent by two ways."""
    return not original.unknown or store_resend.close_unknown(
        session, original.id, RESENT, by=actor.staff_id, now=now
    )


def _next_number(earlier: list[Again]) -> int:
    """Stopped resends are counted; one under way never comes here."""
    return earlier[-1].number + 1 if earlier else 1


def in_turn(originals: Sequence[Original], now: datetime) -> Iterator[tuple[Original, datetime]]:
    """Each text and when it leaves: in the order first planned, whatever the selection's, one phone's apart."""
    before: Counter[str] = Counter()
    for original in sorted(originals, key=lambda one: (one.planned_for, one.id)):
        phone = original.phone_index or original.id
        yield original, now + UNDO + before[phone] * APART
        before[phone] += 1


def new_action(original: Original, number: int, due_at: datetime) -> NewAction:
    """The same intention, planned anew. A promise of a call time is left out: its moment has passed."""
    return NewAction(
        key=store_resend.key_of(original.id, number),
        kind=original.kind,
        due_at=due_at,
        purpose=_purpose(original, due_at),
        lane=Lane.BULK,
        useful_until=due_at + USEFUL,
        lead_id=original.lead_id,
        patient_id=original.patient_id,
        staff_id=original.staff_id,
        enrollment_id=original.enrollment_id,
        step=original.step,
        conditions=original.conditions,
        template=original.template,
        variables={name: value for name, value in original.variables.items() if name != "callDue"},
        phone=original.phone,
        body=original.body,
    )


def _purpose(original: Original, due_at: datetime) -> Purpose:
    """A confirmation may go at any hour only as the immediate answer to a form; later it keeps texting hours."""
    late = due_at - original.planned_for > send_hold_drop.RESPONSIVE
    return Purpose.TRANSACTIONAL if original.purpose is Purpose.CONFIRMATION and late else original.purpose


def _keep_trail(
    session: Session,
    actor: Actor,
    planned: Mapping[str, str],
    originals: list[Original],
    reason: str,
    now: datetime,
) -> None:
    if not planned:
        return
    states = {original.id: original.state for original in originals}
    moves: list[messaging.Move] = [
        (new, State.PLANNED, RESENT, {"instead_of": old}) for old, new in planned.items()
    ]
    moves += [
        (old, states[old], RESENT, {"by": new})
        for old, new in planned.items()
        if states[old] is not State.UNKNOWN
    ]
    messaging.record_moves(session, moves, now=now, by=actor.staff_id)
    audit.note(
        session,
        staff_id=actor.staff_id,
        action="texts_resent",
        subject=_counted(originals, planned),
        reason=reason,
        detail={"actions": dict(planned)},
        now=now,
    )


def _counted(originals: Sequence[Original], chosen: Collection[str]) -> str:
    """'3 texts', '2 texts, 1 emails': what a line of the trail is about."""
    kinds = Counter(original.kind for original in originals if original.id in chosen)
    return ", ".join(f"{kinds[kind]} {kind}s" for kind in (TEXT, EMAIL) if kinds[kind])


def stop(session: Session, actor: Actor, action_ids: Sequence[str], *, now: datetime) -> int:
    """Take back resends that have not left yet; how many will never go out. Raises Denied."""
    require(actor, Permission.RESEND)
    stopped = [
        of
        for of, action_id in store_resend.stood_for(session, action_ids)
        if messaging.cancel(session, action_id, "cancelled_by_staff", by=actor.staff_id, now=now)
    ]
    for of in stopped:
        store_resend.reopen_unknown(session, of, RESENT, by=actor.staff_id, now=now)
    if stopped:
        audit.note(
            session,
            staff_id=actor.staff_id,
            action="resend_stopped",
            subject=_counted(store_resend.originals(session, stopped), stopped),
            detail={"actions": stopped},
            now=now,
        )
    return len(stopped)


def leave(session: Session, actor: Actor, action_ids: Sequence[str], reason: str, *, now: datetime) -> int:
    """Mark unknown texts as not to be sent; how many, which is fewer where some were settled meanwhile.

    Raises Denied, NotFound, InvalidInput naming reason or texts, and LostRace where none is unknown any more.
    """
    require(actor, Permission.RESEND)
    action_ids = list(dict.fromkeys(action_ids))
    _check(action_ids, reason)
    originals = found(session, action_ids)
    left = [
        action_id
        for action_id in action_ids
        if store_resend.close_unknown(session, action_id, NOT_TO_BE_SENT, by=actor.staff_id, now=now)
    ]
    if not left:
        raise LostRace("Not unknown any more, or still being looked up. Nothing was changed.")
    audit.note(
        session,
        staff_id=actor.staff_id,
        action="texts_marked_not_to_be_sent",
        subject=_counted(originals, left),
        reason=reason.strip(),
        detail={"actions": left},
        now=now,
    )
    return len(left)
