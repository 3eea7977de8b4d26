"""SQL of the clocks, and of how first contacts went."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, desc, func, insert, select, text, update
from sqlalchemy.orm import Session

from core.db.prepared import Bulk
from core.db.types import is_word
from core.domain.hours import WeeklyHours
from core.domain.ids import new_id
from core.sla.rules import FIRST_CONTACT, FIRST_CONVERSATION, Policy, due_after_pause
from core.sla.tables import sla_clocks

C = sla_clocks.c
LIVE = ("running", "paused")
# Word for word the condition of the partial index of live clocks.
_LIVE = text("sla_clocks.state IN ('running', 'paused')")
_RUNNING = (_LIVE, is_word(sla_clocks.c.state, "running"))


@dataclass(frozen=True)
class Ended:
    """A clock that a contact ended. `on_time` says whether before its due time."""

    clock_id: str
    target: str
    on_time: bool
    response_seconds: int


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
            policy=policy.name,
            target_seconds=int(policy.within.total_seconds()),
            started_at=started_at,
            due_at=due_at,
            state="running",
        )
    )
    return clock_id


_FIRST = Bulk(
    insert(sla_clocks),
    ("id", "lead_id", "target", "round", "policy", "target_seconds", "started_at", "due_at", "state"),
)


def start_first(
    session: Session,
    lead_id: str,
    due: Sequence[tuple[Policy, datetime]],
    *,
    started_at: datetime,
    now: datetime,
) -> None:
    """The clocks of a lead that was made in this transaction, so that none can run yet: one statement for all."""
    rows = [
        {
            "id": new_id(now),
            "lead_id": lead_id,
            "target": policy.target,
            "round": 1,
            "policy": policy.name,
            "target_seconds": int(policy.within.total_seconds()),
            "started_at": started_at,
            "due_at": due_at,
            "state": "running",
        }
        for policy, due_at in due
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
    values = {"state": "met" if on_time else "missed", "breached_at": breached_at}
    session.execute(
        update(sla_clocks)
        .where(sla_clocks.c.id == clock.id)
        .values(**values, ended_at=at, ended_by=by, response_seconds=seconds)
    )
    return Ended(clock.id, clock.target, on_time, seconds)


def revive(session: Session, clock: Clock, state: str, *, now: datetime) -> None:
    """What had ended a clock was taken back: it is running or paused again, or void where the lead is closed."""
    values: dict[str, Any] = {"state": state, "ended_at": None, "ended_by": None, "response_seconds": None}
    if state == "paused":
        values["paused_at"] = clock.paused_at or now
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


def pause(session: Session, lead_id: str, now: datetime) -> None:
    """Snoozed: the clock stands still."""
    session.execute(
        update(sla_clocks)
        .where(sla_clocks.c.lead_id == lead_id, sla_clocks.c.state == "running")
        .values(state="paused", paused_at=now)
    )


def resume(session: Session, lead_id: str, hours: WeeklyHours, now: datetime) -> None:
    """Go on where the clock stood: what it had left of the location's `hours` counts on from now."""
    paused = session.execute(
        select(sla_clocks.c.id, sla_clocks.c.due_at, sla_clocks.c.paused_at).where(
            sla_clocks.c.lead_id == lead_id, sla_clocks.c.state == "paused"
        )
    ).all()
    for row in paused:
        due = due_after_pause(hours, row.due_at, row.paused_at, now)
        session.execute(
            update(sla_clocks)
            .where(sla_clocks.c.id == row.id)
            .values(state="running", paused_at=None, due_at=due)
        )


def breach_overdue(session: Session, now: datetime) -> list[tuple[str, str]]:
    """Mark every running clock whose due time has passed, once; (lead id, target) of each."""
    statement = (
        update(sla_clocks)
        .where(*_RUNNING, sla_clocks.c.due_at < now, sla_clocks.c.breached_at.is_(None))
        .values(breached_at=now)
        .returning(sla_clocks.c.lead_id, sla_clocks.c.target)
    )
    return [(lead_id, target) for lead_id, target in session.execute(statement)]


def any_overdue(session: Session, now: datetime) -> bool:
    """Whether a running clock has passed its due time unmarked: asked often, so it writes nothing."""
    late = (*_RUNNING, sla_clocks.c.due_at < now, sla_clocks.c.breached_at.is_(None))
    return session.execute(select(sla_clocks.c.id).where(*late).limit(1)).first() is not None


def live_due(session: Session, lead_id: str) -> datetime | None:
    """When the lead's live clock that is due first is due. That of the first conversation answers no text."""
    statement = select(func.min(sla_clocks.c.due_at)).where(
        sla_clocks.c.lead_id == lead_id,
        sla_clocks.c.state.in_(LIVE),
        sla_clocks.c.target != FIRST_CONVERSATION,
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
        _LIVE, C.target == FIRST_CONTACT, C.breached_at >= start, C.breached_at < end
    )
    on_time = ended.get("met", 0)
    return on_time, on_time + ended.get("missed", 0) + int(session.execute(still).scalar_one())


def waiting(session: Session) -> int:
    """Leads whose clock runs now."""
    statement = select(func.count(C.lead_id.distinct())).where(_LIVE, is_word(C.state, "running"))
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
    """Targets of the clocks that became void when the lead was last closed."""
    void = (C.lead_id == lead_id, C.state == "void")
    last = session.execute(select(C.ended_at).where(*void).order_by(desc(C.ended_at)).limit(1)).scalar()
    return sorted(session.execute(select(C.target).where(*void, C.ended_at == last)).scalars())
