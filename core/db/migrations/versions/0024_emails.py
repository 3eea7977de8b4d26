"""Emails that were handed over, and what may be sent to an address.

Revision ID: 0024
Revises: 0023
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from core.db.types import UtcDateTime

revision: str = "0024"
down_revision: str | None = "0023"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "emails",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("patient_id", sa.String(length=36), nullable=True),
        sa.Column("lead_id", sa.String(length=36), nullable=True),
        sa.Column("action_id", sa.String(length=36), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("template_id", sa.String(length=60), nullable=True),
        sa.Column("template_version", sa.Integer(), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=True),
        sa.Column("neutral", sa.Boolean(), nullable=True),
        sa.Column("subject", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("email_index", sa.String(length=32), nullable=True),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("error_code", sa.Integer(), nullable=True),
        sa.Column("detail", sa.String(length=16), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name=op.f("fk_emails_patient_id_patients")),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name=op.f("fk_emails_lead_id_leads")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_emails")),
        sa.UniqueConstraint("action_id", name=op.f("uq_emails_action_id")),
    )
    op.create_index("ix_emails_patient_id", "emails", ["patient_id", "created_at"])
    op.create_index("ix_emails_lead_id", "emails", ["lead_id", "created_at"])
    op.create_index("ix_emails_email_index", "emails", ["email_index"])
    op.create_table(
        "email_standing",
        sa.Column("email_index", sa.String(length=32), nullable=False),
        sa.Column("marketing_at", UtcDateTime(), nullable=True),
        sa.Column("unsubscribed_at", UtcDateTime(), nullable=True),
        sa.Column("unsubscribed_how", sa.String(length=20), nullable=True),
        sa.Column("unreachable_at", UtcDateTime(), nullable=True),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("email_index", name=op.f("pk_email_standing")),
    )
    op.add_column("consents", sa.Column("email_index", sa.String(length=32), nullable=True))
    op.create_index("ix_consents_email_index", "consents", ["email_index", "at"])


def downgrade() -> None:
    op.drop_index("ix_consents_email_index", table_name="consents")
    op.drop_column("consents", "email_index")
    op.drop_table("email_standing")
    op.drop_table("emails")
