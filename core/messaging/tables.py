"""Everything that happens later, each try at the provider, and each text in or out."""

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint, text

from core.db.metadata import metadata
from core.db.types import Encrypted, EncryptedBytes, UtcDateTime, blind_column, id_column

timed_actions = Table(
    "timed_actions",
    metadata,
    id_column(),
    Column("key", String(120), nullable=False, unique=True),  # one intention, one row
    Column("kind", String(16), nullable=False),  # text, call_task, alarm
    Column("lane", Integer, nullable=False),  # 0 urgent, 1 instant, 2 bulk
    Column(
        "state", String(10), nullable=False
    ),  # planned, sending, sent, failed, dropped, cancelled, unknown
    Column("due_at", UtcDateTime, nullable=False),
    Column("planned_for", UtcDateTime, nullable=False),  # the first due time; due_at moves when held
    Column("useful_until", UtcDateTime),
    Column(
        "purpose", String(16), nullable=False
    ),  # confirmation, transactional, marketing, reply, staff_alert, manual
    Column("audience", String(8), nullable=False),  # patient, staff
    Column("lead_id", ForeignKey("leads.id"), index=True),
    Column("patient_id", String(36)),
    Column("staff_id", String(36)),  # whom an alert is for, or who wrote a manual text
    Column("enrollment_id", String(36)),
    Column("step", String(24)),
    Column("conditions", JSON, nullable=False),  # not_attempted, not_contacted, not_replied, not_booked
    Column("template", String(60)),
    Column("template_version", Integer),
    Column("variables", JSON, nullable=False),  # never anything that identifies a patient
    Column("phone", Encrypted("timed_actions.phone")),
    blind_column("phone_index"),
    Column("body", Encrypted("timed_actions.body")),
    Column("owner", String(60)),
    Column("attempts", Integer, nullable=False, default=0),
    Column("claimed_at", UtcDateTime),
    Column("verify_at", UtcDateTime),  # when an unknown one is looked up at the provider
    Column("sid", String(64)),
    Column("error_code", Integer),
    Column("reason", String(40), nullable=False, default=""),
    Column("created_at", UtcDateTime, nullable=False),
    Column("settled_at", UtcDateTime),
    # Partial indexes: the cost of a claim does not grow with what is pending for later or long past.
    Index(
        "ix_timed_actions_due",
        "lane",
        "due_at",
        sqlite_where=text("state = 'planned'"),
        postgresql_where=text("state = 'planned'"),
    ),
    Index(
        "ix_timed_actions_sending",
        "owner",
        sqlite_where=text("state = 'sending'"),
        postgresql_where=text("state = 'sending'"),
    ),
    Index(
        "ix_timed_actions_unknown",
        "verify_at",
        sqlite_where=text("state = 'unknown'"),
        postgresql_where=text("state = 'unknown'"),
    ),
    Index(
        "ix_timed_actions_settled",
        "state",
        "settled_at",
        sqlite_where=text("settled_at IS NOT NULL"),
        postgresql_where=text("settled_at IS NOT NULL"),
    ),
)

# Why sent, why not: every move of an action, with its reason in a word and, where needed, a detail.
action_moves = Table(
    "action_moves",
    metadata,
    id_column(),
    Column("action_id", ForeignKey("timed_actions.id"), nullable=False, index=True),
    Column("at", UtcDateTime, nullable=False),
    Column("state", String(10), nullable=False),
    Column("reason", String(40), nullable=False),
    Column("detail", JSON, nullable=False),
    Column("by_staff_id", String(36)),
)

attempts = Table(
    "attempts",
    metadata,
    id_column(),
    Column("action_id", ForeignKey("timed_actions.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime),
    Column("outcome", String(10)),  # accepted, refused, retry, unknown
    Column("sid", String(64)),
    Column("error_code", Integer),
    Column("detail", Text),
    UniqueConstraint("action_id", "number"),
)

sms_messages = Table(
    "sms_messages",
    metadata,
    id_column(),
    Column("patient_id", ForeignKey("patients.id")),
    Column("lead_id", ForeignKey("leads.id")),
    Column("direction", String(8), nullable=False),  # inbound, outbound
    Column("origin", String(12), nullable=False),  # patient, automatic, staff, staff_alert
    Column("message_body", Encrypted("sms_messages.message_body"), nullable=False),
    Column("segments", Integer, nullable=False, default=1),
    Column("template_id", String(60)),
    Column("purpose", String(16), nullable=False, default=""),
    Column("phone", Encrypted("sms_messages.phone"), nullable=False),
    blind_column("phone_index", nullable=False),
    Column("status", String(20), nullable=False),
    Column("status_rank", Integer, nullable=False, default=0),
    Column("error_code", Integer),
    Column("twilio_sid", String(64), unique=True),
    Column("action_id", String(36), unique=True),
    Column("staff_id", String(36)),
    Column("understood_as", String(24)),  # what a reply was read as
    # Whose words these are where several people share the number: guessed, unclear, said (by staff).
    Column("whose", String(8)),
    Column("media_count", Integer, nullable=False, default=0),
    Column("created_at", UtcDateTime, nullable=False),
    Column("sent_at", UtcDateTime),
    Column("delivered_at", UtcDateTime),
    Column("read_at", UtcDateTime),
    Index("ix_sms_messages_lead_id", "lead_id", "created_at"),
    Index("ix_sms_messages_patient_id", "patient_id", "created_at"),
    Index("ix_sms_messages_phone", "phone_index", "created_at"),
    Index("ix_sms_messages_created_at", "created_at"),
    Index(
        "ix_sms_messages_failed",
        "created_at",
        sqlite_where=text("status IN ('failed', 'undelivered')"),
        postgresql_where=text("status IN ('failed', 'undelivered')"),
    ),
)

text_media = Table(
    "text_media",
    metadata,
    id_column(),
    Column("text_id", ForeignKey("sms_messages.id"), nullable=False, index=True),
    Column("position", Integer, nullable=False),
    Column("url", Encrypted("text_media.url"), nullable=False),
    Column("content_type", String(80), nullable=False),
    Column("content", EncryptedBytes("text_media.content")),
    Column("fetched_at", UtcDateTime),
    UniqueConstraint("text_id", "position"),
    Index(
        "ix_text_media_waiting",
        "id",
        sqlite_where=text("fetched_at IS NULL"),
        postgresql_where=text("fetched_at IS NULL"),
    ),
)
