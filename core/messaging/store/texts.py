"""SQL of texts: what was said, in or out, and how far it got. Those that are being handed over: `handed_over`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, String, bindparam, case, func, insert, select, update
from sqlalchemy.orm import Session

from core.db.prepared import Bulk, InsertOne, Query
from core.db.sealing import sealed_rows
from core.db.types import UtcDateTime, among, blind
from core.domain.ids import new_id
from core.messaging.rules.statuses import RANKS, moves_forward
from core.messaging.tables import sms_messages, text_media, timed_actions

S = sms_messages.c
AUTOMATED = "automatic"
_TEXT_IN = InsertOne(sms_messages)


_TO_THESE = among(S.phone_index, "indexes")
_SINCE = S.created_at > bindparam("since", type_=UtcDateTime)
_REACHES = tuple(S.status != gone for gone in ("failed", "undelivered", "canceled"))  # for all we know
_RECENT = Query(
    select(S.phone_index, S.action_id, S.created_at, timed_actions.c.sequence)
    .outerjoin(timed_actions, timed_actions.c.id == S.action_id)
    .where(
        _TO_THESE,
        _SINCE,
        S.origin == AUTOMATED,
        S.purpose != "reply",
        *_REACHES,
    )
)
# What a phone or a machine sends in a person's name is no word of theirs.
MACHINES = ("tapback", "auto_reply")
_INBOUND = Query(
    select(S.phone_index, S.created_at).where(
        _TO_THESE,
        _SINCE,
        S.direction == "inbound",
        *(func.coalesce(S.understood_as, "") != machine for machine in MACHINES),
    )
)


@dataclass(frozen=True, slots=True)
class Recent:
    """An automated text that was handed over; `sequence` where it was a step of one."""

    action_id: str
    at: datetime
    sequence: str | None


def recent_automated(
    session: Session, phone_indexes: Sequence[str], since: datetime
) -> dict[str, list[Recent]]:
    """Automated texts handed over to each number since `since`; refused ones do not count."""
    found: dict[str, list[Recent]] = {}
    for index, *row in _RECENT.rows(session, indexes=phone_indexes, since=since):
        found.setdefault(index, []).append(Recent(*row))
    return found


def last_inbound(session: Session, phone_indexes: Sequence[str], since: datetime) -> dict[str, datetime]:
    """When each number last wrote to us since `since`."""
    found: dict[str, datetime] = {}
    for index, at in _INBOUND.rows(session, indexes=phone_indexes, since=since):
        found[index] = max(at, found.get(index, at))
    return found


def last_words(session: Session, phone_index: str, until: datetime, limit: int) -> tuple[str, ...]:
    """What we had said to a number until then, by person or machine, newest first. What was refused or not delivered
    was never read."""
    rows = session.execute(
        select(S.message_body)
        .where(S.phone_index == phone_index, S.created_at <= until)
        .where(S.direction == "outbound", S.origin != "staff_alert", *_REACHES)
        .order_by(S.created_at.desc())
        .limit(limit)
    )
    return tuple(rows.scalars())


def is_last_word(session: Session, phone_index: str, key: str, until: datetime) -> bool:
    """Whether the newest text to a number until then is the one that was planned under this key."""
    newest = (
        select(timed_actions.c.key)
        .select_from(sms_messages)
        .outerjoin(timed_actions, timed_actions.c.id == S.action_id)
        .where(S.phone_index == phone_index, S.created_at <= until)
        .where(S.direction == "outbound", S.origin != "staff_alert", *_REACHES)
        .order_by(S.created_at.desc(), S.id.desc())
        .limit(1)
    )
    return session.execute(newest).scalar_one_or_none() == key


@dataclass(frozen=True)
class Words:
    """One text of ours: what it said, by which wording, and the action that it was."""

    body: str
    template: str | None
    action_id: str | None


def last_texts(session: Session, phone_index: str, until: datetime, limit: int) -> list[Words]:
    """The same as `last_words`, with where the words are from."""
    rows = session.execute(
        select(S.message_body, S.template_id, S.action_id)
        .where(S.phone_index == phone_index, S.created_at <= until)
        .where(S.direction == "outbound", S.origin != "staff_alert", *_REACHES)
        .order_by(S.created_at.desc())
        .limit(limit)
    )
    return [Words(*row) for row in rows]


@dataclass(frozen=True)
class TextBrief:
    """What the stories about one text need."""

    id: str
    action_id: str | None
    lead_id: str | None
    patient_id: str | None
    staff_id: str | None
    origin: str
    phone_index: str
    status: str
    status_rank: int
    template_id: str | None


_BRIEF: list[Any] = [S[name] for name in TextBrief.__dataclass_fields__]


_OF_ACTIONS = Query(select(*_BRIEF).where(among(S.action_id, "ids")))


def of_actions(session: Session, action_ids: Sequence[str]) -> list[TextBrief]:
    """The texts of several actions."""
    if not action_ids:
        return []
    return [TextBrief(*row) for row in _OF_ACTIONS.rows(session, ids=action_ids)]


def of_sid(session: Session, sid: str) -> TextBrief | None:
    row = session.execute(select(*_BRIEF).where(S.twilio_sid == sid)).one_or_none()
    return TextBrief(*row) if row else None


_ACCEPTED = Bulk(
    update(sms_messages)
    .where(S.action_id == bindparam("id_"))
    .values(
        twilio_sid=bindparam("sid_"),
        sent_at=bindparam("at"),
        # The provider's first status never pulls back one that a callback brought before us.
        status=case((S.status_rank < bindparam("rank"), bindparam("status_", type_=String)), else_=S.status),
        status_rank=case(
            (S.status_rank < bindparam("rank"), bindparam("rank", type_=Integer)), else_=S.status_rank
        ),
    )
)


def accepted(session: Session, texts: Sequence[tuple[str, str, str]], now: datetime) -> None:
    """The provider took each (action id, sid, status). Raises IntegrityError for a sid that is another text's."""
    rows = [
        {
            "id_": id_,
            "sid_": sid,
            "status_": status,
            "rank": max(RANKS.get(status, 0), RANKS["accepted"]),
            "at": now,
        }
        for id_, sid, status in texts
    ]
    _ACCEPTED.run(session, rows)


