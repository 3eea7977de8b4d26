"""An attempt is told from a conversation; logged calls, tasks of one's own and visits have their place.

Revision ID: 0010
Revises: 0009
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

MOMENT = sa.DateTime(timezone=True)
ORDERS = ("stop", "stop_plain", "wrong_number", "help", "start")
BATCH = 500

leads = sa.table(
    "leads",
    sa.column("id", sa.String),
    sa.column("patient_id", sa.String),
    sa.column("state", sa.String),
    sa.column("location", sa.String),
    sa.column("value_cents", sa.Integer),
    *(
        sa.column(name, MOMENT)
        for name in ("attempted_at", "contacted_at", "booked_at", "attended_at", "treated_at")
    ),
)
events = sa.table(
    "lead_events",
    sa.column("id", sa.String),
    sa.column("lead_id", sa.String),
    sa.column("at", MOMENT),
    sa.column("kind", sa.String),
    sa.column("by_kind", sa.String),
    sa.column("staff_id", sa.String),
    sa.column("data", sa.JSON),
)
calls = sa.table(
    "lead_calls",
    sa.column("id", sa.String),
    sa.column("lead_id", sa.String),
    sa.column("staff_id", sa.String),
    sa.column("at", MOMENT),
    sa.column("outcome", sa.String),
    sa.column("applied_at", MOMENT),
    sa.column("effects", sa.JSON),
)
conversions = sa.table(
    "conversion_events",
    sa.column("id", sa.String),
    sa.column("patient_id", sa.String),
    sa.column("lead_id", sa.String),
    sa.column("event_type", sa.String),
    sa.column("event_timestamp", MOMENT),
    sa.column("value_cents", sa.Integer),
    sa.column("metadata", sa.JSON),
)
visits = sa.table(
    "appointments",
    sa.column("id", sa.String),
    sa.column("lead_id", sa.String),
    sa.column("patient_id", sa.String),
    sa.column("created_at", MOMENT),
    sa.column("location", sa.String),
    sa.column("kind", sa.String),
    sa.column("value_cents", sa.Integer),
    sa.column("state", sa.String),
)
patients = sa.table("patients", sa.column("id", sa.String), sa.column("status", sa.String))


def upgrade() -> None:
    _schema()
    connection = op.get_bind()
    _keep_calls(connection)
    _tell_attempts_from_conversations(connection)
    _keep_visits(connection)


def _schema() -> None:
    op.add_column("leads", sa.Column("attempted_at", MOMENT, nullable=True))
    op.add_column("leads", sa.Column("wrong_number_at", MOMENT, nullable=True))
    op.add_column("tasks", sa.Column("made_by", sa.String(length=36), nullable=True))
    op.add_column("tasks", sa.Column("words", sa.LargeBinary(), nullable=True))
    op.add_column("tasks", sa.Column("alert_id", sa.String(length=36), nullable=True))
    still_open = sa.text("done_at IS NULL")
    op.create_index(
        "ix_tasks_open", "tasks", ["due_at"], sqlite_where=still_open, postgresql_where=still_open
    )
    op.add_column("enrollments", sa.Column("stopped_again_at", MOMENT, nullable=True))
    op.create_table(
        "lead_calls",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("lead_id", sa.String(length=36), nullable=False),
        sa.Column("staff_id", sa.String(length=36), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("applied_at", MOMENT, nullable=False),
        sa.Column("effects", sa.JSON(), nullable=False),
        sa.Column("undone_at", MOMENT, nullable=True),
        sa.Column("corrected_at", MOMENT, nullable=True),
        sa.Column("corrected_by", sa.String(length=36), nullable=True),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name=op.f("fk_lead_calls_lead_id_leads")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lead_calls")),
    )
    op.create_index(op.f("ix_lead_calls_lead_id"), "lead_calls", ["lead_id"])
    op.create_table(
        "appointments",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("lead_id", sa.String(length=36), nullable=False),
        sa.Column("patient_id", sa.String(length=36), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("made_by", sa.String(length=36), nullable=True),
        sa.Column("starts_at", MOMENT, nullable=True),
        sa.Column("location", sa.String(length=64), nullable=False),
        sa.Column("provider_id", sa.String(length=36), nullable=True),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("value_cents", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("ended_by", sa.String(length=36), nullable=True),
        sa.Column("reason", sa.String(length=24), nullable=True),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name=op.f("fk_appointments_lead_id_leads")),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patients.id"], name=op.f("fk_appointments_patient_id_patients")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointments")),
    )
    for column in ("lead_id", "patient_id", "starts_at"):
        op.create_index(op.f(f"ix_appointments_{column}"), "appointments", [column])
    ahead = sa.text("state = 'booked'")
    op.create_index(
        "ux_appointments_ahead",
        "appointments",
        ["lead_id"],
        unique=True,
        sqlite_where=ahead,
        postgresql_where=ahead,
    )


def _insert(connection: sa.Connection, table: sa.TableClause, rows: list[dict[str, Any]]) -> None:
    for start in range(0, len(rows), BATCH):
        connection.execute(sa.insert(table), rows[start : start + BATCH])


def _keep_calls(connection: sa.Connection) -> None:
    """Each 'called' of a timeline becomes a row; what it changed is not known any more, so none can be undone."""
    found = connection.execute(sa.select(events).where(events.c.kind == "called")).all()
    rows = [
        {
            "id": row.id,
            "lead_id": row.lead_id,
            "staff_id": row.staff_id,
            "at": row.at,
            "outcome": row.data.get("outcome", "talked"),
            "applied_at": row.at,
            "effects": {},
        }
        for row in found
    ]
    _insert(connection, calls, rows)


def _tell_attempts_from_conversations(connection: sa.Connection) -> None:
    """`contacted_at` was set by any call or text; from now on only by a conversation."""
    told = _told(connection)
    connection.execute(sa.update(conversions).where(_of_kind("contacted")).values(event_type="attempted"))
    conversed: list[dict[str, Any]] = []
    for lead in connection.execute(sa.select(leads).where(leads.c.contacted_at.is_not(None))).all():
        spoken = _conversation(lead, told.get(lead.id, {}))
        values = {"attempted_at": lead.contacted_at, "contacted_at": spoken}
        connection.execute(sa.update(leads).where(leads.c.id == lead.id).values(**values))
        if spoken:
            conversed.append(
                {
                    "id": str(uuid4()),
                    "patient_id": lead.patient_id,
                    "lead_id": lead.id,
                    "event_type": "contacted",
                    "event_timestamp": spoken,
                    "value_cents": 0,
                    "metadata": {},
                }
            )
    _insert(connection, conversions, conversed)
    spoke = sa.select(leads.c.patient_id).where(leads.c.contacted_at.is_not(None))
    only_tried = (patients.c.status == "contacted") & patients.c.id.not_in(spoke)
    connection.execute(sa.update(patients).where(only_tried).values(status="new"))


def _of_kind(kind: str) -> sa.ColumnElement[bool]:
    return conversions.c.event_type == kind


def _told(connection: sa.Connection) -> dict[str, dict[str, datetime]]:
    """By lead, when each of these first happened: talked, tried, wrote (staff), replied (patient)."""
    told: dict[str, dict[str, datetime]] = defaultdict(dict)
    wanted = sa.select(events).where(events.c.kind.in_(("called", "text_sent", "replied")))
    for row in connection.execute(wanted.order_by(events.c.at)):
        word = _word(row)
        if word:
            told[row.lead_id].setdefault(word, row.at)
    return told


def _word(row: Any) -> str:
    if row.kind == "called":
        outcome = row.data.get("outcome")
        return {"talked": "talked", "wrong_number": ""}.get(outcome, "tried")
    if row.kind == "text_sent":
        return "wrote" if row.by_kind == "staff" else ""
    return "" if row.data.get("understood_as") in ORDERS else "replied"


def _conversation(lead: Any, told: dict[str, datetime]) -> datetime | None:
    """When they first spoke. A timeline that tells of no attempt at all is not argued with."""
    if not told.keys() & {"talked", "tried", "wrote"}:
        return lead.contacted_at  # type: ignore[no-any-return]
    moments = [lead.booked_at, lead.attended_at, lead.treated_at, told.get("talked")]
    if "wrote" in told and "replied" in told:
        moments.append(max(told["wrote"], told["replied"]))
    return min((moment for moment in moments if moment), default=None)


def _keep_visits(connection: sa.Connection) -> None:
    """A booking that was only marked becomes a visit without a date."""
    rows = [
        {
            "id": str(uuid4()),
            "lead_id": lead.id,
            "patient_id": lead.patient_id,
            "created_at": lead.booked_at,
            "location": lead.location,
            "kind": "",
            "value_cents": lead.value_cents,
            "state": "attended" if lead.attended_at or lead.treated_at else "booked",
        }
        for lead in connection.execute(sa.select(leads).where(leads.c.booked_at.is_not(None)))
    ]
    _insert(connection, visits, rows)


def downgrade() -> None:
    connection = op.get_bind()
    connection.execute(
        sa.update(leads).values(contacted_at=sa.func.coalesce(leads.c.attempted_at, leads.c.contacted_at))
    )
    connection.execute(sa.delete(conversions).where(_of_kind("contacted")))
    connection.execute(sa.update(conversions).where(_of_kind("attempted")).values(event_type="contacted"))
    op.drop_table("appointments")
    op.drop_table("lead_calls")
    op.drop_column("enrollments", "stopped_again_at")
    op.drop_index("ix_tasks_open", "tasks")
    for column in ("alert_id", "words", "made_by"):
        op.drop_column("tasks", column)
    for column in ("wrong_number_at", "attempted_at"):
        op.drop_column("leads", column)
