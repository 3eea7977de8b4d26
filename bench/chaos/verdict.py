"""What reached the phones, against what was intended and what the ledger says."""

import json
import time
import urllib.request
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.exc import SQLAlchemyError

from bench.chaos.load import Load
from core.app import App
from core.leads.tables import leads
from core.messaging.tables import action_moves, timed_actions

A = timed_actions.c
FAULTS = ("lost", "doubled", "after_cancel", "unsettled", "forms_lost")


@dataclass(frozen=True)
class Verdict:
    """Counts. The first five must be zero; `why` names up to ten of what is not, and why rows were dropped."""

    lost: int
    doubled: int
    after_cancel: int
    unsettled: int
    forms_lost: int
    texts: int
    at_provider: int
    cancelled: int
    for_a_person: int
    later: int
    adopted: int
    resent: int
    why: list[str] = field(default_factory=list)

    @property
    def faults(self) -> int:
        return sum(asdict(self)[name] for name in FAULTS)


def accepted_at(provider: str) -> list[dict[str, Any]]:
    """Everything the provider accepted, oldest first."""
    with urllib.request.urlopen(f"{provider}/accepted", timeout=60) as answer:
        return list(json.load(answer))


def counts_of(provider: str) -> dict[str, Any]:
    """`accepted`, and `answers` by kind."""
    with urllib.request.urlopen(f"{provider}/count", timeout=30) as answer:
        return dict(json.load(answer))


def is_open(now: datetime) -> ColumnElement[bool]:
    """Rows that something must still become of: due, begun, in flight, or to be looked up."""
    planned = (A.state == "planned") & ((A.due_at <= now) | (A.attempts > 0))
    waiting = (A.state == "unknown") & A.verify_at.is_not(None)
    return or_(planned, A.state == "sending", waiting)


def settle_down(app: App, seconds: float = 180) -> int:
    """Wait until nothing is open; how many rows still are when patience ends."""
    until = time.monotonic() + seconds
    left = -1
    while time.monotonic() < until:
        try:
            with app.db.read() as session:
                left = int(
                    session.execute(
                        select(func.count()).select_from(timed_actions).where(is_open(app.clock.now()))
                    ).scalar_one()
                )
        except SQLAlchemyError:
            left = -1
        if left == 0:
            return 0
        time.sleep(0.2)
    return left


def judge(app: App, load: Load, provider: str, until: datetime) -> Verdict:
    """Compare, after the processes stopped. `until`: what came due later nobody was there to send."""
    arrived = Counter(text["action"] or text["body"] for text in accepted_at(provider))
    with app.db.read() as session:
        rows = {
            row.id: row
            for row in session.execute(
                select(A.id, A.key, A.state, A.reason, A.attempts, A.error_code, A.verify_at, A.due_at).where(
                    A.kind == "text"
                )
            )
        }
        open_ = set(session.execute(select(A.id).where(is_open(until))).scalars())
        with_lead = set(session.execute(select(leads.c.submission_id)).scalars())
        moves = Counter(session.execute(select(action_moves.c.reason)).scalars())
    missing = [key for key, id_ in load.planned.items() if id_ not in rows]
    lost = [row for row in rows.values() if _is_lost(row, arrived)]
    doubled = {id_: count for id_, count in arrived.items() if count > 1}
    stopped = {id_ for id_, row in rows.items() if row.state == "cancelled"} | load.promised
    late = stopped & set(arrived)
    people = [row for row in rows.values() if row.state == "unknown" and row.verify_at is None]
    forms_lost = set(load.forms.values()) - with_lead
    named = _named("lost", map(_in_words, lost))
    named += _named("missing", missing)
    named += _named(
        "doubled", (f"{rows[id_].key if id_ in rows else id_} x{n}" for id_, n in doubled.items())
    )
    named += _named("after cancel", (rows[id_].key for id_ in late if id_ in rows))
    named += _named("open", (_in_words(rows[id_]) for id_ in open_ if id_ in rows))
    named += _named("for a person", (f"{row.key} after {row.attempts}" for row in people))
    named += [f"dropped: {reason} {n}" for reason, n in _dropped(rows.values()).items()]
    return Verdict(
        lost=len(lost) + len(missing),
        doubled=sum(count - 1 for count in doubled.values()),
        after_cancel=len(late),
        unsettled=len(open_),
        forms_lost=len(forms_lost) + len(load.troubles),
        texts=len(rows),
        at_provider=sum(arrived.values()),
        cancelled=len(load.promised),
        for_a_person=len(people),
        later=sum(row.state == "planned" and row.id not in open_ for row in rows.values()),
        adopted=moves["adopted"],
        resent=moves["not_found_resend"],
        why=named + _named("form", load.troubles),
    )


def _is_lost(row: Any, arrived: Counter[str]) -> bool:
    """It should have arrived and did not: called sent, given up, or dropped although nothing stood against it."""
    if row.id in arrived:
        return False
    return row.state in ("sent", "failed") or (row.state == "dropped" and row.key.startswith("chaos:"))


def _in_words(row: Any) -> str:
    return f"{row.key} {row.state} {row.reason} code {row.error_code} attempts {row.attempts} due {row.due_at:%H:%M:%S}"


def _dropped(rows: Iterable[Any]) -> Counter[str]:
    return Counter(row.reason for row in rows if row.state == "dropped")


def _named(word: str, items: Iterable[str]) -> list[str]:
    return [f"{word}: {item}" for item in list(items)[:10]]
