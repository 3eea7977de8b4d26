"""SQL of how texts fared lately. Every statement begins at an index and ends at a limit, however long the history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, exists, func, or_, select, text
from sqlalchemy.orm import Session

from core.db.types import is_word
from core.messaging.actions import TEXT, Lane, State
from core.messaging.store.resend import PREFIX
from core.messaging.tables import attempts, sms_messages, timed_actions

A, S = timed_actions.c, sms_messages.c
FILTERED = 30007
FAILED = ("failed", "undelivered")
VERDICTS = ("delivered", "read", *FAILED)
# Carriers that confirm nothing leave a text at 'sent': after this long it counts as one that arrived.
SILENCE = timedelta(minutes=1)
# The words stand in the statement: SQLite sees only so that the index of failures serves it.
_FAILED: ColumnElement[bool] = S.status.in_(
    bindparam(None, list(FAILED), expanding=True, literal_execute=True)
)
# Word for word the condition of the partial index of failed texts.
_FAILED_TEXTS = text("sms_messages.status IN ('failed', 'undelivered')")
_OUT = S.direction == "outbound"
_TO_PATIENTS = and_(_OUT, S.origin != "staff_alert", S.purpose != "reply")


@dataclass(frozen=True)
class Failures:
    """How many texts failed lately, and how many of a longer time were filtered by a carrier."""

    recent: int
    filtered: int


_FAILURES = select(
    func.count(case((S.created_at > bindparam("recently"), 1))),
    func.count(case((S.error_code == FILTERED, 1))),
).where(_FAILED, S.created_at > bindparam("earliest"))


def failures(session: Session, recently: datetime, earlier: datetime) -> Failures:
    """Failed after `recently`, and filtered after `earlier`, which comes first; one look at the index of failures."""
    return Failures(*session.execute(_FAILURES, {"recently": recently, "earliest": earlier}).one())


def filtered_templates(session: Session, since: datetime, at_least: int) -> list[str]:
    """Templates of which so many texts were filtered since then."""
    statement = (
        select(S.template_id)
        .where(_FAILED, S.created_at > since, S.error_code == FILTERED, S.template_id.is_not(None))
        .group_by(S.template_id)
        .having(func.count() >= at_least)
    )
    return [str(template) for template in session.execute(statement).scalars()]


def filtered_of_last(session: Session, template: str, since: datetime, limit: int) -> int:
    """How many of the template's last `limit` texts a carrier filtered."""
    last = (
        select(S.error_code)
        .where(_OUT, S.created_at > since, S.template_id == template)
        .order_by(S.created_at.desc())
        .limit(limit)
    )
    return list(session.execute(last).scalars()).count(FILTERED)


def tries(session: Session, since: datetime, limit: int) -> list[bool]:
    """The last calls to the provider, newest first: True where it gave no answer, or said 'not now'."""
    a = attempts.c
    # Ids are made in order of time: the newest are found without looking at all of them.
    rows = session.execute(select(a.started_at, a.outcome).order_by(a.id.desc()).limit(limit))
    return [row.outcome in ("retry", "unknown") for row in rows if row.started_at > since and row.outcome]


def due_since(session: Session, now: datetime) -> datetime | None:
    """When the text or task that waits longest became due; None where nothing is due."""
    c = timed_actions.c
    found = [
        session.execute(
            select(c.due_at)
            .where(is_word(c.state, State.PLANNED), c.lane == int(lane), c.due_at <= now)
            .order_by(c.due_at)
            .limit(1)
        ).scalar_one_or_none()
        for lane in Lane
    ]
    return min((at for at in found if at), default=None)


def answers(session: Session, since: datetime, limit: int) -> list[bool]:
    """The provider's last answers, newest first: True where it refused for good. Refused for now is no answer."""
    refused = and_(S.status == "failed", S.twilio_sid.is_(None))
    return _last(session, refused, or_(S.twilio_sid.is_not(None), S.status == "failed"), since, limit)


def verdicts(session: Session, since: datetime, limit: int, now: datetime) -> list[bool]:
    """The carriers' last verdicts on texts that the provider took, newest first: True where it did not arrive."""
    silent = and_(is_word(S.status, "sent"), S.created_at < now - SILENCE)
    known = and_(S.twilio_sid.is_not(None), or_(S.status.in_(VERDICTS), silent))
    return _last(session, S.status.in_(FAILED), known, since, limit)


def _last(
    session: Session, bad: ColumnElement[bool], known: ColumnElement[bool], since: datetime, limit: int
) -> list[bool]:
    statement: Select[bool] = (
        select(case((bad, True), else_=False))
        .where(_OUT, S.created_at > since, known)
        .order_by(S.created_at.desc())
        .limit(limit)
    )
    return [bool(failed) for failed in session.execute(statement).scalars()]


def texted(session: Session, since: datetime, limit: int) -> int:
    """How many numbers of patients were texted, counted up to `limit`; the answer to a keyword is no texting."""
    # In the order of the index of time: asked for distinct numbers, SQLite would walk through every text there is.
    lately = select(S.phone_index).where(_TO_PATIENTS, S.created_at > since).order_by(S.created_at.desc())
    numbers: set[str] = set()
    with session.execute(lately.execution_options(yield_per=500)) as rows:
        for (index,) in rows:
            numbers.add(index)
            if len(numbers) >= limit:
                break
    return len(numbers)


def texted_among(session: Session, phone_indexes: Sequence[str], since: datetime) -> int:
    """How many of these numbers were texted since then."""
    statement = select(func.count(S.phone_index.distinct())).where(
        S.phone_index.in_(phone_indexes), S.created_at > since, _TO_PATIENTS
    )
    return int(session.execute(statement).scalar_one())


def was_ever_used(session: Session) -> bool:
    """Whether anything was ever handed over from this database."""
    return session.execute(select(attempts.c.id).limit(1)).first() is not None


def for_a_person(session: Session, since: datetime) -> int:
    """Texts to patients that failed since then and were not sent again, and those of a fate that stays unknown.

    Of emails the leads tell (`email_unsure`): the page that this counts for resends texts.
    """
    again = timed_actions.alias("again")
    first = PREFIX + S.action_id + ":1"
    failed = select(func.count()).where(
        _FAILED_TEXTS,
        S.created_at >= since,
        S.origin.in_(("automatic", "staff")),
        ~exists().where(again.c.key == first),
    )
    unknown = select(func.count()).where(
        is_word(A.state, State.UNKNOWN), A.verify_at.is_(None), A.kind == TEXT
    )
    return int(session.execute(failed).scalar_one()) + int(session.execute(unknown).scalar_one())
