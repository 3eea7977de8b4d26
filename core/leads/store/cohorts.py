"""SQL of what became of the leads of people in an experiment; by variant."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Float, FromClause, cast, exists, func, select
from sqlalchemy.orm import Session

from core.leads.tables import leads

L = leads.c


def booked(session: Session, cohort: FromClause) -> dict[str, int]:
    """People with a visit that was booked within their days. A cohort has patient_id, variant, at, counts_at."""
    of = cohort.c
    theirs = exists().where(L.patient_id == of.patient_id, L.booked_at > of.at, L.booked_at <= of.counts_at)
    rows = session.execute(select(of.variant, func.count()).where(theirs).group_by(of.variant))
    return dict(rows.all())


def requests_of(cohort: FromClause) -> FromClause:
    """Every lead of people in an experiment, for the counts of other features: lead_id, patient_id, variant, at,
    counts_at."""
    of = cohort.c
    theirs = select(L.id.label("lead_id"), of.patient_id, of.variant, of.at, of.counts_at)
    return theirs.join_from(cohort, leads, L.patient_id == of.patient_id).subquery("requests")


def treated_value(session: Session, cohort: FromClause) -> dict[str, tuple[float, float]]:
    """By variant, dollars of the treatments that people had within their days: the sum over people, and the sum of the
    squares of what each brought. Who was not treated brought nothing."""
    of = cohort.c
    dollars = func.sum(cast(L.value_cents, Float) / 100)
    theirs = (
        select(of.variant, of.patient_id, dollars.label("dollars"))
        .join_from(cohort, leads, L.patient_id == of.patient_id)
        .where(L.treated_at > of.at, L.treated_at <= of.counts_at)
        .group_by(of.variant, of.patient_id)
        .subquery("brought")
    )
    each = theirs.c
    rows = session.execute(
        select(each.variant, func.sum(each.dollars), func.sum(each.dollars * each.dollars)).group_by(
            each.variant
        )
    )
    return {variant: (float(total), float(squares)) for variant, total, squares in rows}


def booked_since(
    session: Session, patient_ids: Collection[str], since: datetime
) -> list[tuple[str, datetime]]:
    """When visits of these patients were booked, each with its patient."""
    rows = session.execute(select(L.patient_id, L.booked_at).where(L.booked_at >= since))
    wanted = frozenset(patient_ids)
    return [(patient, at) for patient, at in rows if patient in wanted and at]
