"""SQL of the audit trail: append, and read it in order."""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import bindparam, func, insert, literal, select, update
from sqlalchemy.orm import Session

from core.audit import chain
from core.audit.chain import BROKEN, LANES, LOOKED, Entry
from core.audit.tables import audit_events, audit_lanes
from core.db.encrypted import Unreadable
from core.db.prepared import Command, Query
from core.db.sealing import sealed_rows
from core.db.types import keyring_of
from core.db.upsert import insert_into
from core.domain.ids import new_id

log = structlog.get_logger(__name__)
E, L = audit_events.c, audit_lanes.c
BATCH = 5_000
NOTED = "luxe_audit_noted"


@dataclass(frozen=True)
class Lane:
    """Where one lane stands."""

    lane: int
    number: int
    mac: bytes
    seal: bytes


_process = ["job"]


def run_as(actor: str) -> None:
    """Who acts in this process where nobody is signed in: 'command:maya', 'gateway'. Called once, at its start."""
    _process[0] = actor[:60]


def note(
    session: Session,
    *,
    action: str,
    now: datetime,
    staff_id: str | None = None,
    actor: str = "",
    subject: str = "",
    patient_id: str | None = None,
    reason: str = "",
    origin: str = "",
    detail: dict[str, Any] | None = None,
) -> None:
    """Append one line, in the transaction of what it tells of. The fields are those of `Entry`."""
    entry = Entry(action, staff_id, actor, subject, patient_id, reason, origin, detail or {})
    note_all(session, [entry], now=now)


def note_all(session: Session, entries: Sequence[Entry], *, now: datetime) -> None:
    """Append lines in their order, all of one moment."""
    if not entries:
        return
    session.info[NOTED] = True
    key = keyring_of(session.get_bind().dialect).audit_key
    lane = _take_lane(session, key)
    entries = [
        entry if entry.staff_id or entry.actor else replace(entry, actor=_process[0]) for entry in entries
    ]
    rows: list[dict[str, Any]] = []
    mac, number = lane.mac, lane.number
    if lane.seal != chain.seal_of(key, lane.lane, number, mac):
        # Somebody set the lane back. Work goes on, and this line says so for ever.
        log.error("audit_trail_broken", lane=lane.lane, number=number)
        entries = [Entry(BROKEN, actor="job", subject=f"lane {lane.lane}"), *entries]
    for entry in entries:
        id_, number = new_id(now), number + 1
        mac = chain.mac_of(key, mac, lane.lane, number, id_, now, entry)
        rows.append(_row(lane.lane, number, id_, now, mac, entry))
    session.execute(insert(audit_events), sealed_rows(session, audit_events, rows))
    seal = chain.seal_of(key, lane.lane, number, mac)
    _MOVE.run(session, lane_=lane.lane, number_=number, mac_=mac, seal_=seal)


def noted(session: Session) -> bool:
    """Whether this session has told the trail of something already."""
    return bool(session.info.get(NOTED))


def _row(lane: int, number: int, id_: str, now: datetime, mac: bytes, entry: Entry) -> dict[str, Any]:
    return {
        "id": id_,
        "lane": lane,
        "number": number,
        "at": now,
        "staff_id": entry.staff_id,
        "actor": entry.actor,
        "action": entry.action,
        "subject": entry.subject,
        "patient_id": entry.patient_id,
        "reason": entry.reason or None,
        "origin": entry.origin or None,
        "detail": dict(entry.detail),
        "mac": mac,
    }


_LANE = select(L.lane, L.number, L.mac, L.seal)
_FREE = Query(_LANE.order_by(L.lane).limit(literal(1)).with_for_update(skip_locked=True))
_ANY = Query(_LANE.where(L.lane == bindparam("lane_")).with_for_update())
_MOVE = Command(
    update(audit_lanes)
    .where(L.lane == bindparam("lane_"))
    .values(number=bindparam("number_"), mac=bindparam("mac_"), seal=bindparam("seal_"))
)


def _take_lane(session: Session, key: bytes) -> Lane:
    """A lane that nobody writes to now, held until this transaction ends. SQLite has one writer, and uses the first.

    Where all are taken it waits for one: seventeen writers at once.
    """
    rows = _FREE.rows(session)
    if not rows and open_lanes(session, key):
        rows = _FREE.rows(session)
    return _lane((rows or _ANY.rows(session, lane_=secrets.randbelow(LANES)))[0])


def _lane(row: Sequence[Any]) -> Lane:
    lane, number, mac, seal = row
    return Lane(int(lane), int(number), bytes(mac), bytes(seal))


def open_lanes(session: Session, key: bytes) -> int:
    """Begin every lane of a trail that has none yet; how many were begun."""
    if session.execute(select(func.count()).select_from(audit_lanes)).scalar_one():
        return 0
    rows = []
    for lane in range(LANES):
        mac = chain.beginning(key, lane)
        rows.append({"lane": lane, "number": 0, "mac": mac, "seal": chain.seal_of(key, lane, 0, mac)})
    session.execute(insert_into(session, audit_lanes).on_conflict_do_nothing(), rows)
    return LANES


_SEEN = Query(
    select(func.count(func.distinct(E.patient_id))).where(
        E.staff_id == bindparam("staff_id"), E.at > bindparam("since"), E.action == LOOKED
    )
)
_LATELY = Query(
    select(E.id)
    .where(E.staff_id == bindparam("staff_id"), E.at > bindparam("since"), E.action == bindparam("action"))
    .limit(literal(1))
)


def patients_seen(session: Session, staff_id: str, since: datetime) -> int:
    """How many patients somebody has looked at after `since`."""
    ((many,),) = _SEEN.rows(session, staff_id=staff_id, since=since)
    return int(many)


def any_since(session: Session, action: str, staff_id: str, since: datetime) -> bool:
    """Whether the trail has such a line of this person after `since`."""
    return bool(_LATELY.rows(session, staff_id=staff_id, since=since, action=action))


def lanes(session: Session) -> list[Lane]:
    """Where each lane stands, in order."""
    return [_lane(row) for row in session.execute(_LANE.order_by(L.lane))]


@dataclass(frozen=True)
class Line:
    """A row as it stands. `entry` is None where one of its encrypted values can't be read."""

    lane: int
    number: int
    id: str
    at: datetime
    mac: bytes
    entry: Entry | None


def lines(session: Session) -> Iterator[Line]:
    """The whole trail by lane and number, some thousand rows at a time."""
    statement = select(*E).order_by(E.lane, E.number, E.id).execution_options(yield_per=BATCH)
    for row in session.execute(statement):
        yield Line(row.lane, row.number, row.id, row.at, bytes(row.mac), _entry(row))


def _entry(row: Any) -> Entry | None:
    if isinstance(row.reason, Unreadable) or isinstance(row.origin, Unreadable):
        return None
    reason, origin = row.reason or "", row.origin or ""
    return Entry(row.action, row.staff_id, row.actor, row.subject, row.patient_id, reason, origin, row.detail)
