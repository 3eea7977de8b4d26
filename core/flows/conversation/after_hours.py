"""A patient writes while their location is closed: one answer for the closed stretch, where nobody is there.

It is no contact: the patient's wait goes on. What would make it wrong by the time that it leaves is asked again at
hand-over (`core.flows.sending.answering`).
"""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core.app import App
from core.conversation import store as conversation
from core.conversation.rules.reading import Did, Label
from core.domain.hours import Span
from core.domain.phone import may_be_texted
from core.flows.conversation.heard import Heard
from core.flows.sending import answering
from core.messaging.actions import Lane
from core.messaging.rules.answers import AFTER_HOURS
from core.messaging.store import answers
from core.patients.store import corrections
from core.staff.store import people

USEFUL = timedelta(minutes=30)
UNDO = timedelta(minutes=1)  # a text by hand waits ten seconds for second thoughts
A_BREAK = timedelta(hours=3)  # closed for less than this, at noon, is no night: somebody answers soon
# They have answers of their own, or want none.
ANSWERED_OTHERWISE = frozenset(
    {
        Label.OPT_OUT, Label.WRONG_NUMBER, Label.AMBIGUOUS_OPT_OUT, Label.HELP, Label.OPT_IN, Label.RED_FLAG,
        Label.TAPBACK, Label.AUTO_REPLY, Label.GRATITUDE,
    }
)  # fmt: skip


def answer(session: Session, app: App, heard: Heard, now: datetime) -> None:
    """Plan the answer of this closed stretch, unless the text wants none, it was given, or somebody is there."""
    closed = _closed(app, heard, now)
    if closed is None or not _wants_one(session, heard) or _is_answered(session, app, heard, closed, now):
        return
    answering.plan(
        session,
        _key(heard.index, closed[1]),
        AFTER_HOURS,
        heard.lead,
        heard.text.phone,
        _shown_language(session, heard),
        useful_until=min(heard.written_at + USEFUL, closed[1]),
        now=now,
        lane=Lane.INSTANT,
    )


def _key(index: str, opens: datetime) -> str:
    """One for each number and closed stretch, whoever reads the text, and how often. Tells nothing of the number."""
    named = hashlib.sha256(f"{index}|{opens.isoformat()}".encode()).hexdigest()
    return f"closed:{named[:40]}"


def _closed(app: App, heard: Heard, now: datetime) -> Span | None:
    """The closed stretch in which it was written and is read; None while open, or where it closes for a break only."""
    clinic = app.reference.clinic
    if not clinic.after_hours.answer:
        return None
    closed = clinic.location(heard.lead.location).hours.closed_around(now)
    if closed is None or closed[1] - closed[0] < A_BREAK or heard.written_at < closed[0]:
        return None
    return closed


def _wants_one(session: Session, heard: Heard) -> bool:
    phone, label = heard.text.phone, heard.reading.label
    if label in ANSWERED_OTHERWISE or heard.sets_off(Did.PAGE_ON_CALL) or heard.sets_off(Did.SUPPRESS):
        return False
    if not may_be_texted(phone) or conversation.is_urgent(session, [heard.lead.id]):
        return False
    return all(one.phone != phone for one in people.colleagues(session))


def _is_answered(session: Session, app: App, heard: Heard, closed: Span, now: datetime) -> bool:
    """Once in this stretch, also where the person's lead moved to a location that opens at another time."""
    if answers.answered_from(session, heard.index, [AFTER_HOURS], closed[0]):
        return True
    if answers.person_is_writing(session, heard.lead.id, now + UNDO):
        return True
    return bool(answering.bar(session, app.reference, AFTER_HOURS, heard.lead, heard.index, now))


def _shown_language(session: Session, heard: Heard) -> str:
    """That of the text where the patient never said theirs."""
    theirs = corrections.language(session, heard.lead.patient_id)["language"]
    return "" if theirs else heard.reading.lang
