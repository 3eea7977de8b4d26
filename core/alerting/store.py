"""SQL of alerts: who was told of what by which way, and what they did about it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, desc, func, insert, select, update
from sqlalchemy.orm import Session

from core.alerting.tables import alerts
from core.db.prepared import Bulk, Query
from core.db.types import among, is_word
from core.domain.ids import new_id

T = alerts.c
WAITING, SENT, FAILED, DROPPED, WITHDRAWN = "waiting", "sent", "failed", "dropped", "withdrawn"
ACKNOWLEDGE, TAKE, HAND_ON = "acknowledge", "take", "hand_on"
WAYS = ("sms", "email", "push", "chat")
TEST = (
    "staff_test"  # the template by which somebody tries one way: by another it would say that this one works
)
URGENT = "alertUrgent"  # a variable of an alert's action: what is urgent has ways of its own


@dataclass(frozen=True)
class Alert:
    """One alert to one person about one lead."""

    id: str
    key: str
    lead_id: str | None
    staff_id: str
    channel: str
    template: str
    action_id: str
    link: str
    made_at: datetime
    result: str
    act: str | None
    acted_at: datetime | None


@dataclass(frozen=True)
class Ended:
    """What became of one alert: its result, why (a reason, with the code of an answer), and when."""

    result: str
    detail: str
    at: datetime


_ALERT: list[Any] = [T[name] for name in Alert.__dataclass_fields__]
_NEW = Bulk(
    insert(alerts),
    (
        "id",
        "key",
        "lead_id",
        "staff_id",
        "channel",
        "template",
        "action_id",
        "link",
        "made_at",
        "result",
        "detail",
    ),
    once=("key",),
)


def keep(
    session: Session,
    *,
    key: str,
    lead_id: str | None,
    staff_id: str,
    channel: str,
    template: str,
    action_id: str,
    link: str,
    now: datetime,
) -> bool:
    """Write one down; False where this cause has told this person already."""
    row = {
        "id": new_id(now),
        "key": key,
        "lead_id": lead_id,
        "staff_id": staff_id,
        "channel": channel,
        "template": template,
        "action_id": action_id,
        "link": link,
        "made_at": now,
        "result": WAITING,
        "detail": "",
    }
    return _NEW.run(session, [row]) == 1


_KEYS = Query(select(T.key, T.action_id).where(among(T.key, "keys")))


def known(session: Session, keys: Sequence[str]) -> dict[str, str]:
    """The action of each of these keys that are there."""
    return {str(row[0]): str(row[1]) for row in _KEYS.rows(session, keys=list(keys))} if keys else {}


_WAITING = Query(
    select(T.action_id, T.link)
    .where(
        is_word(T.result, WAITING), T.staff_id == bindparam("staff"), T.template == bindparam("template_"),
        T.channel == bindparam("channel_"),
    )
    .order_by(T.made_at.desc())
    .limit(1)
)  # fmt: skip


def that_waits(session: Session, staff_id: str, template: str, channel: str) -> tuple[str, str] | None:
    """(action, link) of the newest alert of this kind to a person that has not left, as far as we know."""
    rows = _WAITING.rows(session, staff=staff_id, template_=template, channel_=channel)
    return (str(rows[0][0]), str(rows[0][1])) if rows else None


def of_actions(session: Session, action_ids: Collection[str]) -> list[Alert]:
    """All that went by these actions, oldest first."""
    return _found(session, T.action_id.in_(action_ids)) if action_ids else []


def of_link(session: Session, link: str) -> list[Alert]:
    """All behind one link, oldest first."""
    return _found(session, T.link == link)


def of_cause(session: Session, key: str) -> list[Alert]:
    """Every try to tell a person of one cause, by whatever way."""
    return _found(session, T.key.in_((key, *(f"{key}:{way}" for way in WAYS))))


def waiting_of_lead(session: Session, lead_id: str) -> list[Alert]:
    """Those about a lead that have not left."""
    return _found(session, (T.lead_id == lead_id) & is_word(T.result, WAITING))


def last_to(session: Session, staff_id: str, since: datetime) -> list[Alert]:
    """What the newest alert about leads said to a person, made after `since` and sent; all of the one text."""
    told = (T.staff_id == staff_id) & (T.made_at > since) & is_word(T.result, SENT) & T.lead_id.is_not(None)
    newest = session.execute(select(T.action_id).where(told).order_by(desc(T.made_at), desc(T.id)).limit(1))
    action_id = newest.scalar_one_or_none()
    return _found(session, (T.action_id == action_id) & T.lead_id.is_not(None)) if action_id else []


def made_since(session: Session, staff_id: str, template: str, since: datetime) -> int:
    """How many of a kind a person was to be told after `since`."""
    made = select(func.count()).where(T.staff_id == staff_id, T.made_at > since, T.template == template)
    return int(session.execute(made).scalar_one())


def was_told(session: Session, staff_id: str, since: datetime) -> bool:
    """Whether a person was alerted after `since`."""
    told = select(T.id).where(T.staff_id == staff_id, T.made_at > since, is_word(T.result, SENT))
    return session.execute(told.limit(1)).first() is not None


def last_ended(session: Session, channel: str, since: datetime) -> Ended | None:
    """Of what was to go by a way and was made after `since`: the last that was taken, or failed."""
    over = (T.made_at > since, T.channel == channel, T.result.in_((SENT, FAILED)), T.ended_at.is_not(None))
    newest = select(T.result, T.detail, T.ended_at).where(*over).order_by(desc(T.ended_at), desc(T.id))
    row = session.execute(newest.limit(1)).first()
    return Ended(*row) if row else None


def _found(session: Session, where: Any) -> list[Alert]:
    rows = session.execute(select(*_ALERT).where(where).order_by(T.made_at, T.id))
    return [Alert(*row) for row in rows]


def ended(
    session: Session, action_ids: Collection[str], result: str, now: datetime, detail: str = ""
) -> list[Alert]:
    """What became of the alerts that went by these actions and waited until now; which those were."""
    if not action_ids:
        return []
    statement = (
        update(alerts)
        .where(T.action_id.in_(action_ids), T.result.in_((WAITING, SENT)), T.result != result)
        .values(result=result, ended_at=now, detail=detail)
        .returning(*_ALERT)
    )
    return [Alert(*row) for row in session.execute(statement)]


def withdraw(session: Session, alert_id: str, now: datetime) -> None:
    """One that has not left is needless by now."""
    still = (T.id == alert_id, is_word(T.result, WAITING))
    session.execute(update(alerts).where(*still).values(result=WITHDRAWN, ended_at=now))


def act(session: Session, alert_id: str, what: str, now: datetime) -> bool:
    """Somebody acts by its link or answers it; False where it was used already."""
    unused = (T.id == alert_id, T.acted_at.is_(None))
    statement = update(alerts).where(*unused).values(act=what, acted_at=now).returning(T.id)
    return session.execute(statement).first() is not None


def free(session: Session, alert_id: str, at: datetime) -> None:
    """What was tried at that moment could not be done: the link still stands."""
    tried = (T.id == alert_id, T.acted_at == at)
    session.execute(update(alerts).where(*tried).values(act=None, acted_at=None))
