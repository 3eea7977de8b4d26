"""Who works here and when, their signed-in sessions and all that guards the sign-in, and the links of wall displays."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
    text,
)

from core.db.data_keys import CLINIC
from core.db.encrypted import Encrypted, EncryptedJson
from core.db.metadata import metadata
from core.db.sealing import keyed_by
from core.db.types import UtcDateTime, blind_column, id_column

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
    blind_column("email_index", index=True),  # by which an identity provider's sign-in finds its account
    Column("active", Boolean, nullable=False, default=True),
    Column("location", String(64), nullable=False, default=""),
    Column("skills", JSON, nullable=False),  # treatment groups, such as injectables
    Column("seniority", Integer, nullable=False, default=1),
    Column("accepts_leads", Boolean, nullable=False, default=False),
    Column("capacity", Integer, nullable=False, default=8),
    Column("status", String(12), nullable=False, default="available"),  # available, busy, break, off_duty
    Column(
        "hours", JSON, nullable=False
    ),  # weekday ("0" Monday) -> ["09:00-17:00", ...] in the location's zone
    Column("alert_channels", JSON, nullable=False),  # ["sms"]: ways of alert_rules, in their order
    Column(
        "urgent_channels", JSON, nullable=False, default=[]
    ),  # the same for what is urgent; empty: no difference
    Column("chat_address", Encrypted("staff.chat_address")),  # of a chat tool: it holds a key of that
    Column("status_until", UtcDateTime),  # when a status other than available ends by itself
    Column("languages", JSON, nullable=False, default=["en"]),  # en, es
    Column("weight", Integer, nullable=False, default=1),  # their share where a rule weighs
    Column("urgent_only", Boolean, nullable=False, default=False),
    # Windows such as "20:00-08:00" on the wall of their location, in which nothing routine is told.
    Column("quiet_hours", JSON, nullable=False, default=[]),
    # What patients may be told, and may ask for: only where the provider said so themselves.
    Column("gender", String(12), nullable=False, default=""),  # female, male
    Column("about", String(200), nullable=False, default=""),
    Column("created_at", UtcDateTime, nullable=False),
    info=keyed_by(otherwise=CLINIC),
)

# A date with hours of its own: the weekly ones don't count on it. No window at all is a day off.
shift_days = Table(
    "shift_days",
    metadata,
    id_column(),
    Column("staff_id", ForeignKey("staff.id"), nullable=False),
    Column("date", Date, nullable=False),
    Column("windows", JSON, nullable=False),  # ["09:00-13:00", ...] in the location's zone
    Column("set_at", UtcDateTime, nullable=False),
    Column("set_by", String(36), nullable=False),
    UniqueConstraint("staff_id", "date"),
    Index("ix_shift_days_date", "date"),
)

time_off = Table(
    "time_off",
    metadata,
    id_column(),
    Column("staff_id", ForeignKey("staff.id"), nullable=False, index=True),
    Column("starts_at", UtcDateTime, nullable=False),
    Column("ends_at", UtcDateTime, nullable=False, index=True),
    Column("note", Encrypted("time_off.note")),  # a reason may tell of somebody's health
    Column("made_at", UtcDateTime, nullable=False),
    Column("made_by", String(36), nullable=False),
    info=keyed_by(otherwise=CLINIC),
)

# Who is called at night: by priority 1 and by an alarm, whatever their shifts say.
on_call = Table(
    "on_call",
    metadata,
    id_column(),
    Column("staff_id", ForeignKey("staff.id"), nullable=False, index=True),
    Column("starts_at", UtcDateTime, nullable=False),
    Column("ends_at", UtcDateTime, nullable=False, index=True),
    Column("made_at", UtcDateTime, nullable=False),
    Column("made_by", String(36), nullable=False),
)

# What somebody who goes leaves to whoever comes: which leads, and a note. What is due of them is read when it is shown.
hand_overs = Table(
    "hand_overs",
    metadata,
    id_column(),
    Column("staff_id", ForeignKey("staff.id"), nullable=False),  # whose leads they are
    Column("to_id", ForeignKey("staff.id")),  # empty: whoever is next at the location
    Column("location", String(64), nullable=False),
    Column("ends_at", UtcDateTime, nullable=False),  # the end of the working day that it is for
    Column("made_at", UtcDateTime, nullable=False),
    Column("made_by", String(36)),  # empty where nobody had written one when the day ended
    Column("note", Encrypted("hand_overs.note")),
    Column("ended_at", UtcDateTime),  # taken over, or taken back
    Column("taken_by", String(36)),  # empty where its writer took it back
    # One waits for each end of a day, however many windows or schedulers write it.
    Index(
        "ix_hand_overs_waits",
        "staff_id",
        "ends_at",
        unique=True,
        sqlite_where=text("ended_at IS NULL"),
        postgresql_where=text("ended_at IS NULL"),
    ),
    info=keyed_by(otherwise=CLINIC),
)

hand_over_leads = Table(
    "hand_over_leads",
    metadata,
    Column("hand_over_id", ForeignKey("hand_overs.id"), primary_key=True),
    Column("lead_id", ForeignKey("leads.id"), primary_key=True, index=True),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", String(64), primary_key=True),  # SHA-256 of the cookie: a dump opens no session
    Column("id", String(36), nullable=False, unique=True),  # by which screens name it
    Column("staff_id", ForeignKey("staff.id"), nullable=False, index=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("last_seen_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("revoked_at", UtcDateTime),
    # When its owner last proved who they are: what leaves the house wants that to be a few minutes ago.
    Column("confirmed_at", UtcDateTime),
    Column("origin", Encrypted("sessions.origin")),  # the address that it was opened from
    Column(
        "browser", String(40), nullable=False, default=""
    ),  # 'Chrome on Windows', for its owner to know it by
    Column("how", String(12), nullable=False, default="password"),  # password, code, recovery, provider
    info=keyed_by(otherwise=CLINIC),
)

sign_in_tickets = Table(
    "sign_in_tickets",
    metadata,
    Column("ticket_hash", String(64), primary_key=True),
    Column("staff_id", ForeignKey("staff.id"), nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime),
)

# Failed sign-ins by what they are counted for (`core.staff.delay_rules`). Keyed hashes: no name and no address can be
# read out of it.
sign_in_tries = Table(
    "sign_in_tries",
    metadata,
    blind_column("key", primary_key=True),
    blind_column("name_index", index=True),  # whose failures an administrator forgives
    Column("failed", Integer, nullable=False),
    Column("failed_at", UtcDateTime, nullable=False, index=True),
)

# Browsers that somebody has signed in with: what others get wrong slows them down no more.
known_browsers = Table(
    "known_browsers",
    metadata,
    Column("browser_hash", String(64), primary_key=True),  # SHA-256 of what the cookie names
    Column("staff_id", ForeignKey("staff.id"), primary_key=True),
    Column("made_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False, index=True),
)

# The secret that an authenticator app shares with us. It counts once `confirmed_at` is set.
second_factors = Table(
    "second_factors",
    metadata,
    id_column(),
    Column("staff_id", ForeignKey("staff.id"), nullable=False, unique=True),
    Column("secret", Encrypted("second_factors.secret"), nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("confirmed_at", UtcDateTime),
    Column("last_step", Integer, nullable=False, default=0),  # half-minutes since 1970: a code works once
    info=keyed_by(otherwise=CLINIC),
)

recovery_codes = Table(
    "recovery_codes",
    metadata,
    Column("staff_id", ForeignKey("staff.id"), primary_key=True),
    blind_column("code_hash", primary_key=True),  # keyed: a dump gives no code
    Column("made_at", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime),
)

# A browser that shows somebody's alerts. Its endpoint is an address at its maker's push service, secret as a password:
# who has it and the keys may push there.
push_subscriptions = Table(
    "push_subscriptions",
    metadata,
    id_column(),
    Column("staff_id", ForeignKey("staff.id"), nullable=False, index=True),
    Column(
        "endpoint_hash", String(64), nullable=False, index=True
    ),  # SHA-256, by which a browser is known again
    Column("endpoint", Encrypted("push_subscriptions.endpoint"), nullable=False),
    Column(
        "browser_keys", EncryptedJson("push_subscriptions.browser_keys"), nullable=False
    ),  # {"p256dh": ..., "auth": ...}
    Column("browser", String(40), nullable=False, default=""),  # 'Chrome on Windows'
    Column("made_at", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime),  # when its push service last took an alert
    Column(
        "gone_at", UtcDateTime
    ),  # removed by its owner, taken over by a colleague, or given up by the browser
    info=keyed_by(otherwise=CLINIC),
)

# What an identity provider said of somebody is believed once: Streamlit keeps it in a cookie for a month.
provider_sign_ins = Table(
    "provider_sign_ins",
    metadata,
    Column("mark", String(64), primary_key=True),  # SHA-256 of issuer, subject, moment and nonce
    Column("used_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False, index=True),
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
