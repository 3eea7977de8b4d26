"""Who else bears the name of a new or corrected profile? Told to the review list, a moment after the form.

A name has no index (decision 0015), so everybody's is read: once for all profiles that wait, and by the scheduler,
never while a form is taken in.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from core.app import App
from core.patients import likeness
from core.patients.likeness import GivenNames, Verdict
from core.patients.store import matching, namesakes

AT_ONCE = 500


def find(app: App, *, now: datetime) -> int:
    """Compare the names that wait with all others; how many waited. Safe to interrupt and to repeat."""
    with app.db.read() as session:
        waiting = namesakes.waiting(session, AT_ONCE)
        alike = likeness.alike(waiting, namesakes.everybody(session)) if waiting else {}
    if not waiting:
        return 0
    with app.db.write() as session:
        for patient_id, others in alike.items():
            _ask_about(session, app.reference.given_names, patient_id, others, now)
        namesakes.compared(session, [person.id for person in waiting])
    return len(waiting)


def _ask_about(
    session: Session, names: GivenNames, patient_id: str, others: list[str], now: datetime
) -> None:
    """As both are now: since it was read, a name may have been corrected, or the profile merged into another."""
    one = matching.person(session, patient_id)
    if one.id != patient_id:
        return
    judged = {other: likeness.judge(one, matching.person(session, other), names) for other in others}
    unsure = {other: found.reasons for other, found in judged.items() if found.verdict is not Verdict.APART}
    matching.suspect(session, patient_id, unsure.items(), now)
