"""What was said of contact before attempts and conversations were told apart is read anew from the timelines."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from alembic import command
from sqlalchemy import Connection, MetaData, insert, select

from core.db.engine import Database
from core.db.migrate import alembic_config, migrate, take_back

AT = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
NOTHING: Mapping[str, Any] = {}


def up_to(database: Database, revision: str) -> None:
    with database.engine.execution_options(luxe_write=True).begin() as connection:
        config = alembic_config()
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


class Past:
    """Rows of the schema before, told lead by lead."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.tables = MetaData()
        self.tables.reflect(connection)
        self.told = 0

    def add(self, table: str, **values: Any) -> None:
        self.connection.execute(insert(self.tables.tables[table]).values(**values))

    def lead(self, name: str, *, patient: Mapping[str, Any] = NOTHING, **stages: datetime) -> None:
        self.add(
            "patients",
            id=f"p-{name}",
            created_at=AT,
            updated_at=AT,
            first_name=b"",
            last_name=b"",
            zone="America/New_York",
            state="FL",
            location="downtown",
            status="contacted",
            score=0,
            preferred_channel="",
            source="website",
            campaign="",
            acquired_at=AT,
            vip=False,
            texts_in=0,
            texts_out=0,
            **patient,
        )
        self.add(
            "leads",
            id=name,
            patient_id=f"p-{name}",
            created_at=AT,
            updated_at=AT,
            state="booked" if "booked_at" in stages else "open",
            form_type="lead_capture",
            treatment="",
            timeframe="",
            budget="",
            value_cents=0,
            temperature="warm",
            priority=3,
            location="downtown",
            source="website",
            medium="",
            campaign="",
            call_only=False,
            unread=0,
            last_event_at=AT,
            last_event_kind="called",
            last_event_by="staff",
            contacted_at=AT + MINUTE,
            **stages,
        )
        self.add(
            "conversion_events",
            id=f"c-{name}",
            patient_id=f"p-{name}",
            lead_id=name,
            event_type="contacted",
            event_timestamp=AT + MINUTE,
            value_cents=0,
            metadata={},
        )

    def event(self, lead: str, minute: int, kind: str, by: str = "staff", **data: str) -> None:
        self.told += 1
        self.add(
            "lead_events",
            id=f"e-{self.told}",
            lead_id=lead,
            at=AT + minute * MINUTE,
            kind=kind,
            by_kind=by,
            data=data,
        )


@pytest.fixture
def migrated(bare_db: Database) -> dict[str, Any]:
    """Each lead by its id as it stands afterwards, with what else became of it."""
    up_to(bare_db, "0005")
    with bare_db.engine.execution_options(luxe_write=True).begin() as connection:
        past = Past(connection)
        for name in ("tried", "talked", "wrote", "exchanged", "told_nothing"):
            past.lead(name)
        past.lead("booked", booked_at=AT + 9 * MINUTE)
        past.event("tried", 1, "called", outcome="no_answer")
        past.event("tried", 3, "called", outcome="voicemail")
        past.event("talked", 1, "called", outcome="voicemail")
        past.event("talked", 7, "called", outcome="talked")
        past.event("wrote", 1, "text_sent")
        past.event("wrote", 2, "replied", "patient", understood_as="stop")
        past.event("exchanged", 1, "text_sent")
        past.event("exchanged", 4, "replied", "patient", understood_as="reply")
        past.event("booked", 1, "called", outcome="voicemail")
    migrate(bare_db)
    with bare_db.engine.connect() as connection:
        now = MetaData()
        now.reflect(connection)
        found = {table.name: connection.execute(select(table)).all() for table in now.sorted_tables}
    return found


def since(moment: datetime | None) -> int | None:
    """Minutes after the form."""
    return None if moment is None else round((moment.replace(tzinfo=UTC) - AT) / MINUTE)


def test_calls_that_reached_nobody_are_attempts_from_now_on(migrated: dict[str, Any]) -> None:
    """Contact is when they first spoke; where a timeline tells of nothing, nothing is argued with."""
    assert {row.id: (since(row.attempted_at), since(row.contacted_at)) for row in migrated["leads"]} == {
        "tried": (1, None),
        "talked": (1, 7),
        "wrote": (1, None),
        "exchanged": (1, 4),
        "booked": (1, 9),
        "told_nothing": (1, 1),
    }


def test_figures_and_patients_follow(migrated: dict[str, Any]) -> None:
    events = [(row.lead_id, row.event_type) for row in migrated["conversion_events"]]
    assert sorted(lead for lead, kind in events if kind == "attempted") == sorted(
        row.id for row in migrated["leads"]
    )
    assert sorted(lead for lead, kind in events if kind == "contacted") == [
        "booked",
        "exchanged",
        "talked",
        "told_nothing",
    ]
    new = {row.id for row in migrated["patients"] if row.status == "new"}
    assert new == {"p-tried", "p-wrote"}


def test_calls_and_bookings_of_the_past_are_kept_as_rows(migrated: dict[str, Any]) -> None:
    calls = sorted((row.lead_id, row.outcome) for row in migrated["lead_calls"])
    assert calls == [
        ("booked", "voicemail"),
        ("talked", "talked"),
        ("talked", "voicemail"),
        ("tried", "no_answer"),
        ("tried", "voicemail"),
    ]
    assert [(row.lead_id, row.state, row.starts_at) for row in migrated["appointments"]] == [
        ("booked", "booked", None)
    ]


def test_the_way_back_is_open(bare_db: Database, migrated: dict[str, Any]) -> None:
    """A version that is taken back finds its figures as it knew them."""
    assert migrated
    take_back(bare_db, "0005")
    with bare_db.engine.connect() as connection:
        tables = MetaData()
        tables.reflect(connection)
        found = connection.execute(select(tables.tables["leads"].c.contacted_at)).scalars().all()
        kinds = set(connection.execute(select(tables.tables["conversion_events"].c.event_type)).scalars())
    assert [since(moment) for moment in found] == [1] * 6
    assert kinds == {"contacted"}
