"""SQL of planning and cancelling. What is planned already is asked in `planned`, claims are in `dispatch`."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, insert, select, update
from sqlalchemy.orm import Session

from core.db.engine import DUE, announce
from core.db.prepared import Bulk
from core.db.types import blind, is_word
from core.domain.ids import new_id
from core.messaging.actions import EMAIL, LEAVES, NewAction, Purpose, State, lane_of
from core.messaging.rules.statuses import RANKS
from core.messaging.store import emails
from core.messaging.tables import action_moves, sms_messages, timed_actions

SOON = timedelta(minutes=2)


def plan(session: Session, action: NewAction, now: datetime) -> str:
    """Plan one action; its id, or the id of the row that already has its key."""
    return plan_all(session, [action], now)[action.key]


def plan_all(session: Session, actions: list[NewAction], now: datetime) -> dict[str, str]:
    """Plan several at once: ids by key. A key that exists already keeps its row, whatever state that is in."""
    if not actions:
        return {}
    indexes: dict[str, str] = {}
    rows = [_row(session, action, now, indexes) for action in actions]
    ids = {row["key"]: row["id"] for row in rows}
    if _NEW.run(session, rows) < len(rows):
        found = select(timed_actions.c.key, timed_actions.c.id).where(timed_actions.c.key.in_(ids))
        ids = {row.key: row.id for row in session.execute(found)}
    _tell_of(session, actions, now)
    return ids


def _tell_of(session: Session, actions: Sequence[NewAction], now: datetime) -> None:
    """The scheduler is woken for what is due soon; the rest it finds by itself."""
    if any(action.due_at <= now + SOON for action in actions):
        announce(session, DUE)


COLUMNS = (
    "id", "key", "kind", "lane", "state", "due_at", "planned_for", "useful_until", "purpose", "audience",
    "lead_id", "patient_id", "staff_id", "enrollment_id", "sequence", "step", "window", "conditions",
    "template", "variables", "phone", "phone_index", "body", "attempts", "reason", "created_at",
)  # fmt: skip
_NEW = Bulk(insert(timed_actions), COLUMNS, once=("key",))


def plan_many(session: Session, actions: Sequence[NewAction], now: datetime) -> int:
    """Plan a batch, such as an import's: how many are new. A key that exists already keeps its row.

    Several texts to one number share its index.
    """
    indexes: dict[str, str] = {}
    rows = [_row(session, action, now, indexes) for action in actions]
    written = _NEW.run(session, rows)
    _tell_of(session, actions, now)
    return written


def _row(session: Session, action: NewAction, now: datetime, indexes: dict[str, str]) -> dict[str, Any]:
    return {
        "id": new_id(now),
        "key": action.key,
        "kind": action.kind,
        "lane": lane_of(action.kind, action.lane),
        "state": State.PLANNED.value,
        "due_at": action.due_at,
        "planned_for": action.planned_for or action.due_at,
        "useful_until": action.useful_until,
        "purpose": action.purpose.value,
        "audience": action.audience,
        "lead_id": action.lead_id,
        "patient_id": action.patient_id,
        "staff_id": action.staff_id,
        "enrollment_id": action.enrollment_id,
        "sequence": action.sequence,
        "step": action.step,
        "window": action.window,
        "conditions": list(action.conditions),
        "template": action.template,
        "variables": dict(action.variables),
        "phone": action.phone,
        "phone_index": _index(session, action.phone, indexes),
        "body": action.body,
        "attempts": 0,
        "reason": "",
        "created_at": now,
    }


def _index(session: Session, phone: str | None, known: dict[str, str]) -> str | None:
    if phone is None:
        return None
    if phone not in known:
        known[phone] = blind(session, "phone", phone)
    return known[phone]


def cancel(session: Session, action_id: str, reason: str, *, by: str | None, now: datetime) -> bool:
    """True is a promise: the action was still planned, and now it never goes out."""
    return bool(_cancel(session, timed_actions.c.id == action_id, reason, by, now))


def cancel_some(session: Session, action_ids: Collection[str], reason: str, *, by: str, now: datetime) -> int:
    """The same for some, as many as one statement takes values; how many were still planned."""
    return len(_cancel(session, timed_actions.c.id.in_(action_ids), reason, by, now))


def cancel_key(session: Session, key: str, reason: str, *, by: str | None, now: datetime) -> bool:
    """The same for the one row with this key."""
    return bool(_cancel(session, timed_actions.c.key == key, reason, by, now))


def plan_key_again(session: Session, key: str, due_at: datetime, now: datetime) -> bool:
    """Plan a row anew that was carried out or stopped; False where there is none. Never for what leaves the house."""
    statement = (
        update(timed_actions)
        .where(timed_actions.c.key == key, timed_actions.c.kind.not_in(LEAVES))
        .values(state=State.PLANNED.value, due_at=due_at, reason="", settled_at=None)
        .returning(timed_actions.c.id)
    )
    planned = list(session.execute(statement).scalars())
    record_moves(session, ((id_, State.PLANNED, "reopened", {}) for id_ in planned), now=now)
    return bool(planned)


def _to_number(phone_index: str, lead_ids: Collection[str]) -> ColumnElement[bool]:
    """Texts to a patient's number. `lead_ids`: every lead that has this number, whatever its state. They are found by
    those: no index knows the numbers of what is planned, which every new row would pay. A text whose lead has another
    number by now is not among them, and never goes (`dispatch_facts`, number_corrected)."""
    c = timed_actions.c
    return c.lead_id.in_(lead_ids) & (c.audience == "patient") & (c.phone_index == phone_index)


def cancel_patient_texts(
    session: Session,
    phone_index: str,
    lead_ids: Collection[str],
    reason: str,
    *,
    by: str | None,
    now: datetime,
) -> int:
    """Cancel every planned text to a patient's number (an opt-out); how many were stopped. `lead_ids`: see _to_number.

    The answer that a keyword is owed stays: a second STOP must not take back the confirmation of the first.
    """
    where = _to_number(phone_index, lead_ids) & (timed_actions.c.purpose != "reply")
    return len(_cancel(session, where & (timed_actions.c.kind == "text"), reason, by, now))


def cancel_marketing_emails(session: Session, patient_ids: Sequence[str], reason: str, now: datetime) -> int:
    """Cancel what is planned of advertising by email to these patients (they unsubscribed); how many were stopped."""
    c = timed_actions.c
    where = (c.kind == EMAIL) & (c.purpose == Purpose.MARKETING.value) & c.patient_id.in_(patient_ids)
    return len(_cancel(session, where, reason, None, now))


def cancel_lead_texts(session: Session, lead_id: str, reason: str, *, by: str | None, now: datetime) -> int:
    """Cancel every planned text to the patient of one lead (its number was wrong); how many were stopped."""
    where = (timed_actions.c.lead_id == lead_id) & (timed_actions.c.audience == "patient")
    return len(_cancel(session, where & (timed_actions.c.kind == "text"), reason, by, now))


def cancel_everything(session: Session, patient_ids: Sequence[str], reason: str, now: datetime) -> int:
    """Cancel all that is planned about these patients, staff alerts too; how much was stopped."""
    c = timed_actions.c
    theirs = select(c.id).where(c.patient_id.in_(patient_ids), is_word(c.state, State.PLANNED))
    return len(_cancel(session, c.id.in_(list(session.execute(theirs).scalars())), reason, None, now))


def cancel_marketing(
    session: Session, phone_index: str, lead_ids: Collection[str], reason: str, now: datetime
) -> int:
    """Cancel what advertises to a number: it has something else to say; how many were stopped."""
    where = _to_number(phone_index, lead_ids) & (timed_actions.c.purpose == "marketing")
    return len(_cancel(session, where, reason, None, now))


def cancel_of_lead(
    session: Session, lead_id: str, *, kind: str, template: str, reason: str, by: str | None, now: datetime
) -> int:
    """Cancel a lead's planned actions of a kind, and its planned texts from a template; how many."""
    c = timed_actions.c
    where = (c.lead_id == lead_id) & ((c.kind == kind) | (c.template == template))
    return len(_cancel(session, where, reason, by, now))


