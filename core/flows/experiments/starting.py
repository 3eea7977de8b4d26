"""An experiment is drafted, started, discarded. With its start everything about it is fixed."""

from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.audit import store as audit
from core.domain.errors import LostRace, NotFound
from core.domain.roles import Actor, Permission, require
from core.experiments import store
from core.experiments.rules.proposal import Proposal
from core.experiments.store import Experiment
from core.experiments.tables import DRAFT
from core.flows.experiments.proposing import proposal_of, sound
from core.operations import store as operations

FASTER = "A colleague has started or discarded it already."


def draft(session: Session, actor: Actor, proposal: Proposal, *, now: datetime) -> str:
    """Keep it, to be looked at once more before it starts; its id. Raises Denied, InvalidInput by field."""
    require(actor, Permission.RUN_EXPERIMENTS)
    return store.draft(session, sound(session, proposal, now=now), by=actor.staff_id, now=now)


def change(session: Session, actor: Actor, experiment_id: str, proposal: Proposal, *, now: datetime) -> str:
    """Keep a draft in other words; its id. Raises Denied, NotFound, LostRace, InvalidInput by field."""
    require(actor, Permission.RUN_EXPERIMENTS)
    find(session, experiment_id)
    if not store.redraft(session, experiment_id, sound(session, proposal, now=now)):
        raise LostRace(FASTER)
    return experiment_id


def discard(session: Session, actor: Actor, experiment_id: str) -> None:
    """Throw a draft away. Raises Denied, LostRace."""
    require(actor, Permission.RUN_EXPERIMENTS)
    if not store.discard(session, experiment_id):
        raise LostRace(FASTER)


def start(session: Session, actor: Actor, experiment_id: str, *, now: datetime) -> None:
    """From now on people are given variants. Raises Denied, NotFound, LostRace, and InvalidInput by field where what
    it is about was changed since it was drafted."""
    require(actor, Permission.RUN_EXPERIMENTS)
    found = find(session, experiment_id)
    if found.state != DRAFT:
        raise LostRace(FASTER)
    fixed = sound(session, proposal_of(found.fixed), now=now)
    try:
        started = store.start(session, experiment_id, fixed, by=actor.staff_id, now=now)
    except IntegrityError as error:
        raise LostRace("A colleague has just started another one on the same subject.") from error
    if not started:
        raise LostRace(FASTER)
    operations.note_published(session, by=actor.staff_id, now=now)
    note(session, "experiment_started", found, actor.staff_id, now=now)


def find(session: Session, experiment_id: str) -> Experiment:
    """Raises NotFound."""
    found = store.find(session, experiment_id)
    if found is None:
        raise NotFound("This experiment does not exist. Go back to the list.")
    return found


def note(
    session: Session,
    action: str,
    experiment: Experiment,
    by: str | None,
    *,
    now: datetime,
    reason: str = "",
    **detail: object,
) -> None:
    """A line of the trail; `by` is None where it stopped or ended by itself."""
    audit.note(
        session,
        staff_id=by,
        action=action,
        subject=f"experiment:{experiment.id}",
        reason=reason,
        detail={"title": experiment.fixed.title, **detail},
        now=now,
    )
