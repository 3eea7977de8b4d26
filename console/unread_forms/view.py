"""Forms that could not be read as rows that browsers follow: no word of their content travels with the list."""

from collections.abc import Iterable
from datetime import datetime, time
from typing import Any

from sqlalchemy.orm import Session

from console.live import READER, Topic, millis
from console.parts.words import connector_name
from core.app import App
from core.domain.hours import at
from core.domain.ids import reference
from core.domain.roles import Permission
from core.reads import unread_forms
from core.reads.unread_forms import WAITING, UnreadForm

NOT_A_FIELD = frozenset({"", "body"})


def rows(app: App, session: Session, _argument: str, now: datetime) -> Iterable[dict[str, Any]]:
    """What waits, then what was handled today."""
    zone = app.reference.clinic.zone
    today = at(now.astimezone(zone).date(), time.min, zone)
    return [_row(form) for form in unread_forms.read(session, READER, today)]


def _row(form: UnreadForm) -> dict[str, Any]:
    return {
        "id": form.id,
        "at": millis(form.received_at),
        "connector": connector_name(form.connector),
        "waits": form.state in WAITING,
        "refused": form.state == "refused",
        "why": form.why or "It could not be read.",
        "field": form.field,
        "outcome": outcome_words(form),
        "ref": reference(form.lead_number) if form.lead_number else "",
        "handled": millis(form.handled_at),
    }


def outcome_words(form: UnreadForm) -> str:
    """'Read by Maya Torres', 'Dismissed by Maya Torres', '' while it waits."""
    did = {"replayed": "Read", "mended": "Corrected", "dismissed": "Dismissed"}.get(form.state, "")
    return f"{did} by {form.handled_by}" if did and form.handled_by else did


TOPIC = Topic("unread", Permission.SEE_DEAD_LETTERS, rows)
