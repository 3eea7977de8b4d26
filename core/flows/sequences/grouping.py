"""What the stories about a group of people in a sequence have in common: whose leads, a reason, a line of the trail."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select
from sqlalchemy.orm import Session

from core.audit import store as audit
from core.domain.errors import InvalidInput
from core.leads.store import groups
from core.sequences.rules.group import Group

MOST = 2_000  # people that one transaction writes a line for each: more would hold the one writer of SQLite too long
LONGEST_REASON = 200


def leads_of(group: Group) -> Select[Any] | None:
    """None for everybody."""
    return groups.of_place(group.location, group.owner_id, group.lead_id)


def checked(reason: str) -> str:
    """Raises InvalidInput(reason)."""
    words = reason.strip()
    if not words:
        raise InvalidInput.of("reason", "Say in a few words why, for whoever looks later.")
    if len(words) > LONGEST_REASON:
        raise InvalidInput.of("reason", f"At most {LONGEST_REASON} characters; this one has {len(words)}.")
    return words


def few_enough(found: list[str]) -> list[str]:
    """Raises InvalidInput(group)."""
    if len(found) > MOST:
        raise InvalidInput.of("group", f"At most {MOST:,} people at a time: narrow the group.")
    return found


def note(
    session: Session,
    action: str,
    group: Group,
    reason: str,
    people: int,
    *,
    by: str,
    now: datetime,
    **more: object,
) -> None:
    """Who did what to whom, in the audit trail. A lead alone is named by its id."""
    whom = {
        "version": group.version,
        "location": group.location,
        "owner": group.owner_id,
        "lead": group.lead_id,
    }
    audit.note(
        session,
        staff_id=by,
        action=action,
        subject=f"sequence:{group.sequence}",
        reason=reason,
        detail={**whom, "people": people, **more},
        now=now,
    )
