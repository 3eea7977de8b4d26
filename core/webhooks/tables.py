"""Where the clinic's other systems hear of visits, and what became of each thing that they were told."""

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, Integer, String, Table, text

from core.db.data_keys import CLINIC
from core.db.encrypted import Encrypted
from core.db.metadata import metadata
from core.db.sealing import keyed_by
from core.db.types import UtcDateTime, id_column

webhook_endpoints = Table(
    "webhook_endpoints",
    metadata,
    id_column(),
    Column("url", Encrypted("webhook_endpoints.url"), nullable=False),  # its path may be a key
    Column("secret", Encrypted("webhook_endpoints.secret"), nullable=False),
    Column("events", JSON, nullable=False),  # booking.created, ...
    Column("active", Boolean, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("made_by", String(80), nullable=False),  # whoever ran the command
    Column("removed_at", UtcDateTime),
    info=keyed_by(otherwise=CLINIC),
)

# The log: one row for each endpoint that is told of an event. What it is told stands in its timed action.
webhook_deliveries = Table(
    "webhook_deliveries",
    metadata,
    id_column(),
    Column("endpoint_id", ForeignKey("webhook_endpoints.id"), nullable=False),
    Column("event_id", String(36), nullable=False),  # as the receiver reads it: it comes again with each try
    Column("type", String(20), nullable=False),
    Column("visit_id", ForeignKey("appointments.id"), nullable=False, index=True),
    Column("action_id", String(36), nullable=False, unique=True),
    Column("made_at", UtcDateTime, nullable=False),
    Column("state", String(9), nullable=False),  # waiting, delivered, failed, dropped
    Column("tries", Integer, nullable=False),
    Column("status_code", Integer),  # of the last answer; empty where there was none
    Column("error", String(40), nullable=False),  # in a word, where there was none
    Column("tried_at", UtcDateTime),
    Column("ended_at", UtcDateTime),
    Index("ix_webhook_deliveries_made_at", "made_at"),
    Index(
        "ix_webhook_deliveries_waiting",
        "endpoint_id",
        "visit_id",
        sqlite_where=text("state = 'waiting'"),
        postgresql_where=text("state = 'waiting'"),
    ),
)
