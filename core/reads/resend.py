"""Texts and emails that did not arrive or may not have: why, what can be done, and what was done already."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from core.compliance.tables import email_standing, phone_standing
from core.domain.roles import Actor, Permission, require
from core.leads.tables import leads
from core.messaging import email_failures, failures
from core.messaging.actions import EMAIL, TEXT, Purpose, State
from core.messaging.failures import Failure
from core.messaging.store import resend as store_resend
from core.messaging.store.emails import BOUNCED, COMPLAINED
from core.messaging.store.emails import FAILED as EMAIL_FAILED
from core.messaging.store.resend import ENDED_UNSENT, FAILED, Again
from core.messaging.tables import emails, sms_messages, timed_actions
from core.patients.tables import patients
from core.reads.parts.sql import one_of

A, S, E, L, P, W = timed_actions.c, sms_messages.c, emails.c, leads.c, patients.c, email_standing.c
MOST = 400


@dataclass(frozen=True)
class FailedText:
    """One text, or an email (`channel`), which went to `address`. `id` is its action's. `checking_until`: when the
    provider is asked again about an unknown one.

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
    channel: str = TEXT
    address: str = ""


def read(session: Session, actor: Actor, since: datetime) -> list[FailedText]:
    """What failed on its way to patients since then, and all of unknown fate; newest first.

    An unknown one that was resent stays in the list as long as a failed one would. Raises Denied.
    """
    require(actor, Permission.RESEND)
    lost = _texts().where(one_of(S.status, FAILED), S.created_at >= since).order_by(S.created_at.desc())
    came_back = _emails().where(_not_taken(), E.created_at >= since).order_by(E.created_at.desc())
    resends = store_resend.resends(session, since)
    # Two steps: asked in one, SQLite reads every text there is to find the few whose action is unknown.
    doubts = select(A.id).where(A.state == State.UNKNOWN.value).limit(MOST)
    others = {*session.execute(doubts).scalars(), *resends}
    latest = {of: entries[-1] for of, entries in resends.items()}
    found = [
        *_shown(_rows(session, lost, _texts().where(S.action_id.in_(others))), latest, _text),
        *_shown(_rows(session, came_back, _emails().where(E.action_id.in_(others))), latest, _email),
    ]
    return sorted(found, key=lambda one: one.at, reverse=True)


def _rows(session: Session, failed: Select[Any], others: Select[Any]) -> list[Any]:
    """Those that failed, and of the others those whose fate is unknown, or was until they were resent."""
    rows = {row.id: row for row in session.execute(failed.limit(MOST))}
    settled = (A.state == State.UNKNOWN.value) | (A.reason == store_resend.RESENT)
    return list((rows | {row.id: row for row in session.execute(others.where(settled))}).values())


def _not_taken() -> ColumnElement[bool]:
    """One that was taken back between two tries has failed for its record only."""
    return E.status.in_((BOUNCED, COMPLAINED)) | (
        (E.status == EMAIL_FAILED) & (A.state == State.FAILED.value)
    )


def _emails() -> Select[Any]:
    """Every email to a patient that was handed over at least once, and where they can be written to now."""
    now = patients.alias("now")
    return (
        select(
            A.id, A.state, A.reason, A.verify_at, A.attempts, A.purpose, E.template_id, E.error_code, E.status,
            E.address, E.email_index, E.created_at.label("at"), L.number, P.first_name, P.last_name,
            now.c.email_index.label("index_now"), W.unreachable_at, W.marketing_at, W.unsubscribed_at,
        )
        .select_from(emails)
        .join(timed_actions, A.id == E.action_id)
        .join(leads, L.id == E.lead_id)
        .join(patients, P.id == E.patient_id)
        .join(now, now.c.id == func.coalesce(P.merged_into, P.id))
        .outerjoin(email_standing, W.email_index == now.c.email_index)
        .where(A.audience == "patient")
    )  # fmt: skip


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


def _shown(
    rows: Iterable[Any], resends: dict[str, Again], row_of: Callable[[Any, Again | None], FailedText]
) -> Iterable[FailedText]:
    for row in rows:
        again = resends.get(row.id)
        if again is None or not (again.lost or again.state in (State.FAILED, State.UNKNOWN)):
            yield row_of(row, again)


def _text(row: Any, again: Again | None) -> FailedText:
    known = failures.Standing(
        opted_out=row.opted_out_at is not None,
        unreachable=row.unreachable_at is not None,
        call_only=bool(row.call_only),
    )
    checking = row.state == State.UNKNOWN and row.verify_at is not None
    failure = failures.judge(row.error_code, known, unknown=_is_unknown(row), checking=checking)
    code = row.error_code if failure == failures.CODES.get(row.error_code or 0) else None
    return replace(_row(row, again, failure), phone=row.phone, code=code)


def _email(row: Any, again: Again | None) -> FailedText:
    known = email_failures.Standing(
        moved=row.email_index != row.index_now,
        has_address=row.index_now is not None,
        unreachable=row.unreachable_at is not None,
        may_market=row.marketing_at is not None and row.unsubscribed_at is None,
    )
    markets = row.purpose == Purpose.MARKETING
    failure = email_failures.judge(row.status, row.reason, known, unknown=_is_unknown(row), markets=markets)
    return replace(_row(row, again, failure), channel=EMAIL, address=row.address)


def _is_unknown(row: Any) -> bool:
    """An email that came back is known, also where it was resent before that was heard."""
    if "status" in row._fields and row.status in (BOUNCED, COMPLAINED):
        return False
    return row.state in (State.UNKNOWN, State.DROPPED)


def _row(row: Any, again: Again | None, failure: Failure) -> FailedText:
    free = row.state != State.DROPPED and (again is None or again.state in ENDED_UNSENT)
    unknown = _is_unknown(row)
    return FailedText(
        id=row.id,
        number=row.number,
        name=f"{row.first_name} {row.last_name}".strip(),
        phone="",
        state="unknown" if unknown else "failed",
        code=None,
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
