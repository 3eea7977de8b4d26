"""A clinic with exactly fifty times to give: five providers, ten whole hours of tomorrow, a room for each."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from bench.crowd import Crowd, numbers
from core.app import App
from core.booking import store_links as links
from core.domain.ids import new_id
from core.operations import store as operations
from core.setup.bookable import RESOURCES, RULES, shipped
from core.staff.tables import staff
from core.versions.tables import versions
from tests.factories import put

PROVIDERS, HOURS = 5, range(9, 19)
SLOTS = PROVIDERS * len(HOURS)
SERVICE = "hydrafacial"  # 50 minutes and 10 of clean-up
HOLD_MINUTES = 1
KEY = "fight-secret-fight-secret-fight-1"
EVERY_DAY = [str(day) for day in range(7)]
DROPS = {
    "sqlite": (
        "DROP TRIGGER reservations_no_overlap_insert",
        "DROP TRIGGER reservations_no_overlap_update",
    ),
    "postgresql": ("ALTER TABLE reservations DROP CONSTRAINT reservations_no_overlap",),
}


def make(app: App) -> None:
    """Providers, rooms, whole hours; what ships of the rest."""
    now = app.clock.now()
    with app.db.write() as session:
        session.execute(insert(staff), [_provider(number, now) for number in range(PROVIDERS)])
        publish(session, RESOURCES, {"resources": [room(number) for number in range(PROVIDERS)]}, now)
        rules = {**shipped(RULES)[RULES], "step": 60, "hold": HOLD_MINUTES, "notice": 0}
        publish(session, RULES, rules, now)
        publish(session, "calendar", open_all_day(), now, key="downtown")
        operations.note_published(session, by=None, now=now)


def _provider(number: int, now: datetime) -> dict[str, Any]:
    return {
        "id": f"provider-{number}", "username": f"provider{number}", "name": f"Person {number}", "role": "provider",
        "password_hash": "!", "skills": ["skin"], "hours": {day: ["09:00-19:00"] for day in EVERY_DAY},
        "alert_channels": [], "created_at": now, "location": "downtown",
    }  # fmt: skip


def room(number: int) -> dict[str, Any]:
    """One more room downtown, for everything."""
    place = {"code": f"room-{number}", "label": f"Room {number}", "kind": "room", "location": "downtown"}
    return {**place, "types": ["treatment", "laser", "consultation"], "retired": False}


def open_all_day() -> dict[str, Any]:
    """Whatever the date on which somebody measures."""
    names = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    return {"week": {name: ["08:00-20:00"] for name in names}, "holidays": [], "days": []}


def publish(session: Session, kind: str, body: Any, now: datetime, key: str = "") -> None:
    """Beside what ships; `operations.note_published` makes it known."""
    put(
        session, versions, id=new_id(now), kind=kind, key=key or kind, number=2, state="published", retired=False,
        revision=1, body=body, note="", made_at=now, saved_at=now, published_at=now,
    )  # fmt: skip


def people(app: App, many: int) -> list[str]:
    """The code of a link to each one's own booking page."""
    phones = numbers(many)
    crowd = Crowd(app)
    crowd.meet(phones)
    now = app.clock.now()
    with app.db.write() as session:
        return [
            links.make(
                session,
                crowd.known(phone)[0],
                "fight",
                service=SERVICE,
                expires_at=now + timedelta(days=7),
                now=now,
            )
            for phone in phones
        ]


def take_the_constraint_away(app: App) -> None:
    """To see that the checks would find what it bars."""
    with app.db.engine.begin() as connection:
        for statement in DROPS[connection.dialect.name]:
            connection.execute(text(statement))
