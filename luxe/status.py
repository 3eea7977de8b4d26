"""`luxe status`: what a person on call wants, as aligned words or as JSON."""

import json
from dataclasses import replace

from core.app import App
from core.db.migrate import schema_state
from core.domain.clock import machine_span
from core.flows.upkeep import backing_up
from core.operations.store import NOT_CONFIRMED
from core.reads import status as status_read
from core.reads.status import Status

PATIENCE_SECONDS = 30.0


def read_status(app: App) -> Status:
    """Raises OperationalError where the database can't be reached."""
    state = schema_state(app.db)
    now = app.clock.now()
    with app.db.read() as session:
        found = status_read.read(
            session,
            schema=(state.current, state.wanted),
            zone=app.settings.zone,
            patience=machine_span(app.clock, PATIENCE_SECONDS),
            now=now,
        )
    return replace(found, backups=backing_up.trouble(app, now=now))


def as_json(status: Status) -> str:
    return json.dumps(status.document(), indent=2)


def as_words(status: Status) -> str:
    """One aligned line a figure, then what needs a hand."""
    rows = [
        ("Schema", f"{status.schema_version or 'none'} (this version: {status.schema_wanted})"),
        ("Planned", f"{status.pending:,}"),
        ("Due now", f"{status.due:,}"),
        ("Overdue", f"{status.overdue:,}"),
        ("Oldest is late by", _span(status.oldest_lag_seconds)),
        ("Being sent", f"{status.sending:,}"),
        ("Unknown outcome", f"{status.unknown:,}"),
        ("Sent today", f"{status.sent_today:,}"),
        ("Failed today", f"{status.failed_today:,}"),
        ("Unread forms", f"{status.dead_letters:,}"),
        ("Forms to check", f"{status.to_check:,}"),
        ("Alarms", f"{status.alarms:,}"),
        ("Sending", f"stopped ({status.stopped})" if status.stopped else "on"),
        ("Stopped templates", ", ".join(stop.template for stop in status.stops if stop.template) or "none"),
        ("Confirmed to send", "no: run 'luxe resume'" if status.stopped == NOT_CONFIRMED else "yes"),
        *_beats(status),
    ]
    width = max(len(name) for name, _ in rows) + 2
    lines = [f"{name:<{width}}{value}" for name, value in rows]
    ending = "; ".join(status.needs_a_hand)
    return "\n".join([*lines, "", f"Needs a hand: {ending}." if ending else "All is well."])


def _beats(status: Status) -> list[tuple[str, str]]:
    if not status.schedulers:
        return [("Scheduler", "none has ever run, or all said goodbye")]
    return [
        (
            "Scheduler",
            f"{beat.owner}, last sign of life {_span(beat.age_seconds)} ago{'' if beat.alive else ': gone'}",
        )
        for beat in status.schedulers
    ]


def _span(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.1f} s"
    minutes = seconds / 60
    return f"{minutes:.0f} min" if minutes < 90 else f"{minutes / 60:.1f} h"
