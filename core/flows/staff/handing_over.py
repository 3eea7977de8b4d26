"""Whoever goes leaves their open leads to whoever comes: from facts, with a note of their own, taken by one click.

Which leads it is about stands in it; what is due of them, what was promised and what is unread is read when somebody
looks. Where nobody has written one when the day ends it is made by itself, without a note. The leads stay whose they
are until somebody takes them over: no clock is set back, and alerts about them go to who is there.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.app import App
from core.domain.errors import Denied, InvalidInput, LostRace, NotFound
from core.domain.roles import Actor, Permission, require
from core.flows.leads import handing_on
from core.flows.leads.handing_on import HandedOn
from core.flows.staff.presence import at_work
from core.leads.store import leads, owners
from core.reference import Reference
from core.settings import Settings
from core.staff import hand_over_rules
from core.staff.shift_rules import Rota
from core.staff.store import hand_overs, people, rota
from core.staff.store.hand_overs import HandOver

ANOTHER = "Another window of yours has just sent it. Look at it again."


@dataclass(frozen=True)
class Sent:
    """`leads`: how many it is about."""

    id: str
    leads: int


def send(
    session: Session, reference: Reference, actor: Actor, note: str = "", to: str = "", *, now: datetime
) -> Sent:
    """Leave one's open leads to a colleague, or with `to` '' to whoever is next at one's location. What one sent before
    and nobody has taken, or what was made by itself, is written anew.

    Raises Denied, InvalidInput(note, to, leads), and LostRace where somebody has taken it over meanwhile.
    """
    require(actor, Permission.WORK_LEADS)
    mine = owners.open_of(session, actor.staff_id)
    if not mine:
        raise InvalidInput.of("leads", "You have no open lead: there is nothing to hand over.")
    words = hand_over_rules.note(note)
    if to and (to == actor.staff_id or not people.accepts_leads(session, to)):
        raise InvalidInput.of("to", "Choose a colleague who takes leads, or whoever comes next.")
    plan = _plan(session, actor.staff_id, now)
    ends_at = _end_of_day(reference, plan, now)
    values = {"to_id": to or None, "note": words or None, "made_by": actor.staff_id}
    before = hand_overs.waiting_of(session, actor.staff_id, now - hand_over_rules.WAITS)
    if before:
        try:
            with session.begin_nested():
                written = hand_overs.write_anew(session, before.id, mine, now, ends_at=ends_at, **values)
        except IntegrityError as error:
            raise LostRace(ANOTHER) from error
        if not written:
            raise LostRace(_who_was_faster(session, before.id))
        return Sent(before.id, len(mine))
    made = _add(session, reference, plan, ends_at, mine, now, **values)
    if made is None:
        raise LostRace(ANOTHER)
    return Sent(made, len(mine))


def take_back(session: Session, actor: Actor, hand_over_id: str, *, now: datetime) -> None:
    """Its writer, or a manager, wants it no more. Raises Denied, NotFound, LostRace."""
    require(actor, Permission.WORK_LEADS)
    found = _found(session, hand_over_id)
    if found.staff_id != actor.staff_id and not actor.may(Permission.HAND_OVER):
        raise Denied("Only who wrote it, a manager or an admin can take a hand-over back.")
    if not hand_overs.end(session, hand_over_id, None, now):
        raise LostRace(_who_was_faster(session, hand_over_id))


def take_over(session: Session, actor: Actor, hand_over_id: str, *, now: datetime) -> HandedOn:
    """What is left of it is the actor's from now on: the leads that are open and still its writer's. `waiting`: how
    many somebody else has by now, or are closed. Raises Denied, NotFound, InvalidInput(id) for one's own, LostRace."""
    require(actor, Permission.WORK_LEADS)
    found = _found(session, hand_over_id)
    if found.staff_id == actor.staff_id:
        raise InvalidInput.of("id", "These leads are yours. Take the hand-over back to keep them.")
    if not people.accepts_leads(session, actor.staff_id):
        raise InvalidInput.of("id", "You take no leads. Give them to somebody who does.")
    _end(session, found, actor, now)
    named = hand_overs.leads_of(session, [found.id])[found.id]
    return handing_on.take_many(session, actor, named, found.staff_id, now=now)


