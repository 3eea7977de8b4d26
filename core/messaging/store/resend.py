"""SQL of sending again, of texts and emails: what failed, what was planned in its place, and unknown ones that a person
settles."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from core.messaging.actions import EMAIL, TEXT, Purpose, State
from core.messaging.store.emails import BOUNCED, COMPLAINED
from core.messaging.store.emails import FAILED as EMAIL_FAILED
from core.messaging.store.planning import record_moves
from core.messaging.tables import emails, sms_messages, timed_actions

A, S, E = timed_actions.c, sms_messages.c, emails.c
PREFIX = "resend:"
ENDED_UNSENT = (State.CANCELLED, State.DROPPED)
FAILED = ("failed", "undelivered")
NOT_TAKEN = (EMAIL_FAILED, BOUNCED, COMPLAINED)  # of emails
RESENT = "resent_by_staff"  # why an unknown text was settled, and why a resend was planned


@dataclass(frozen=True)
class Original:
    """A text or an email (`kind`) that did not arrive, or may not have. `code` is the provider's; `failed` says it
    surely did not. `status` is the text's or the email's own, `email_index` where an email went."""

    id: str
    kind: str
    state: State
    purpose: Purpose
    planned_for: datetime
    verify_at: datetime | None
    lead_id: str | None
    patient_id: str | None
    staff_id: str | None
    enrollment_id: str | None
    step: str | None
    conditions: tuple[str, ...]
    template: str | None
    variables: Mapping[str, str]
    phone: str | None
    phone_index: str | None
    body: str | None
    reason: str
    code: int | None
    failed: bool
    status: str
    email_index: str | None = None

    @property
    def unknown(self) -> bool:
        return self.state is State.UNKNOWN


_ORIGINAL: list[Any] = [
    A[name]
    for name in Original.__dataclass_fields__
    if name not in ("code", "failed", "status", "email_index")
]


def originals(session: Session, action_ids: Sequence[str]) -> list[Original]:
    """Texts and emails to patients by their action, in the order of `action_ids`; absent where there is none."""
    theirs = (A.id.in_(action_ids), A.audience == "patient")
    texts = select(*_ORIGINAL, S.error_code.label("code"), S.status).join(sms_messages, S.action_id == A.id)
    mails = select(*_ORIGINAL, E.error_code.label("code"), E.status, E.email_index).join(
        emails, E.action_id == A.id
    )
    found = {
        row.id: _original(row)
        for statement in (texts.where(A.kind == TEXT), mails.where(A.kind == EMAIL))
        for row in session.execute(statement.where(*theirs))
    }
    return [found[action_id] for action_id in action_ids if action_id in found]


def _original(row: Any) -> Original:
    """An email that was taken back between two tries has failed for its record only: nobody misses it."""
    state, ended = State(row.state), row.state in (State.CANCELLED, State.DROPPED)
    failed = row.status in FAILED if row.kind == TEXT else row.status in NOT_TAKEN and not ended
    values = row._asdict() | {"purpose": Purpose(row.purpose), "conditions": tuple(row.conditions)}
    return Original(**values | {"state": state, "failed": failed})


def key_of(action_id: str, number: int) -> str:
    return f"{PREFIX}{action_id}:{number}"


@dataclass(frozen=True)
class Again:
    """A resend: what it stands for, its `number` among that one's resends, and how it stands.

    `lost`: it was handed over and did not arrive either.
    """

    of: str
    number: int
    id: str
    state: State
    due_at: datetime
    reason: str
    delivered_at: datetime | None
    lost: bool


def resends(session: Session, since: datetime) -> dict[str, list[Again]]:
    """Every resend planned since then, by the text it stands for, oldest first."""
    statement = _again(PREFIX).where(A.created_at >= since)
    return _grouped(session.execute(statement))


def resends_of(session: Session, action_ids: Sequence[str]) -> dict[str, list[Again]]:
    """Every resend of these texts, oldest first."""
    found: dict[str, list[Again]] = {}
    for action_id in action_ids:
        found |= _grouped(session.execute(_again(f"{PREFIX}{action_id}:")))
    return found


def _again(prefix: str) -> Select[Any]:
    """Resends whose key begins so, with what came of their text."""
    return (
        select(A.key, A.id, A.state, A.due_at, A.reason, S.delivered_at, S.status, E.status)
        .outerjoin(sms_messages, S.action_id == A.id)
        .outerjoin(emails, E.action_id == A.id)
        .where(A.key >= prefix, A.key < _after(prefix))
    )


def _after(prefix: str) -> str:
    """The first text beyond all that begin with `prefix`, for a range on the index of keys."""
    return prefix[:-1] + chr(ord(prefix[-1]) + 1)


def _grouped(rows: Any) -> dict[str, list[Again]]:
    found: dict[str, list[Again]] = {}
    for key, action_id, state, due_at, reason, delivered_at, of_text, of_email in rows:
        of, _, number = key.removeprefix(PREFIX).rpartition(":")
        lost = of_text in FAILED or of_email in NOT_TAKEN
        again = Again(of, int(number), action_id, State(state), due_at, reason, delivered_at, lost)
        found.setdefault(of, []).append(again)
    return {of: sorted(entries, key=lambda again: again.number) for of, entries in found.items()}


def close_unknown(session: Session, action_id: str, reason: str, *, by: str, now: datetime) -> bool:
    """A person settles an unknown text that nobody looks up any more; whether it still was one."""
    return _move(
        session,
        (A.id == action_id, A.state == State.UNKNOWN.value, A.verify_at.is_(None)),
        {"state": State.DROPPED.value, "reason": reason, "settled_at": now},
        (State.DROPPED, reason),
        by=by,
        now=now,
    )


def reopen_unknown(session: Session, action_id: str, was: str, *, by: str, now: datetime) -> bool:
    """Undo `close_unknown` with that reason; whether it was done."""
    return _move(
        session,
        (A.id == action_id, A.state == State.DROPPED.value, A.reason == was),
        {"state": State.UNKNOWN.value, "reason": "for_a_person", "settled_at": None},
        (State.UNKNOWN, "for_a_person"),
        by=by,
        now=now,
    )


def _move(
    session: Session,
    where: tuple[Any, ...],
    values: Mapping[str, Any],
    move: tuple[State, str],
    *,
    by: str,
    now: datetime,
) -> bool:
    moved = (
        session.execute(update(timed_actions).where(*where).values(**values).returning(A.id)).scalars().all()
    )
    record_moves(session, ((action_id, *move, {}) for action_id in moved), now=now, by=by)
    return bool(moved)


def stood_for(session: Session, action_ids: Sequence[str]) -> list[tuple[str, str]]:
    """(text it stands for, its own id) of each of these that is a resend."""
    statement = select(A.key, A.id).where(A.id.in_(action_ids), A.key >= PREFIX, A.key < _after(PREFIX))
    return [
        (key.removeprefix(PREFIX).rpartition(":")[0], action_id)
        for key, action_id in session.execute(statement)
    ]