def failed(session: Session, action_id: str, code: int | None) -> None:
    """It was refused for good, or given up."""
    session.execute(
        update(sms_messages)
        .where(S.action_id == action_id)
        .values(status="failed", status_rank=RANKS["failed"], error_code=code)
    )


def report(session: Session, text: TextBrief, status: str, code: int | None, now: datetime) -> bool:
    """A status callback: forward only; whether it was news. Of two at once the database keeps the later status."""
    if not moves_forward(text.status_rank, status):
        return False
    values: dict[str, Any] = {"status": status, "status_rank": RANKS[status], "error_code": code}
    if status == "delivered":
        values["delivered_at"] = now
    moved = session.execute(
        update(sms_messages)
        .where(S.id == text.id, S.status_rank < RANKS[status])
        .values(**values)
        .returning(S.id)
    )
    return moved.scalar_one_or_none() is not None


@dataclass(frozen=True)
class InText:
    """A text from a patient. `media` holds (url, content type) of each picture."""

    sid: str
    phone: str
    body: str
    media: tuple[tuple[str, str], ...]
    understood_as: str


def receive(
    session: Session, text: InText, *, patient_id: str | None, lead_id: str | None, now: datetime
) -> str:
    """Store an inbound text, unread; its id. Raises IntegrityError when its sid is being stored by another process."""
    text_id = new_id(now)
    _TEXT_IN.run(
        session,
        id=text_id,
        patient_id=patient_id,
        lead_id=lead_id,
        direction="inbound",
        origin="patient",
        message_body=text.body,
        segments=1,
        phone=text.phone,
        phone_index=blind(session, "phone", text.phone),
        status="received",
        status_rank=10,
        twilio_sid=text.sid,
        understood_as=text.understood_as,
        media_count=len(text.media),
        created_at=now,
    )
    rows = [
        {
            "id": new_id(now),
            "text_id": text_id,
            "position": position,
            "url": url,
            "content_type": kind[:80],
            "tries": 0,
            "next_try_at": now,
        }
        for position, (url, kind) in enumerate(text.media)
    ]
    if rows:
        session.execute(insert(text_media), sealed_rows(session, text_media, rows))
    return text_id
