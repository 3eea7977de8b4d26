"""Booking in tests: a Monday at 10:00 on which two providers work, one of whom gives facials and laser."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from core.booking import store as visits
from core.booking import store_reservations as reservations
from core.booking.store import Visit
from core.booking.store_holds import LINK, Hold
from core.booking.tables import reservations as reservations_table
from core.domain.ids import new_id
from core.domain.roles import PATIENT
from core.flows.booking import booking, holding
from core.flows.booking.holding import Holder
from core.free_times import Slot, Wish, read
from core.staff.tables import staff
from tests.conftest import TestApp
from tests.factories import EVERY_DAY, put, submission
from tests.flows.dispatching import take_in
from tests.flows.staffing import do, who

HOLD = timedelta(minutes=5)
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


def add_provider(app: TestApp, username: str, name: str, skills: list[str], **more: Any) -> str:
    """One more who gives treatments, every day from 7 to 22; their id."""
    now = app.clock.now()
    values = {
        "id": new_id(now),
        "username": username,
        "name": name,
        "role": "provider",
        "title": "aesthetician",
        "password_hash": "!",
        "skills": skills,
        "location": "downtown",
        "hours": EVERY_DAY,
        "alert_channels": [],
        "created_at": now,
    } | more
    with app.db.write() as session:
        put(session, staff, **values)
    return str(values["id"])


def a_lead(app: TestApp, number: int = 0, **changes: Any) -> str:
    """Somebody who sent a form and is not booked; the lead's id."""
    form = submission(
        external_id=f"booking-{number}",
        phone=f"+1407555{number:04d}" if number else "+14075550155",
        email=f"b{number}@example.com",
        **changes,
    )
    lead_id = take_in(app, form).lead_id
    assert lead_id
    return lead_id


def wish(app: TestApp, service: str = "hydrafacial", **more: Any) -> Wish:
    return Wish(app.reference.bookable.services[service], "downtown", **more)


def free(app: TestApp, wanted: Wish, days: int = 2) -> list[Slot]:
    now = app.clock.now()
    with app.db.read() as session:
        return read(session, app.reference, now, now + days * DAY, now).free(wanted)


def hold(app: TestApp, lead_id: str, wanted: Wish, at: datetime, **more: Any) -> Hold:
    found = do(app, holding.hold, app.reference, wanted, at, Holder(LINK, HOLD, lead_id, **more))
    assert isinstance(found, Hold)
    return found


def confirm(app: TestApp, lead_id: str, hold_id: str) -> Visit:
    found = do(app, booking.confirm, app.reference, PATIENT, lead_id, hold_id, "link")
    assert isinstance(found, Visit)
    return found


def booked(app: TestApp, lead_id: str, wanted: Wish, at: datetime) -> Visit:
    return confirm(app, lead_id, hold(app, lead_id, wanted, at).id)


def kept(app: TestApp, owner_id: str) -> list[str]:
    """The resources that are kept for it."""
    with app.db.read() as session:
        return [one.resource for one in reservations.of_owner(session, owner_id)]


def overlaps(app: TestApp) -> list[tuple[str, str]]:
    """Pairs of reservations of one resource that overlap: never any."""
    r = reservations_table.c
    with app.db.read() as session:
        every = session.execute(select(r.id, r.resource, r.starts_at, r.ends_at).order_by(r.starts_at)).all()
    return [
        (one.id, other.id)
        for number, one in enumerate(every)
        for other in every[number + 1 :]
        if one.resource == other.resource and one.ends_at > other.starts_at
    ]


def visit(app: TestApp, visit_id: str) -> Visit:
    with app.db.read() as session:
        return visits.get(session, visit_id)


__all__ = [
    "DAY", "HOLD", "MINUTE", "a_lead", "add_provider", "booked", "confirm", "free", "hold", "kept", "overlaps", "visit",
    "who", "wish",
]  # fmt: skip
