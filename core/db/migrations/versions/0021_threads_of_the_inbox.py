"""Whose turn it is in a conversation, and that staff are done with it.

Revision ID: 0021
Revises: 0020
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0021"
down_revision: str | None = "0020"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

COLUMNS = ("thread_spoken_at", "thread_waits_since", "thread_done_at")
INDEXES = (
    (
        "thread_waits",
        ["thread_waits_since", "owner_id", "snoozed_until", "id"],
        "thread_waits_since IS NOT NULL AND thread_done_at IS NULL",
    ),
    ("thread_spoken", ["thread_spoken_at"], "thread_spoken_at IS NOT NULL AND thread_done_at IS NULL"),
    ("thread_done", ["thread_done_at"], "thread_done_at IS NOT NULL"),
    ("snoozed", ["snoozed_until"], "snoozed_until IS NOT NULL"),
)
# What a person wrote, patient or staff; reactions and machines wrote nothing.
BY_PEOPLE = """
    (m.origin = 'staff' AND m.sent_at IS NOT NULL
     OR m.origin = 'patient' AND COALESCE(m.understood_as, '') NOT IN ('tapback', 'auto_reply'))
"""
TO_A_PERSON = """
    m.origin = 'patient'
    AND COALESCE(m.understood_as, '') NOT IN ('tapback', 'auto_reply', 'opt_out', 'opt_in', 'help')
"""


def upgrade() -> None:
    for name in COLUMNS:
        op.add_column("leads", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.add_column("leads", sa.Column("thread_done_by", sa.String(length=36), nullable=True))
    op.execute(f"""
        UPDATE leads SET thread_spoken_at =
            (SELECT MAX(m.created_at) FROM sms_messages m WHERE m.lead_id = leads.id AND {BY_PEOPLE})
    """)  # noqa: S608 - our own words
    # The patient's first text that nobody of the clinic wrote after.
    op.execute(f"""
        UPDATE leads SET thread_waits_since =
            (SELECT MIN(m.created_at) FROM sms_messages m WHERE m.lead_id = leads.id AND {TO_A_PERSON}
             AND NOT EXISTS (SELECT 1 FROM sms_messages n WHERE n.lead_id = leads.id AND n.origin = 'staff'
                             AND n.sent_at IS NOT NULL AND n.created_at >= m.created_at))
        WHERE state = 'open' AND thread_spoken_at IS NOT NULL
    """)  # noqa: S608 - our own words
    # One conversation a patient, at the lead where it was spoken last; what is over is done.
    op.execute("""
        UPDATE leads SET thread_spoken_at = NULL, thread_waits_since = NULL
        WHERE EXISTS (SELECT 1 FROM leads o WHERE o.patient_id = leads.patient_id
                      AND o.thread_spoken_at > leads.thread_spoken_at)
    """)
    op.execute("""
        UPDATE leads SET thread_done_at = last_event_at
        WHERE thread_spoken_at IS NOT NULL AND state IN ('closed', 'disqualified')
    """)
    for name, columns, where in INDEXES:
        op.create_index(
            f"ix_leads_{name}",
            "leads",
            columns,
            sqlite_where=sa.text(where),
            postgresql_where=sa.text(where),
        )


def downgrade() -> None:
    for name, _, _ in INDEXES:
        op.drop_index(f"ix_leads_{name}", "leads")
    for name in (*COLUMNS, "thread_done_by"):
        op.drop_column("leads", name)
