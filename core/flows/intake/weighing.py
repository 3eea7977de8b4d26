"""A form of our own page is weighed before it becomes a lead: taken in, taken in without texts, or held for a person.

Deliveries with a right key are never weighed: who has the key answers for what it sends.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from core.domain.addresses import street_of
from core.intake import store_knocks, suspicion_rules
from core.intake.store_knocks import Knock
from core.intake.submission import Submission
from core.intake.suspicion_rules import Allowed, Knocks, Page, Reason
from core.patients.store import profiles as patients
from core.settings import Settings


@dataclass(frozen=True)
class Weighed:
    """`reasons`: why it waits for a person, empty where it is taken in. `is_full`: its number gets no further text."""

    knock: Knock
    knocks: Knocks
    reasons: tuple[Reason, ...]
    is_full: bool


def weigh(
    session: Session, settings: Settings, submission: Submission, page: Page, ip: str, now: datetime
) -> Weighed:
    """How it looks beside what came lately: one statement."""
    one = _knock(session, submission, page, ip)
    phone_index = patients.phone_index(session, submission.phone)
    knocks = store_knocks.came_before(session, one, phone_index, now)
    allowed = allowed_by(settings)
    why = suspicion_rules.reasons(page, knocks, allowed)
    return Weighed(one, knocks, why, suspicion_rules.is_full(knocks, allowed))


def note_accepted(session: Session, weighed: Weighed, now: datetime) -> None:
    """It counts from now on."""
    store_knocks.note(session, weighed.knock, is_new=weighed.knocks.is_new, form=None, now=now)


def note_held(session: Session, weighed: Weighed, submission: Submission, now: datetime) -> None:
    """It counts too, and is known again."""
    form = store_knocks.form_hash(session, submission.external_id)
    store_knocks.note(session, weighed.knock, is_new=weighed.knocks.is_new, form=form, now=now)


def _knock(session: Session, submission: Submission, page: Page, ip: str) -> Knock:
    name = f"{submission.first_name} {submission.last_name}"
    return store_knocks.knock(
        session,
        page="" if page.touched else page.key,
        number=submission.phone,
        network=street_of(ip),
        words=suspicion_rules.free_words(submission.notes, name),
    )


def allowed_by(settings: Settings) -> Allowed:
    return Allowed(
        number_hour=settings.form_number_hour,
        number_day=settings.form_number_day,
        new_numbers=settings.form_new_numbers,
        network=settings.form_network,
        words=settings.form_words,
        signs=settings.form_signs,
    )
