"""People. Whatever identifies them is encrypted; blind indexes serve exact look-up."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
    text,
)

from core.db.encrypted import Encrypted, EncryptedJson
from core.db.metadata import metadata
from core.db.sealing import keyed_by
from core.db.types import UtcDateTime, blind_column, id_column

patients = Table(
    "patients",
    metadata,
    id_column(),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("first_name", Encrypted("patients.first_name"), nullable=False),
    Column("last_name", Encrypted("patients.last_name"), nullable=False),
    Column("phone", Encrypted("patients.phone")),
    blind_column("phone_index"),
    # Families share a number: 0 for the first person on it, 1 for the next. Two forms at one moment meet here.
    Column("phone_place", Integer, nullable=False, default=0),
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
    Column("language", String(2), nullable=False, default=""),  # en, es, '' where nobody asked
    # Since when texts may name what is treated: they know that texts are not encrypted (compliance.md B).
    Column("unencrypted_at", UtcDateTime),
    Column("last_form_at", UtcDateTime),
    Column("last_contact_at", UtcDateTime),
    Column("last_response_at", UtcDateTime),
    Column("texts_out", Integer, nullable=False, default=0),
    Column("texts_in", Integer, nullable=False, default=0),
    Column(
        "merged_into", String(36)
    ),  # another profile carries on; this one is found no more and can come back
    UniqueConstraint("phone_index", "phone_place"),
    info=keyed_by(),
)

# Profiles whose name is new and was not compared with everybody's yet. No name and no part of one has an index: who
# has the database and fills in our forms could tell from it whose name is the same (decision 0015).
namesake_checks = Table(
    "namesake_checks",
    metadata,
    Column("patient_id", ForeignKey("patients.id", ondelete="CASCADE"), primary_key=True),
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
    blind_column("value_index", index=True),  # of a number or an address, which a search finds
    Column("created_at", UtcDateTime, nullable=False),
    Column("resolved_at", UtcDateTime),
    info=keyed_by("patient_id"),
)

# Two profiles that may be one person, oldest first. What staff decided is kept: 'not a duplicate' is asked once.
possible_duplicates = Table(
    "possible_duplicates",
    metadata,
    id_column(),
    Column("patient_id", ForeignKey("patients.id"), nullable=False),
    Column("other_id", ForeignKey("patients.id"), nullable=False, index=True),
    Column("reasons", JSON, nullable=False),  # words of likeness.Evidence
    Column("found_at", UtcDateTime, nullable=False),
    Column("state", String(8), nullable=False),  # open, apart, merged
    Column("decided_at", UtcDateTime),
    Column("decided_by", String(36)),
    UniqueConstraint("patient_id", "other_id"),
    Index(
        "ix_possible_duplicates_open",
        "found_at",
        sqlite_where=text("state = 'open'"),
        postgresql_where=text("state = 'open'"),
    ),
)

# One profile taken into another, with all that is needed to part them again.
merges = Table(
    "merges",
    metadata,
    id_column(),
    Column("kept_id", ForeignKey("patients.id"), nullable=False, index=True),
    Column("gone_id", ForeignKey("patients.id"), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("staff_id", String(36), nullable=False),
    Column("moved", JSON, nullable=False),  # ids of the rows that changed hands, by what they are
    Column("before", EncryptedJson("merges.before"), nullable=False),  # the kept profile as it was
    Column("undone_at", UtcDateTime),
    Column("undone_by", String(36)),
    info=keyed_by("kept_id"),
)

# Who changed what from what to what. `batch` holds together what was changed in one go.
corrections = Table(
    "corrections",
    metadata,
    id_column(),
    Column("batch", String(36), nullable=False, index=True),
    Column("patient_id", ForeignKey("patients.id"), nullable=False, index=True),
    Column("lead_id", String(36), nullable=False),
    Column("field", String(24), nullable=False),
    Column("was", Encrypted("corrections.was"), nullable=False),
    Column("became", Encrypted("corrections.became"), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("staff_id", String(36), nullable=False),
    Column(
        "detail", JSON, nullable=False
    ),  # of a number: which leads carried it, and whether they were call only
    Column("undone_at", UtcDateTime),
    Column("undone_by", String(36)),
    info=keyed_by("patient_id"),
)
