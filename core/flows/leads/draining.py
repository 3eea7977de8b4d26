"""Leads that waited for somebody go to who is free now: urgent ones first, then the oldest.

Looked for every second, which costs one small statement while none waits: whoever comes on shift or back from a break,
closes a lead or is hired, the look finds them, and no story that frees somebody has to know of the queue. Who says
that they are available does not wait for it: that story drains in its own transaction.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from core.app import App
from core.assignment import store as assignments
from core.assignment.rules.choosing import choose
from core.assignment.rules.people import Candidate
from core.flows.leads import assigning, wanting
from core.flows.sending import alerts
from core.leads.rules import COLD, URGENT
from core.leads.store import owners
from core.leads.store.owners import Asked
from core.reference import Reference
from core.settings import Settings
from core.sla import store as sla

MOST = 50  # leads a look: the next one is a second away


def drain(app: App, *, now: datetime) -> int:
    """Give out what waits, as far as somebody is free; how many leads."""
    with app.db.read() as session:
        if not assignments.any_waits(session):
            return 0
        here = _free(assigning.candidates(session, app.reference, now))
        if not here and not owners.any_settled(session, list(assignments.waiting(session))):
            return 0
    with app.db.write() as session:
        return drain_in(session, app.reference, app.settings, now=now)


def drain_in(session: Session, reference: Reference, settings: Settings, *, now: datetime) -> int:
    """The same in a transaction that freed somebody. Another one's leads are left to it."""
    since = assignments.waiting(session)
    if not since:
        return 0
    held = owners.hold(session, list(since))
    over = [one.id for one in held if one.owner_id or one.state != "open"]
    assignments.waits_no_more(session, over)
    waiting = sorted((one for one in held if one.id not in over), key=lambda one: _turn(one, since[one.id]))
    wanted = [(one, wanting.of_lead(session, reference, one, now)) for one in waiting[:MOST]]
    assignments.take_turns(session)
    people, given = assigning.candidates(session, reference, now), 0
    for lead, asks in wanted:
        choice = choose(reference.assignment, asks, people)
        if choice.staff_id is None:
            continue
        owner = assigning.give(session, lead.id, choice, people, now)
        if owner is None:
            continue
        people = [owner if one.staff_id == owner.staff_id else one for one in people]
        assignments.waits_no_more(session, [lead.id])
        _tell(session, reference, settings, lead, owner, now)
        given += 1
    return given + len(over)


def _free(people: list[Candidate]) -> list[Candidate]:
    return [
        one
        for one in people
        if one.on_shift and one.status == "available" and not one.missed_out and one.open_leads < one.capacity
    ]


def _turn(lead: Asked, since: datetime) -> tuple[bool, datetime, str]:
    return (lead.priority != URGENT, since, lead.id)


def _tell(
    session: Session,
    reference: Reference,
    settings: Settings,
    lead: Asked,
    owner: Candidate,
    now: datetime,
) -> None:
    if lead.priority == COLD:
        return
    alerts.alert(
        session,
        reference,
        settings,
        key=f"alert:new_lead:{lead.id}",
        template="staff_new_lead",
        staff_id=owner.staff_id,
        lead_id=lead.id,
        lead_number=lead.number,
        due_at=sla.live_due(session, lead.id) or now,
        now=now,
    )
