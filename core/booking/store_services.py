"""SQL of which services, rooms and devices anything points to."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.booking.tables import appointments, holds, reservations

A, H, R = appointments.c, holds.c, reservations.c


def services_used(session: Session, codes: Collection[str]) -> set[str]:
    """Those that any visit or held time is of."""
    found = select(A.service).where(A.service.in_(codes)).union(select(H.service).where(H.service.in_(codes)))
    return set(session.execute(found).scalars()) if codes else set()


def resources_used(session: Session, resources: Collection[str]) -> set[str]:
    """Those of `resources` ('room:room-1') that are taken for anything, or that any visit is or was in."""
    if not resources:
        return set()
    found = set(session.execute(select(R.resource).where(R.resource.in_(resources)).distinct()).scalars())
    for kind, column in (("room", A.room), ("device", A.device)):
        codes = [one.removeprefix(f"{kind}:") for one in resources if one.startswith(f"{kind}:")]
        there = session.execute(select(column).where(column.in_(codes)).distinct()).scalars()
        found |= {f"{kind}:{code}" for code in there}
    return found
