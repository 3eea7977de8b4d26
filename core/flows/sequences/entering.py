"""What makes somebody enter a sequence beside their form: a booking, a checkout, a missed call, a long silence.

One place and one name for each moment: the console calls these today, booking and the phone line will.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from core import plans
from core.flows.sequences.enrolling import Cause, Entrant, enroll
from core.leads.store import leads
from core.leads.store.leads import LeadBrief
from core.sequences.rules.choosing import starting_on
from core.sequences.rules.definition import Anchor, Sequence


def booked(session: Session, lead: LeadBrief, visit_id: str, starts_at: datetime, *, now: datetime) -> None:
    """A visit stands, and its time is known."""
    anchors = {Anchor.BOOKING: now, Anchor.VISIT: starts_at}
    _enter(session, lead, Anchor.BOOKING, anchors, visit_id, visit_id=visit_id, now=now)


def checked_out(session: Session, lead: LeadBrief, visit_id: str | None, *, now: datetime) -> None:
    """The patient was treated and leaves."""
    _enter(
        session,
        lead,
        Anchor.CHECKOUT,
        {Anchor.CHECKOUT: now},
        visit_id or lead.id,
        visit_id=visit_id,
        now=now,
    )


def missed_call(session: Session, lead: LeadBrief, call_id: str, *, now: datetime) -> None:
    """They called and nobody picked up."""
    _enter(session, lead, Anchor.MISSED_CALL, {Anchor.MISSED_CALL: now}, call_id, now=now)


def form_opened(session: Session, lead: LeadBrief, link_id: str, *, now: datetime) -> None:
    """Somebody opened their own booking page. `link_id`: the link that was opened, however often."""
    _enter(session, lead, Anchor.FORM_OPENED, {Anchor.FORM_OPENED: now}, link_id, now=now)


def fell_silent(session: Session, lead: LeadBrief, since: datetime, *, now: datetime) -> None:
    """Nobody has heard of each other since then."""
    occurrence = f"{lead.id}:{since:%y%m%d}"
    _enter(session, lead, Anchor.LAST_REPLY, {Anchor.LAST_REPLY: now}, occurrence, now=now)


def _enter(
    session: Session,
    lead: LeadBrief,
    anchor: Anchor,
    anchors: Mapping[Anchor, datetime],
    occurrence: str,
    *,
    visit_id: str | None = None,
    now: datetime,
) -> None:
    entrant = entrant_of(lead)
    for plan in starting_on(plans.published(session).values(), anchor):
        if enroll(session, plan, entrant, Cause(occurrence, anchors, visit_id), now=now):
            note(session, lead.id, plan, by=None, now=now)


def note(session: Session, lead_id: str, plan: Sequence, *, by: str | None, now: datetime) -> None:
    """A line of the timeline: this sequence begins."""
    data = {"sequence": plan.key, "title": plan.title, "version": plan.version}
    kind = "staff" if by else "automatic"
    leads.note_event(session, lead_id, "sequence_started", kind, now=now, staff_id=by, data=data)


def entrant_of(lead: LeadBrief) -> Entrant:
    """Texts go to the number of the lead, and to none where it is for calls only."""
    return Entrant(lead.id, lead.patient_id, lead.phone or "", texts=bool(lead.phone) and not lead.call_only)
