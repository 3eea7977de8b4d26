"""A status callback: forward only, repeated and out-of-order deliveries harmless.

The callback carries our action's id: it is the second witness that a text was accepted, even when the answer to
our call was lost.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from core.app import App
from core.domain.ids import is_id
from core.flows.sending import settling
from core.messaging.rules.statuses import FAILED_STATUSES
from core.messaging.store import texts

NOTHING = "\0"  # no database of text takes it, and no identifier has it
LONGEST_ATTEMPT = 6


def record(app: App, action_id: str, attempt: str, params: Mapping[str, str], *, now: datetime) -> bool:
    """Take in one verified status webhook; whether it was news. Unknown texts and statuses are no error."""
    sid = params.get("MessageSid") or params.get("SmsSid") or ""
    status = params.get("MessageStatus") or params.get("SmsStatus") or ""
    code = params.get("ErrorCode", "")
    if not sid or not status or NOTHING in sid:
        return False
    with app.db.write() as session:
        if is_id(action_id) and attempt.isdecimal() and len(attempt) <= LONGEST_ATTEMPT:
            settling.adopt(session, action_id, int(attempt), sid, "callback", now)
        text = texts.of_sid(session, sid)
        if text is None:
            return False
        return _report(session, text, status, int(code) if code.isdecimal() else None, now)


def _report(session: Session, text: texts.TextBrief, status: str, code: int | None, now: datetime) -> bool:
    news = texts.report(session, text, status, code, now)
    if news and status in FAILED_STATUSES:
        settling.learn(session, text, code, now)
    return news
