"""SQL of the clocks, and of how first contacts went."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case, desc, func, insert, select, text, update
from sqlalchemy.orm import Session

from core.db.prepared import Bulk
from core.domain.hours import WeeklyHours
from core.domain.ids import new_id
from core.sla.rules import (
    ENDS,
    FIRST_CONTACT,
    LONGEST_PAUSE,
    MACHINE,
    PAUSED_BY_SNOOZE,
    RESPONSES,
    SNOOZED,
    Policy,
    due_after_pause,
)
from core.sla.tables import sla_clocks

C = sla_clocks.c
LIVE = ("running", "paused")
# Word for word the condition of the partial index of live clocks.
LIVE_ROWS = text("sla_clocks.state IN ('running', 'paused')")


@dataclass(frozen=True)
class Ended:
    """A clock that a contact ended. `on_time` says whether before its due time. `missed_now`: it was late, and nobody
    had marked it: its breach is still to be written."""

    clock_id: str
    target: str
    on_time: bool
    response_seconds: int
    due_at: datetime
    missed_now: bool


def start(
    session: Session, lead_id: str, policy: Policy, *, started_at: datetime, due_at: datetime, now: datetime
) -> str:
    """Start a clock; when this lead already has a live one of the target, that one goes on. The clock's id."""
    running = session.execute(
        select(sla_clocks.c.id).where(
            sla_clocks.c.lead_id == lead_id,
            sla_clocks.c.target == policy.target,
            sla_clocks.c.state.in_(LIVE),
        )
    ).scalar_one_or_none()
    if running:
        return str(running)
    rounds = select(func.count()).where(sla_clocks.c.lead_id == lead_id, sla_clocks.c.target == policy.target)
    clock_id = new_id(now)
    session.execute(
        insert(sla_clocks).values(
            id=clock_id,
            lead_id=lead_id,
            target=policy.target,
            round=rounds.scalar_subquery() + 1,
            **_snapshot(policy),
            started_at=started_at,
            due_at=due_at,
            state="running",
        )
    )
    return clock_id


def _snapshot(policy: Policy) -> dict[str, Any]:
    """What a clock keeps of its policy."""
    return {
        "policy": policy.name,
        "policy_number": policy.number,
        "target_seconds": int(policy.within.total_seconds()),
        "warn_seconds": int(policy.warn.total_seconds()) if policy.warn else None,
        "at_any_hour": policy.at_any_hour,
    }


@dataclass(frozen=True)
class First:
    """A clock of a new lead. `over`: what it waits for has happened in the very transaction that starts it."""

    policy: Policy
    started_at: datetime
    due_at: datetime
    over: bool = False


_FIRST = Bulk(
    insert(sla_clocks),
    (
        "id", "lead_id", "target", "round", "policy", "policy_number", "target_seconds", "warn_seconds",
        "at_any_hour", "started_at", "due_at", "state", "ended_at", "response_seconds", "paused_seconds",
    ),
)  # fmt: skip


def start_first(session: Session, lead_id: str, clocks: Sequence[First], *, now: datetime) -> None:
    """The clocks of a lead that was made in this transaction, so that none can run yet: one statement for all."""
    rows = [
        {
            "id": new_id(now),
            "lead_id": lead_id,
            "target": one.policy.target,
            "round": 1,
            **_snapshot(one.policy),
            "started_at": one.started_at,
            "due_at": one.due_at,
            "state": "met" if one.over else "running",
            "ended_at": now if one.over else None,
            "response_seconds": int((now - one.started_at).total_seconds()) if one.over else None,
            "paused_seconds": 0,
        }
        for one in clocks
    ]
    _FIRST.run(session, rows)


def end_by_contact(
    session: Session, lead_id: str, targets: Sequence[str], *, by: str | None, now: datetime
) -> list[Ended]:
    """A person reached out: the lead's live clocks of these targets end, met or missed."""
    return [
        end(session, clock, by=by, at=now)
        for clock in of_lead(session, lead_id)
        if clock.state in LIVE and clock.target in targets
    ]


