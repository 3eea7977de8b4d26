"""A submission on its way to a booking, what happened to it, and what staff must do next."""

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Identity, Index, Integer, String, Table, text

from core.db.encrypted import Encrypted
from core.db.metadata import metadata
from core.db.sealing import keyed_by
from core.db.types import UtcDateTime, blind_column, id_column

# What the inbox lists, by the name of its index: (name, columns, which leads).
THREADS = (
    (
        "thread_waits",
        ("thread_waits_since", "owner_id", "snoozed_until", "id"),
        "thread_waits_since IS NOT NULL AND thread_done_at IS NULL",
    ),
    ("thread_spoken", ("thread_spoken_at",), "thread_spoken_at IS NOT NULL AND thread_done_at IS NULL"),
    ("thread_done", ("thread_done_at",), "thread_done_at IS NOT NULL"),
    ("snoozed", ("snoozed_until",), "snoozed_until IS NOT NULL"),
)

leads = Table(
    "leads",
    metadata,
    Column("number", Integer, Identity(), primary_key=True),
    Column("id", String(36), nullable=False, unique=True),
    Column("patient_id", ForeignKey("patients.id"), nullable=False, index=True),
    Column("submission_id", ForeignKey("form_submissions.id"), index=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("state", String(16), nullable=False),  # open, booked, disqualified, closed
    Column("form_type", String(40), nullable=False),
    Column("treatment", String(60), nullable=False, default=""),
    Column("timeframe", String(24), nullable=False, default=""),
    Column("budget", String(24), nullable=False, default=""),
    Column("notes", Encrypted("leads.notes")),
    Column("value_cents", Integer, nullable=False, default=0),
    Column("temperature", String(8), nullable=False),  # hot, warm, cold
    Column("priority", Integer, nullable=False),  # 1 urgent, 2 hot, 3 warm, 4 cold
    Column("location", String(64), nullable=False),
    Column("source", String(80), nullable=False),
    Column("medium", String(80), nullable=False, default=""),
    Column("campaign", String(120), nullable=False, default=""),
    # The number this form gave and consented for, which may differ from the patient's own.
    Column("phone", Encrypted("leads.phone")),
    blind_column("phone_index", index=True),
    Column("extension", Encrypted("leads.extension")),  # digits to dial after it; such a number is call only
    Column("call_only", Boolean, nullable=False, default=False),
    Column("owner_id", ForeignKey("staff.id")),
    Column("assigned_at", UtcDateTime),
    Column("snoozed_until", UtcDateTime),
    Column("disqualified_reason", String(40)),
    Column("reviewed_at", UtcDateTime),  # a manager has looked at it in the weekly list of cold leads
    Column("unread", Integer, nullable=False, default=0),
    Column("viewed_at", UtcDateTime),
    Column("attempted_at", UtcDateTime),  # a person called or texted, whatever came of it
    Column("contacted_at", UtcDateTime),  # they spoke: by phone, in the clinic, or by texts both ways
    Column("responded_at", UtcDateTime),
    Column("qualified_at", UtcDateTime),
    Column("booked_at", UtcDateTime),
    Column("attended_at", UtcDateTime),
    Column("treated_at", UtcDateTime),
    Column("wrong_number_at", UtcDateTime),  # somebody else answers at the number; until it is corrected
    # Automation waits until then because a person took over; empty where it does not.
    Column("paused_until", UtcDateTime),
    Column("paused_by", String(36)),
    Column("paused_why", String(16)),  # wrote, by_hand
    # What the queue shows beside the name; the words themselves stay encrypted.
    Column("last_event_at", UtcDateTime, nullable=False),
    Column("last_event_kind", String(24), nullable=False),
    Column("last_event_by", String(12), nullable=False),  # patient, staff, automatic
    Column("last_event_note", Encrypted("leads.last_event_note")),
    # The conversation, which goes on at the patient's newest lead (core/leads/store/threads.py). Only texts that a
    # person wrote change these: what is sent in bulk must not have to change an index.
    Column("thread_spoken_at", UtcDateTime),  # when a person last wrote, patient or staff
    Column("thread_waits_since", UtcDateTime),  # the patient wrote last, and a person must read it
    Column("thread_done_at", UtcDateTime),  # staff are done with it, until the patient writes again
    Column("thread_done_by", String(36)),
    Index(
        "ix_leads_open",
        "created_at",
        sqlite_where=text("state = 'open'"),
        postgresql_where=text("state = 'open'"),
    ),
    Index(
        "ix_leads_owner_open",
        "owner_id",
        sqlite_where=text("state = 'open'"),
        postgresql_where=text("state = 'open'"),
    ),
    Index("ix_leads_created_at", "created_at", "location"),
    *(
        Index(f"ix_leads_{name}", *columns, sqlite_where=text(where), postgresql_where=text(where))
        for name, columns, where in THREADS
    ),
    info=keyed_by("patient_id"),
)

lead_events = Table(
    "lead_events",
    metadata,
    id_column(),
    Column("lead_id", ForeignKey("leads.id"), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("by_kind", String(12), nullable=False),  # patient, staff, automatic
    Column("staff_id", String(36)),
    Column("data", JSON, nullable=False),
    Column("note", Encrypted("lead_events.note")),
    Index("ix_lead_events_lead_id", "lead_id", "at"),
    info=keyed_by("lead_id"),
)

tasks = Table(
    "tasks",
    metadata,
    id_column(),
    Column("lead_id", ForeignKey("leads.id"), nullable=False, index=True),
    # call (of a sequence), next_call, call_back, reminder, rebook, correct_number
    Column("kind", String(16), nullable=False),
    Column("title", String(80), nullable=False),
    Column("action_id", String(36), unique=True),
    Column("owner_id", String(36)),
    Column("created_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("done_at", UtcDateTime),
    Column("done_by", String(36)),
    Column("made_by", String(36)),  # who set it; empty where a sequence did
    Column("words", Encrypted("tasks.words")),  # what that person wrote
    Column("alert_id", String(36)),  # the timed action that tells its owner
    Index(
        "ix_tasks_open",
        "due_at",
        sqlite_where=text("done_at IS NULL"),
        postgresql_where=text("done_at IS NULL"),
    ),
    info=keyed_by("lead_id"),
)

# Calls that staff logged. `applied_at` is when the present outcome took effect; what it changed carries that moment.
lead_calls = Table(
    "lead_calls",
    metadata,
    id_column(),
    Column("lead_id", ForeignKey("leads.id"), nullable=False, index=True),
    Column("staff_id", String(36)),
    Column("at", UtcDateTime, nullable=False),
    Column("outcome", String(16), nullable=False),  # talked, voicemail, no_answer, wrong_number
    Column("applied_at", UtcDateTime, nullable=False),
    Column("effects", JSON, nullable=False),  # ids of tasks it made, leads it closed to texts
    Column("undone_at", UtcDateTime),
    Column("corrected_at", UtcDateTime),
    Column("corrected_by", String(36)),
)
