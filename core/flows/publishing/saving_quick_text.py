"""The words of a conversation become a quick text of one's own, for use at once."""

import re
from datetime import datetime

from sqlalchemy.orm import Session

from core.domain.ids import new_id
from core.domain.roles import Actor
from core.flows.leads.staff_action import open_for_work
from core.flows.publishing import publish
from core.kinds import QUICK_TEXT
from core.messaging.quick_texts import PERSONAL
from core.patients.store import profiles as patients

NOTE = "Saved from a conversation"


def save(session: Session, actor: Actor, lead_id: str, title: str, body: str, *, now: datetime) -> str:
    """A personal quick text, published; its key. The patient's first name becomes the variable: the next one has
    another. Raises InvalidInput(title, body)."""
    lead = open_for_work(session, actor, lead_id)
    words = neutral(body.strip(), patients.brief(session, lead.patient_id).first_name)
    key = new_id(now)
    wording = {"title": title.strip(), "body": words, "scope": PERSONAL, "owner": actor.staff_id}
    saved = publish.save_draft(session, actor, QUICK_TEXT, key, wording, publish.NONE_SEEN, now=now)
    publish.publish(session, actor, QUICK_TEXT, key, saved.revision, NOTE, now=now)
    return key


def neutral(words: str, first_name: str) -> str:
    """Without the name of the patient whom it was written to."""
    if not first_name.strip():
        return words
    return re.sub(rf"(?<!\w){re.escape(first_name.strip())}(?!\w)", "{{firstName}}", words)
