"""The consent ledger, and the present standing of each number that follows from it."""

from sqlalchemy import Boolean, Column, Index, String, Table, Text, text

from core.db.encrypted import Encrypted
from core.db.metadata import metadata
from core.db.sealing import keyed_by
from core.db.types import UtcDateTime, blind_column, id_column

# Append-only: rows are never changed or deleted (compliance.md A6).
consents = Table(
    "consents",
    metadata,
    id_column(),
    Column("patient_id", String(36), index=True),
    blind_column("phone_index", nullable=False),  # '' where the row is about an address
    blind_column("email_index"),
    Column("channel", String(8), nullable=False),  # sms, email
    Column("scope", String(16), nullable=False),  # transactional, marketing, unencrypted, all
    Column("action", String(10), nullable=False),  # grant, decline, revoke, resume
    Column(
        "method", String(20), nullable=False
    ),  # web_form, webhook, keyword, plain_language, verbal, provider, one_click, complaint
    Column("wording", Text, nullable=False, default=""),
    Column("wording_sha256", String(64), nullable=False, default=""),
    Column("version", String(24), nullable=False, default=""),
    Column("source", String(80), nullable=False, default=""),
    Column("page_url", Text),
    Column("submission_id", String(36)),
    Column("ip", Encrypted("consents.ip")),
    Column("user_agent", Text),
    Column("signature_verified", Boolean, nullable=False, default=False),
    Column("staff_id", String(36)),
    Column("at", UtcDateTime, nullable=False),
    Column("captured_at", UtcDateTime),  # when the person said so, where the form's sender tells
    Index("ix_consents_phone_index", "phone_index", "at"),
    Index("ix_consents_email_index", "email_index", "at"),
    Index(
        "ix_consents_revoked",
        "at",
        sqlite_where=text("action = 'revoke'"),
        postgresql_where=text("action = 'revoke'"),
    ),
    info=keyed_by("patient_id"),
)

# What may be sent to a number right now. Changed only together with a ledger row.
phone_standing = Table(
    "phone_standing",
    metadata,
    blind_column("phone_index", primary_key=True),
    Column("opted_out_at", UtcDateTime),
    Column("opted_out_how", String(20)),
    Column("transactional_at", UtcDateTime),
    Column("marketing_at", UtcDateTime),
    Column("unreachable_at", UtcDateTime),  # the carrier says: not a mobile number, or gone
    # Somebody on it asked for texts that name what is treated; patients.unencrypted_at says who (compliance.md B).
    Column("unencrypted_at", UtcDateTime),
    Column("updated_at", UtcDateTime, nullable=False),
)

# The same for an address. Who gave us one may get transactional emails there, without a row.
email_standing = Table(
    "email_standing",
    metadata,
    blind_column("email_index", primary_key=True),
    Column("marketing_at", UtcDateTime),
    Column("unsubscribed_at", UtcDateTime),  # ends marketing alone
    Column("unsubscribed_how", String(20)),
    Column("unreachable_at", UtcDateTime),  # a mail server says: this address takes nothing
    Column("updated_at", UtcDateTime, nullable=False),
)
