"""Alarms that a patient's words raised, and what staff write around a thread: drafts, and who a note names."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, UniqueConstraint, text

from core.db.encrypted import Encrypted
from core.db.metadata import metadata
from core.db.sealing import keyed_by
from core.db.types import UtcDateTime, id_column

OPEN = text("acknowledged_at IS NULL")
URGENT = text("ended_at IS NULL")
UNSEEN = text("seen_at IS NULL")

alarms = Table(
    "alarms",
    metadata,
    id_column(),
    Column("lead_id", ForeignKey("leads.id"), nullable=False),
    Column("text_id", String(36), nullable=False),  # the one that raised it
    Column("raised_at", UtcDateTime, nullable=False),
    Column("priority_before", Integer, nullable=False),  # what the lead goes back to
    Column("acknowledged_at", UtcDateTime),  # nobody is told again from then on
    Column("acknowledged_by", String(36)),
    Column("ended_at", UtcDateTime),  # a person has reached the patient: no longer urgent
    # One that nobody has acknowledged for each lead: a second cry joins the first.
    Index("ix_alarms_open", "lead_id", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),
    Index("ix_alarms_urgent", "lead_id", "raised_at", sqlite_where=URGENT, postgresql_where=URGENT),
    Index("ix_alarms_lead_id", "lead_id", "raised_at"),
)

# What somebody is writing in a thread and has not sent: one text and one note for each person.
drafts = Table(
    "drafts",
    metadata,
    id_column(),
    Column("lead_id", ForeignKey("leads.id"), nullable=False),
    Column("staff_id", String(36), nullable=False),
    Column("kind", String(8), nullable=False),  # text, note
    Column("body", Encrypted("drafts.body"), nullable=False),
    Column("revision", Integer, nullable=False),  # counts savings: one from another window changes nothing
    Column("saved_at", UtcDateTime, nullable=False),
    UniqueConstraint("lead_id", "staff_id", "kind"),
    info=keyed_by("lead_id"),
)

# Who was named in a note, and whether they have looked at the thread since. The words are the note's.
mentions = Table(
    "mentions",
    metadata,
    id_column(),
    Column("lead_id", ForeignKey("leads.id"), nullable=False),
    Column("event_id", String(36), nullable=False),  # the note
    Column("staff_id", String(36), nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime),
    UniqueConstraint("event_id", "staff_id"),
    Index("ix_mentions_unseen", "staff_id", "lead_id", sqlite_where=UNSEEN, postgresql_where=UNSEEN),
)

# Who said that a text means something else than it was read as. What the text itself is read as stands beside it.
reading_corrections = Table(
    "reading_corrections",
    metadata,
    id_column(),
    Column("text_id", String(36), nullable=False),
    Column("lead_id", ForeignKey("leads.id"), nullable=False),
    Column("was", String(24), nullable=False),
    Column("becomes", String(24), nullable=False),
    Column("staff_id", String(36), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index("ix_reading_corrections_text_id", "text_id", "at"),
    Index("ix_reading_corrections_lead_id", "lead_id"),
)
