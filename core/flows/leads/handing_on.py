"""Leads change hands in number: to whom the rules say, or to a colleague that a manager chooses.

For whoever goes (an account that closes, leave that begins) and for whoever does not answer. Clocks run on: changing
hands never resets one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from core.assignment import store as assignments
from core.assignment.rules.choosing import choose
from core.audit import store as audit
from core.domain.errors import InvalidInput
from core.domain.roles import Actor, Permission, require
from core.flows.leads import assigning, staff_action, wanting
from core.flows.leads.assigning import Owner
from core.flows.sending import alerts
from core.leads.store import leads, owners
from core.leads.store import tasks as lead_tasks
from core.leads.store.owners import Asked
from core.reference import Reference
from core.settings import Settings
from core.staff.store import people as names

MOST = 500


@dataclass(frozen=True)
class HandedOn:
    """How many leads have another owner, and how many wait for one."""

    given: int
    waiting: int


def pass_on(
    session: Session,
    reference: Reference,
    settings: Settings,
    lead_id: str,
    *,
    excluded: frozenset[str],
    now: datetime,
    when_nobody: str = "stays",
) -> Owner | None:
    """The rules give the lead to somebody who is none of `excluded`, and who hears of it.

    None where nobody is free, or a colleague has the lead in hand at this moment: then it stays with its owner. With
    `when_nobody` 'waits' it then waits in the queue instead.
    """
    lead = next(iter(owners.hold(session, [lead_id])), None)
    if lead is None or lead.state != "open":
        return None
    wanted = wanting.of_lead(session, reference, lead, now, excluded)
    assignments.take_turns(session)
    people = assigning.candidates(session, reference, now)
    choice = choose(reference.assignment, wanted, people)
    if choice.staff_id is None:
        if when_nobody == "waits":
            _let_wait(session, reference, lead, choice.waits_for, now)
        return None
    found = assigning.give(session, lead.id, choice, people, now)
    if found is None:
        return None
    lead_tasks.move(session, lead.id, found.staff_id)
    _tell(session, settings, lead, found.staff_id, now)
    return Owner(found.staff_id, found.name)


def _let_wait(session: Session, reference: Reference, lead: Asked, why: str, now: datetime) -> None:
    leads.change(session, lead.id, now, owner_id=None)
    lead_tasks.move(session, lead.id, None)
    assigning.let_wait(session, reference, lead.id, lead.location, why, now)


def _tell(session: Session, settings: Settings, lead: Asked, staff_id: str, now: datetime) -> None:
    key = f"alert:passed_on:{lead.id}:{int(now.timestamp())}"
    about = alerts.About(key, "staff_reassigned", lead.id, lead.number, now)
    alerts.alert_one(session, settings, staff_id, about, now)


def hand_on_all(
    session: Session, reference: Reference, settings: Settings, staff_id: str, *, now: datetime
) -> HandedOn:
    """Every open lead of somebody who goes finds another owner by the rules; who finds none waits in the queue."""
    given = waiting = 0
    mine = owners.open_of(session, staff_id)
    # Before anybody's turn is taken: one that a colleague has in hand at this moment must not be left behind.
    owners.hold(session, mine, wait=True)
    for lead_id in mine:
        owner = pass_on(
            session,
            reference,
            settings,
            lead_id,
            excluded=frozenset({staff_id}),
            now=now,
            when_nobody="waits",
        )
        given, waiting = given + bool(owner), waiting + (owner is None)
    return HandedOn(given, waiting)


def hand_over(
    session: Session,
    reference: Reference,
    settings: Settings,
    actor: Actor,
    staff_id: str,
    to: str,
    *,
    now: datetime,
) -> HandedOn:
    """A manager gives all open leads of somebody to a colleague, or with `to` '' to whom the rules say.

    One note in the audit trail. Raises Denied, and InvalidInput(staff, to).
    """
    require(actor, Permission.HAND_OVER)
    mine = owners.open_of(session, staff_id)
    if not mine:
        raise InvalidInput.of("staff", "This person has no open lead.")
    if to == staff_id:
        raise InvalidInput.of("to", "Choose somebody else than whose leads they are.")
    done = (
        HandedOn(reassign_many(session, settings, actor, mine, to, now=now), 0)
        if to
        else hand_on_all(session, reference, settings, staff_id, now=now)
    )
    audit.note(
        session,
        staff_id=actor.staff_id,
        action="leads_handed_over",
        subject=f"staff:{staff_id}",
        detail={"to": to, "given": done.given, "waiting": done.waiting},
        now=now,
    )
    return done


def reassign_many(
    session: Session,
    settings: Settings,
    actor: Actor,
    lead_ids: Sequence[str],
    staff_id: str,
    *,
    now: datetime,
) -> int:
    """Give these leads to one colleague, whatever their capacity; how many changed hands. Each keeps who did it.

    Raises Denied, InvalidInput(staff_id, leads), LostRace where one moved meanwhile: then none did.
    """
    require(actor, Permission.HAND_OVER)
    if len(lead_ids) > MOST:
        raise InvalidInput.of("leads", f"At most {MOST} leads at once.")
    names_of_owner = names.names(session, [staff_id])
    if staff_id not in names_of_owner:
        raise InvalidInput.of("staff_id", "Choose somebody of the team.")
    before = [
        staff_action.reassign(session, settings, actor, lead_id, staff_id, now=now) for lead_id in lead_ids
    ]
    assignments.waits_no_more(session, lead_ids)
    return sum(owner != staff_id for owner in before)


def take_many(
    session: Session, actor: Actor, lead_ids: Sequence[str], owner: str, *, now: datetime
) -> HandedOn:
    """These leads are the actor's from now on, as far as they are open and still that owner's; `waiting`: the others.

    Raises Denied.
    """
    require(actor, Permission.WORK_LEADS)
    theirs = _still_of(session, lead_ids, owner)
    for lead_id in theirs:
        staff_action.take(session, actor, lead_id, now=now, seen_owner=owner)
    return HandedOn(len(theirs), len(lead_ids) - len(theirs))


def give_many(
    session: Session,
    settings: Settings,
    actor: Actor,
    lead_ids: Sequence[str],
    owner: str,
    to: str,
    *,
    now: datetime,
) -> HandedOn:
    """The same to a colleague that a manager chooses, who is told. Raises Denied, InvalidInput(staff_id)."""
    theirs = _still_of(session, lead_ids, owner)
    given = reassign_many(session, settings, actor, theirs, to, now=now)
    return HandedOn(given, len(lead_ids) - given)


def _still_of(session: Session, lead_ids: Sequence[str], owner: str) -> list[str]:
    held = owners.hold(session, lead_ids, wait=True)
    return [one.id for one in held if one.state == "open" and one.owner_id == owner]
