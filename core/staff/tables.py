"""Who works here, their signed-in sessions, the one-time tickets of sign-ins, and the links of wall displays."""

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Integer, String, Table

from core.db.metadata import metadata
from core.db.types import Encrypted, UtcDateTime, id_column

staff = Table(
    "staff",
    metadata,
    id_column(),
    Column("username", String(40), nullable=False, unique=True),
    Column("name", String(80), nullable=False),
    Column("role", String(16), nullable=False),  # frontdesk, manager, marketing, admin, provider
    Column("title", String(40), nullable=False, default=""),  # what the assignment rules call a pool
    Column("password_hash", String(100), nullable=False),
    Column("must_change_password", Boolean, nullable=False, default=False),
    Column("phone", Encrypted("staff.phone")),
    Column("email", Encrypted("staff.email")),
    Column("active", Boolean, nullable=False, default=True),
    Column("failed_sign_ins", Integer, nullable=False, default=0),
    Column("locked_until", UtcDateTime),
    Column("location", String(64), nullable=False, default=""),
    Column("skills", JSON, nullable=False),  # treatment groups, such as injectables
    Column("seniority", Integer, nullable=False, default=1),
    Column("accepts_leads", Boolean, nullable=False, default=False),
    Column("capacity", Integer, nullable=False, default=8),
    Column("status", String(12), nullable=False, default="available"),  # available, busy, break, off_duty
    Column(
        "hours", JSON, nullable=False
    ),  # weekday ("0" Monday) -> ["09:00-17:00", ...] in the location's zone
    Column("alert_channels", JSON, nullable=False),  # ["sms"]
    Column("created_at", UtcDateTime, nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", String(64), primary_key=True),  # SHA-256 of the cookie: a dump opens no session
    Column("staff_id", ForeignKey("staff.id"), nullable=False, index=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("last_seen_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("revoked_at", UtcDateTime),
)

sign_in_tickets = Table(
    "sign_in_tickets",
    metadata,
    Column("ticket_hash", String(64), primary_key=True),
    Column("staff_id", ForeignKey("staff.id"), nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime),
)

wall_links = Table(
    "wall_links",
    metadata,
    id_column(),
    Column("token_hash", String(64), nullable=False, unique=True),  # SHA-256 of what stands in the address
    Column("name", String(60), nullable=False),  # which screen it is for
    Column("location", String(64), nullable=False, default=""),  # '' for all
    Column("made_by", ForeignKey("staff.id"), nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime),
    Column("revoked_at", UtcDateTime),
    Column("revoked_by", ForeignKey("staff.id")),
)
