"""The demo's colleagues: who works when, who is trained for what. Somebody is on shift while a location is open."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from core.db.sealing import sealed_rows
from core.domain.ids import new_id
from core.staff.store.provider import email_index
from core.staff.tables import staff

WEEK = {
    "downtown": ("08:00-20:00", "09:00-17:00", "12:00-17:00"),
    "westlake": ("09:00-19:00", "10:00-16:00", ""),
}
EARLY, LATE, WHOLE = "08:00-14:30", "13:30-20:00", ""
SIGN_INS = ("frontdesk", "manager", "marketing", "admin", "provider")


@dataclass(frozen=True)
class Colleague:
    """`shift`: weekday windows, a comma between two, '' for the whole of the location's hours.

    `pace`: 1.0 usual, lower is quicker.
    """

    username: str
    name: str
    role: str
    title: str
    location: str
    skills: tuple[str, ...]
    seniority: int
    accepts_leads: bool
    shift: str
    line: int
    pace: float = 1.0
    capacity: int = 12


EVERYTHING = ("injectables", "senior_injectables", "laser", "skin", "body", "coordination")
TREATMENTS = ("injectables", "senior_injectables", "laser", "skin", "body")
COLLEAGUES = (
    Colleague("frontdesk", "Maya Torres", "frontdesk", "coordinator", "downtown",
              ("injectables", "skin", "body", "coordination"), 2, True, WHOLE, 1, 0.7),
    Colleague("jordan", "Jordan Blake", "frontdesk", "coordinator", "downtown",
              ("injectables", "laser", "coordination"), 1, True, EARLY, 2, 1.5),
    Colleague("priya", "Priya Nair", "frontdesk", "coordinator", "downtown",
              ("injectables", "senior_injectables", "skin", "laser", "coordination"), 2, True, LATE, 3, 0.8),
    Colleague("tess", "Tess Holloway", "frontdesk", "coordinator", "westlake",
              ("laser", "skin", "body", "injectables", "coordination"), 1, True, WHOLE, 4, 1.0),
    Colleague("dana", "Dana Whitfield", "manager", "team_lead", "downtown", EVERYTHING, 3, True, WHOLE, 5, 0.9, 8),
    Colleague("manager", "Elena Ruiz", "manager", "manager", "westlake", EVERYTHING, 3, True, WHOLE, 6, 1.1, 8),
    Colleague("marketing", "Sam Okafor", "marketing", "marketing", "downtown", (), 2, False, WHOLE, 7),
    Colleague("admin", "Chris Lindqvist", "admin", "admin", "downtown", (), 3, False, WHOLE, 8),
    Colleague("provider", "Nina Castellano", "provider", "nurse_injector", "downtown",
              ("injectables", "senior_injectables"), 3, False, WHOLE, 9),
    Colleague("abena", "Abena Osei", "provider", "medical_director", "downtown", TREATMENTS, 3, False,
              "12:00-15:00,15:45-20:00", 10),
    Colleague("iris", "Iris Novak", "provider", "aesthetician", "downtown", ("laser", "body", "skin"), 2, False,
              "10:00-12:15,13:00-19:00", 11),
    Colleague("june", "June Park", "provider", "aesthetician", "downtown", ("skin", "body"), 2, False,
              "09:00-12:00,12:45-17:30", 12),
    Colleague("leo", "Leo Martins", "provider", "nurse_injector", "westlake", ("injectables", "senior_injectables"),
              3, False, "09:00-13:00,13:45-19:00", 13),
    Colleague("carmen", "Carmen Vidal", "provider", "aesthetician", "westlake", ("laser", "skin", "body"), 2, False,
              "10:00-14:00,14:45-19:00", 14),
)  # fmt: skip


def add_missing(session: Session, password_hash: str, now: datetime) -> dict[str, str]:
    """Insert the colleagues who are not there yet; ids by username."""
    known = {row.username: str(row.id) for row in session.execute(select(staff.c.username, staff.c.id))}
    new = [_row(person, password_hash, now) for person in COLLEAGUES if person.username not in known]
    for row in new:
        row["email_index"] = email_index(session, row["email"])
    if new:
        session.execute(insert(staff), sealed_rows(session, staff, new))
    return known | {row["username"]: row["id"] for row in new}


def _row(person: Colleague, password_hash: str, now: datetime) -> dict[str, Any]:
    return {
        "id": new_id(now),
        "username": person.username,
        "name": person.name,
        "role": person.role,
        "title": person.title,
        "password_hash": password_hash,
        "phone": f"+15125550{100 + person.line}",
        "email": f"{person.name.split()[0].lower()}@example.com",
        "location": person.location,
        "skills": list(person.skills),
        "seniority": person.seniority,
        "accepts_leads": person.accepts_leads,
        "capacity": person.capacity,
        "hours": hours_of(person),
        "alert_channels": ["sms"],
        "created_at": now,
    }


def hours_of(person: Colleague) -> dict[str, list[str]]:
    """Weekday ("0" Monday) to windows, as the staff table keeps them. Weekends are whole days in turn."""
    weekday, saturday, sunday = WEEK[person.location]
    windows = {str(day): (person.shift or weekday).split(",") for day in range(5)}
    return windows | {"5": [saturday]} | ({"6": [sunday]} if sunday else {})


def accounts(session: Session) -> list[str]:
    """User names of the demo's colleagues that can sign in, however they came here."""
    made_up = {(person.username, person.name) for person in COLLEAGUES}
    known = session.execute(select(staff.c.username, staff.c.name).where(staff.c.active))
    return sorted(username for username, name in known if (username, name) in made_up)
