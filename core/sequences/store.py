"""SQL of enrollments."""

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.db.hand_on import hand_on
from core.db.prepared import InsertOne
from core.domain.ids import new_id
from core.sequences.tables import enrollments

LONGEST = timedelta(days=18)
_ENROLLMENT = InsertOne(enrollments)


def enroll(
    session: Session, *, lead_id: str, patient_id: str, sequence: str, version: int, now: datetime
) -> str:
    """Put a patient under way in a sequence; the enrollment's id."""
    enrollment_id = new_id(now)
    _ENROLLMENT.run(
        session,
        id=enrollment_id,
        lead_id=lead_id,
        patient_id=patient_id,
        sequence=sequence,
        version=version,
        state="active",
        started_at=now,
    )
    return enrollment_id


def stop(session: Session, lead_id: str, reason: str, now: datetime) -> bool:
    """Stop what is active for a lead; whether anything was. What stands already learns that it was stopped again."""
    c = enrollments.c
    again = (c.lead_id == lead_id, c.state == "stopped", c.stopped_at < now, c.stopped_again_at.is_(None))
    session.execute(update(enrollments).where(*again).values(stopped_again_at=now))
    stopped = session.execute(
        update(enrollments)
        .where(enrollments.c.lead_id == lead_id, enrollments.c.state == "active")
        .values(state="stopped", stopped_at=now, stop_reason=reason)
        .returning(enrollments.c.id)
    )
    return bool(stopped.all())


def active_ids(session: Session, lead_id: str) -> list[str]:
    """Enrollments of a lead that are under way."""
    c = enrollments.c
    statement = select(c.id).where(c.lead_id == lead_id, c.state == "active")
    return list(session.execute(statement).scalars())


def stop_reasons(session: Session, enrollment_ids: list[str]) -> dict[str, str]:
    """Why each of these was stopped; absent where it goes on."""
    if not enrollment_ids:
        return {}
    c = enrollments.c
    rows = session.execute(select(c.id, c.stop_reason).where(c.id.in_(enrollment_ids), c.state == "stopped"))
    return {enrollment_id: reason or "replaced" for enrollment_id, reason in rows}


def finish_done(session: Session, now: datetime) -> int:
    """End active enrollments that have run for longer than any sequence lasts; how many."""
    done = session.execute(
        update(enrollments)
        .where(enrollments.c.state == "active", enrollments.c.started_at < now - LONGEST)
        .values(state="finished", stopped_at=now)
        .returning(enrollments.c.id)
    )
    return len(done.all())


def give(session: Session, was: str, becomes: str, only: list[str] | None = None) -> list[str]:
    """Give a patient's enrollments to another, or `only` some of them; the ids of those given."""
    return hand_on(session, enrollments, was, becomes, only)


def go_on(session: Session, lead_id: str, stopped_at: datetime) -> list[str]:
    """Enrollments that only the cause of that very moment stopped are active again; their ids."""
    c = enrollments.c
    only_then = (c.state == "stopped", c.stopped_at == stopped_at, c.stopped_again_at.is_(None))
    resumed = session.execute(
        update(enrollments)
        .where(c.lead_id == lead_id, *only_then)
        .values(state="active", stopped_at=None, stop_reason=None)
        .returning(c.id)
    )
    return list(resumed.scalars())
