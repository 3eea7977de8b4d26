"""Visits of patients; what each provider, room and device is kept for; held times; links to a booking page; who waits
for a time; calendars elsewhere.

A row of `reservations` is a stretch of time in which one resource is taken, by a visit, a hold or a block. Two that
overlap are refused by the database: an exclusion constraint on PostgreSQL, triggers on SQLite (decision 0025).
"""

from typing import Any

from sqlalchemy import (
    DDL,
    JSON,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
    event,
    text,
)

from core.db.data_keys import CLINIC
from core.db.encrypted import Encrypted
from core.db.metadata import metadata
from core.db.sealing import keyed_by
from core.db.types import UtcDateTime, blind_column, id_column

appointments = Table(
    "appointments",
    metadata,
    id_column(),
    Column("lead_id", ForeignKey("leads.id"), nullable=False, index=True),
    Column("patient_id", ForeignKey("patients.id"), nullable=False, index=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("made_by", String(36)),
    Column("starts_at", UtcDateTime, index=True),  # empty where only the booking itself was noted
    Column("location", String(64), nullable=False),
    Column("provider_id", String(36)),
    Column("kind", String(24), nullable=False, default=""),
    Column("value_cents", Integer, nullable=False, default=0),  # 0 where nobody named a value
    Column("state", String(10), nullable=False),  # booked, attended, no_show, cancelled, withdrawn
    Column("ended_at", UtcDateTime),
    Column("ended_by", String(36)),
    Column("reason", String(24)),  # why it was cancelled
    # Of what was booked by its service; '' and empty for what staff only noted down.
    Column("service", String(40), nullable=False, default=""),
    Column("ends_at", UtcDateTime),
    Column("room", String(40), nullable=False, default=""),
    Column("device", String(40), nullable=False, default=""),
    Column("price_cents", Integer, nullable=False, default=0),
    Column("reference", String(9), unique=True, index=True),  # LX-7K4M2: what patient and staff call it by
    Column("sequence", Integer, nullable=False, default=0),  # of its calendar entry: up by one at each change
    Column(
        "came_by", String(10), nullable=False, default="staff"
    ),  # staff, walk_in, link, widget, api, waitlist
    Column("confirmed_at", UtcDateTime),  # the patient said that they come
    Column("arrived_at", UtcDateTime),
    Column("in_room_at", UtcDateTime),
    # Two colleagues who book one lead at the same moment make one visit.
    Index(
        "ux_appointments_ahead",
        "lead_id",
        unique=True,
        sqlite_where=text("state = 'booked'"),
        postgresql_where=text("state = 'booked'"),
    ),
)

reservations = Table(
    "reservations",
    metadata,
    id_column(),
    Column("resource", String(48), nullable=False),  # staff:<id>, room:<code>, device:<code>
    Column("starts_at", UtcDateTime, nullable=False),
    Column("ends_at", UtcDateTime, nullable=False),
    Column("owner_kind", String(6), nullable=False),  # visit, hold, block
    Column("owner_id", String(36), nullable=False, index=True),
    Column(
        "expires_at", UtcDateTime
    ),  # of a hold: from then on it is nobody's, and whoever comes next deletes it
    Index("ix_reservations_starts_at", "starts_at"),
    Index("ix_reservations_resource", "resource", "starts_at"),
)

# Rows of one resource never overlap, so of those that begin before a new one ends the last alone can reach into it.
TAKEN = "this time is taken"
_OVERLAPS = (
    "NEW.ends_at <= NEW.starts_at OR (SELECT ends_at FROM reservations WHERE resource = NEW.resource "
    "AND starts_at < NEW.ends_at AND id <> NEW.id ORDER BY starts_at DESC LIMIT 1) > NEW.starts_at"
)
NO_OVERLAP_SQLITE = tuple(
    f"CREATE TRIGGER reservations_no_overlap_{name} BEFORE {when} ON reservations "
    f"WHEN {_OVERLAPS} BEGIN SELECT RAISE(ABORT, '{TAKEN}'); END"
    for name, when in (("insert", "INSERT"), ("update", "UPDATE OF resource, starts_at, ends_at"))
)
NO_OVERLAP_POSTGRESQL = (
    "CREATE EXTENSION IF NOT EXISTS btree_gist",
    "ALTER TABLE reservations ADD CONSTRAINT reservations_no_overlap "
    "EXCLUDE USING gist (resource WITH =, tstzrange(starts_at, ends_at) WITH &&)",
    "ALTER TABLE reservations ADD CONSTRAINT reservations_some_time CHECK (starts_at < ends_at)",
)
make: Any = DDL  # it has no types
for dialect, guards in (("sqlite", NO_OVERLAP_SQLITE), ("postgresql", NO_OVERLAP_POSTGRESQL)):
    for guard in guards:
        event.listen(reservations, "after_create", make(guard).execute_if(dialect=dialect))

# A time that is kept while somebody makes up their mind. Its reservations stand beside it and end with it.
holds = Table(
    "holds",
    metadata,
    id_column(),
    Column("kind", String(8), nullable=False),  # link, widget, staff, offer (of the waitlist), ask (to move)
    Column("service", String(40), nullable=False),
    Column("location", String(64), nullable=False),
    Column("provider_id", ForeignKey("staff.id"), nullable=False),
    Column("room", String(40), nullable=False, default=""),
    Column("device", String(40), nullable=False, default=""),
    Column("starts_at", UtcDateTime, nullable=False),
    Column("ends_at", UtcDateTime, nullable=False),
    Column("lead_id", ForeignKey("leads.id"), index=True),  # empty for a stranger on the clinic's site
    Column("visit_id", ForeignKey("appointments.id"), index=True),  # which would move here
    Column("made_by", String(36)),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False, index=True),
)

