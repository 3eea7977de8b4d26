"""One patient under way in one version of a sequence; how far those of each day came, counted."""

from sqlalchemy import JSON, Boolean, Column, Date, ForeignKey, Index, Integer, String, Table, text

from core.db.metadata import metadata
from core.db.types import UtcDateTime, id_column

enrollments = Table(
    "enrollments",
    metadata,
    id_column(),
    Column("lead_id", ForeignKey("leads.id"), nullable=False, index=True),
    Column("patient_id", String(36), nullable=False, index=True),
    Column("sequence", String(40), nullable=False),
    Column("version", Integer, nullable=False),
    # What they are in it for: the lead, the visit, the call. The same cause never enters twice, whatever crashes.
    Column("occurrence", String(48), nullable=False),
    Column("visit_id", String(36), index=True),
    Column("anchors", JSON, nullable=False),  # the moments that steps count from, by name
    Column(
        "moves", Integer, nullable=False, default=0
    ),  # how often the visit was moved: steps are anew for each
    Column("stops_on", String(160), nullable=False),  # ',reply,contact,': as its version says, for SQL
    Column("steps_aside", Boolean, nullable=False, default=True),
    Column(
        "state", String(10), nullable=False
    ),  # active, ending (its steps are being cancelled), stopped, finished
    Column("started_at", UtcDateTime, nullable=False),
    Column("ends_at", UtcDateTime, nullable=False),  # its last step is of no use any more then
    Column("stopped_at", UtcDateTime),
    Column("stop_reason", String(40)),
    Column("stopped_by", String(36)),
    # Something else would have stopped it later: taking the first cause back revives nothing then.
    Column("stopped_again_at", UtcDateTime),
    Index("ux_enrollments_cause", "sequence", "occurrence", unique=True),
    Index("ix_enrollments_entered", "sequence", "started_at"),
    # Who is under way in which version, counted and ended as a group.
    Index(
        "ix_enrollments_active",
        "sequence",
        "version",
        sqlite_where=text("state = 'active'"),
        postgresql_where=text("state = 'active'"),
    ),
    Index(
        "ix_enrollments_ending",
        "stopped_at",
        sqlite_where=text("state = 'ending'"),
        postgresql_where=text("state = 'ending'"),
    ),
    Index(
        "ix_enrollments_ends_at",
        "ends_at",
        sqlite_where=text("state = 'active'"),
        postgresql_where=text("state = 'active'"),
    ),
)

# How far people came without walking through every step there ever was; counted anew while it can still change.
sequence_reach = Table(
    "sequence_reach",
    metadata,
    Column("sequence", String(40), primary_key=True),
    Column("day", Date, primary_key=True),  # on which they entered, of the clinic's
    Column("version", Integer, primary_key=True),
    Column("step", String(24), primary_key=True),  # '' for how many entered
    Column("state", String(10), primary_key=True),  # entered, reached, planned, dropped, left
    Column("reason", String(40), primary_key=True),
    Column("people", Integer, nullable=False),
)
