"""SQL of what people of an experiment wrote, and what became of its texts; by variant.

A cohort has patient_id, variant, at (when the patient was given it) and counts_at (when their days have passed).
"""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, FromClause, case, exists, func, select
from sqlalchemy.orm import Session

from core.messaging.store.outcomes import FILTERED
from core.messaging.store.texts import MACHINES
from core.messaging.tables import sms_messages

S = sms_messages.c
COMPLAINT = "complaint"
_IN = S.direction == "inbound"
_BY_A_PERSON = func.coalesce(S.understood_as, "").not_in(MACHINES)


def replied(session: Session, cohort: FromClause) -> dict[str, int]:
    """People who wrote within their days, machines apart."""
    return _people(session, cohort, _IN, _BY_A_PERSON, S.created_at <= cohort.c.counts_at)


def complained(session: Session, cohort: FromClause) -> dict[str, int]:
    """People who complained since they were given their variant."""
    return _people(session, cohort, _IN, S.understood_as == COMPLAINT)


def _people(session: Session, cohort: FromClause, *which: ColumnElement[bool]) -> dict[str, int]:
    theirs = exists().where(S.patient_id == cohort.c.patient_id, S.created_at > cohort.c.at, *which)
    rows = session.execute(select(cohort.c.variant, func.count()).where(theirs).group_by(cohort.c.variant))
    return dict(rows.all())


def sent_by(session: Session, marks: Collection[str]) -> dict[str, tuple[int, int]]:
    """By what texts remember of the variant they went by: how many, and how many of them a carrier filtered."""
    filtered = func.count(case((S.error_code == FILTERED, 1)))
    rows = session.execute(
        select(S.variant, func.count(), filtered).where(S.variant.in_(marks)).group_by(S.variant)
    )
    return {marked: (sent, lost) for marked, sent, lost in rows}


def first_texts(session: Session, template: str, since: datetime, until: datetime) -> Mapping[str, datetime]:
    """When each patient first got a text of this template in a stretch of time, by patient."""
    rows = session.execute(
        select(S.patient_id, func.min(S.created_at))
        .where(S.created_at >= since, S.created_at < until, S.template_id == template)
        .where(S.direction == "outbound", S.patient_id.is_not(None))
        .group_by(S.patient_id)
    )
    return dict(rows.all())


def written_since(
    session: Session, patient_ids: Collection[str], since: datetime
) -> list[tuple[str, datetime]]:
    """When these patients wrote, each text with its patient."""
    rows = session.execute(
        select(S.patient_id, S.created_at).where(
            _IN, _BY_A_PERSON, S.created_at >= since, S.patient_id.is_not(None)
        )
    )
    wanted = frozenset(patient_ids)
    return [(patient, at) for patient, at in rows if patient in wanted]
