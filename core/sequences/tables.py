"""One patient under way in one version of a sequence."""

from sqlalchemy import Column, ForeignKey, Integer, String, Table

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
    Column("state", String(10), nullable=False),  # active, stopped, finished
    Column("started_at", UtcDateTime, nullable=False),
    Column("stopped_at", UtcDateTime),
    Column("stop_reason", String(40)),
    # Something else would have stopped it later: taking the first cause back revives nothing then.
    Column("stopped_again_at", UtcDateTime),
)
