"""What was sent to us: the raw payload as it came, and the submission read from it."""

from sqlalchemy import JSON, Column, ForeignKey, Index, String, Table, Text, UniqueConstraint

from core.db.metadata import metadata
from core.db.types import EncryptedBytes, EncryptedJson, UtcDateTime, blind_column, id_column

raw_payloads = Table(
    "raw_payloads",
    metadata,
    id_column(),
    Column("connector", String(24), nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("content_type", String(120), nullable=False, default=""),
    Column("headers", EncryptedJson("raw_payloads.headers"), nullable=False),
    Column("body", EncryptedBytes("raw_payloads.body"), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("state", String(12), nullable=False),  # accepted, refused, dead, replayed, mended, dismissed
    Column("error_field", String(60)),
    Column("error", Text),
    Column("submission_id", String(36)),
    Column("handled_at", UtcDateTime),
    Column("handled_by", String(36)),
    Column("reason", String(24)),  # why it was dismissed, as a code of core/intake/reasons.py
    Index("ix_raw_payloads_state", "state", "received_at"),
)

form_submissions = Table(
    "form_submissions",
    metadata,
    id_column(),
    Column("connector", String(24), nullable=False),
    Column("external_id", String(200), nullable=False),
    Column("raw_payload_id", String(36)),
    Column("patient_id", ForeignKey("patients.id"), index=True),
    Column("form_type", String(40), nullable=False),
    Column("form_data", EncryptedJson("form_submissions.form_data"), nullable=False),
    Column("source", String(80), nullable=False),
    Column("utm_params", JSON, nullable=False),
    Column("click_ids", EncryptedJson("form_submissions.click_ids")),
    Column("submitted_at", UtcDateTime, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    blind_column("phone_index", index=True),
    UniqueConstraint("connector", "external_id"),
    Index("ix_form_submissions_received_at", "received_at"),
)
