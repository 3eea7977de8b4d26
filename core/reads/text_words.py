"""Words in texts: looked for in memory, where what was decrypted is held for as long as the process lives.

Nothing that tells of words is stored (docs/decisions/0020). A process reads what patients and staff wrote in the last
12 months, the newest first, then what comes; automatic texts say the same to everybody and are left out. What was found
is read again from the database before it is shown: a text that is gone, erased or reworded since is no hit.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Integer, bindparam, select
from sqlalchemy.orm import Session

from core.conversation.haystack import Haystack, holds
from core.db.encrypted import Unreadable
from core.db.prepared import Query
from core.db.types import UtcDateTime, among
from core.domain.names import words
from core.domain.roles import Actor, Permission, require
from core.messaging.tables import sms_messages
from core.reads.inbox_lists import LEAD
from core.reads.parts.sql import one_of
from core.staff.tables import staff

M = sms_messages.c
SPAN = timedelta(days=365)
SLICE = 2000  # texts that are read at a time, some 50 ms
OVERLAP = timedelta(hours=1)  # what was committed later than its moment says
LATE, LATE_EACH = timedelta(days=31), timedelta(hours=1)  # texts that the provider tells of long after
AN_INSTANT = timedelta(microseconds=1)  # where a whole slice shares one moment
CANDIDATES = 200
MOST_FOUND = 20  # each is a look at somebody's record
BEFORE, AFTER = 20, 120  # characters of a text around the word
SHORTEST = 3

_WRITTEN = one_of(M.origin, ("patient", "staff"))
_SINCE = M.created_at > bindparam("since", type_=UtcDateTime)
_NEW = Query(select(M.id).where(_WRITTEN, _SINCE))
_OLDER = Query(
    select(M.id, M.created_at)
    .where(_WRITTEN, _SINCE, M.created_at <= bindparam("until", type_=UtcDateTime))
    .order_by(M.created_at.desc(), M.id.desc())
    .limit(bindparam("most", type_=Integer))
)
_BODIES = Query(select(M.id, M.message_body).where(among(M.id, "ids")))
# Erasing a person empties the index of their number (`core.db.erasing`).
_ERASED = Query(select(M.id).where(M.phone_index == ""))


class TextWords:
    """What one process knows. Any thread may search or read on."""

    def __init__(self) -> None:
        self._hay = Haystack()
        self._lock = threading.Lock()
        self._read_at: datetime | None = None  # when it was last looked for new ones
        self._late_at: datetime | None = None
        self._since: datetime | None = None  # texts from then on are known

    def read_on(self, session: Session, *, now: datetime) -> bool:
        """Read what is new, forget who was erased, and read a slice of what is older; whether that was all."""
        with self._lock:
            self._read_new(session, now)
            self._hay.drop(row[0] for row in _ERASED.rows(session))
            return self._read_older(session, now)

    def _read_new(self, session: Session, now: datetime) -> None:
        if self._read_at is None or self._late_at is None:
            self._read_at = self._late_at = self._since = now
            return
        late = now - self._late_at >= LATE_EACH
        found = _NEW.rows(session, since=self._read_at - (LATE if late else OVERLAP))
        self._add(session, [id_ for (id_,) in found])
        self._read_at = now
        if late:
            self._late_at = now

    def _read_older(self, session: Session, now: datetime) -> bool:
        horizon = now - SPAN
        if self._since is None or self._since <= horizon:
            return True
        found = _OLDER.rows(session, since=horizon, until=self._since, most=SLICE)
        self._add(session, [id_ for id_, _ in found])
        last = found[-1][1] if len(found) == SLICE else horizon
        self._since = last if last < self._since else last - AN_INSTANT
        return self._since <= horizon

    def _add(self, session: Session, ids: Sequence[str]) -> None:
        fresh = [id_ for id_ in ids if id_ not in self._hay]
        if fresh:
            read = _BODIES.rows(session, ids=fresh)
            self._hay.add((id_, body) for id_, body in read if not isinstance(body, Unreadable))

    def find(self, text: str) -> list[str]:
        """Ids of the newest texts that hold every word, CANDIDATES at most."""
        with self._lock:
            return self._hay.find(text, CANDIDATES)

    @property
    def since(self) -> datetime | None:
        """Texts from then on are searched; None before the first reading."""
        return self._since

    def __len__(self) -> int:
        return len(self._hay)


@dataclass(frozen=True)
class Hit:
    """The newest text of a conversation with all the words; `words` around them, `more` others that hold them too."""

    lead_id: str
    text_id: str
    origin: str
    by: str | None
    words: str
    at: datetime
    more: int = 0


@dataclass(frozen=True)
class Found:
    """The newest first. `since`: texts from then on were searched. Not `whole`: more may match."""

    hits: list[Hit]
    since: datetime
    whole: bool


_TEXTS = Query(
    select(M.id, M.patient_id, LEAD, M.origin, staff.c.name, M.message_body, M.created_at)
    .outerjoin(staff, staff.c.id == M.staff_id)
    .where(among(M.id, "ids"), M.lead_id.is_not(None), _SINCE)
)


def search(session: Session, actor: Actor, known: TextWords, text: str, *, now: datetime) -> Found:
    """Conversations by words that patients and staff wrote. Raises Denied.

    Every word of `text`, in any order, whole or by three letters and more. Nothing for less than three letters.
    """
    require(actor, Permission.SEE_LEADS)
    if sum(map(len, words(text))) < SHORTEST:
        return Found([], now - SPAN, whole=True)
    known.read_on(session, now=now)
    ids = known.find(text)
    rows = _TEXTS.rows(session, ids=ids, since=now - SPAN) if ids else []
    hits = _of_each(sorted(rows, key=lambda row: row[-1], reverse=True), text)
    since = known.since or now
    whole = len(ids) < CANDIDATES and since <= now - SPAN and len(hits) <= MOST_FOUND
    return Found(hits[:MOST_FOUND], since, whole)


def _of_each(rows: Sequence[Any], text: str) -> list[Hit]:
    found: dict[str, Hit] = {}
    for id_, patient_id, lead_id, origin, by, body, at in rows:
        if isinstance(body, Unreadable) or not holds(body, text):
            continue
        first = found.get(patient_id or id_)
        if first is None:
            found[patient_id or id_] = Hit(lead_id, id_, origin, by, excerpt(body, text), at)
        else:
            found[patient_id or id_] = Hit(**{**vars(first), "more": first.more + 1})
    return list(found.values())


def excerpt(body: str, text: str) -> str:
    """The words around the first one that was looked for, in one line."""
    line, wanted = " ".join(body.split()), words(text)
    at, place = 0, 0
    for part in line.split(" "):
        if any(word.startswith(tuple(wanted)) for word in words(part)):
            at = place
            break
        place += len(part) + 1
    start, stop = line.find(" ", at - BEFORE, at) + 1 if at > BEFORE else 0, at + AFTER
    cut = line[start:stop]
    return f"{'... ' if start else ''}{cut.strip()}{' ...' if stop < len(line) else ''}"