def cancel_from_template(
    session: Session, lead_id: str, template: str, reason: str, *, by: str | None, now: datetime
) -> int:
    """Cancel a lead's planned texts from one template; how many."""
    where = (timed_actions.c.lead_id == lead_id) & (timed_actions.c.template == template)
    return len(_cancel(session, where, reason, by, now))


def cancel_answer(
    session: Session, key: str, template: str, reason: str, *, by: str | None, now: datetime
) -> bool:
    """Cancel the planned text with this key and wording; whether it could be stopped."""
    where = (timed_actions.c.key == key) & (timed_actions.c.template == template)
    return bool(_cancel(session, where, reason, by, now))


def planned_to(session: Session, phone_index: str, lead_ids: Collection[str]) -> int:
    """How many texts to a patient's number are still to come."""
    c = timed_actions.c
    planned = (c.kind == "text", is_word(c.state, State.PLANNED))
    statement = select(func.count()).where(_to_number(phone_index, lead_ids), *planned)
    return int(session.execute(statement).scalar_one())


def cancel_steps(
    session: Session,
    lead_id: str,
    enrollment_ids: Collection[str],
    reason: str,
    *,
    by: str | None,
    now: datetime,
    keep_tasks: bool = False,
) -> int:
    """Cancel what is still planned of these enrollments of a lead; how many steps were stopped."""
    if not enrollment_ids:
        return 0
    where = (timed_actions.c.lead_id == lead_id) & timed_actions.c.enrollment_id.in_(enrollment_ids)
    if keep_tasks:
        where &= timed_actions.c.kind.in_(LEAVES)
    return len(_cancel(session, where, reason, by, now))


