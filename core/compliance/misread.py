"""An opt-out that none was: whether it may be lifted, and what stands without it. The ledger keeps both."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.compliance.store import LedgerEntry, Standing, append, set_standing, standing
from core.compliance.tables import consents

MISREAD = "misread"


@dataclass(frozen=True)
class Told:
    """A row of the ledger as far as it decides what may be sent."""

    action: str
    scope: str
    method: str
    at: datetime


def ledger(session: Session, phone_index: str) -> list[Told]:
    """All that was said about one number, oldest first."""
    c = consents.c
    rows = session.execute(
        select(c.action, c.scope, c.method, c.at).where(c.phone_index == phone_index).order_by(c.at, c.id)
    )
    return [Told(*row) for row in rows]


def stands_alone(told: Iterable[Told], moments: frozenset[datetime]) -> bool:
    """Whether nothing but the misreading, at `moments`, shuts the number: no other opt-out since it last was open."""
    shut = False
    for one in told:
        if one.action == "resume":
            shut = False
        shut |= one.action == "revoke" and one.at not in moments
    return not shut


def made_by(told: Iterable[Told], action: str, moments: frozenset[datetime]) -> bool:
    """Whether a text that was taken in, or corrected, at `moments` left a row of that kind."""
    return any(one.action == action and one.at in moments and one.method != MISREAD for one in told)


def without(told: Iterable[Told], moments: frozenset[datetime]) -> Standing:
    """What may be sent to the number as if the misreading had not been."""
    found = Standing()
    for one in told:
        if one.action == "resume" and one.at not in moments:
            found = Standing(transactional_at=one.at)
        elif one.action == "revoke" and one.at not in moments:
            found = Standing(opted_out_at=one.at)
        elif one.action == "grant":
            found = replace(found, **{f"{one.scope}_at": one.at})
    return found


def lift(
    session: Session,
    phone_index: str,
    moments: frozenset[datetime],
    *,
    patient_id: str | None,
    staff_id: str,
    now: datetime,
) -> Standing:
    """Take the opt-out back that a misread text made. What the carrier says of the number stays."""
    as_it_was = without(ledger(session, phone_index), moments)
    _note(session, phone_index, "correct", patient_id, staff_id, now)
    # Whoever the carrier can't reach it still can't; a number that the misreading itself called a stranger's is freed.
    unreachable = standing(session, phone_index).unreachable_at
    kept = None if unreachable in moments else unreachable
    return set_standing(
        session,
        phone_index,
        now,
        opted_out_at=as_it_was.opted_out_at,
        opted_out_how=None,
        transactional_at=as_it_was.transactional_at,
        marketing_at=as_it_was.marketing_at,
        unreachable_at=kept,
    )


def shut_again(
    session: Session, phone_index: str, *, patient_id: str | None, staff_id: str, now: datetime
) -> Standing:
    """A text was misread as an opt-in: the number is as shut as it was."""
    _note(session, phone_index, "revoke", patient_id, staff_id, now)
    return standing(session, phone_index)


def _note(
    session: Session, phone_index: str, action: str, patient_id: str | None, staff_id: str, now: datetime
) -> None:
    entry = LedgerEntry(
        phone_index, "all", action, MISREAD, patient_id=patient_id, source="correction", staff_id=staff_id
    )
    append(session, [entry], now)
