"""Internal notes: never sent to the patient. A colleague whom one names is told, and sees it until they have looked."""

import re
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from core.conversation import store_drafts as drafts
from core.conversation import store_mentions as mentions
from core.domain.errors import InvalidInput
from core.domain.roles import ALLOWED, Actor, Permission
from core.flows.leads.staff_action import checked_note, open_for_work
from core.flows.sending import alerts
from core.leads.store import leads
from core.settings import Settings
from core.staff.alert_rules import Colleague
from core.staff.store import people


def add_note(
    session: Session,
    settings: Settings,
    actor: Actor,
    lead_id: str,
    body: str,
    *,
    now: datetime,
    draft: int = 0,
) -> str:
    """Keep a note, and tell each colleague whom it names as '@Maya Torres', once; its id. Raises InvalidInput(note)."""
    lead = open_for_work(session, actor, lead_id)
    words = checked_note(body)
    if not words:
        raise InvalidInput.of("note", "Write something first.")
    named = named_in(words, people.colleagues(session), actor.staff_id)
    leads.show_last_event(session, lead_id, "note", "staff", words[:160], now)
    data = {"mentions": [one.id for one in named]} if named else {}
    note_id = leads.note_event(
        session, lead_id, "note", "staff", now=now, staff_id=actor.staff_id, data=data, note=words
    )
    mentions.name_people(session, lead_id, note_id, [one.id for one in named], now)
    drafts.throw_away(session, lead_id, actor.staff_id, "note", draft)
    about = alerts.About(f"alert:mention:{note_id}", "staff_mention", lead_id, lead.number, now)
    alerts.tell(session, settings, [one for one in named if one.can_be_told], about, now)
    return note_id


def named_in(words: str, colleagues: Sequence[Colleague], writer: str) -> list[Colleague]:
    """Whom a note names by their full name: who may see the lead, and is not its writer."""
    able = [one for one in colleagues if one.role in ALLOWED[Permission.SEE_LEADS] and one.id != writer]
    return [one for one in able if re.search(rf"@{re.escape(one.name)}(?!\w)", words)]
