"""Experiments under way are looked at: harm stops one by itself, a broken split makes it void, its end is read once."""

from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from core.app import App
from core.domain.errors import InvalidInput, LostRace
from core.domain.roles import Actor, Permission, require
from core.experiments import store
from core.experiments.rules import reading
from core.experiments.rules.fixed import Running
from core.experiments.rules.verdict import Stopped, Verdict, Void, verdict
from core.experiments.tables import ENDED, STOPPED, VOID
from core.flows.experiments import timing
from core.flows.experiments.starting import find, note
from core.flows.sending.alerts import tell_each
from core.operations import store as operations
from core.staff.store import people
from core.trials import tallies

log = structlog.get_logger(__name__)
TEMPLATE = "staff_experiment"
GATHERED_SECONDS = 3600
LONGEST_REASON = 200


def judge(app: App, *, now: datetime) -> int:
    """Look at each that is under way; how many of them are over now. Cheap while none is."""
    with app.db.read() as session:
        over = [one for one in store.running(session) if verdict_of(session, app, one, now).final]
    done = [one for one in over if _finish(app, one, now)]
    return len(done)


def verdict_of(session: Session, app: App, one: Running, now: datetime) -> Verdict:
    """How one stands now."""
    counted = tallies(session, one, now)
    return verdict(one.fixed.design, app.reference.guardrails, counted, one.started_at, now)


def _finish(app: App, one: Running, now: datetime) -> bool:
    """What was found is written down, once; False where somebody was faster, or where it is not over after all."""
    with app.db.write() as session:
        counted = tallies(session, one, now)
        found = verdict(one.fixed.design, app.reference.guardrails, counted, one.started_at, now)
        if not found.final:
            return False
        state = VOID if isinstance(found, Void) else STOPPED if isinstance(found, Stopped) else ENDED
        if not store.finish(session, one.id, state, reading.as_kept(found, counted), now=now):
            return False
        _everybody_alike(session, one, None, now)
        note(session, f"experiment_{state}", find(session, one.id), None, now=now, by_itself=True)
        tell_each(session, app.settings, people.managers(session), TEMPLATE, GATHERED_SECONDS, now=now)
    log.info("experiment_over", experiment=one.id, state=state)
    return True


def stop(session: Session, actor: Actor, experiment_id: str, reason: str, *, now: datetime) -> None:
    """Somebody stops it: everybody gets what they got before, and it is not read.

    Raises Denied, NotFound, LostRace, InvalidInput(reason).
    """
    require(actor, Permission.RUN_EXPERIMENTS)
    words = checked_words("reason", reason, "Say why you stop it: the list keeps it.")
    found = find(session, experiment_id)
    one = next((one for one in store.running(session) if one.id == experiment_id), None)
    kept = reading.as_kept(None, tallies(session, one, now)) if one else {}
    by = actor.staff_id
    if one is None or not store.finish(session, one.id, STOPPED, kept, now=now, by=by, reason=words):
        raise LostRace("It is over already.")
    _everybody_alike(session, one, by, now)
    note(session, "experiment_stopped", found, by, now=now, reason=words)


def _everybody_alike(session: Session, one: Running, by: str | None, now: datetime) -> None:
    """Processes learn that it is over, and what was moved is due as it always was."""
    operations.note_published(session, by=by, now=now)
    timing.back_to_today(session, one, now)


def checked_words(field: str, given: str, ask: str) -> str:
    """Raises InvalidInput(field)."""
    words = given.strip()
    if not words:
        raise InvalidInput.of(field, ask)
    if len(words) > LONGEST_REASON:
        raise InvalidInput.of(field, f"At most {LONGEST_REASON} characters.")
    return words