# Time in which a provider, a room or a device is not to be booked. Days off are `time_off`.
blocks = Table(
    "blocks",
    metadata,
    id_column(),
    Column("resource", String(48), nullable=False),
    Column("starts_at", UtcDateTime, nullable=False, index=True),
    Column("ends_at", UtcDateTime, nullable=False),
    Column("note", Encrypted("blocks.note")),
    Column("made_at", UtcDateTime, nullable=False),
    Column("made_by", String(36), nullable=False),
    info=keyed_by(otherwise=CLINIC),
)

# A link to a person's own booking page. Only what its code hashes to is kept.
booking_links = Table(
    "booking_links",
    metadata,
    id_column(),
    Column("code_hash", String(64), nullable=False, unique=True),
    Column("lead_id", ForeignKey("leads.id"), nullable=False, index=True),
    Column("visit_id", ForeignKey("appointments.id")),  # where it leads to a visit that is booked already
    Column("service", String(40), nullable=False, default=""),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False, index=True),
    Column("opened_at", UtcDateTime),  # by a person: no preview and no scanner
    Column("browser_hash", String(64)),  # whoever opened it first; another one has to say four digits
    Column("wrong_digits", Integer, nullable=False, default=0),
)

# Who would come sooner, or at a time that is taken. One waits once for each service.
waitlist_entries = Table(
    "waitlist_entries",
    metadata,
    id_column(),
    Column("lead_id", ForeignKey("leads.id"), nullable=False, index=True),
    Column("patient_id", ForeignKey("patients.id"), nullable=False, index=True),
    Column("service", String(40), nullable=False),
    Column("location", String(64), nullable=False, default=""),  # '' any
    Column("provider_id", ForeignKey("staff.id")),  # empty: anyone
    Column("days", JSON, nullable=False),  # weekdays, 0 for Monday; none: any
    Column("part", String(9), nullable=False),  # any, morning, afternoon
    Column("notice_minutes", Integer, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("made_by", String(36)),
    Column("state", String(7), nullable=False),  # waiting, taken, left, ended
    Column("ended_at", UtcDateTime),
    Index(
        "ux_waitlist_entries_waiting",
        "lead_id",
        "service",
        unique=True,
        sqlite_where=text("state = 'waiting'"),
        postgresql_where=text("state = 'waiting'"),
    ),
    Index(
        "ix_waitlist_entries_order",
        "created_at",
        sqlite_where=text("state = 'waiting'"),
        postgresql_where=text("state = 'waiting'"),
    ),
)

# A time that a cancelled or moved visit gave free, for as long as it is offered to those who wait.
freed_slots = Table(
    "freed_slots",
    metadata,
    id_column(),
    Column("service", String(40), nullable=False),
    Column("location", String(64), nullable=False),
    Column("provider_id", ForeignKey("staff.id"), nullable=False),
    Column("starts_at", UtcDateTime, nullable=False),
    Column("ends_at", UtcDateTime, nullable=False),
    Column("freed_at", UtcDateTime, nullable=False),
    Column("freed_by", ForeignKey("appointments.id")),  # the visit that was there
    Column("visit_id", ForeignKey("appointments.id")),  # the one that is there now
    Column("state", String(7), nullable=False),  # open, filled, stopped, over
    Column("reason", String(24), nullable=False, default=""),
    Column("ended_at", UtcDateTime),
    Column("ended_by", String(36)),
    Index("ix_freed_slots_starts_at", "starts_at"),
    # A time that is freed twice while it is offered is one time.
    Index(
        "ux_freed_slots_open",
        "provider_id",
        "starts_at",
        unique=True,
        sqlite_where=text("state = 'open'"),
        postgresql_where=text("state = 'open'"),
    ),
)

# Whom a freed time was offered to, and who was passed over and why. One row for each person and time.
waitlist_offers = Table(
    "waitlist_offers",
    metadata,
    id_column(),
    Column("slot_id", ForeignKey("freed_slots.id"), nullable=False),
    Column("entry_id", ForeignKey("waitlist_entries.id"), nullable=False),
    Column("hold_id", String(36)),
    Column("action_id", String(36), index=True),  # its text; empty where somebody calls instead
    Column("made_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime),
    Column("ended_at", UtcDateTime),
    # next (staff want them asked next), offered, taken, passed, expired, withdrawn, skipped
    Column("state", String(9), nullable=False),
    Column("reason", String(24), nullable=False, default=""),
    Column("by_staff_id", String(36)),
    UniqueConstraint("slot_id", "entry_id"),
    Index("ix_waitlist_offers_entry_id", "entry_id", "made_at"),
    # Never two people for one time.
    Index(
        "ux_waitlist_offers_open",
        "slot_id",
        unique=True,
        sqlite_where=text("state = 'offered'"),
        postgresql_where=text("state = 'offered'"),
    ),
)

# Requests to the booking API that named a key of their own: the same one again is answered the same, for a day.
api_requests = Table(
    "api_requests",
    metadata,
    id_column(),
    blind_column("request_index", nullable=False, unique=True),  # whose key of the API, and the request's own
    blind_column("body_index", nullable=False),
    Column("created_at", UtcDateTime, nullable=False, index=True),
    Column("lead_id", ForeignKey("leads.id"), index=True),
    Column("answer", Encrypted("api_requests.answer")),
    info=keyed_by("lead_id", otherwise=CLINIC),
)

# Who holds a time from the clinic's own site, as far as a connection tells. It goes with its hold.
widget_holds = Table(
    "widget_holds",
    metadata,
    Column("id", ForeignKey("holds.id", ondelete="CASCADE"), primary_key=True),
    blind_column("address_index", nullable=False),
    Column("place", Integer, nullable=False),  # 1 or 2: the database refuses a third
    Column("expires_at", UtcDateTime, nullable=False),
    Index("ux_widget_holds_place", "address_index", "place", unique=True),
)

# A provider's calendar elsewhere. Its address opens it, and is kept like a password; when they are busy there is kept.
calendar_feeds = Table(
    "calendar_feeds",
    metadata,
    id_column(),
    Column("staff_id", ForeignKey("staff.id"), nullable=False, unique=True),
    Column("url", Encrypted("calendar_feeds.url"), nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("made_by", String(36), nullable=False),
    Column("polled_at", UtcDateTime),  # when it was last asked for
    Column("seen_at", UtcDateTime),  # when it was last there, whether or not it had changed
    Column("read_at", UtcDateTime),  # when its entries were last worked out
    Column("etag", String(200), nullable=False, default=""),
    Column("content_hash", String(64), nullable=False, default=""),
    Column(
        "trouble", String(24), nullable=False, default=""
    ),  # of core/domain/feeds.py, '' where all is well
    Column("failing_since", UtcDateTime),
    info=keyed_by(otherwise=CLINIC),
)

busy_times = Table(
    "busy_times",
    metadata,
    id_column(),
    Column("feed_id", ForeignKey("calendar_feeds.id"), nullable=False, index=True),
    Column("staff_id", String(36), nullable=False),
    Column("starts_at", UtcDateTime, nullable=False),
    Column("ends_at", UtcDateTime, nullable=False, index=True),
)

# Where a provider's own calendar program fetches their visits. Only what the secret hashes to is kept.
calendar_addresses = Table(
    "calendar_addresses",
    metadata,
    id_column(),
    Column("staff_id", ForeignKey("staff.id"), nullable=False, unique=True),
    Column("secret_hash", String(64), nullable=False, unique=True),
    Column("made_at", UtcDateTime, nullable=False),
    Column("made_by", String(36), nullable=False),
)