@dataclass(frozen=True)
class Clock:
    """One clock as it stands."""

    id: str
    target: str
    started_at: datetime
    due_at: datetime
    state: str
    paused_at: datetime | None
    ended_at: datetime | None
    breached_at: datetime | None


def of_lead(session: Session, lead_id: str) -> list[Clock]:
    """Every clock of a lead, oldest first."""
    c = sla_clocks.c
    columns: list[Any] = [c[name] for name in Clock.__dataclass_fields__]
    statement = select(*columns).where(c.lead_id == lead_id).order_by(c.started_at, c.id)
    return [Clock(*row) for row in session.execute(statement)]


def end(session: Session, clock: Clock, *, by: str | None, at: datetime) -> Ended:
    """End a clock at `at`, which may lie back; one that stood still then is measured by where it stood."""
    breached_at = clock.breached_at if clock.breached_at and clock.breached_at <= at else None
    on_time = breached_at is None and (clock.paused_at or at) <= clock.due_at
    seconds = max(0, int((at - clock.started_at).total_seconds()))
    missed_now = not on_time and breached_at is None
    values = {
        "state": "met" if on_time else "missed",
        "breached_at": at if missed_now else breached_at,
    }
    session.execute(
        update(sla_clocks)
        .where(sla_clocks.c.id == clock.id)
        .values(**values, ended_at=at, ended_by=by, response_seconds=seconds)
    )
    return Ended(clock.id, clock.target, on_time, seconds, clock.due_at, missed_now)


def revive(session: Session, clock: Clock, state: str, *, now: datetime) -> None:
    """What had ended a clock was taken back: it is running or paused again, or void where the lead is closed."""
    values: dict[str, Any] = {"state": state, "ended_at": None, "ended_by": None, "response_seconds": None}
    if state == "paused":
        values |= {"paused_at": clock.paused_at or now, "paused_for": SNOOZED}
        values["pause_ends_at"] = now + LONGEST_PAUSE
    elif state == "void":
        values["ended_at"] = now
    session.execute(update(sla_clocks).where(sla_clocks.c.id == clock.id).values(**values))


def void_one(session: Session, clock_id: str, now: datetime) -> None:
    """A clock that is needless counts for nothing; one that has ended stays as it is."""
    live = (sla_clocks.c.id == clock_id, sla_clocks.c.state.in_(LIVE))
    session.execute(update(sla_clocks).where(*live).values(state="void", ended_at=now))


def void(session: Session, lead_id: str, now: datetime) -> None:
    """The lead needs no contact any more (disqualified, a test): its clocks count for nothing."""
    session.execute(
        update(sla_clocks)
        .where(sla_clocks.c.lead_id == lead_id, sla_clocks.c.state.in_(LIVE))
        .values(state="void", ended_at=now)
    )


def void_started(session: Session, lead_id: str, target: str, started_at: datetime, now: datetime) -> None:
    """The clock that started at that moment counts for nothing: what started it was not this lead's."""
    session.execute(
        update(sla_clocks)
        .where(
            sla_clocks.c.lead_id == lead_id,
            sla_clocks.c.target == target,
            sla_clocks.c.started_at == started_at,
            sla_clocks.c.state.in_(LIVE),
        )
        .values(state="void", ended_at=now)
    )


def pause(
    session: Session,
    lead_id: str,
    now: datetime,
    targets: Sequence[str] = PAUSED_BY_SNOOZE,
    why: str = SNOOZED,
) -> None:
    """The running clocks of these targets stand still, for as long as each still may: never more than LONGEST_PAUSE
    in all."""
    for clock_id, spent in _to_pause(session, lead_id, targets):
        ends_at = now + LONGEST_PAUSE - timedelta(seconds=spent)
        if ends_at > now:
            values = {"state": "paused", "paused_at": now, "paused_for": why, "pause_ends_at": ends_at}
            session.execute(update(sla_clocks).where(C.id == clock_id, C.state == "running").values(**values))


