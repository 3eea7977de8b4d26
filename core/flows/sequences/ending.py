"""Staff take people out of a sequence: one, a group, or everybody on a version that turned out to be broken.

A group is ended in one statement, however many they are: from its commit on the hand-over sends none of its steps. The
steps themselves are cancelled after that, some hundreds in a transaction, so that nobody's claim waits for a million
rows; the first of them in the same transaction, so that a small group is done at once.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from core.app import App
from core.domain.errors import LostRace, NotFound
from core.domain.roles import Actor, Permission, require
from core.flows.sequences import grouping, stopping
from core.flows.sequences.grouping import leads_of
from core.leads.store import leads
from core.messaging.store import planning as messaging
from core.sequences import store as sequences
from core.sequences.rules.group import Group
from core.sequences.store import ACTIVE, Enrollment

AT_ONCE = (
    100  # people whose steps one transaction cancels: as many as hold the one writer of SQLite for a blink
)


def end_group(session: Session, actor: Actor, group: Group, reason: str, *, now: datetime) -> int:
    """Nobody of the group is sent anything more by this sequence; how many. Raises Denied, InvalidInput(reason)."""
    require(actor, Permission.EDIT_SEQUENCES)
    words = grouping.checked(reason)
    people = sequences.begin_ending(session, group, leads_of(group), stopping.ENDED, now, actor.staff_id)
    cancel_some(session, now)
    grouping.note(session, "sequence_ended", group, words, people, by=actor.staff_id, now=now)
    return people


def cancel_some(session: Session, now: datetime) -> int:
    """Cancel the steps of some people whose sequence was ended with others'; how many people."""
    found = sequences.ending(session, AT_ONCE)
    for one in found:
        cancelled = messaging.cancel_steps(
            session, one.lead_id, [one.id], one.reason, by=one.stopped_by, now=now
        )
        data = {"reason": one.reason, "cancelled": cancelled}
        leads.note_event(
            session, one.lead_id, "sequence_stopped", "staff", now=now, staff_id=one.stopped_by, data=data
        )
    sequences.ended(session, [one.id for one in found])
    return len(found)


def cancel_the_rest(app: App, *, now: datetime) -> int:
    """The same for all, a transaction for each some hundreds; how many people."""
    people = 0
    while True:
        with app.db.write() as session:
            some = cancel_some(session, now)
        people += some
        if some < AT_ONCE:
            return people


def end(session: Session, actor: Actor, enrollment_id: str, *, now: datetime) -> int:
    """One person is taken out; how many steps were cancelled. Raises Denied, NotFound, LostRace."""
    enrollment = under_way(session, actor, enrollment_id)
    return stopping.stop(
        session, enrollment.lead_id, [enrollment.id], stopping.ENDED, by=actor.staff_id, now=now
    )


def under_way(session: Session, actor: Actor, enrollment_id: str) -> Enrollment:
    """Raises Denied, NotFound, LostRace."""
    require(actor, Permission.WORK_LEADS)
    enrollment = sequences.get(session, enrollment_id)
    if enrollment is None:
        raise NotFound("Nobody is under way there.")
    if enrollment.state != ACTIVE:
        raise LostRace("This sequence is over for them already.")
    return enrollment
