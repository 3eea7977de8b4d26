"""Every table of the product in one MetaData: what Alembic compares and tests create."""

import core.alerting.tables
import core.analytics.tables
import core.assignment.tables
import core.audit.tables
import core.booking.tables
import core.compliance.tables
import core.conversation.tables
import core.db.data_keys
import core.db.key_check
import core.experiments.tables
import core.intake.tables
import core.leads.tables
import core.links.tables
import core.messaging.tables
import core.operations.tables
import core.patients.tables
import core.sequences.tables
import core.sla.tables
import core.staff.stamp_tables
import core.staff.tables
import core.versions.tables
import core.webhooks.tables  # noqa: F401
from core.db.metadata import metadata

__all__ = ["metadata"]
