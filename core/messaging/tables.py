"""Everything that happens later, each try at the provider, and each text in or out."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from core.db.data_keys import CLINIC
from core.db.encrypted import Encrypted, EncryptedBytes
from core.db.metadata import metadata
from core.db.sealing import keyed_by
from core.db.types import UtcDateTime, blind_column, id_column

timed_actions = Table(
    "timed_actions",
    metadata,
    id_column(),
    Column("key", String(120), nullable=False, unique=True),  # one intention, one row
    Column("kind", String(16), nullable=False),  # text, email, push, chat, webhook, call_task, alarm
    Column(
        "lane", Integer, nullable=False
    ),  # 0 urgent, 1 instant, 2 bulk; 3 emails; 4, 5 notices; 6 webhooks
    Column(
        "state", String(10), nullable=False
    ),  # planned, sending, sent, failed, dropped, cancelled, unknown
    Column("due_at", UtcDateTime, nullable=False),
    Column("planned_for", UtcDateTime, nullable=False),  # the first due time; due_at moves when held
    Column("useful_until", UtcDateTime),
    Column(
        "purpose", String(16), nullable=False
    ),  # confirmation, transactional, marketing, reply, staff_alert, manual
    Column("audience", String(8), nullable=False),  # patient, staff, outside
    Column("lead_id", ForeignKey("leads.id"), index=True),
    Column("patient_id", String(36)),
    Column("staff_id", String(36)),  # whom an alert is for, or who wrote a manual text
    Column("enrollment_id", String(36)),
    Column("sequence", String(40)),
    Column("step", String(24)),
    Column("window", String(11)),  # hours of the day, in the patient's zone, beside those that the law leaves
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
        "id",
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
    info=keyed_by("patient_id", "lead_id", otherwise=CLINIC),
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
    # Of the template's wording that went out; `neutral`: without health information, which nobody asked for by text.
    Column("template_version", Integer),
    Column("language", String(2)),
    Column("neutral", Boolean),
    Column("variant", String(41)),  # of the experiment that it went by: 'id:B'; of very few texts
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
        "ix_sms_messages_variant",
        "variant",
        sqlite_where=text("variant IS NOT NULL"),
        postgresql_where=text("variant IS NOT NULL"),
    ),
    Index(
        "ix_sms_messages_failed",
        "created_at",
        sqlite_where=text("status IN ('failed', 'undelivered')"),
        postgresql_where=text("status IN ('failed', 'undelivered')"),
    ),
    info=keyed_by("patient_id", "lead_id"),
)

# Each email that was handed over, or was about to be. Whose address it was then, whatever the patient's is now.
emails = Table(
    "emails",
    metadata,
    id_column(),
    Column("patient_id", ForeignKey("patients.id")),
    Column("lead_id", ForeignKey("leads.id")),
    Column("action_id", String(36), nullable=False, unique=True),
    Column("purpose", String(16), nullable=False),
    Column("template_id", String(60)),
    Column("template_version", Integer),
    Column("language", String(2)),
    Column("neutral", Boolean),
    Column("subject", Encrypted("emails.subject"), nullable=False),
    Column("body", Encrypted("emails.body"), nullable=False),
    Column("address", Encrypted("emails.address"), nullable=False),
    blind_column("email_index"),
    # handing_over, sent, failed, bounced (the address takes nothing), complained
    Column("status", String(12), nullable=False),
    Column("error_code", Integer),  # the mail server's reply
    Column("detail", String(16), nullable=False, default=""),  # its status, such as 5.1.1
    Column("created_at", UtcDateTime, nullable=False),
    Column("sent_at", UtcDateTime),
    Column("ended_at", UtcDateTime),  # when it failed, bounced, or was complained about
    Index("ix_emails_patient_id", "patient_id", "created_at"),
    Index("ix_emails_lead_id", "lead_id", "created_at"),
    Index("ix_emails_email_index", "email_index"),
    Index("ix_emails_created_at", "created_at"),
    info=keyed_by("patient_id", "lead_id"),
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
    Column("refused", String(16)),  # why it is not kept: a key of received_files.WHY_NOT
    Column("removed_at", UtcDateTime),  # when the provider's copy was deleted, after ours was kept
    Column("tries", Integer, nullable=False, default=0),
    Column(
        "next_try_at", UtcDateTime
    ),  # to fetch it, then to delete it there; NULL where nothing is left to do
    UniqueConstraint("text_id", "position"),
    Index(
        "ix_text_media_next_try",
        "next_try_at",
        sqlite_where=text("next_try_at IS NOT NULL"),
        postgresql_where=text("next_try_at IS NOT NULL"),
    ),
    info=keyed_by("text_id"),
)