def _cancel(
    session: Session, where: ColumnElement[bool], reason: str, by: str | None, now: datetime
) -> list[str]:
    statement = (
        update(timed_actions)
        .where(where, is_word(timed_actions.c.state, State.PLANNED))
        .values(state=State.CANCELLED.value, reason=reason, settled_at=now)
        .returning(timed_actions.c.id, timed_actions.c.kind)
    )
    kinds = {row.id: row.kind for row in session.execute(statement)}
    cancelled = list(kinds)
    withdraw_texts(session, cancelled)
    if EMAIL in kinds.values():
        emails.withdraw(session, cancelled, now)
    record_moves(session, ((id_, State.CANCELLED, reason, {}) for id_ in cancelled), now=now, by=by)
    return cancelled


def withdraw_texts(session: Session, action_ids: Sequence[str]) -> None:
    """A first try was refused for now and there will be no second: the text was not sent, and counts as none."""
    if action_ids:
        never_taken = (sms_messages.c.action_id.in_(action_ids), sms_messages.c.status == "handing_over")
        values = {"status": "canceled", "status_rank": RANKS["canceled"]}
        session.execute(update(sms_messages).where(*never_taken).values(values))


def bring_forward(session: Session, action_id: str, *, by: str, now: datetime) -> bool:
    """Make a planned action due now because a person said so. False when it is no longer planned."""
    statement = (
        update(timed_actions)
        .where(timed_actions.c.id == action_id, is_word(timed_actions.c.state, State.PLANNED))
        .values(due_at=now, useful_until=None, conditions=[], reason="sent_by_staff", lane=0)
        .returning(timed_actions.c.id)
    )
    moved = list(session.execute(statement).scalars())
    record_moves(session, ((id_, State.PLANNED, "sent_by_staff", {}) for id_ in moved), now=now, by=by)
    if moved:
        announce(session, DUE)
    return bool(moved)


Move = tuple[str, State, str, Mapping[str, Any]]


def record_moves(session: Session, moves: Iterable[Move], *, now: datetime, by: str | None = None) -> None:
    """Write why each action moved: (action id, new state, reason word, detail)."""
    rows = [
        {
            "id": new_id(now),
            "action_id": action_id,
            "at": now,
            "state": state.value,
            "reason": reason,
            "detail": dict(detail),
            "by_staff_id": by,
        }
        for action_id, state, reason, detail in moves
    ]
    if rows:
        session.execute(insert(action_moves), rows)
