"""Booking: what each provider, room and device is taken for, held times, blocked time, links to a booking page.

Revision ID: 0037
Revises: 0036
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

from core.db.encrypted import Encrypted
from core.db.types import UtcDateTime

revision: str = "0037"
down_revision: str | None = "0036"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

OVERLAPS = (
    "NEW.ends_at <= NEW.starts_at OR (SELECT ends_at FROM reservations WHERE resource = NEW.resource "
    "AND starts_at < NEW.ends_at AND id <> NEW.id ORDER BY starts_at DESC LIMIT 1) > NEW.starts_at"
)
GUARDS = {
    "sqlite": tuple(
        f"CREATE TRIGGER reservations_no_overlap_{name} BEFORE {when} ON reservations "
        f"WHEN {OVERLAPS} BEGIN SELECT RAISE(ABORT, 'this time is taken'); END"
        for name, when in (("insert", "INSERT"), ("update", "UPDATE OF resource, starts_at, ends_at"))
    ),
    "postgresql": (
        "CREATE EXTENSION IF NOT EXISTS btree_gist",
        "ALTER TABLE reservations ADD CONSTRAINT reservations_no_overlap "
        "EXCLUDE USING gist (resource WITH =, tstzrange(starts_at, ends_at) WITH &&)",
        "ALTER TABLE reservations ADD CONSTRAINT reservations_some_time CHECK (starts_at < ends_at)",
    ),
}


def upgrade() -> None:
    _of_visits()
    _reservations()
    _holds()
    _blocks_and_links()
    op.add_column("staff", sa.Column("gender", sa.String(12), nullable=False, server_default=""))
    op.add_column("staff", sa.Column("about", sa.String(200), nullable=False, server_default=""))


def _of_visits() -> None:
    columns: list[sa.Column[Any]] = [
        sa.Column("service", sa.String(40), nullable=False, server_default=""),
        sa.Column("ends_at", UtcDateTime()),
        sa.Column("room", sa.String(40), nullable=False, server_default=""),
        sa.Column("device", sa.String(40), nullable=False, server_default=""),
        sa.Column("price_cents", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("reference", sa.String(9)),
        sa.Column("sequence", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("came_by", sa.String(10), nullable=False, server_default="staff"),
        *(sa.Column(name, UtcDateTime()) for name in ("confirmed_at", "arrived_at", "in_room_at")),
    ]
    for column in columns:
        op.add_column("appointments", column)
    op.create_index("ix_appointments_reference", "appointments", ["reference"], unique=True)


def _reservations() -> None:
    op.create_table(
        "reservations",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("resource", sa.String(48), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("owner_kind", sa.String(6), nullable=False),
        sa.Column("owner_id", sa.String(36), nullable=False),
        sa.Column("expires_at", UtcDateTime()),
    )
    op.create_index("ix_reservations_owner_id", "reservations", ["owner_id"])
    op.create_index("ix_reservations_starts_at", "reservations", ["starts_at"])
    op.create_index("ix_reservations_resource", "reservations", ["resource", "starts_at"])
    for guard in GUARDS[op.get_bind().dialect.name]:
        op.execute(guard)


def _holds() -> None:
    op.create_table(
        "holds",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("service", sa.String(40), nullable=False),
        sa.Column("location", sa.String(64), nullable=False),
        sa.Column("provider_id", sa.String(36), sa.ForeignKey("staff.id"), nullable=False),
        sa.Column("room", sa.String(40), nullable=False),
        sa.Column("device", sa.String(40), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("lead_id", sa.String(36), sa.ForeignKey("leads.id")),
        sa.Column("visit_id", sa.String(36), sa.ForeignKey("appointments.id")),
        sa.Column("made_by", sa.String(36)),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
    )
    for name in ("lead_id", "visit_id", "expires_at"):
        op.create_index(f"ix_holds_{name}", "holds", [name])


def _blocks_and_links() -> None:
    op.create_table(
        "blocks",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("resource", sa.String(48), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("note", Encrypted("blocks.note")),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("made_by", sa.String(36), nullable=False),
    )
    op.create_index("ix_blocks_starts_at", "blocks", ["starts_at"])
    op.create_table(
        "booking_links",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.Column("lead_id", sa.String(36), sa.ForeignKey("leads.id"), nullable=False),
        sa.Column("visit_id", sa.String(36), sa.ForeignKey("appointments.id")),
        sa.Column("service", sa.String(40), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("opened_at", UtcDateTime()),
        sa.Column("browser_hash", sa.String(64)),
        sa.Column("wrong_digits", sa.Integer(), nullable=False),
        sa.UniqueConstraint("code_hash", name="uq_booking_links_code_hash"),
    )
    op.create_index("ix_booking_links_lead_id", "booking_links", ["lead_id"])
    op.create_index("ix_booking_links_expires_at", "booking_links", ["expires_at"])


def downgrade() -> None:
    op.drop_column("staff", "about")
    op.drop_column("staff", "gender")
    for name in ("booking_links", "blocks", "holds", "reservations"):
        op.drop_table(name)
    op.drop_index("ix_appointments_reference", "appointments")
    for name in (
        "in_room_at",
        "arrived_at",
        "confirmed_at",
        "came_by",
        "sequence",
        "reference",
        "price_cents",
    ):
        op.drop_column("appointments", name)
    for name in ("device", "room", "ends_at", "service"):
        op.drop_column("appointments", name)
