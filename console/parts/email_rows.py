"""An email as a row of the conversation, beside the texts."""

from typing import Any

from console.live import millis
from console.parts.email_words import FAILED, STATUSES, TO_DO, UNSURE, UNSURE_TO_DO, WHY_SENT
from console.parts.words import wording_words
from core.reads.lead_thread import Decided, Email

Row = dict[str, Any]


def email_row(email: Email, decided: Decided | None, why: list[Row], lead_id: str) -> Row:
    """In the shape of a text's row. `why`: its moves as rows."""
    failed = email.status in FAILED
    doubt = decided is not None and decided.state == "unknown" and not failed
    return {
        "id": f"m:{email.id}",
        "kind": "text",
        "text": email.id,
        "at": millis(email.created_at),
        "origin": "automatic",
        "by": None,
        "name": f"Email: {email.subject}",
        "body": email.body,
        "status": UNSURE if doubt else STATUSES.get(email.status, email.status),
        "statusAt": millis(email.ended_at or email.sent_at),
        "tone": "failed" if failed else "doubt" if doubt else "",
        "code": email.error_code if failed else None,
        "todo": UNSURE_TO_DO if doubt else TO_DO.get(email.status, ""),
        "understood": "",
        "readAs": "other",
        "grave": False,
        "machine": False,
        "pictures": [],
        "why": why,
        "because": why_sent(email) if decided else "",
        "earlier": email.lead_id != lead_id,
    }


def why_sent(email: Email) -> str:
    """'about their visit, to the address they gave us; version 2, English'"""
    wording = wording_words(email.template_version, email.language, neutral=email.neutral)
    return "; ".join(filter(None, (WHY_SENT.get(email.purpose, ""), wording)))
