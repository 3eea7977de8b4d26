"""The database knows its keys, and what is plain in it tells of nobody: no index of names, no bare hash, no campaign.

Revision ID: 0016
Revises: 0015
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

from core.db.types import keyring_of
from core.intake.impersonal import impersonal

revision: str = "0016"
down_revision: str | None = "0015"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

FOUND_BY = ("phone", "email")
BATCH = 1000
ALL = sa.true()
Change = Callable[[Mapping[str, Any]], dict[str, Any]]
# Plain columns that hold what a link or a sender said.
SAID: Mapping[str, tuple[str, ...]] = {
    "patients": ("source", "campaign"),
    "leads": ("source", "medium", "campaign"),
    "form_submissions": ("source",),
    "consents": ("source",),
}
SAYS = frozenset({"source", "medium", "campaign"})
SAID_IN_JSON = (
    ("form_submissions", "utm_params", ALL),
    ("conversion_events", "metadata", sa.column("event_type") == "form_submitted"),
    ("lead_events", "data", sa.column("kind") == "submitted"),
)


def upgrade() -> None:
    _leave_no_trace()
    op.create_table(
        "key_checks",
        sa.Column("fingerprint", sa.String(length=32), nullable=False),
        sa.Column("proof", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("fingerprint", name=op.f("pk_key_checks")),
    )
    op.create_table(
        "namesake_checks",
        sa.Column("patient_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patients.id"], name=op.f("fk_namesake_checks_patient_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("patient_id", name=op.f("pk_namesake_checks")),
    )
    _forget_indexes()
    op.execute("ALTER TABLE raw_payloads RENAME COLUMN sha256 TO body_index")
    _key_hashes()
    _clean_campaigns()


def _key_hashes() -> None:
    """The same values as the code makes, so that a repeat of what came before is still known as one."""
    blind = keyring_of(op.get_bind().dialect).blind
    _rewrite(
        "raw_payloads",
        {"body_index": sa.String()},
        lambda row: {"body_index": blind("payload", row["body_index"])},
    )
    names = {"connector": sa.String(), "external_id": sa.String()}
    _rewrite(
        "form_submissions",
        names,
        lambda row: {"external_id": blind("external_id", f"{row['connector']}\0{row['external_id']}")},
    )


def _clean_campaigns() -> None:
    for name, columns in SAID.items():
        _rewrite(name, dict.fromkeys(columns, sa.String()), _cleaned)
    for name, column, where in SAID_IN_JSON:
        _rewrite(name, {column: sa.JSON()}, _cleaned_inside, where)


def _cleaned_inside(row: Mapping[str, Any]) -> dict[str, Any]:
    return {column: _cleaned(said) for column, said in row.items()}


def _cleaned(said: Mapping[str, Any]) -> dict[str, Any]:
    """Other values of our own (a score, the type of a form) have nothing to remove."""
    return {
        name: impersonal(value)
        if isinstance(value, str) and (name in SAYS or name.startswith("utm_"))
        else value
        for name, value in said.items()
    }


def _rewrite(
    name: str, columns: Mapping[str, Any], change: Change, where: sa.ColumnElement[bool] = ALL
) -> None:
    """Each row as `change` makes it, a thousand at a time, in the order of the ids."""
    rows = sa.table(
        name, sa.column("id", sa.String()), *(sa.column(one, kind) for one, kind in columns.items())
    )
    changed = sa.update(rows).where(rows.c.id == sa.bindparam("of_"))
    connection, after = op.get_bind(), ""
    while True:
        found = connection.execute(
            sa.select(rows).where(rows.c.id > after, where).order_by(rows.c.id).limit(BATCH)
        ).all()
        was = [{one: getattr(row, one) for one in columns} for row in found]
        now = [{**values, **change(values)} for values in was]
        changes = [
            {"of_": row.id, **{f"new_{one}": value for one, value in fresh.items()}}
            for row, old, fresh in zip(found, was, now, strict=True)
            if fresh != old
        ]
        if changes:
            values = {one: sa.bindparam(f"new_{one}", type_=kind) for one, kind in columns.items()}
            connection.execute(changed.values(**values), changes)
        if len(found) < BATCH:
            return
        after = found[-1].id


def _leave_no_trace() -> None:
    """SQLite then overwrites what is taken out, instead of leaving it in the free parts of its file."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("PRAGMA secure_delete=ON")


def _forget_indexes() -> None:
    """Of names, ends of numbers, and of what a later form said of anything but number and address."""
    op.drop_table("name_words")
    op.drop_index("ix_patients_phone_tail_index", "patients")
    # A column that is dropped stays in PostgreSQL's rows until they are written anew.
    patients = sa.table("patients", sa.column("phone_tail_index"))
    op.execute(sa.update(patients).values(phone_tail_index=None))
    op.drop_column("patients", "phone_tail_index")
    conflicts = sa.table("patient_conflicts", sa.column("field"), sa.column("value_index"))
    op.execute(sa.update(conflicts).where(conflicts.c.field.not_in(FOUND_BY)).values(value_index=None))


def downgrade() -> None:
    """The older version finds only names that are written again, and takes a repeat of an earlier form for new."""
    op.add_column("patients", sa.Column("phone_tail_index", sa.String(length=32), nullable=True))
    op.create_index("ix_patients_phone_tail_index", "patients", ["phone_tail_index"])
    op.create_table(
        "name_words",
        sa.Column("patient_id", sa.String(length=36), nullable=False),
        sa.Column("word_index", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patients.id"], name=op.f("fk_name_words_patient_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("patient_id", "word_index", name=op.f("pk_name_words")),
    )
    op.create_index("ix_name_words_word", "name_words", ["word_index", "patient_id"])
    op.execute("ALTER TABLE raw_payloads RENAME COLUMN body_index TO sha256")
    op.drop_table("namesake_checks")
    op.drop_table("key_checks")
