"""People. Whatever identifies them is encrypted; blind indexes serve exact look-up."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table

from core.db.metadata import metadata
from core.db.types import Encrypted, UtcDateTime, blind_column, id_column

patients = Table(
    "patients",
    metadata,
    id_column(),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("first_name", Encrypted("patients.first_name"), nullable=False),
    Column("last_name", Encrypted("patients.last_name"), nullable=False),
    Column("phone", Encrypted("patients.phone")),
    blind_column("phone_index", unique=True),
    blind_column("phone_tail_index", index=True),
    Column("email", Encrypted("patients.email")),
    blind_column("email_index", index=True),
    Column("birth_date", Encrypted("patients.birth_date")),
    blind_column("name_birth_index", index=True),
    Column("zip", Encrypted("patients.zip")),
    Column("zone", String(200), nullable=False),  # one zone, or several joined by commas where it is not sure
    Column("state", String(2), nullable=False, default=""),
    Column("location", String(64), nullable=False),
    Column("status", String(16), nullable=False),  # new, contacted, qualified, converted, disqualified
    Column("vip", Boolean, nullable=False, default=False),
    Column("score", Integer, nullable=False, default=0),
    Column("source", String(80), nullable=False),
    Column("campaign", String(120), nullable=False, default=""),
    Column("acquired_at", UtcDateTime, nullable=False),
    Column("referral", Encrypted("patients.referral")),
    Column("preferred_channel", String(8), nullable=False, default="text"),
    Column("preferred_time", Encrypted("patients.preferred_time")),
    Column("last_form_at", UtcDateTime),
    Column("last_contact_at", UtcDateTime),
    Column("last_response_at", UtcDateTime),
    Column("texts_out", Integer, nullable=False, default=0),
    Column("texts_in", Integer, nullable=False, default=0),
)

# One row for each word of a name and for its first three letters: enough for search, too little to read a name.
name_words = Table(
    "name_words",
    metadata,
    Column("patient_id", ForeignKey("patients.id", ondelete="CASCADE"), primary_key=True),
    blind_column("word_index", primary_key=True),
    Index("ix_name_words_word", "word_index", "patient_id"),
)

# A later form said something else: kept and shown, never written over what was known.
patient_conflicts = Table(
    "patient_conflicts",
    metadata,
    id_column(),
    Column("patient_id", ForeignKey("patients.id"), nullable=False, index=True),
    Column("submission_id", String(36), nullable=False),
    Column("field", String(24), nullable=False),
    Column("value", Encrypted("patient_conflicts.value"), nullable=False),
    blind_column("value_index", index=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("resolved_at", UtcDateTime),
)
