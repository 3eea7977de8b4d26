"""A lead's conversation and timeline: texts with how far they got, what happened, and why each text went or did not."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from core.domain.ports import Outcome
from core.domain.roles import Actor, Permission, require
from core.leads.tables import lead_events, leads
from core.messaging.actions import LEAVES, TEXT
from core.messaging.tables import action_moves, attempts, emails, sms_messages, text_media, timed_actions
from core.reads.parts.conversation import Picture, Waiting, pictures, waiting
from core.staff.tables import staff

M, A, E = sms_messages.c, timed_actions.c, lead_events.c
MOST_TEXTS = 200
MOST_EVENTS = 300


@dataclass(frozen=True)
class Text:
    """One text in or out. `lead_id` differs from the page's where it belongs to an earlier request.

    `template_version`, `language`, `neutral`: which wording of its template it is, None where a person wrote it.
    `whose`, where several people share the number: guessed, unclear (it may be another's), said (by staff).
    """

    id: str
    lead_id: str | None
    origin: str
    purpose: str
    template_id: str | None
    message_body: str
    segments: int
    status: str
    error_code: int | None
    understood_as: str | None
    action_id: str | None
    staff: str | None
    created_at: datetime
    sent_at: datetime | None
    delivered_at: datetime | None
    whose: str | None = None
    template_version: int | None = None
    language: str | None = None
    neutral: bool | None = None
    pictures: tuple[Picture, ...] = ()


@dataclass(frozen=True)
class Event:
    """One line of the timeline."""

    id: str
    kind: str
    by_kind: str
    at: datetime
    staff: str | None
    data: Mapping[str, Any]
    note: str | None


@dataclass(frozen=True)
class Move:
    """Why an action went, waited or stopped."""

    state: str
    reason: str
    at: datetime
    detail: Mapping[str, Any]
    by: str | None


@dataclass(frozen=True)
class Decided:
    """A text or an email to the patient and every move of it, oldest first."""

    action_id: str
    purpose: str
    template: str | None
    step: str | None
    state: str
    planned_for: datetime
    error_code: int | None
    moves: tuple[Move, ...]
    kind: str = TEXT


@dataclass(frozen=True)
class Email:
    """One email to the patient. `status`: handing_over, sent, failed, bounced, complained; `ended_at` of the last 3."""

    id: str
    lead_id: str | None
    action_id: str
    purpose: str
    template_id: str | None
    template_version: int | None
    language: str | None
    neutral: bool | None
    subject: str
    body: str
    status: str
    error_code: int | None
    created_at: datetime
    sent_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True)
class Thread:
    """Everything said and done. `names`: staff by id, for the ids that events carry."""

    texts: tuple[Text, ...]
    waiting: tuple[Waiting, ...]
    events: tuple[Event, ...]
    decided: tuple[Decided, ...]
    names: Mapping[str, str]
    emails: tuple[Email, ...] = ()


def read(session: Session, actor: Actor, lead_id: str) -> Thread:
    """The newest texts and events of a lead, oldest first; nothing for an unknown one. Raises Denied."""
    require(actor, Permission.SEE_LEADS)
    names = {row.id: row.name for row in session.execute(select(staff.c.id, staff.c.name))}
    return Thread(
        texts=_texts(session, lead_id),
        waiting=waiting(session, lead_id, names),
        events=_events(session, lead_id, names),
        decided=_decided(session, lead_id, names),
        names=names,
        emails=_emails(session, lead_id),
    )


def _texts(session: Session, lead_id: str) -> tuple[Text, ...]:
    """The conversation is the patient's: an earlier request's texts are part of it, and one that may be theirs."""
    patient = select(leads.c.patient_id).where(leads.c.id == lead_id).scalar_subquery()
    number = select(leads.c.phone_index).where(leads.c.id == lead_id).scalar_subquery()
    maybe = (M.phone_index == number) & (M.whose == "unclear")
    columns = [staff.c.name if name == "staff" else M[name] for name in _TEXT]
    newest = session.execute(
        select(*columns)
        .outerjoin(staff, staff.c.id == M.staff_id)
        .where(or_(M.patient_id == patient, maybe), M.origin != "staff_alert")
        .order_by(M.created_at.desc(), M.id.desc())
        .limit(MOST_TEXTS)
    ).all()
    shown = pictures(session, [row.id for row in newest])
    return tuple(Text(*(*row, shown.get(row.id, ()))) for row in reversed(newest))


_TEXT = [field.name for field in fields(Text) if field.name != "pictures"]


def _emails(session: Session, lead_id: str) -> tuple[Email, ...]:
    c = emails.c
    patient = select(leads.c.patient_id).where(leads.c.id == lead_id).scalar_subquery()
    columns = [c[field.name] for field in fields(Email)]
    newest = session.execute(
        select(*columns)
        .where(c.patient_id == patient)
        .order_by(c.created_at.desc(), c.id.desc())
        .limit(MOST_TEXTS)
    ).all()
    return tuple(Email(*row) for row in reversed(newest))


def _events(session: Session, lead_id: str, names: Mapping[str, str]) -> tuple[Event, ...]:
    newest = session.execute(
        select(E.id, E.kind, E.by_kind, E.at, E.staff_id, E.data, E.note)
        .where(E.lead_id == lead_id)
        .order_by(E.at.desc(), E.id.desc())
        .limit(MOST_EVENTS)
    ).all()
    return tuple(
        Event(row.id, row.kind, row.by_kind, row.at, names.get(row.staff_id or ""), row.data, row.note)
        for row in reversed(newest)
    )


def _decided(session: Session, lead_id: str, names: Mapping[str, str]) -> tuple[Decided, ...]:
    actions = session.execute(
        select(A.id, A.purpose, A.template, A.step, A.state, A.planned_for, A.error_code, A.kind)
        .where(A.lead_id == lead_id, A.kind.in_(LEAVES), A.audience == "patient")
        .order_by(A.planned_for, A.id)
    ).all()
    moves = moves_of(session, [row.id for row in actions], names)
    return tuple(
        Decided(
            row.id, row.purpose, row.template, row.step, row.state, row.planned_for, row.error_code,
            moves=tuple(moves[row.id]), kind=row.kind,
        )
        for row in actions
        if moves[row.id]
    )  # fmt: skip


def moves_of(
    session: Session, action_ids: Sequence[str], names: Mapping[str, str]
) -> defaultdict[str, list[Move]]:
    """Why each went, waited or stopped, oldest first. An attempt that went well is a move of its own account."""
    c = action_moves.c
    found: defaultdict[str, list[Move]] = defaultdict(list)
    if not action_ids:
        return found
    rows = session.execute(
        select(c.action_id, c.state, c.reason, c.at, c.detail, c.by_staff_id)
        .where(c.action_id.in_(action_ids))
        .order_by(c.at, c.id)
    )
    for row in rows:
        by = names.get(row.by_staff_id or "")
        found[row.action_id].append(Move(row.state, row.reason, row.at, row.detail, by))
    for action_id, tries in _attempts(session, action_ids).items():
        found[action_id] = sorted([*tries, *found[action_id]], key=attrgetter("at"))
    return found


def _attempts(session: Session, action_ids: Sequence[str]) -> defaultdict[str, list[Move]]:
    c = attempts.c
    rows = session.execute(
        select(c.action_id, c.number, c.started_at, c.finished_at, c.outcome)
        .where(c.action_id.in_(action_ids))
        .order_by(c.number)
    )
    found: defaultdict[str, list[Move]] = defaultdict(list)
    for action_id, number, started_at, finished_at, outcome in rows:
        detail = {"attempt": number}
        found[action_id].append(Move("sending", "due", started_at, detail, None))
        if outcome == Outcome.ACCEPTED:
            found[action_id].append(Move("sent", "accepted", finished_at, detail, None))
    return found


@dataclass(frozen=True)
class Image:
    """A picture's bytes, and the lead in whose conversation it stands."""

    content_type: str
    content: bytes
    lead_id: str


def picture(session: Session, actor: Actor, media_id: str) -> Image | None:
    """A received picture that was fetched. Raises Denied."""
    require(actor, Permission.SEE_LEADS)
    c, text = text_media.c, sms_messages.c
    row = session.execute(
        select(c.content_type, c.content, text.lead_id)
        .join(sms_messages, text.id == c.text_id)
        .where(c.id == media_id)
    ).one_or_none()
    return Image(row.content_type, row.content, row.lead_id or "") if row and row.content else None
