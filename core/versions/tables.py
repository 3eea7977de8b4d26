"""What the clinic drafts and publishes in versions, one table: templates, sequences, rules, policies, quick texts."""

from sqlalchemy import JSON, Boolean, Column, Index, Integer, String, Table, Text, UniqueConstraint, text

from core.db.metadata import metadata
from core.db.types import UtcDateTime, id_column

DRAFT, PUBLISHED, SUPERSEDED = "draft", "published", "superseded"

versions = Table(
    "versions",
    metadata,
    id_column(),
    Column("kind", String(24), nullable=False),
    Column("key", String(60), nullable=False),
    Column("number", Integer, nullable=False),  # counts up; what is under way is pinned to it
    Column("state", String(10), nullable=False),  # draft, published, superseded
    Column("retired", Boolean, nullable=False, default=False),  # published to say: not used any more
    Column("revision", Integer, nullable=False),  # counts a draft's savings: a stale one changes nothing
    Column("body", JSON, nullable=False),  # never changed once published
    Column("note", Text, nullable=False, default=""),
    Column("restored_from", Integer),
    Column("made_at", UtcDateTime, nullable=False),
    Column("made_by", String(36)),  # None: it came with the product
    Column("saved_at", UtcDateTime, nullable=False),
    Column("saved_by", String(36)),
    Column("published_at", UtcDateTime),
    Column("published_by", String(36)),
    UniqueConstraint("kind", "key", "number"),
    # At most one draft and one published of each: two who publish at once meet here, not in Python.
    Index(
        "ix_versions_draft",
        "kind",
        "key",
        unique=True,
        sqlite_where=text("state = 'draft'"),
        postgresql_where=text("state = 'draft'"),
    ),
    Index(
        "ix_versions_published",
        "kind",
        "key",
        unique=True,
        sqlite_where=text("state = 'published'"),
        postgresql_where=text("state = 'published'"),
    ),
)
