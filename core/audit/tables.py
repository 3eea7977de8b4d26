"""The audit trail: who did or saw what, of which patient, from where. Append-only, and chained (`core.audit.chain`)."""

from typing import Any

from sqlalchemy import DDL, JSON, Column, Index, Integer, LargeBinary, String, Table, UniqueConstraint, event

from core.db.data_keys import CLINIC
from core.db.encrypted import Encrypted
from core.db.metadata import metadata
from core.db.sealing import keyed_by
from core.db.types import UtcDateTime, id_column

audit_events = Table(
    "audit_events",
    metadata,
    id_column(),
    Column("lane", Integer, nullable=False),
    Column("number", Integer, nullable=False),  # counts up within its lane, without a gap
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("staff_id", String(36)),
    Column(
        "actor", String(60), nullable=False, default=""
    ),  # who it was where nobody signed in: command:root, job
    Column("action", String(40), nullable=False),
    Column("subject", String(80), nullable=False, default=""),
    Column("patient_id", String(36)),
    Column("reason", Encrypted("audit_events.reason")),
    Column("origin", Encrypted("audit_events.origin")),  # address and page
    Column("detail", JSON, nullable=False),
    Column("mac", LargeBinary(32), nullable=False),
    UniqueConstraint("lane", "number"),
    Index("ix_audit_events_patient_id", "patient_id", "at"),
    Index("ix_audit_events_staff_id", "staff_id", "at"),
    info=keyed_by(otherwise=CLINIC),
)

# Where each lane stands. Whoever writes holds one until its transaction ends; `seal` proves that nobody set it back.
audit_lanes = Table(
    "audit_lanes",
    metadata,
    Column("lane", Integer, primary_key=True, autoincrement=False),
    Column("number", Integer, nullable=False),  # of its last row; 0 for none
    Column("mac", LargeBinary(32), nullable=False),  # of its last row
    Column("seal", LargeBinary(32), nullable=False),
)

# Nothing of a row may change but its two encrypted columns, which a new key writes anew: the MAC is over what they say.
FIXED = (
    "id",
    "lane",
    "number",
    "at",
    "staff_id",
    "actor",
    "action",
    "subject",
    "patient_id",
    "detail",
    "mac",
)
REFUSED = "the audit trail is append-only"
GUARDS_SQLITE = (
    f"CREATE TRIGGER audit_events_no_update BEFORE UPDATE OF {', '.join(FIXED)} ON audit_events "
    f"BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END",
    "CREATE TRIGGER audit_events_no_delete BEFORE DELETE ON audit_events "
    f"BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END",
)
GUARDS_POSTGRESQL = (
    "CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{REFUSED}'; END $$",
    f"CREATE TRIGGER audit_events_no_update BEFORE UPDATE OF {', '.join(FIXED)} ON audit_events "
    "FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()",
    "CREATE TRIGGER audit_events_no_delete BEFORE DELETE OR TRUNCATE ON audit_events "
    "FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()",
)
make: Any = DDL  # it has no types
for dialect, guards in (("sqlite", GUARDS_SQLITE), ("postgresql", GUARDS_POSTGRESQL)):
    for guard in guards:
        event.listen(audit_events, "after_create", make(guard).execute_if(dialect=dialect))
