"""An experiment has ended, and a person says what is done from then on."""

from datetime import datetime

from sqlalchemy.orm import Session

from core.domain.errors import InvalidInput, LostRace
from core.domain.roles import Actor, Permission, require
from core.experiments import store
from core.experiments.tables import ENDED
from core.flows.experiments.changing import publish_variant
from core.flows.experiments.judging import checked_words
from core.flows.experiments.starting import find, note


def decide(
    session: Session, actor: Actor, experiment_id: str, variant: str, words: str, *, now: datetime
) -> int | None:
    """The variant is used for everybody: another than today's is published, with `words` as its note.

    The number of the version that says so; None where today's is kept. Raises Denied, NotFound, LostRace, InvalidInput.
    """
    require(actor, Permission.RUN_EXPERIMENTS)
    note_words = checked_words("note", words, "Say in a few words why, for whoever looks later.")
    found = find(session, experiment_id)
    if variant not in found.fixed.changes:
        raise InvalidInput.of("variant", "Choose one of the variants.")
    if found.state != ENDED:
        raise LostRace("Only an experiment that has ended and was read is decided.")
    by = actor.staff_id
    if not store.decide(session, experiment_id, ENDED, variant, note_words, by=by, now=now):
        raise LostRace("A colleague has decided already.")
    number = None
    if found.fixed.changes[variant] != found.fixed.changes[found.fixed.control]:
        number = publish_variant(session, actor, found.fixed, variant, note_words, now)
    note(session, "experiment_decided", found, by, now=now, reason=note_words, variant=variant)
    return number
