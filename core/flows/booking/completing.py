"""A visit is completed: treated and checked out; and that taken back.

A lead reaches the stage once; whoever comes a second time for the same request is noted on the visit alone.
"""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core.analytics import store as analytics
from core.booking import rules
from core.booking import store as visits
from core.booking.store import Visit
from core.domain.errors import LostRace
from core.domain.roles import Actor, Doer, Permission, require
from core.flows.booking import arriving, changing, noting
from core.flows.sequences import entering, stopping
from core.flows.webhooks import telling
from core.leads.store import leads
from core.leads.store import work as lead_work
from core.leads.store.leads import LeadBrief
from core.patients.store import profiles as patients
from core.webhooks import rules as hooks

A_SECOND = timedelta(
    seconds=1
)  # by which a visit ends after its arrival at the least: see Visit.is_completed


def complete(session: Session, actor: Actor, visit_id: str, value_cents: int, *, now: datetime) -> None:
    """They are done; arrived too, where nobody marked that. `value_cents` 0 leaves the value open.

    Raises Denied, NotFound, InvalidInput(value, visit), LostRace.
    """
    require(actor, Permission.WORK_LEADS)
    rules.refuse_value(value_cents)
    arriving.arrived(session, actor, visit_id, now=now)
    visit = visits.get(session, visit_id)
    if visit.is_completed:
        raise LostRace("This visit is completed already.")
    completed(session, actor, leads.get(session, visit.lead_id), visit, value_cents, now)


def completed(
    session: Session, doer: Doer, lead: LeadBrief, visit: Visit, value_cents: int, now: datetime
) -> None:
    """Somebody who is here for a visit, that nobody else can change now, is done."""
    done_at = max(now, (visit.came_at or now) + A_SECOND)
    visits.change(session, visit.id, "attended", ended_at=done_at, value_cents=value_cents)
    stopping.stop_sequences(session, lead.id, "checked_out", by=doer.staff_id, now=now)
    entering.checked_out(session, lead, visit.id, now=now)
    if leads.first_time(session, lead.id, "treated_at", now):
        noting.count(session, lead, "treated", value_cents, now)
        noting.raise_stage(session, lead, "treated", value_cents, now)
    worth = {"value_cents": value_cents} if value_cents else {}
    noting.tell(session, doer, lead.id, "treated", now, {"visit": visit.id, **worth})
    telling.tell(session, hooks.COMPLETED, visit.id, now)


def not_complete(session: Session, actor: Actor, visit_id: str, *, now: datetime) -> None:
    """Taken back: they are still here. Raises Denied, NotFound, LostRace."""
    require(actor, Permission.WORK_LEADS)
    patients.touch(session, visits.get(session, visit_id).patient_id, now)  # first: see settling.after_sent
    visit = visits.get(session, visit_id)
    if not visit.is_completed:
        raise LostRace("This visit is not completed any more.")
    not_completed(session, actor, leads.get(session, visit.lead_id), visit, now)


def not_completed(session: Session, doer: Doer, lead: LeadBrief, visit: Visit, now: datetime) -> None:
    """The same of a visit that nobody else can change now."""
    visits.change(session, visit.id, "attended", ended_at=visit.came_at, value_cents=0)
    stopping.stop_visit(session, visit.id, "taken_back", by=doer.staff_id, now=now)
    treated_at = leads.stage_at(session, lead.id, "treated_at")
    if treated_at and visit.came_at and treated_at >= visit.came_at:
        lead_work.clear_stage(session, lead.id, "treated_at", now)
        analytics.withdraw(session, lead.id, "treated")
        changing.lower_status(session, lead, now)
    noting.tell(session, doer, lead.id, "unmarked", now, {"stage": "treated", "visit": visit.id})
