"""Several people on one number; possible duplicates, merges and corrections; whose words a text holds.

Revision ID: 0009
Revises: 0008
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None
OPEN = sa.text("state = 'open'")


def upgrade() -> None:
    with op.batch_alter_table("patients") as batch:
        batch.add_column(sa.Column("phone_place", sa.Integer(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("language", sa.String(length=2), nullable=False, server_default=""))
        batch.add_column(sa.Column("merged_into", sa.String(length=36), nullable=True))
        batch.drop_constraint("uq_patients_phone_index", type_="unique")
        batch.create_unique_constraint("uq_patients_phone_index_phone_place", ["phone_index", "phone_place"])
    with op.batch_alter_table("patients") as batch:
        batch.alter_column("phone_place", server_default=None)
        batch.alter_column("language", server_default=None)
    op.add_column("sms_messages", sa.Column("whose", sa.String(length=8), nullable=True))
    _new_tables()


def _new_tables() -> None:
    op.create_table(
        "possible_duplicates",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("patient_id", sa.String(length=36), nullable=False),
        sa.Column("other_id", sa.String(length=36), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(length=36), nullable=True),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patients.id"], name=op.f("fk_possible_duplicates_patient_id")
        ),
        sa.ForeignKeyConstraint(["other_id"], ["patients.id"], name=op.f("fk_possible_duplicates_other_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_possible_duplicates")),
        sa.UniqueConstraint(
            "patient_id", "other_id", name=op.f("uq_possible_duplicates_patient_id_other_id")
        ),
    )
    op.create_index("ix_possible_duplicates_other_id", "possible_duplicates", ["other_id"])
    op.create_index(
        "ix_possible_duplicates_open",
        "possible_duplicates",
        ["found_at"],
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.create_table(
        "merges",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("kept_id", sa.String(length=36), nullable=False),
        sa.Column("gone_id", sa.String(length=36), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("staff_id", sa.String(length=36), nullable=False),
        sa.Column("moved", sa.JSON(), nullable=False),
        sa.Column("before", sa.LargeBinary(), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.String(length=36), nullable=True),
        sa.ForeignKeyConstraint(["kept_id"], ["patients.id"], name=op.f("fk_merges_kept_id")),
        sa.ForeignKeyConstraint(["gone_id"], ["patients.id"], name=op.f("fk_merges_gone_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merges")),
    )
    op.create_index("ix_merges_kept_id", "merges", ["kept_id"])
    op.create_table(
        "corrections",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("batch", sa.String(length=36), nullable=False),
        sa.Column("patient_id", sa.String(length=36), nullable=False),
        sa.Column("lead_id", sa.String(length=36), nullable=False),
        sa.Column("field", sa.String(length=24), nullable=False),
        sa.Column("was", sa.LargeBinary(), nullable=False),
        sa.Column("became", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("staff_id", sa.String(length=36), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.String(length=36), nullable=True),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name=op.f("fk_corrections_patient_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_corrections")),
    )
    op.create_index("ix_corrections_batch", "corrections", ["batch"])
    op.create_index("ix_corrections_patient_id", "corrections", ["patient_id"])


def downgrade() -> None:
    """Only while no two people share a number: the older schema has no room for them."""
    op.drop_table("corrections")
    op.drop_table("merges")
    op.drop_table("possible_duplicates")
    op.drop_column("sms_messages", "whose")
    with op.batch_alter_table("patients") as batch:
        batch.drop_constraint("uq_patients_phone_index_phone_place", type_="unique")
        batch.create_unique_constraint("uq_patients_phone_index", ["phone_index"])
        batch.drop_column("merged_into")
        batch.drop_column("language")
        batch.drop_column("phone_place")
