"""Conversations from before the inbox: whose turn it is, once each, and what is over is done."""

from datetime import UTC, datetime, timedelta
from typing import Any

from alembic import command
from sqlalchemy import Connection, MetaData, Table, insert, select

from core.db.engine import Database
from core.db.migrate import alembic_config, migrate
from core.leads.tables import leads

L = leads.c
AT = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
PERSON = {
    "created_at": AT, "updated_at": AT, "first_name": b"", "last_name": b"", "zone": "America/New_York",
    "state": "", "location": "downtown", "status": "new", "vip": False, "score": 0, "source": "website",
    "acquired_at": AT, "campaign": "", "preferred_channel": "text", "texts_out": 0, "texts_in": 0,
    "phone_place": 0, "language": "",
}  # fmt: skip
LEAD = {
    "created_at": AT, "updated_at": AT, "form_type": "lead_capture", "treatment": "", "timeframe": "", "budget": "",
    "value_cents": 0, "temperature": "warm", "priority": 3, "location": "downtown", "source": "website", "medium": "",
    "campaign": "", "call_only": False, "unread": 0, "last_event_at": AT, "last_event_kind": "submitted",
    "last_event_by": "patient",
}  # fmt: skip
TEXT = {
    "message_body": b"", "segments": 1, "purpose": "", "phone": b"", "phone_index": "i", "status": "received",
    "status_rank": 10, "media_count": 0,
}  # fmt: skip


def later(minutes: int) -> datetime:
    return AT + timedelta(minutes=minutes)


def put(connection: Connection, name: str, usual: dict[str, Any], **values: Any) -> None:
    """A row as the schema before took it; SQLite's moments are texts."""
    table = Table(name, MetaData(), autoload_with=connection)
    row = usual | values
    if connection.dialect.name == "sqlite":
        row = {
            k: v.astimezone(UTC).replace(tzinfo=None) if isinstance(v, datetime) else v
            for k, v in row.items()
        }
    connection.execute(insert(table).values(**row))


def said(
    connection: Connection, id_: str, lead: str, patient: str, origin: str, minutes: int, **more: Any
) -> None:
    direction = "inbound" if origin == "patient" else "outbound"
    sent = later(minutes) if origin == "staff" else None
    whose = {"lead_id": lead, "patient_id": patient, "direction": direction, "origin": origin}
    put(connection, "sms_messages", TEXT, id=id_, created_at=later(minutes), sent_at=sent, **whose, **more)


def test_conversations_of_before_stand_in_the_inbox_as_they_are(bare_db: Database) -> None:
    with bare_db.engine.execution_options(luxe_write=True).begin() as connection:
        config = alembic_config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0020")
        for number, (lead, patient, state) in enumerate(
            [("asks", "p1", "open"), ("older", "p2", "open"), ("newer", "p2", "open"), ("over", "p3", "closed"),
             ("stopped", "p4", "open"), ("machine", "p5", "open")], 1
        ):  # fmt: skip
            if patient not in {"p2"} or lead == "older":
                put(connection, "patients", PERSON, id=patient)
            put(connection, "leads", LEAD, number=number, id=lead, patient_id=patient, state=state)
        said(connection, "1", "asks", "p1", "staff", 1)
        said(connection, "2", "asks", "p1", "patient", 2)
        said(connection, "3", "asks", "p1", "patient", 3)
        said(connection, "4", "asks", "p1", "patient", 4, understood_as="tapback")
        said(connection, "5", "older", "p2", "patient", 1)
        said(connection, "6", "newer", "p2", "staff", 2)
        said(connection, "7", "over", "p3", "patient", 1)
        said(connection, "8", "stopped", "p4", "patient", 1, understood_as="opt_out")
        said(connection, "9", "machine", "p5", "automatic", 1)
    migrate(bare_db)
    with bare_db.engine.connect() as connection:
        columns = L.id, L.thread_spoken_at, L.thread_waits_since, L.thread_done_at
        found = {row[0]: row[1:] for row in connection.execute(select(*columns))}
    assert found == {
        "asks": (later(3), later(2), None),
        "older": (None, None, None),
        "newer": (later(2), None, None),
        "over": (later(1), None, AT),
        "stopped": (later(1), None, None),
        "machine": (None, None, None),
    }
