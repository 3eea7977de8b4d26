"""What the product has just told somebody, as rows that each page of theirs follows: a browser says them aloud."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from console.live import READER, Topic, millis
from core.app import App
from core.domain.ids import is_id
from core.domain.roles import Permission
from core.reads import told
from core.reads.told import Told

# What stands on a screen that others may see: no patient, no treatment.
TITLES = {
    "staff_new_lead": "New lead",
    "staff_reply": "A patient wrote",
    "staff_urgent": "Urgent: a patient may be in danger",
    "staff_wrong_number": "Wrong number",
    "staff_call_task": "Call task",
    "staff_task": "Task",
    "staff_reassigned": "Lead handed to you",
    "staff_mention": "Named in a note",
    "staff_unacknowledged": "Nobody has acknowledged",
    "staff_uncontacted": "Nobody has reached out",
    "staff_backup_owner": "You are the backup",
    "staff_watch": "Something is wrong with the product",
    "staff_own_day": "Your day",
    "staff_test": "Test",
}


def rows(_app: App, session: Session, argument: str, now: datetime) -> Iterable[dict[str, Any]]:
    """`argument`: whose id. What others are told of (an alarm of the audit trail, say) is no matter of theirs."""
    return [row_of(one) for one in told.read(session, replace(READER, staff_id=argument), now=now)]


def row_of(one: Told) -> dict[str, Any]:
    return {
        "id": one.id,
        "title": TITLES.get(one.template, "Alert"),
        "leads": list(one.leads),
        "urgent": one.urgent,
        "at": millis(one.made_at),
        "way": one.way,
        "result": one.result,
    }


TOPIC = Topic("told", Permission.SEE_LEADS, rows, is_id, own=True)