def give(
    session: Session, settings: Settings, actor: Actor, hand_over_id: str, to: str, *, now: datetime
) -> HandedOn:
    """A manager gives what is left of it to somebody, who is told. Raises Denied, NotFound, InvalidInput(staff_id),
    LostRace."""
    require(actor, Permission.HAND_OVER)
    found = _found(session, hand_over_id)
    _end(session, found, actor, now)
    named = hand_overs.leads_of(session, [found.id])[found.id]
    return handing_on.give_many(session, settings, actor, named, found.staff_id, to, now=now)


def _end(session: Session, found: HandOver, actor: Actor, now: datetime) -> None:
    if not hand_overs.end(session, found.id, actor.staff_id, now):
        raise LostRace(_who_was_faster(session, found.id))


def _end_of_day(reference: Reference, plan: Rota, now: datetime) -> datetime:
    """The end of the working day that they are in, or that has just ended; now for who is on no shift."""
    place = reference.clinic.hours(plan.location)
    return hand_over_rules.ends_at(plan, place, now) or hand_over_rules.ended_at(plan, place, now) or now


def make_missing(app: App, *, now: datetime) -> int:
    """Whose day has ended with open leads and no hand-over gets one by itself; how many."""
    with app.db.read() as session:
        if not _missing(session, app.reference, now):
            return 0
    with app.db.write() as session:
        missing = _missing(session, app.reference, now)
        made = [
            _add(session, app.reference, plan, ends_at, owners.open_of(session, plan.id), now, made_by=None)
            for plan, ends_at in missing
        ]
    return sum(one is not None for one in made)


def count_waiting(session: Session, reference: Reference, now: datetime) -> int:
    """How many hand-overs nobody has taken."""
    return len(_untaken(session, reference, now))


def waiting_for(session: Session, reference: Reference, now: datetime) -> Counter[str]:
    """The same by whom they were left to by name."""
    return Counter(one.to_id for one in _untaken(session, reference, now) if one.to_id)


def _untaken(session: Session, reference: Reference, now: datetime) -> list[HandOver]:
    """Of people who are not back at work, with leads of theirs left in them."""
    waiting = hand_overs.waiting(session, now - hand_over_rules.WAITS)
    if not waiting:
        return []
    here, named = at_work(session, reference, now), hand_overs.leads_of(session, [one.id for one in waiting])
    gone = [one for one in waiting if not (one.ends_at <= now and one.staff_id in here)]
    known = leads.find_all(session, [lead_id for one in gone for lead_id in named[one.id]])
    left = {(one.id, one.owner_id) for one in known.values() if one.state == "open"}
    return [one for one in gone if any((lead_id, one.staff_id) in left for lead_id in named[one.id])]


def _missing(session: Session, reference: Reference, now: datetime) -> list[tuple[Rota, datetime]]:
    laden = owners.open_counts(session)
    if not laden:
        return []
    plans = [one for one in rota.rotas(session, now - hand_over_rules.LATE, now) if one.id in laden]
    ended = [(one, hand_over_rules.ended_at(one, reference.clinic.hours(one.location), now)) for one in plans]
    return [
        (one, ends_at)
        for one, ends_at in ended
        if ends_at and _is_owed(hand_overs.of_day(session, one.id, ends_at))
    ]


def _is_owed(last: HandOver | None) -> bool:
    """Nobody wrote one for that end, or it was taken over and more came to them since."""
    return last is None or last.taken_by is not None


def _add(
    session: Session,
    reference: Reference,
    plan: Rota,
    ends_at: datetime,
    lead_ids: list[str],
    now: datetime,
    **values: str | None,
) -> str | None:
    """Its id; None where one waits for that end already."""
    location = plan.location or reference.clinic.default_location
    try:
        with session.begin_nested():
            return hand_overs.add(
                session, lead_ids, now, staff_id=plan.id, location=location, ends_at=ends_at, **values
            )
    except IntegrityError:
        return None


def _plan(session: Session, staff_id: str, now: datetime) -> Rota:
    """Raises NotFound for a closed account."""
    plans = rota.rotas(session, now - hand_over_rules.LATE)
    found = next((one for one in plans if one.id == staff_id), None)
    if found is None:
        raise NotFound("This account is closed.")
    return found


def _found(session: Session, hand_over_id: str) -> HandOver:
    found = hand_overs.find(session, hand_over_id)
    if found is None:
        raise NotFound("This hand-over does not exist.")
    return found


def _who_was_faster(session: Session, hand_over_id: str) -> str:
    found = hand_overs.find(session, hand_over_id)
    if found is None or found.taken_by is None:
        return "This hand-over was taken back. Your click changed nothing."
    return f"{people.name(session, found.taken_by).split()[0]} has taken these leads over before you."
