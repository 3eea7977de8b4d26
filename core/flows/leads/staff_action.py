"""Staff own a lead: take, hand on, looking at it. Notes are in `noting`, calls in `calls`, tasks in `tasks`.

Each raises Denied by role, NotFound for an unknown id, LostRace when a colleague was faster, InvalidInput with the
field. The conditional update decides who was first; nothing is checked before it that could change meanwhile.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core.assignment import store as assignments
from core.conversation import store_mentions as mentions
from core.domain.errors import InvalidInput, LostRace
from core.domain.roles import Actor, Permission, require
from core.flows.sending import alerts
from core.leads.store import leads
from core.leads.store import tasks as lead_tasks
from core.leads.store import work as lead_work
from core.leads.store.leads import LeadBrief
from core.messaging.store import by_hand
from core.settings import Settings
from core.staff.store import people as names

LONGEST_NOTE = 2000
OWNING = ("assigned", "taken", "reassigned", "released")


def open_for_work(session: Session, actor: Actor, lead_id: str) -> LeadBrief:
    """The lead, for somebody who may work it. Raises Denied and NotFound."""
    require(actor, Permission.WORK_LEADS)
    return leads.get(session, lead_id)


def take(
    session: Session, actor: Actor, lead_id: str, *, now: datetime, seen_owner: str | None = None
) -> str | None:
    """Make the actor the owner; who owned it before. `seen_owner` is the owner that the actor saw and takes it from.

    Raises LostRace when somebody else has it by now.
    """
    lead = open_for_work(session, actor, lead_id)
    if lead.owner_id == actor.staff_id and lead.state == "open":
        return lead.owner_id
    if not lead_work.take(session, lead_id, actor.staff_id, seen_owner, now):
        raise LostRace(_who_was_faster(session, leads.get(session, lead_id), now))
    leads.first_time(session, lead_id, "viewed_at", now)  # who takes it has seen it
    _keep_why(session, lead_id, actor, actor.staff_id, "Taken", now)
    _note(session, actor, lead_id, "taken", now, data={"from": lead.owner_id})
    return lead.owner_id


def give_back(
    session: Session, actor: Actor, lead_id: str, previous_owner_id: str | None, *, now: datetime
) -> None:
    """Undo a take. Raises LostRace when the lead is not the actor's any more."""
    open_for_work(session, actor, lead_id)
    if previous_owner_id is not None:
        _must_accept_leads(session, previous_owner_id)
    if not lead_work.hand_on(session, lead_id, actor.staff_id, previous_owner_id, now):
        raise LostRace(_who_was_faster(session, leads.get(session, lead_id), now))
    if previous_owner_id is None:
        assignments.let_wait(session, lead_id, "released", now)
    _keep_why(session, lead_id, actor, previous_owner_id, "Given back", now)
    _note(session, actor, lead_id, "released", now, data={"staff_id": previous_owner_id})


def reassign(
    session: Session, settings: Settings, actor: Actor, lead_id: str, staff_id: str, *, now: datetime
) -> str | None:
    """Give the lead to a colleague, who is alerted; who owned it before. Raises InvalidInput(staff_id)."""
    lead = open_for_work(session, actor, lead_id)
    _must_accept_leads(session, staff_id)
    if lead.owner_id == staff_id:
        return lead.owner_id
    if not lead_work.hand_on(session, lead_id, lead.owner_id, staff_id, now):
        raise LostRace(_who_was_faster(session, leads.get(session, lead_id), now))
    _keep_why(session, lead_id, actor, staff_id, "Reassigned", now)
    event = {"staff_id": staff_id, "from": lead.owner_id}
    event_id = _note(session, actor, lead_id, "reassigned", now, data=event)
    if staff_id != actor.staff_id:
        about = alerts.About(f"alert:reassigned:{event_id}", "staff_reassigned", lead_id, lead.number, now)
        alerts.alert_one(session, settings, staff_id, about, now)
    return lead.owner_id


def _must_accept_leads(session: Session, staff_id: str) -> None:
    if not names.accepts_leads(session, staff_id):
        raise InvalidInput.of("staff_id", "This person takes no leads. Choose somebody else.")


def _keep_why(
    session: Session, lead_id: str, actor: Actor, staff_id: str | None, verb: str, now: datetime
) -> None:
    lead_tasks.move(session, lead_id, staff_id)
    name = names.name(session, staff_id) if staff_id else "Nobody"
    why = f"{verb.lower()} by hand"
    trace = [{"staff_id": staff_id, "name": name, "chosen": True, "why": why}]
    assignments.record(
        session,
        lead_id=lead_id,
        staff_id=staff_id,
        rule=f"{verb} by {actor.name}",
        trace=trace,
        now=now,
        by_staff_id=actor.staff_id,
    )


def _who_was_faster(session: Session, lead: LeadBrief, now: datetime) -> str:
    """The words of a lost race: who has it, and since when."""
    if lead.state != "open":
        return f"This lead is {lead.state} by now. Your click changed nothing."
    did = lead_work.last_event(session, lead.id, OWNING)
    owner = names.name(session, lead.owner_id).split()[0] if lead.owner_id else "Nobody"
    if did is None:
        return f"This lead is {owner}'s by now. Your click changed nothing."
    before = ago(now - did.at)
    if did.kind == "taken":
        return f"{owner} took this lead {before} before you."
    return f"{owner} was given this lead {before} before you."


def ago(span: timedelta) -> str:
    """`3 s`, `12 min`, `2 h`: how long before."""
    seconds = max(1, int(span.total_seconds()))
    if seconds < 60:
        return f"{seconds} s"
    return f"{seconds // 60} min" if seconds < 3600 else f"{seconds // 3600} h"


def checked_note(body: str) -> str:
    """What was written, without its edges. Raises InvalidInput(note)."""
    words = body.strip()
    if len(words) > LONGEST_NOTE:
        raise InvalidInput.of("note", f"A note has at most {LONGEST_NOTE} characters; this one {len(words)}.")
    return words


def mark_viewed(session: Session, actor: Actor, lead_id: str, *, now: datetime) -> bool:
    """Somebody who works leads opened this one; whether nobody had before. A provider's look changes nothing."""
    require(actor, Permission.SEE_LEADS)
    leads.get(session, lead_id)
    if not actor.may(Permission.WORK_LEADS) or not leads.first_time(session, lead_id, "viewed_at", now):
        return False
    _note(session, actor, lead_id, "viewed", now)
    return True


def mark_read(session: Session, actor: Actor, lead_id: str, *, now: datetime) -> bool:
    """The patient's texts were seen; whether one was unread. Whoever a note had named has looked.

    Only its owner's look counts, or anybody's who works leads where it has none or the owner is away: what a colleague
    has glanced at is still new to the one who must answer it.
    """
    require(actor, Permission.SEE_LEADS)
    lead = leads.get(session, lead_id)
    mentions.look(session, lead_id, actor.staff_id, now)
    others = lead.owner_id is not None and lead.owner_id != actor.staff_id
    if not actor.may(Permission.WORK_LEADS) or (
        others and not names.is_away(session, lead.owner_id or "", now)
    ):
        return False
    if not lead_work.read_texts(session, lead_id):
        return False
    by_hand.read_texts(session, lead_id, now)
    return True


def _note(
    session: Session,
    actor: Actor,
    lead_id: str,
    kind: str,
    now: datetime,
    *,
    data: Mapping[str, object] | None = None,
    note: str | None = None,
) -> str:
    return leads.note_event(
        session, lead_id, kind, "staff", now=now, staff_id=actor.staff_id, data=data, note=note
    )
