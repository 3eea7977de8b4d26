"""Failed and unknown texts and emails as rows that browsers follow."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from console.live import READER, Topic, millis
from console.parts.resend_words import SPANS, start
from console.parts.why_words import reason_words
from console.parts.words import template_name
from core.app import App
from core.domain.ids import reference
from core.domain.phone import show_phone
from core.domain.roles import Permission
from core.messaging import failures
from core.messaging.actions import EMAIL
from core.messaging.store.resend import Again
from core.reads import resend
from core.reads.resend import FailedText


def rows(app: App, session: Session, argument: str, now: datetime) -> Iterable[dict[str, Any]]:
    """Those of today or of the week, newest first."""
    since = start(argument, app.reference.clinic.zone, now)
    return [_row(text) for text in resend.read(session, READER, since)]


def _row(text: FailedText) -> dict[str, Any]:
    return {
        "id": text.id,
        "ref": reference(text.number),
        "name": text.name or "New number",
        "email": text.channel == EMAIL,
        "phone": text.address or show_phone(text.phone),
        "state": text.state,
        "why": text.why
        if text.tries < 2 or text.state == "unknown"
        else f"{text.why}, tried {text.tries} times",
        "kind": text.why,
        "code": text.code,
        "remedy": text.remedy,
        "resend": text.resend,
        "at_lead": not text.resend and text.remedy in failures.ADVICE,
        "template": template_name(text.template, text.purpose),
        "at": millis(text.at),
        "checking": millis(text.checking_until),
        "again": _again(text.again),
    }


def _again(again: Again | None) -> dict[str, Any] | None:
    if again is None:
        return None
    return {
        "id": again.id,
        "state": again.state.value,
        "due": millis(again.due_at),
        "delivered": millis(again.delivered_at),
        "why": reason_words(again.reason),
    }


TOPIC = Topic("resend", Permission.RESEND, rows, SPANS.__contains__)
