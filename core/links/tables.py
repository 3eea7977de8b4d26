"""Short links to pages of the clinic, one for each text that carries one. Only what its code hashes to is kept."""

from sqlalchemy import Column, ForeignKey, Integer, String, Table

from core.db.metadata import metadata
from core.db.types import UtcDateTime, id_column

short_links = Table(
    "short_links",
    metadata,
    id_column(),
    Column("code_hash", String(64), nullable=False, unique=True),
    Column("what", String(12), nullable=False),  # website, gallery, review, vip, booking
    Column("target", String(1000), nullable=False),  # the clinic's own page as it was published then
    Column(
        "lead_id", ForeignKey("leads.id"), index=True
    ),  # whose patient it was sent to, whoever that is by now
    Column("action_id", String(36), nullable=False),  # the text or email that carries it
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False, index=True),
    Column("first_clicked_at", UtcDateTime),  # by a person: no preview and no scanner
    Column("clicks", Integer, nullable=False, default=0),
)
