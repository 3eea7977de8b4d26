"""`luxe pause` and `luxe resume`: stop all sending at once, and let it go on after a person has looked."""

from collections.abc import Callable, Iterator
from datetime import datetime

from sqlalchemy.orm import Session

from core.app import App
from core.flows.sending import breaking, confirming_database, pausing
from core.messaging.store import overdue
from core.operations import store_stops
from core.reads.parts import sending_state
from core.reads.parts.sending_state import StopShown, Waiting
from luxe.opening import CommandError

QUESTION = "Type yes to send from here"


def pause(app: App, reason: str, now: datetime) -> str:
    """What to tell. Raises InvalidInput(reason)."""
    with app.db.write() as session:
        paused = pausing.pause(session, None, reason, now=now)
    if not paused:
        return "Sending was paused already."
    return "All sending is paused: nothing more is handed over. 'luxe resume' lets it go on."


def resume(app: App, say: Callable[[str], None], sure: Callable[[str], bool], *, drop_overdue: bool) -> str:
    """Show what stops sending and what would leave, ask, then lift all of it; what to tell.

    Raises CommandError where the answer is no; nothing was changed then.
    """
    with app.db.read() as session:
        found = _findings(session, app, app.clock.now())
    if not found:
        return "Nothing is stopped; texts are sent."
    say("\n".join(found))
    if not sure(QUESTION):
        raise CommandError("Nothing was changed; sending stays as it was.")
    with app.db.write() as session:
        dropped = _lift(session, app, app.clock.now(), drop_overdue=drop_overdue)
    return "Texts are sent again." + (f" {dropped:,} overdue texts were left out." if drop_overdue else "")


def _lift(session: Session, app: App, now: datetime, *, drop_overdue: bool) -> int:
    """Before anything can leave again, what is not to leave is gone: one transaction."""
    dropped = overdue.drop(session, now) if drop_overdue else 0
    confirming_database.confirm(session, app, None, now=now)
    pausing.resume(session, None, now=now)
    for stop in store_stops.stops(session):
        breaking.reset(session, app, None, stop.name, now=now)
    return dropped


def _findings(session: Session, app: App, now: datetime) -> list[str]:
    """Lines for a person; empty where nothing is stopped and this is the place that was confirmed."""
    stops = sending_state.read(session).stops
    differs = confirming_database.differences(session, app)
    if not stops and not differs:
        return []
    lines = [line for stop in stops for line in _stop_lines(stop, app)]
    if differs:
        lines.append(f"What differs: {', '.join(differs)}.")
    return [*lines, "", *_account_lines(app), *_waiting_lines(sending_state.waiting(session, now), app, now)]


def _stop_lines(stop: StopShown, app: App) -> Iterator[str]:
    yield f"{stop.title} {stop.why}".rstrip()
    by = f" by {stop.by}" if stop.by else ""
    said = f": {stop.reason}" if stop.reason else ""
    yield f"  since {_when(stop.since, app)}{by}{said}"


def _account_lines(app: App) -> list[str]:
    where = "the simulator" if app.settings.simulated else "Twilio"
    return [
        f"Texts go to {where}, account ...{app.settings.account_sid[-4:]}, sender ...{app.settings.sender[-4:]}."
    ]


def _waiting_lines(waiting: Waiting, app: App, now: datetime) -> Iterator[str]:
    last = waiting.last_sent_at
    ago = f", {(now - last).total_seconds() / 3600:,.1f} hours ago" if last else ""
    yield f"Last text this database knows of: {_when(last, app) if last else 'none'}{ago}."
    yield f"Overdue: {waiting.overdue_to_send:,} texts would be sent now where consent and hours allow it;"
    yield f"  {waiting.overdue_to_drop:,} are dropped, because they are too late to be of use."
    if waiting.overdue_to_send:
        yield "  Were they sent from somewhere else meanwhile? Then answer no and add --drop-overdue."
    if waiting.in_doubt:
        yield f"In doubt: {waiting.in_doubt:,} texts whose outcome is not known; each is looked up at the provider."


def _when(moment: datetime, app: App) -> str:
    return f"{moment.astimezone(app.settings.zone):%Y-%m-%d %H:%M %Z}"
