"""What staff write around a thread: drafts, whom a note names; and automation that waits for a person.

Revision ID: 0020
Revises: 0019
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0020"
down_revision: str | None = "0019"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

UNSEEN = sa.text("seen_at IS NULL")


def upgrade() -> None:
    _drafts()
    _mentions()
    op.add_column("leads", sa.Column("paused_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("leads", sa.Column("paused_by", sa.String(length=36), nullable=True))
    op.add_column("leads", sa.Column("paused_why", sa.String(length=16), nullable=True))


def _drafts() -> None:
    op.create_table(
        "drafts",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("lead_id", sa.String(length=36), nullable=False),
        sa.Column("staff_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name=op.f("fk_drafts_lead_id_leads")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drafts")),
        sa.UniqueConstraint("lead_id", "staff_id", "kind", name=op.f("uq_drafts_lead_id_staff_id_kind")),
    )


def _mentions() -> None:
    op.create_table(
        "mentions",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("lead_id", sa.String(length=36), nullable=False),
        sa.Column("event_id", sa.String(length=36), nullable=False),
        sa.Column("staff_id", sa.String(length=36), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name=op.f("fk_mentions_lead_id_leads")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mentions")),
        sa.UniqueConstraint("event_id", "staff_id", name=op.f("uq_mentions_event_id_staff_id")),
    )
    op.create_index(
        "ix_mentions_unseen",
        "mentions",
        ["staff_id", "lead_id"],
        sqlite_where=UNSEEN,
        postgresql_where=UNSEEN,
    )


def downgrade() -> None:
    for column in ("paused_why", "paused_by", "paused_until"):
        op.drop_column("leads", column)
    op.drop_index("ix_mentions_unseen", table_name="mentions")
    op.drop_table("mentions")
    op.drop_table("drafts")
