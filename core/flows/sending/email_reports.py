"""What became of an email, from the mail server at once or from the provider's webhook later; the lead tells it."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy.orm import Session

from core.app import App
from core.compliance import store_emails
from core.domain.errors import InvalidInput
from core.domain.ids import is_id
from core.flows.sending import unsubscribing
from core.leads.store import leads
from core.messaging.actions import Purpose
from core.messaging.store import emails

log = structlog.get_logger(__name__)
EVENTS = ("bounce", "complaint", "unsubscribe")
STATUS = re.compile(r"\b5\.\d{1,3}\.\d{1,3}\b")
# What a person should see in the queue: the plan went wrong.
ALARMING = frozenset({"email_bounced", "email_failed", "email_unsure"})


def take_in(app: App, report: Mapping[str, Any], *, now: datetime) -> bool:
    """A report of the provider: `message_id`, `event` (one of EVENTS, a bounce being one for good), and `detail` in its
    own words. Whether it is about an email of ours. Raises InvalidInput(event)."""
    event, action_id = str(report.get("event") or ""), action_of(str(report.get("message_id") or ""))
    if event not in EVENTS:
        raise InvalidInput.of("event", f"Must be one of {', '.join(EVENTS)}.")
    with app.db.write() as session:
        known = bool(action_id) and emails.of_action(session, action_id) is not None
        if known:
            _act(session, action_id, event, str(report.get("detail") or ""), now)
    if not known:
        log.info("email_report_unknown", event_=event)
    return known


def action_of(message_id: str) -> str:
    """The action of a Message-ID that `adapters.mime` made, '' where it is another's."""
    action_id = message_id.strip().strip("<>").partition("@")[0]
    return action_id if is_id(action_id) else ""


def _act(session: Session, action_id: str, event: str, detail: str, now: datetime) -> None:
    match event:
        case "bounce":
            status = STATUS.search(detail)  # the rest may repeat the address
            bounced(session, action_id, None, status[0] if status else "", now)
        case "complaint":
            emails.ended(session, [action_id], emails.COMPLAINED, now)
            unsubscribing.unsubscribe(session, action_id, "complaint", now=now)
        case "unsubscribe":
            unsubscribing.unsubscribe(session, action_id, "provider", now=now)


def bounced(session: Session, action_id: str, code: int | None, detail: str, now: datetime) -> None:
    """The address takes nothing: later emails to it are dropped. Told once, however often it is reported."""
    email = emails.of_action(session, action_id)
    if email is None or email.status == emails.BOUNCED:
        return
    emails.ended(session, [action_id], emails.BOUNCED, now, code=code, detail=detail)
    if email.email_index:
        store_emails.set_standing(session, email.email_index, now, unreachable_at=now)
    tell(session, action_id, "email_bounced", now)


def tell(session: Session, action_id: str, kind: str, now: datetime) -> None:
    """A line in the timeline of the email's lead, where it has one."""
    email = emails.of_action(session, action_id)
    if email is None or email.lead_id is None or email.purpose == Purpose.STAFF_ALERT:
        return
    data = {"email_id": email.id, "template": email.template_id}
    leads.note_event(session, email.lead_id, kind, "automatic", now=now, data=data)
    if kind in ALARMING:
        leads.show_last_event(session, email.lead_id, kind, "automatic", None, now)
