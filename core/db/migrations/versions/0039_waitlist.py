"""The waitlist: who waits, times that came free, whom each was offered to.

Revision ID: 0039
Revises: 0038
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from core.db.types import UtcDateTime

revision: str = "0039"
down_revision: str | None = "0038"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    _entries()
    _slots()
    _offers()


def _entries() -> None:
    op.create_table(
        "waitlist_entries",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("lead_id", sa.String(36), sa.ForeignKey("leads.id"), nullable=False),
        sa.Column("patient_id", sa.String(36), sa.ForeignKey("patients.id"), nullable=False),
        sa.Column("service", sa.String(40), nullable=False),
        sa.Column("location", sa.String(64), nullable=False),
        sa.Column("provider_id", sa.String(36), sa.ForeignKey("staff.id")),
        sa.Column("days", sa.JSON(), nullable=False),
        sa.Column("part", sa.String(9), nullable=False),
        sa.Column("notice_minutes", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("made_by", sa.String(36)),
        sa.Column("state", sa.String(7), nullable=False),
        sa.Column("ended_at", UtcDateTime()),
    )
    for name in ("lead_id", "patient_id"):
        op.create_index(f"ix_waitlist_entries_{name}", "waitlist_entries", [name])
    _where("ux_waitlist_entries_waiting", "waitlist_entries", ["lead_id", "service"], "waiting", unique=True)
    _where("ix_waitlist_entries_order", "waitlist_entries", ["created_at"], "waiting")


def _slots() -> None:
    op.create_table(
        "freed_slots",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("service", sa.String(40), nullable=False),
        sa.Column("location", sa.String(64), nullable=False),
        sa.Column("provider_id", sa.String(36), sa.ForeignKey("staff.id"), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("freed_at", UtcDateTime(), nullable=False),
        sa.Column("freed_by", sa.String(36), sa.ForeignKey("appointments.id")),
        sa.Column("visit_id", sa.String(36), sa.ForeignKey("appointments.id")),
        sa.Column("state", sa.String(7), nullable=False),
        sa.Column("reason", sa.String(24), nullable=False),
        sa.Column("ended_at", UtcDateTime()),
        sa.Column("ended_by", sa.String(36)),
    )
    op.create_index("ix_freed_slots_starts_at", "freed_slots", ["starts_at"])
    _where("ux_freed_slots_open", "freed_slots", ["provider_id", "starts_at"], "open", unique=True)


def _offers() -> None:
    op.create_table(
        "waitlist_offers",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("slot_id", sa.String(36), sa.ForeignKey("freed_slots.id"), nullable=False),
        sa.Column("entry_id", sa.String(36), sa.ForeignKey("waitlist_entries.id"), nullable=False),
        sa.Column("hold_id", sa.String(36)),
        sa.Column("action_id", sa.String(36)),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime()),
        sa.Column("ended_at", UtcDateTime()),
        sa.Column("state", sa.String(9), nullable=False),
        sa.Column("reason", sa.String(24), nullable=False),
        sa.Column("by_staff_id", sa.String(36)),
        sa.UniqueConstraint("slot_id", "entry_id", name="uq_waitlist_offers_slot_id_entry_id"),
    )
    op.create_index("ix_waitlist_offers_action_id", "waitlist_offers", ["action_id"])
    op.create_index("ix_waitlist_offers_entry_id", "waitlist_offers", ["entry_id", "made_at"])
    _where("ux_waitlist_offers_open", "waitlist_offers", ["slot_id"], "offered", unique=True)


def _where(name: str, table: str, columns: list[str], state: str, *, unique: bool = False) -> None:
    where = sa.text(f"state = '{state}'")
    op.create_index(name, table, columns, unique=unique, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    for name in ("waitlist_offers", "freed_slots", "waitlist_entries"):
        op.drop_table(name)
