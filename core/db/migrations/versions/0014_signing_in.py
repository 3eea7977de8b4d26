"""Signing in: delays instead of locks, known browsers, second factors, and what a session was opened with.

Revision ID: 0014
Revises: 0013
"""

import uuid
from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from cryptography.exceptions import InvalidTag

from core.db.types import keyring_of

revision: str = "0014"
down_revision: str | None = "0013"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

OF_SESSIONS = ("id", "confirmed_at", "origin", "browser", "how")


def upgrade() -> None:
    _make_counts()
    _make_factors()
    _change_sessions_and_staff()
    _index_emails()


def _make_counts() -> None:
    op.create_table(
        "sign_in_tries",
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("name_index", sa.String(length=32), nullable=True),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_sign_in_tries")),
    )
    op.create_index(op.f("ix_sign_in_tries_name_index"), "sign_in_tries", ["name_index"])
    op.create_index(op.f("ix_sign_in_tries_failed_at"), "sign_in_tries", ["failed_at"])
    op.create_table(
        "known_browsers",
        sa.Column("browser_hash", sa.String(length=64), nullable=False),
        sa.Column("staff_id", sa.String(length=36), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_known_browsers_staff_id")),
        sa.PrimaryKeyConstraint("browser_hash", "staff_id", name=op.f("pk_known_browsers")),
    )
    op.create_index(op.f("ix_known_browsers_seen_at"), "known_browsers", ["seen_at"])


def _make_factors() -> None:
    op.create_table(
        "second_factors",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("staff_id", sa.String(length=36), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_second_factors_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_second_factors")),
        sa.UniqueConstraint("staff_id", name=op.f("uq_second_factors_staff_id")),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("staff_id", sa.String(length=36), nullable=False),
        sa.Column("code_hash", sa.String(length=32), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_recovery_codes_staff_id")),
        sa.PrimaryKeyConstraint("staff_id", "code_hash", name=op.f("pk_recovery_codes")),
    )
    op.create_table(
        "provider_sign_ins",
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_provider_sign_ins")),
    )
    op.create_index(op.f("ix_provider_sign_ins_expires_at"), "provider_sign_ins", ["expires_at"])


def _change_sessions_and_staff() -> None:
    op.add_column("sessions", sa.Column("id", sa.String(36), nullable=True))
    _name_sessions()
    with op.batch_alter_table("sessions") as table:
        table.alter_column("id", existing_type=sa.String(36), nullable=False)
        table.create_unique_constraint(op.f("uq_sessions_id"), ["id"])
    op.add_column("sessions", sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("sessions", sa.Column("origin", sa.LargeBinary(), nullable=True))
    op.add_column("sessions", sa.Column("browser", sa.String(40), nullable=False, server_default=""))
    op.add_column("sessions", sa.Column("how", sa.String(12), nullable=False, server_default="password"))
    op.add_column("staff", sa.Column("email_index", sa.String(length=32), nullable=True))
    op.create_index(op.f("ix_staff_email_index"), "staff", ["email_index"])
    op.drop_column("staff", "failed_sign_ins")
    op.drop_column("staff", "locked_until")


def _name_sessions() -> None:
    connection = op.get_bind()
    sessions = sa.table("sessions", sa.column("token_hash"), sa.column("id"))
    for (token,) in connection.execute(sa.select(sessions.c.token_hash)).all():
        named = sa.update(sessions).where(sessions.c.token_hash == token)
        connection.execute(named.values(id=str(uuid.uuid4())))


def _index_emails() -> None:
    """As `core.staff.store.accounts` does it, for the addresses that are there. One that can't be read gets none."""
    connection = op.get_bind()
    keyring = keyring_of(connection.dialect)
    staff = sa.table("staff", *(sa.column(name) for name in ("id", "email", "email_index")))
    found = connection.execute(sa.select(staff.c.id, staff.c.email).where(staff.c.email.is_not(None))).all()
    for row in found:
        try:
            email = keyring.decrypt(bytes(row.email), b"staff.email").decode()
        except (KeyError, InvalidTag, ValueError):
            continue
        index = keyring.blind("staff_email", email.strip().casefold())
        connection.execute(sa.update(staff).where(staff.c.id == row.id).values(email_index=index))


def downgrade() -> None:
    op.add_column("staff", sa.Column("failed_sign_ins", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("staff", sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True))
    op.drop_index(op.f("ix_staff_email_index"), table_name="staff")
    op.drop_column("staff", "email_index")
    with op.batch_alter_table("sessions") as table:
        table.drop_constraint(op.f("uq_sessions_id"), type_="unique")
        for name in OF_SESSIONS:
            table.drop_column(name)
    for name in ("provider_sign_ins", "recovery_codes", "second_factors", "known_browsers", "sign_in_tries"):
        op.drop_table(name)
