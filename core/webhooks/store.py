"""SQL of endpoints and of what they were told."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from core.db.prepared import InsertOne
from core.domain.ids import new_id
from core.webhooks.tables import webhook_deliveries, webhook_endpoints

E, D = webhook_endpoints.c, webhook_deliveries.c
WAITING, DELIVERED, FAILED, DROPPED = "waiting", "delivered", "failed", "dropped"
_ENDPOINT = InsertOne(webhook_endpoints)


@dataclass(frozen=True)
class Endpoint:
    """`url` and `secret` are keys to the receiver: they stand in no log."""

    id: str
    url: str
    secret: str
    events: tuple[str, ...]
    active: bool
    made_at: datetime
    made_by: str


_FIELDS: list[Any] = [E[name] for name in Endpoint.__dataclass_fields__]


def add(session: Session, url: str, secret: str, events: Sequence[str], by: str, now: datetime) -> str:
    """An endpoint that hears of these events from now on; its id."""
    id_ = new_id(now)
    _ENDPOINT.run(
        session, id=id_, url=url, secret=secret, events=list(events), active=True, made_at=now, made_by=by
    )
    return id_


def endpoints(session: Session) -> list[Endpoint]:
    """Those that were not removed, oldest first."""
    return _endpoints(session, E.removed_at.is_(None))


def endpoints_of(session: Session, ids: Collection[str]) -> dict[str, Endpoint]:
    """By id, removed ones too."""
    return {one.id: one for one in _endpoints(session, E.id.in_(ids))} if ids else {}


def _endpoints(session: Session, where: Any) -> list[Endpoint]:
    rows = session.execute(select(*_FIELDS).where(where).order_by(E.made_at, E.id)).all()
    return [Endpoint(row[0], row[1], row[2], tuple(row[3]), *row[4:]) for row in rows]


def listening(session: Session, event: str) -> list[str]:
    """The endpoints that hear of this event."""
    rows = session.execute(select(E.id, E.events).where(E.active).order_by(E.made_at, E.id))
    return [row.id for row in rows if event in row.events]


def remove(session: Session, endpoint_id: str, now: datetime) -> list[str]:
    """It hears nothing more: what waited for it is dropped; the actions that waited."""
    gone = update(webhook_endpoints).where(E.id == endpoint_id).values(active=False, removed_at=now)
    session.execute(gone)
    return _drop(session, D.endpoint_id == endpoint_id, now)


def drop_of_visits(session: Session, visit_ids: Collection[str], now: datetime) -> list[str]:
    """What waits about these visits is told to nobody; the actions that waited."""
    return _drop(session, D.visit_id.in_(visit_ids), now) if visit_ids else []


def _drop(session: Session, where: Any, now: datetime) -> list[str]:
    dropped = update(webhook_deliveries).where(where, D.state == WAITING)
    values = {"state": DROPPED, "ended_at": now}
    return list(session.execute(dropped.values(values).returning(D.action_id)).scalars())


@dataclass(frozen=True)
class Delivery:
    """One thing that one endpoint is told, or was."""

    id: str
    endpoint_id: str
    visit_id: str
    action_id: str
    event_id: str
    type: str
    state: str


_DELIVERY: list[Any] = [D[name] for name in Delivery.__dataclass_fields__]


def keep(session: Session, deliveries: Sequence[Delivery], now: datetime) -> None:
    """Rows of the log, in the order of what happened."""
    if deliveries:
        rows = [{**vars(one), "made_at": now, "tries": 0, "error": ""} for one in deliveries]
        session.execute(insert(webhook_deliveries), rows)


def of_actions(session: Session, action_ids: Collection[str]) -> dict[str, Delivery]:
    """By action."""
    if not action_ids:
        return {}
    rows = session.execute(select(*_DELIVERY).where(D.action_id.in_(action_ids)))
    return {row.action_id: Delivery(*row) for row in rows}


def first_in_line(session: Session, visit_ids: Collection[str]) -> dict[tuple[str, str], str]:
    """By endpoint and visit, the action of the oldest that waits: the others are told after it."""
    if not visit_ids:
        return {}
    waiting = select(D.endpoint_id, D.visit_id, D.action_id).where(
        D.visit_id.in_(visit_ids), D.state == WAITING
    )
    first: dict[tuple[str, str], str] = {}
    for row in session.execute(waiting.order_by(D.made_at, D.id)):
        first.setdefault((row.endpoint_id, row.visit_id), row.action_id)
    return first


def tried(
    session: Session,
    action_id: str,
    state: str,
    now: datetime,
    *,
    tries: int,
    status_code: int | None = None,
    error: str = "",
) -> None:
    """What came of the last try. What was dropped while it was on its way goes no more, whatever its answer."""
    values = {
        "state": state,
        "tries": tries,
        "status_code": status_code,
        "error": error[:40],
        "tried_at": now,
        "ended_at": None if state == WAITING else now,
    }
    ours = (D.action_id == action_id, D.state.in_((WAITING, DROPPED) if state == DELIVERED else (WAITING,)))
    session.execute(update(webhook_deliveries).where(*ours).values(values))


def counts(session: Session) -> dict[tuple[str, str], int]:
    """By endpoint and state."""
    rows = session.execute(select(D.endpoint_id, D.state, func.count()).group_by(D.endpoint_id, D.state))
    return {(row[0], row[1]): int(row[2]) for row in rows}
