"""Forms that could not be read, or were refused: when, from where, why; and what became of those handled lately.

Nothing of their content is read here: opening one is a story of its own (core/flows/intake/unread_forms.py).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from core.domain.roles import Actor, Permission, require
from core.intake.labels import label_of
from core.intake.reasons import DISMISSALS
from core.intake.tables import raw_payloads
from core.leads.tables import leads
from core.staff.tables import staff

R = raw_payloads.c
WAITING = ("dead", "refused")
HANDLED = ("replayed", "mended", "dismissed")
MOST = 300


@dataclass(frozen=True)
class UnreadForm:
    """One kept form. `field` (as people read it, '' for the form as a whole) and `why` say what was wrong.

    `handled_by`, `lead_number` and, where it was dismissed, `reason` once it was handled.
    """

    id: str
    connector: str
    received_at: datetime
    state: str
    field: str
    why: str
    handled_at: datetime | None
    handled_by: str
    lead_number: int | None
    reason: str


def read(session: Session, actor: Actor, handled_since: datetime) -> list[UnreadForm]:
    """What waits, newest first, then what was handled since that moment. Raises Denied."""
    require(actor, Permission.SEE_DEAD_LETTERS)
    statement = (
        select(
            R.id, R.connector, R.received_at, R.state, R.error_field, R.error, R.handled_at,
            R.reason, staff.c.name, leads.c.number,
        )
        .outerjoin(staff, staff.c.id == R.handled_by)
        .outerjoin(leads, leads.c.submission_id == R.submission_id)
        .where(or_(R.state.in_(WAITING), R.state.in_(HANDLED) & (R.handled_at >= handled_since)))
        .order_by(R.state.in_(WAITING).desc(), R.received_at.desc())
        .limit(MOST)
    )  # fmt: skip
    return [_form(row) for row in session.execute(statement)]


def _form(row: Any) -> UnreadForm:
    return UnreadForm(
        id=row.id,
        connector=row.connector,
        received_at=row.received_at,
        state=row.state,
        field=label_of(row.error_field or ""),
        why=row.error or "",
        handled_at=row.handled_at,
        handled_by=row.name or "",
        lead_number=row.number,
        reason=DISMISSALS.get(row.reason or "", ""),
    )
