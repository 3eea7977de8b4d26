"""Sending stops by itself when texts fail, are filtered or refused too often, or cost too much; a person lets it go on.

Nothing here starts sending again: a breaker that closes by itself would try the same texts on the same patients.
"""

from collections.abc import Iterator
from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from core.app import App
from core.audit import store as audit
from core.compliance import store as compliance
from core.db.engine import DUE, announce
from core.domain.roles import Actor, Permission, require
from core.messaging.store import outcomes, overdue
from core.operations import rules, store_stops
from core.operations import store as operations
from core.operations.rules import Limits, Trip
from core.operations.store_stops import Switches

log = structlog.get_logger(__name__)


def look(app: App, *, now: datetime) -> list[str]:
    """Stop what went over its limit; the names of what was stopped now. Cheap while nothing is wrong."""
    with app.db.read() as session:
        if not _over(session, app, now):
            return []
    with app.db.write() as session:
        tripped = [trip for trip in _over(session, app, now) if stop(session, trip, now)]
    for trip in tripped:
        log.warning("breaker_tripped", breaker=trip.name, **trip.figures)
    return [trip.name for trip in tripped]


def _over(session: Session, app: App, now: datetime) -> list[Trip]:
    limits, switches = app.reference.limits, store_stops.read(session)
    trips = (
        *_failing(session, limits, switches, now),
        _opting_out(session, limits, switches, now),
        _spending(session, app, switches, now),
    )
    return [trip for trip in trips if trip and trip.name not in switches.stopped]


def _failing(session: Session, limits: Limits, switches: Switches, now: datetime) -> Iterator[Trip | None]:
    since = switches.since("error_rate", now - limits.errors_within)
    earliest = now - limits.template_within
    found = outcomes.failures(session, since, earliest)
    if found.filtered >= limits.template_filtered:
        for template in outcomes.filtered_templates(session, earliest, limits.template_filtered):
            yield _filtered(session, limits, switches.since(f"template:{template}", earliest), template)
    if found.recent >= limits.fewest_errors:
        yield _errors(session, limits, since, now)


def _filtered(session: Session, limits: Limits, since: datetime, template: str) -> Trip | None:
    filtered = outcomes.filtered_of_last(session, template, since, limits.template_of_last)
    return rules.template_trip(limits, template, filtered)


def _errors(session: Session, limits: Limits, since: datetime, now: datetime) -> Trip | None:
    """Refusals come at once and the carriers' verdicts later: mixed, one would hide or outweigh the other."""
    answers = outcomes.answers(session, since, limits.errors_of_last)
    verdicts = outcomes.verdicts(session, since, limits.errors_of_last, now)
    return rules.error_trip(limits, "provider", answers) or rules.error_trip(limits, "carriers", verdicts)


def _opting_out(session: Session, limits: Limits, switches: Switches, now: datetime) -> Trip | None:
    since = switches.since("opt_out_rate", now - limits.opt_outs_within)
    numbers = compliance.opted_out(session, since)
    if len(numbers) < limits.opt_outs_at_least:
        return None
    opt_outs = outcomes.texted_among(session, numbers, since)
    return rules.opt_out_trip(
        limits, opt_outs, outcomes.texted(session, since, limits.most_texted(opt_outs) + 1)
    )


def _spending(session: Session, app: App, switches: Switches, now: datetime) -> Trip | None:
    if app.settings.simulated:  # nothing is paid for
        return None
    day = rules.day_of(now, app.reference.clinic.zone)
    lifted = switches.lifted.get("spend_limit")
    forgiven = lifted.kept.get("segments", 0) if lifted and lifted.kept.get("day") == day.isoformat() else 0
    return rules.spend_trip(app.reference.limits, operations.segments_spent(session, day), forgiven)


def stop(session: Session, trip: Trip, now: datetime) -> bool:
    """Stop, and keep why; False where another scheduler, having seen the same, was faster."""
    if not store_stops.stop(session, trip.name, trip.figures, by=None, now=now):
        return False
    audit.note(
        session,
        action="breaker_tripped",
        subject=trip.name,
        detail=dict(trip.figures),
        now=now,
    )
    return True


def reset(session: Session, app: App, actor: Actor | None, name: str, *, now: datetime) -> bool:
    """A person has looked: texts leave again and counting begins anew; False where it was reset already.

    `name` is error_rate, opt_out_rate, spend_limit or template:<name>; `actor` is None for the command line. Raises
    Denied.
    """
    if actor:
        require(actor, Permission.STOP_SENDING)
    by = actor.staff_id if actor else None
    day = rules.day_of(now, app.reference.clinic.zone)
    kept = {"day": day.isoformat(), "segments": operations.segments_spent(session, day)}
    if not (_is_breaker(name) and store_stops.lift(session, name, by=by, now=now, **kept)):
        return False
    audit.note(session, staff_id=by, action="breaker_reset", subject=name, now=now)
    if name.startswith(operations.TEMPLATE):
        overdue.release(session, name[len(operations.TEMPLATE) :], now)
    announce(session, DUE)
    return True


def _is_breaker(name: str) -> bool:
    return name in operations.BREAKERS or name.startswith(operations.TEMPLATE)