def _to_pause(session: Session, lead_id: str, targets: Sequence[str]) -> list[tuple[str, int]]:
    running = (C.lead_id == lead_id, C.state == "running", C.target.in_(targets))
    return [
        (row.id, row.paused_seconds)
        for row in session.execute(select(C.id, C.paused_seconds).where(*running).order_by(C.id))
    ]


def resume(session: Session, lead_id: str, hours: WeeklyHours, now: datetime, why: str | None = None) -> None:
    """Go on where the clock stood: what it had left of the location's `hours` counts on from now.

    `why`: only those that stood still for this; None for every one.
    """
    paused = [C.lead_id == lead_id, C.state == "paused"]
    if why:
        paused.append(C.paused_for == why)
    columns = (C.id, C.due_at, C.paused_at, C.at_any_hour, C.paused_seconds)
    for row in session.execute(select(*columns).where(*paused).order_by(C.id)).all():
        go_on(session, hours, row, now)


def go_on(session: Session, hours: WeeklyHours, row: Any, at: datetime) -> None:
    """One paused clock runs on from `at`; `row` has id, due_at, paused_at, at_any_hour and paused_seconds."""
    due = due_after_pause(hours, row.due_at, row.paused_at, at, at_any_hour=row.at_any_hour)
    spent = row.paused_seconds + max(0, int((at - row.paused_at).total_seconds()))
    session.execute(
        update(sla_clocks)
        .where(C.id == row.id, C.state == "paused")
        .values(state="running", paused_at=None, pause_ends_at=None, paused_seconds=spent, due_at=due)
    )


def live_due(session: Session, lead_id: str) -> datetime | None:
    """When the lead's live clock that is due first and that an answer ends is due.

    That of the first conversation answers no text, nor does what becomes of the request.
    """
    statement = select(func.min(sla_clocks.c.due_at)).where(
        sla_clocks.c.lead_id == lead_id,
        sla_clocks.c.state.in_(LIVE),
        sla_clocks.c.target.in_(ENDS["text"]),
    )
    return session.execute(statement).scalar()


def first_contacts(session: Session, start: datetime, end: datetime) -> tuple[int, int]:
    """(on time, due) from `start` up to `end`: contacts made, and targets that passed with nobody there yet."""
    made = select(C.state, func.count()).where(C.ended_at >= start, C.ended_at < end)
    ended = {
        row[0]: int(row[1])
        for row in session.execute(made.where(C.target == FIRST_CONTACT).group_by(C.state))
    }
    still = select(func.count()).where(
        LIVE_ROWS, C.target == FIRST_CONTACT, C.breached_at >= start, C.breached_at < end
    )
    on_time = ended.get("met", 0)
    return on_time, on_time + ended.get("missed", 0) + int(session.execute(still).scalar_one())


def waiting(session: Session) -> int:
    """Leads to whom a person owes a word now."""
    running = (LIVE_ROWS, C.state == "running", C.target.in_(RESPONSES))
    statement = select(func.count(C.lead_id.distinct())).where(*running)
    return int(session.execute(statement).scalar_one())


def revive_voided(session: Session, lead_id: str, voided_at: datetime) -> int:
    """Clocks that became void at that very moment run on as if nothing had happened; how many."""
    revived = session.execute(
        update(sla_clocks)
        .where(C.lead_id == lead_id, C.state == "void", C.ended_at == voided_at)
        .values(state=case((C.paused_at.is_(None), "running"), else_="paused"), ended_at=None)
        .returning(C.id)
    )
    return len(revived.all())


def last_targets(session: Session, lead_id: str) -> list[str]:
    """Targets of the clocks that became void when the lead was last closed; what the product did once is done."""
    void = (C.lead_id == lead_id, C.state == "void", C.target.not_in(MACHINE))
    last = session.execute(select(C.ended_at).where(*void).order_by(desc(C.ended_at)).limit(1)).scalar()
    return sorted(session.execute(select(C.target).where(*void, C.ended_at == last)).scalars())
