"""Texts that did not arrive or may not have: why, what can be done, and what was done already."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from core.compliance.tables import phone_standing
from core.domain.roles import Actor, Permission, require
from core.leads.tables import leads
from core.messaging import failures
from core.messaging.actions import State
from core.messaging.store import resend as store_resend
from core.messaging.store.resend import ENDED_UNSENT, FAILED, Again
from core.messaging.tables import sms_messages, timed_actions
from core.patients.tables import patients
from core.reads.parts.sql import one_of

A, S, L = timed_actions.c, sms_messages.c, leads.c
MOST = 400


@dataclass(frozen=True)
class FailedText:
    """One text. `id` is its action's. `checking_until`: when the provider is asked again about an unknown one.

    `code` is the provider's, where it is what stands in the way. `again` is its latest resend, unless that one
    failed itself: then the resend is in the list, and this row is not.
    """

    id: str
    number: int
    name: str
    phone: str
    state: str  # failed, unknown
    code: int | None
    why: str
    remedy: str
    resend: bool
    tries: int
    template: str
    purpose: str
    at: datetime
    checking_until: datetime | None
    again: Again | None


def read(session: Session, actor: Actor, since: datetime) -> list[FailedText]:
    """Failed and undelivered texts to patients since then, and every unknown one; newest first.

    An unknown one that was resent stays in the list as long as a failed one would. Raises Denied.
    """
    require(actor, Permission.RESEND)
    failed = _texts().where(one_of(S.status, FAILED), S.created_at >= since).order_by(S.created_at.desc())
    rows = {row.id: row for row in session.execute(failed.limit(MOST))}
    resends = store_resend.resends(session, since)
    # Two steps: asked in one, SQLite reads every text there is to find the few whose action is unknown.
    doubts = select(A.id).where(A.state == State.UNKNOWN.value).limit(MOST)
    others = {*session.execute(doubts).scalars(), *resends} - set(rows)
    settled = (A.state == State.UNKNOWN.value) | (A.reason == store_resend.RESENT)
    rows |= {row.id: row for row in session.execute(_texts().where(S.action_id.in_(others), settled))}
    newest = sorted(rows.values(), key=lambda row: row.at, reverse=True)
    return list(_shown(newest, {of: entries[-1] for of, entries in resends.items()}))


def _texts() -> Select[Any]:
    """Every text to a patient that was handed over at least once."""
    return (
        select(
            A.id, A.state, A.verify_at, A.attempts, A.purpose, S.template_id, S.error_code, S.phone,
            S.created_at.label("at"), L.number, L.call_only, patients.c.first_name, patients.c.last_name,
            phone_standing.c.opted_out_at, phone_standing.c.unreachable_at,
        )
        .select_from(sms_messages)
        .join(timed_actions, A.id == S.action_id)
        .join(leads, L.id == S.lead_id)
        .join(patients, patients.c.id == L.patient_id)
        .outerjoin(phone_standing, phone_standing.c.phone_index == S.phone_index)
        .where(S.origin.in_(("automatic", "staff")))
    )  # fmt: skip


def _shown(rows: Iterable[Any], resends: dict[str, Again]) -> Iterable[FailedText]:
    for row in rows:
        again = resends.get(row.id)
        if again is None or not (again.lost or again.state in (State.FAILED, State.UNKNOWN)):
            yield _text(row, again)


def _text(row: Any, again: Again | None) -> FailedText:
    unknown = row.state in (State.UNKNOWN, State.DROPPED)
    known = failures.Standing(
        opted_out=row.opted_out_at is not None,
        unreachable=row.unreachable_at is not None,
        call_only=bool(row.call_only),
    )
    checking = row.state == State.UNKNOWN and row.verify_at is not None
    failure = failures.judge(row.error_code, known, unknown=unknown, checking=checking)
    free = row.state != State.DROPPED and (again is None or again.state in ENDED_UNSENT)
    return FailedText(
        id=row.id,
        number=row.number,
        name=f"{row.first_name} {row.last_name}".strip(),
        phone=row.phone,
        state="unknown" if unknown else "failed",
        code=row.error_code if failure == failures.CODES.get(row.error_code or 0) else None,
        why=failure.why,
        remedy=failure.remedy,
        resend=failure.resend and free,
        tries=row.attempts,
        template=row.template_id or "",
        purpose=row.purpose,
        at=row.at,
        checking_until=row.verify_at if unknown else None,
        again=again,
    )
