"""What a form says in free text may tell of danger too: the same reading as of a text, and the same people are told."""

from datetime import datetime

from sqlalchemy.orm import Session

from core.conversation.rules import danger as danger_rules
from core.conversation.rules.danger import Health
from core.conversation.rules.reading import language
from core.conversation.rules.words import Said
from core.flows.conversation import danger
from core.flows.sending import answering
from core.flows.sequences.stopping import stop_sequences
from core.intake.submission import Submission
from core.leads.store import groups, leads
from core.messaging.store import planning
from core.reference import Reference
from core.settings import Settings

MOST = 40  # free answers that are read; a form with more of them is none of a patient's
SHORTEST = 3  # words: a ticked 'Fever' in a list of past illnesses is no cry for help


def heed(
    session: Session,
    reference: Reference,
    settings: Settings,
    submission: Submission,
    lead_id: str,
    submission_id: str,
    now: datetime,
) -> bool:
    """Raise the alarm where the form tells of danger that happens now; whether it does."""
    cry = next((words for words in _free_text(submission) if _is_cry(words)), None)
    if cry is None:
        return False
    lead = leads.get(session, lead_id)
    stop_sequences(session, lead_id, "needs_a_person", by=None, now=now, by_kind="automatic")
    number = lead.phone_index or ""
    theirs = groups.with_phones(session, [number])
    planning.cancel_marketing(session, number, theirs, "needs_a_person", now)
    advice = danger.raise_alarm(session, reference, settings, lead, submission_id, now)
    if advice and submission.phone and not lead.call_only:
        since = min(submission.submitted_at, now)  # a late form gets a person and no text
        answering.advise(session, advice, lead, submission.phone, language(cry), since=since, now=now)
    return True


def _free_text(submission: Submission) -> list[str]:
    """The notes, and every other answer that is a sentence."""
    answers = [value for value in submission.fields.values() if isinstance(value, str)]
    return [submission.notes, *(one for one in answers[:MOST] if len(one.split()) >= SHORTEST)]


def _is_cry(words: str) -> bool:
    return bool(words.strip()) and danger_rules.heard(Said(words)) is Health.RED
