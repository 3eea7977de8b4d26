"""Made-up people and forms for tests."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Table, delete, insert, select
from sqlalchemy.orm import Session

from core.assignment.tables import assignment_rules
from core.db.prepared import InsertOne
from core.domain.ids import new_id
from core.domain.roles import Actor, Role
from core.intake.submission import ConsentGiven, Origin, Submission
from core.staff.tables import staff
from core.versions.tables import versions

EVERY_DAY = {str(day): ["07:00-22:00"] for day in range(7)}
WORDING = "I agree to receive texts from Luxe Medical Spa LLC at the number provided."
PEOPLE: tuple[tuple[str, str, str, str, list[str], bool, str | None], ...] = (
    (
        "frontdesk",
        "Maya Torres",
        "frontdesk",
        "coordinator",
        ["injectables", "skin", "coordination", "body"],
        True,
        "+15125550171",
    ),
    (
        "jordan",
        "Jordan Blake",
        "frontdesk",
        "coordinator",
        ["injectables", "laser", "coordination"],
        True,
        "+15125550172",
    ),
    ("manager", "Elena Ruiz", "manager", "manager", [], True, "+15125550173"),
    ("marketing", "Sam Okafor", "marketing", "marketing", [], False, None),
    ("admin", "Chris Lindqvist", "admin", "admin", [], False, None),
    (
        "provider",
        "Nina Castellano",
        "provider",
        "nurse_injector",
        ["injectables", "senior_injectables"],
        False,
        None,
    ),
)


def put(session: Session, table: Table, **values: Any) -> None:
    """One row straight into a table, its encrypted values sealed; what is left out takes its default."""
    InsertOne(table).run(session, **values)


def add_staff(session: Session, now: datetime) -> None:
    """Six colleagues, on shift every day; nobody can sign in with a password until a test sets one."""
    for username, name, role, title, skills, accepts, phone in PEOPLE:
        put(
            session,
            staff,
            id=new_id(now),
            username=username,
            name=name,
            role=role,
            title=title,
            password_hash="!",
            phone=phone,
            email=f"{username}@example.com",
            skills=skills,
            accepts_leads=accepts,
            seniority=3 if role == "manager" else 1,
            location="downtown",
            hours=EVERY_DAY,
            alert_channels=["sms"],
            created_at=now,
        )


def add_rules(session: Session, now: datetime) -> None:
    """A row of the table that mirrors the rules. What decides is what ships, until a test publishes something."""
    session.execute(
        insert(assignment_rules).values(
            id=new_id(now),
            name="Coordinators by turn",
            priority=1,
            conditions={},
            assign_to={"titles": ["coordinator"]},
            created_at=now,
        )
    )


def follow_everybody_alike(session: Session, now: datetime) -> None:
    """Every form begins the lead sequence, as in a clinic that retired the one for consultation requests: most tests
    are about what happens to a sequence under way, whichever it is. Tests of the others bring it back."""
    put(
        session,
        versions,
        id=new_id(now),
        kind="sequence",
        key="consultation",
        number=2,
        state="published",
        retired=True,
        revision=1,
        body={},
        note="",
        made_at=now,
        saved_at=now,
        published_at=now,
    )


def follow_as_shipped(session: Session) -> None:
    """Every form begins the sequence that ships for it."""
    session.execute(delete(versions).where(versions.c.kind == "sequence"))


def actor(session: Session, username: str) -> Actor:
    """A colleague as the console knows them."""
    row = session.execute(
        select(staff.c.id, staff.c.name, staff.c.role).where(staff.c.username == username)
    ).one()
    return Actor(row.id, row.name, Role(row.role))


def submission(**changes: Any) -> Submission:
    """A consultation request with both boxes ticked, sent at 10:00 on a Monday in New York."""
    usual = Submission(
        connector="generic",
        external_id="form-1",
        source="website",
        form_type="consultation_request",
        submitted_at=datetime(2026, 11, 23, 15, 0, tzinfo=UTC),
        first_name="Omar",
        last_name="Reyes",
        phone="+14075550155",
        email="omar@example.com",
        treatment="botox",
        timeframe="this_week",
        consents=(
            ConsentGiven("transactional", True, WORDING, "2026-10"),
            ConsentGiven("marketing", True, WORDING, "2026-10"),
        ),
        utm={"utm_source": "google", "utm_campaign": "spring"},
        origin=Origin(ip="203.0.113.9"),
    )
    return replace(usual, **changes)
