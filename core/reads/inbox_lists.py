"""Which conversations each list of the inbox holds, in order and counted; of an indexed few, however many there are.

A conversation is a patient's, and stands in a list by one lead: where it goes on (core/leads/store/threads.py), else
the lead of its newest text.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from core.leads.tables import lead_calls, leads
from core.messaging.tables import sms_messages
from core.reads.lead_rows import COUNTS
from core.reads.parts.sql import one_of
from core.sla.tables import sla_clocks

L, C, K, M = leads.c, sla_clocks.c, lead_calls.c, sms_messages.c
FAILED_FOR = timedelta(days=30)
FEW = 500  # that wait: so many are sorted
TO_OR_FROM_PATIENT = M.origin != "staff_alert"
OPEN = L.thread_done_at.is_(None)
AWAKE = L.snoozed_until.is_(None)
Condition = ColumnElement[bool]

# Who talked by phone since has answered, though by no text. Derived: a call that was logged by mistake is taken back.
_TALKED = exists().where(
    K.lead_id == L.id, K.outcome == "talked", K.undone_at.is_(None), K.at > L.thread_waits_since
)
WAITS = and_(L.thread_waits_since.is_not(None), OPEN, ~_TALKED)
_SPOKEN = and_(L.thread_spoken_at.is_not(None), OPEN)
_HAS_TEXT = exists().where(M.lead_id == L.id, TO_OR_FROM_PATIENT)
_DUE = (
    select(func.min(C.due_at))
    .where(C.lead_id == L.id, COUNTS)
    .correlate(leads)
    .scalar_subquery()
    .label("due")
)


def owned(owner_id: str | None) -> Condition:
    """Whose: None for nobody's."""
    return L.owner_id.is_(None) if owner_id is None else L.owner_id == owner_id


def waiting(session: Session, most: int, *where: Condition) -> list[str]:
    """The patient wrote last: what is due first, then who waits longest."""
    these = select(L.id).where(WAITS, AWAKE, *where)
    few = _ids(session, select(L.id).where(WAITS, AWAKE), FEW + 1)
    if len(few) <= FEW:
        return _ids(session, these.order_by(_DUE.is_(None), _DUE, L.thread_waits_since, L.id), most)
    # Of very many, the clocks are gone through as they are due, and the rest as they wait: neither sorts them all.
    due = these.join(sla_clocks, C.lead_id == L.id).where(COUNTS).order_by(C.due_at)
    longest = these.order_by(L.thread_waits_since)
    return first_of(most, _ids(session, due, most), _ids(session, longest, most))


def spoken(session: Session, most: int, *where: Condition) -> list[str]:
    """A person wrote, patient or staff; the newest first."""
    newest = L.thread_spoken_at.desc(), L.id.desc()
    return _ids(session, select(L.id).where(_SPOKEN, AWAKE, *where).order_by(*newest), most)


def snoozed(session: Session, most: int) -> list[str]:
    """What comes back first."""
    aside = select(L.id).where(L.snoozed_until.is_not(None), _HAS_TEXT)
    return _ids(session, aside.order_by(L.snoozed_until, L.id), most)


def done(session: Session, most: int) -> list[str]:
    """What was done last."""
    finished = select(L.id).where(L.thread_done_at.is_not(None))
    return _ids(session, finished.order_by(L.thread_done_at.desc(), L.id.desc()), most)


_N = sms_messages.alias("newer").c
_NEWEST = and_(
    TO_OR_FROM_PATIENT,
    M.patient_id.is_not(None),
    M.lead_id.is_not(None),
    M.phone_index != "",  # of who was erased nothing is left to read
    ~exists().where(
        _N.patient_id == M.patient_id,
        _N.origin != "staff_alert",
        _N.created_at >= M.created_at,
        or_(_N.created_at > M.created_at, _N.id > M.id),
    ),
)
_HERE = (
    select(L.id)
    .where(L.patient_id == M.patient_id, L.thread_spoken_at.is_not(None))
    .limit(1)
    .correlate(sms_messages)
    .scalar_subquery()
)
LEAD = func.coalesce(_HERE, M.lead_id)


def newest(session: Session, most: int) -> list[str]:
    """Every conversation, what was written last first, by whomever."""
    return _ids(session, select(LEAD).where(_NEWEST).order_by(M.created_at.desc(), M.id.desc()), most)


def _failed(what: Any, now: datetime) -> Select[Any]:
    over = exists().where(L.patient_id == M.patient_id, L.thread_done_at.is_not(None))
    gone = one_of(M.status, ("failed", "undelivered")), M.created_at > now - FAILED_FOR
    return select(what).where(*gone, _NEWEST, ~over)


def failed(session: Session, most: int, now: datetime) -> list[str]:
    """Our last text did not arrive and nothing was said since, in the last 30 days; the newest first."""
    return _ids(session, _failed(LEAD, now).order_by(M.created_at.desc()), most)


def failed_count(session: Session, now: datetime) -> int:
    return int(session.execute(_failed(func.count(), now)).scalar_one())


def waiting_counts(session: Session) -> Counter[str | None]:
    """How many wait, by owner."""
    rows = session.execute(select(L.owner_id, func.count()).where(WAITS, AWAKE).group_by(L.owner_id))
    return Counter({owner: int(count) for owner, count in rows})


def snoozed_count(session: Session) -> int:
    return int(
        session.execute(select(func.count()).where(L.snoozed_until.is_not(None), _HAS_TEXT)).scalar_one()
    )


def conversations(session: Session, lead_ids: Sequence[str]) -> list[str]:
    """Where the conversation of each of these leads goes on, each once, in this order."""
    other = leads.alias("other").c
    goes_on = select(other.id).where(other.patient_id == L.patient_id, other.thread_spoken_at.is_not(None))
    here = func.coalesce(goes_on.limit(1).correlate(leads).scalar_subquery(), L.id)
    rows = session.execute(select(L.id, here).where(L.id.in_(lead_ids)))
    found = {row[0]: row[1] for row in rows}
    return list(dict.fromkeys(found[lead_id] for lead_id in lead_ids if lead_id in found))


def _ids(session: Session, statement: Select[Any], most: int) -> list[str]:
    return list(dict.fromkeys(session.execute(statement.limit(most)).scalars()))


def first_of(most: int, *lists: Sequence[str]) -> list[str]:
    """The lists one after the other, each id once."""
    return list(dict.fromkeys(id_ for ids in lists for id_ in ids))[:most]
