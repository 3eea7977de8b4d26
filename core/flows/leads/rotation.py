"""Two leads in a row that somebody did not even look at in time take them off the rotation, until they are back.

Only what came to them by the rules counts, and only while they were at work: a shift that ended is nobody's silence.
They are back when they reach out to any patient, or say so themselves; a manager can bring them back.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from core.app import App
from core.assignment import store as assignments
from core.audit import store as audit
from core.domain.errors import InvalidInput
from core.domain.roles import Actor, Permission, require
from core.flows.leads import assigning
from core.flows.sending.alerts import tell_each
from core.leads.rules import COLD
from core.leads.store import owners
from core.sla.rules import FIRST_CONTACT
from core.staff import shift_rules
from core.staff.store.people import colleagues, pool

MOST_IN_A_ROW = 2
GATHERED_SECONDS = 300
TEMPLATE = "staff_off_rotation"


def note_breached(session: Session, app: App, breached: Iterable[tuple[str, str]], *, now: datetime) -> int:
    """First contacts were not made in time, as (lead id, target); how many people that takes off the rotation."""
    ids = [lead_id for lead_id, target in breached if target == FIRST_CONTACT]
    if not ids:
        return 0
    given, found = assignments.last_automatic(session, ids), owners.asked(session, ids)
    at_work = {
        one.id
        for one in pool(session, now)
        if shift_rules.status_at(one, now) == shift_rules.AVAILABLE
        and assigning.on_shift(one, app.reference, now)
    }
    asked_for = [one for one in found if one.priority < COLD and one.viewed_at is None]
    silent = [one for one in asked_for if one.owner_id == given.get(one.id)]
    off = [
        one.owner_id
        for one in silent
        if one.owner_id in at_work and assignments.missed(session, one.owner_id, MOST_IN_A_ROW, now)
    ]
    for staff_id in off:
        _took_off(session, app, staff_id, now)
    return len(off)


def _took_off(session: Session, app: App, staff_id: str, now: datetime) -> None:
    audit.note(session, staff_id=None, action="off_rotation", subject=f"staff:{staff_id}", now=now)
    told = [one for one in colleagues(session) if one.id == staff_id or one.role == "manager"]
    tell_each(session, app.settings, told, TEMPLATE, GATHERED_SECONDS, now=now)


def at_work(session: Session, staff_id: str | None, now: datetime) -> None:
    """They reached out to a patient: nothing is missed in a row, and they are on the rotation."""
    if staff_id and assignments.looked_after(session, staff_id):
        audit.note(
            session, staff_id=staff_id, action="back_on_rotation", subject=f"staff:{staff_id}", now=now
        )


def come_back(session: Session, actor: Actor, *, now: datetime) -> None:
    """They say that they are there. Raises Denied."""
    require(actor, Permission.WORK_LEADS)
    at_work(session, actor.staff_id, now)


def bring_back(session: Session, actor: Actor, staff_id: str, *, now: datetime) -> None:
    """A manager says that somebody is there. Raises Denied, InvalidInput(staff) for who is on the rotation."""
    require(actor, Permission.HAND_OVER)
    if not assignments.looked_after(session, staff_id):
        raise InvalidInput.of("staff", "This person is on the rotation already.")
    audit.note(
        session, staff_id=actor.staff_id, action="back_on_rotation", subject=f"staff:{staff_id}", now=now
    )
