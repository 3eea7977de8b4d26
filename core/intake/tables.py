"""What was sent to us: the raw payload as it came, and the submission read from it."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ForeignKey,
    Index,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from core.db.encrypted import EncryptedBytes, EncryptedJson
from core.db.metadata import metadata
from core.db.sealing import keyed_by
from core.db.types import BLIND, UtcDateTime, blind_column, id_column

raw_payloads = Table(
    "raw_payloads",
    metadata,
    id_column(),
    Column("connector", String(24), nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("content_type", String(120), nullable=False, default=""),
    Column("headers", EncryptedJson("raw_payloads.headers"), nullable=False),
    Column("body", EncryptedBytes("raw_payloads.body"), nullable=False),
    Column("body_index", String(64), nullable=False, info=BLIND),  # a keyed hash: the same bytes once more
    Column(
        "state", String(12), nullable=False
    ),  # accepted, refused, dead, replayed, mended, dismissed; to_check, sent_on, put_aside
    Column("error_field", String(60)),
    Column("error", Text),
    Column("submission_id", String(36)),
    Column("handled_at", UtcDateTime),
    Column("handled_by", String(36)),
    Column("reason", String(24)),  # why it was dismissed, as a code of core/intake/reasons.py
    Index("ix_raw_payloads_state", "state", "received_at"),
    info=keyed_by(),
)

form_submissions = Table(
    "form_submissions",
    metadata,
    id_column(),
    Column("connector", String(24), nullable=False),
    # A keyed hash of the sender's own id: it says that two are one, and nothing else.
    Column("external_id", String(200), nullable=False, info=BLIND),
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
    info=keyed_by("patient_id"),
)


def _where_given(name: str, column: str, *more: str) -> Index:
    given = text(f"{column} IS NOT NULL")
    return Index(name, column, *more, sqlite_where=given, postgresql_where=given)


# Forms that came lately by our own pages, by keyed hashes: how often a number was entered, how many came of one network
# or in the same words. It runs the limits, and is forgotten after days. Each index that a row is in is one more page to
# write, so an ordinary form is in few: only a held one has `form_index`, only one that no hand touched `page_index`.
form_knocks = Table(
    "form_knocks",
    metadata,
    id_column(),
    Column("at", UtcDateTime, nullable=False),
    blind_column("form_index"),
    blind_column("page_index"),
    blind_column("number_index"),
    blind_column("network_index"),
    blind_column("words_index"),
    Column("is_new", Boolean, nullable=False),  # the first form with its number
    _where_given("ix_form_knocks_form", "form_index"),
    _where_given("ix_form_knocks_page", "page_index", "at"),
    _where_given("ix_form_knocks_number", "number_index", "at"),
    _where_given("ix_form_knocks_network", "network_index", "at"),
    _where_given("ix_form_knocks_words", "words_index", "at"),
)
